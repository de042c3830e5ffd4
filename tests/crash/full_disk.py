#!/usr/bin/python3
"""Fills the disk under a broker to the last byte: it goes on serving, loses nothing, and recovers by itself."""

import contextlib
import errno
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import bodies
from fast import PERSISTENT, Client, Delivery, Settled, drain
from harness.expectations import Failure
from ledger import Ledger, View
from nodes import Node, Tally, parser, watched

QUEUE, SIZE, WINDOW = "full", 4096, 50
SETTINGS = {"disk_free_limit.absolute": "1MB"}
MIB = 1 << 20
RESERVE = 20 * MIB  # taken away first, given back later
STALLED = 5.0  # seconds without a confirm that count as blocked
RESUMES_WITHIN = 5.0  # seconds after there is room again
CONSUMED = 200  # messages, while the disk is full
ROUNDS, PER_ROUND = 25, 2000  # far more than the disk holds at once


def arguments():
    options = parser(__doc__)
    options.add_argument("--mb", type=int, default=64, help="size of the disk")
    options.add_argument("--kinds", nargs="+", default=["ext4", "tmpfs"], choices=["ext4", "tmpfs"])
    return options.parse_args()


class NoDisk(Exception):
    """This machine or user cannot have a filesystem of its own."""


def command(*words):
    try:
        done = subprocess.run(words, capture_output=True, text=True)
    except OSError as trouble:
        raise NoDisk(str(trouble)) from None
    if done.returncode:
        raise NoDisk(f"{words[0]}: {done.stderr.strip() or done.returncode}")


@contextlib.contextmanager
def mounted(kind, mb):
    """A small filesystem, or NoDisk."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"warren-{kind}-"))
    point = folder / "disk"
    point.mkdir()
    try:
        if kind == "ext4":
            image = folder / "image"
            with open(image, "wb") as file:
                file.truncate(mb * MIB)
            command("mkfs.ext4", "-q", "-F", "-m", "0", str(image))
            command("mount", "-o", "loop", str(image), str(point))
        else:
            command("mount", "-t", "tmpfs", "-o", f"size={mb}m", "tmpfs", str(point))
        try:
            yield point
        finally:
            command("umount", str(point))
    finally:
        subprocess.run(["rm", "-rf", "--one-file-system", str(folder)], check=False)


def fill(path, most=1 << 62):
    """Writes a file of this size, or as large as there is room."""
    with open(path, "wb", buffering=0) as file:
        step = MIB
        while most > 0 and step > 0:
            try:
                most -= file.write(b"\xff" * min(step, most))
                os.fdatasync(file.fileno())
            except OSError as trouble:
                if trouble.errno != errno.ENOSPC:
                    raise
                step //= 2


class Flood:
    """A publisher that knows when it is blocked."""

    def __init__(self, broker, ledger, number):
        self.client, self.ledger, self.number = Client(broker), ledger, number
        self.client.channel(1).call("confirm.select")
        self.next = self.settled = self.confirms = 0
        self.waiting, self.reason = {}, None
        self.unblocked = 0

    def send_one(self):
        identity = (self.number, self.next)
        self.next += 1
        self.waiting[self.next] = identity
        self.ledger.publish(identity, (QUEUE,))
        self.client.send(self.client.content(1, "", QUEUE, bodies.make(*identity, SIZE), PERSISTENT))

    def hear(self, within):
        """Takes what the broker says; gives whether it was a confirm."""
        confirmed = self.confirms
        for event in self.client.receive(within):
            if isinstance(event, Settled):
                self.settle(event)
            elif event.name == "connection.blocked":
                self.reason = event.reason
            elif event.name == "connection.unblocked":
                self.reason, self.unblocked = None, self.unblocked + 1
        return self.confirms > confirmed

    def settle(self, event):
        tags = [tag for tag in self.waiting if tag <= event.tag] if event.multiple else [event.tag]
        for tag in tags:
            identity = self.waiting.pop(tag)
            if event.ok:
                self.confirms += 1
                self.ledger.confirm(identity)

    def until_blocked(self, most):
        """Publishes until the broker blocks or falls silent; Failure when it takes more than `most` messages."""
        heard = time.monotonic()
        while not self.reason and time.monotonic() - heard < STALLED:
            if self.confirms > most:
                raise Failure(f"{most} messages of {SIZE} bytes were taken without a word")
            while len(self.waiting) < WINDOW:
                self.send_one()
            if self.hear(0.2):
                heard = time.monotonic()

    def resume(self, count):
        """Publishes and waits for confirms, also of what was sent before; gives the seconds to the first."""
        began, first, wanted = time.monotonic(), None, self.confirms + count
        while self.confirms < wanted:
            if time.monotonic() - began > RESUMES_WITHIN + 10:
                raise Failure(f"{wanted - self.confirms} confirms are missing, {self.reason or 'not blocked'}")
            while not self.reason and len(self.waiting) < WINDOW:
                self.send_one()
            if self.hear(0.1) and first is None:
                first = time.monotonic() - began
        return first


class Disk:
    """One run on one small disk."""

    def __init__(self, tally, kind, point, broker, capacity):
        self.tally, self.kind, self.point, self.broker, self.capacity = tally, kind, point, broker, capacity
        self.ledger = Ledger(lambda publisher, number: SIZE)
        self.declare()

    def check(self, sentence, function, *arguments):
        """One sentence; what keeps it from being true is told, and the run goes on."""
        try:
            trouble = function(*arguments)
        except (AssertionError, OSError, RuntimeError) as raised:
            trouble = f"{type(raised).__name__}: {raised}"
        if self.broker.process.poll() is not None:
            trouble = f"the broker is dead: {self.broker.last_words()}"
        self.tally.check(f"{self.kind}: {sentence}", trouble)

    def declare(self):
        client = Client(self.broker)
        client.channel(1).call("queue.declare", queue=QUEUE, durable=True)
        client.close()

    def fill_and_block(self, number):
        self.flood = Flood(self.broker, self.ledger, number)
        fill(self.point / "reserve", RESERVE)
        self.flood.until_blocked(self.capacity // SIZE)
        if number == 1 and self.flood.confirms == 0:
            return "not one message was taken"
        if self.flood.reason and self.flood.reason != "low on disk":
            return f"blocked with {self.flood.reason!r}"
        fill(self.point / "filler")
        return None

    def consume_some(self):
        """Consumers get messages and their acks count while the disk is full."""
        client, view, got = Client(self.broker), View(QUEUE), []
        channel = client.channel(1)
        before = channel.ready(QUEUE)
        channel.call("basic.qos", prefetch_count=CONSUMED)
        client.send_method(1, "basic.consume", queue=QUEUE)
        deadline = time.monotonic() + 10
        while len(got) < CONSUMED and time.monotonic() < deadline:
            got += [event for event in client.receive(0.5) if isinstance(event, Delivery)]
        if len(got) < CONSUMED:
            return f"{len(got)} of {CONSUMED} messages came"
        client.send_method(1, "basic.cancel", consumer_tag=got[0].consumer.decode())
        for delivery in got[:CONSUMED]:
            self.ledger.ack(QUEUE, self.ledger.take(view, delivery.body, delivery.redelivered))
            client.send_method(1, "basic.ack", delivery_tag=delivery.tag)
        client.close()
        other = Client(self.broker)
        after = other.channel(1).ready(QUEUE)
        other.close()
        return None if after <= before - CONSUMED + WINDOW else f"{after} messages are left of {before}"

    def look(self):
        """All that was confirmed and not acked is there; nothing is taken away by looking."""
        client, view, looked = Client(self.broker), View(QUEUE), set()
        count = client.channel(1).ready(QUEUE)
        client.send_method(1, "basic.consume", queue=QUEUE)
        last = time.monotonic()
        while len(looked) < count and time.monotonic() - last < 3:
            for event in client.receive(0.5):
                if isinstance(event, Delivery):
                    last = time.monotonic()
                    looked.add(self.ledger.take(view, event.body, event.redelivered))
        client.close()
        missing = self.ledger.confirmed - looked - self.ledger.acked[QUEUE]
        return f"{len(missing)} of {len(self.ledger.confirmed)} are missing, {count} counted" if missing else None

    def make_room_and_resume(self):
        """A publisher that was blocked goes on by itself, soon."""
        was_told = self.flood.reason is not None
        for name in ("filler", "reserve"):
            (self.point / name).unlink(missing_ok=True)
        first = self.flood.resume(500)
        if first > RESUMES_WITHIN:
            return f"after {first:.1f} s"
        return "connection.unblocked did not come" if was_told and not self.flood.unblocked else None

    def restart_on_full_disk(self):
        self.broker.kill()
        self.broker.start()
        self.flood = Flood(self.broker, self.ledger, self.flood.number + 1)
        self.flood.until_blocked(50)

    def empty(self):
        view = View(QUEUE)

        def take(delivery):
            self.ledger.ack(QUEUE, self.ledger.take(view, delivery.body, delivery.redelivered, in_order=False))

        drain(self.broker, QUEUE, take, quiet=0.1)

    def go_round(self):
        """What is consumed makes room for more: much more than the disk holds goes through it."""
        self.empty()
        for _ in range(ROUNDS):
            self.flood.resume(PER_ROUND)
            self.empty()

    def nothing_lost(self):
        self.broker.kill()
        self.broker.start()
        self.empty()
        self.ledger.settle_losses()
        return "; ".join(
            f"{kind} {told}" for kind in ("lost", "wrong body", "never published", "repeat without the flag")
            if (told := self.ledger.told(kind))
        )  # fmt: skip

    def run(self):
        self.check("a publisher is blocked when the disk is nearly full", self.fill_and_block, 1)
        self.check("consumers get messages and their acks count on a full disk", self.consume_some)
        self.check("with room again the publisher goes on by itself", self.make_room_and_resume)
        self.check("a publisher is blocked again", self.fill_and_block, 2)
        self.check("after kill -9 the broker starts on the full disk and blocks publishers", self.restart_on_full_disk)
        self.check("all that was confirmed is there on the full disk", self.look)
        self.check("consumers go on on the full disk after the restart", self.consume_some)
        self.check("with room again a publisher of the restarted broker goes on", self.make_room_and_resume)
        self.check("what is consumed makes room for more than the disk holds", self.go_round)
        self.check("nothing confirmed is lost after all of it", self.nothing_lost)


def run(tally, kind, options):
    try:
        with mounted(kind, options.mb) as point:

            def make():
                return Node(options.bin, f"full-{kind}", SETTINGS, options.shards, data=point / "data")

            with watched(tally, kind, make) as broker:
                Disk(tally, kind, point, broker, options.mb * MIB).run()
    except NoDisk as trouble:
        tally.skip(f"{kind}: a small disk", str(trouble))


def main():
    options = arguments()
    tally = Tally()
    for kind in options.kinds:
        run(tally, kind, options)
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
