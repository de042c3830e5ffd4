#!/usr/bin/python3
"""Kills a broker under load again and again, starts it on the same data, and finds out what became of all messages."""

import logging
import pathlib
import random
import sys
import tempfile
import threading
import time

import bodies
from fast import Client, drain
from ledger import Ledger, View
from load import FastConsumer, FastPublisher, PikaConsumer, PikaPublisher
from nodes import Node, Reference, Tally, parser, watched

QUEUES = ["work.0", "work.1", "copy.a", "copy.b"]
TARGETS = [
    ("", "work.0", ("work.0",)),
    ("", "work.1", ("work.1",)),
    ("work", "both", ("work.0", "work.1")),
    ("copies", "", ("copy.a", "copy.b")),
]
PUBLISHERS = [FastPublisher, FastPublisher, PikaPublisher, PikaPublisher]
DRAIN_EVERY = 25  # cycles
PROMISES = [
    ("lost", "every confirmed message is delivered"),
    ("repeat without the flag", "what is delivered again says so"),
    ("wrong body", "every body is whole"),
    ("never published", "nothing is delivered that was not published to that queue"),
    ("out of order", "messages of one publisher stay in order"),
    ("cut short", "the broker starts after every kill, and all queues can be emptied"),
    ("client ended", "no client is cut off while the broker lives"),
]


def arguments():
    options = parser(__doc__)
    options.add_argument("--cycles", type=int, default=200)
    options.add_argument(
        "--load", type=float, nargs=2, default=(0.15, 0.7), metavar=("LEAST", "MOST"), help="seconds before a kill"
    )
    options.add_argument("--reference", action="store_true", help="test Debian's rabbitmq-server instead")
    return options.parse_args()


def declare(broker):
    client = Client(broker)
    channel = client.channel(1)
    channel.call("exchange.declare", exchange="work", type="direct", durable=True)
    channel.call("exchange.declare", exchange="copies", type="fanout", durable=True)
    for queue in QUEUES:
        channel.call("queue.declare", queue=queue, durable=True)
        channel.bind(queue, "copies" if queue.startswith("copy") else "work", "both")
    client.close()


class Cycles:
    def __init__(self, broker, seed, load, reshard):
        self.broker, self.seed, self.load, self.reshard = broker, seed, load, reshard
        self.random = random.Random(seed)
        self.ledger = Ledger(bodies.mixed_size)
        self.next = [0] * len(PUBLISHERS)
        self.down = []

    def run(self, cycle):
        """Load, kill, start."""
        killed = threading.Event()
        publishers = [
            kind(self.broker, self.ledger, f"{self.seed}/{cycle}/{number}", killed,
                 number=number, start=self.next[number], targets=TARGETS)
            for number, kind in enumerate(PUBLISHERS)
        ]  # fmt: skip
        consumers = [
            kind(self.broker, self.ledger, f"{self.seed}/{cycle}/{queue}", killed, queue=queue)
            for queue, kind in zip(QUEUES, (FastConsumer, PikaConsumer, PikaConsumer, FastConsumer))
        ]
        for worker in publishers + consumers:
            worker.start()
        time.sleep(self.random.uniform(*self.load))
        killed.set()
        self.broker.kill()
        for worker in publishers + consumers:
            worker.join()
        self.next = [publisher.next for publisher in publishers]
        self.start()

    def start(self):
        """Starts the broker; sometimes it is killed once more while it does so, or gets other shards."""
        if isinstance(self.broker, Node) and self.random.random() < 0.2:
            self.broker.launch()
            time.sleep(self.random.uniform(0, 0.05))
            self.broker.kill()
        if isinstance(self.broker, Node) and self.reshard and self.random.random() < 0.1:
            self.broker.take_shards(self.random.randint(1, 3))
        began = time.monotonic()
        self.broker.start()
        self.down.append(time.monotonic() - began)

    def drain(self):
        for queue in QUEUES:
            view = View(queue)

            def take(delivery):
                identity = self.ledger.take(view, delivery.body, delivery.redelivered)
                if identity:
                    self.ledger.ack(queue, identity)

            drain(self.broker, queue, take)

    def all(self, cycles):
        began = time.monotonic()
        declare(self.broker)
        for cycle in range(1, cycles + 1):
            self.run(cycle)
            if cycle % DRAIN_EVERY == 0:
                self.drain()
                counts = self.ledger.counts
                print(f"cycle {cycle}: {counts['published']} published, {counts['repeats']} repeats, "
                      f"{time.monotonic() - began:.0f} s", flush=True)  # fmt: skip
        self.drain()
        self.broker.kill()
        self.start()
        self.drain()


def verdict(cycles, run, took):
    ledger, counts = run.ledger, run.ledger.counts
    down = sorted(run.down) or [0]
    print(
        f"{cycles} cycles in {took:.1f} s, seed {run.seed}: {counts['published']} published to queues, "
        f"{len(ledger.confirmed)} publishes confirmed, {counts['nacked']} nacked, {counts['lost']} lost, "
        f"{counts['repeats']} repeats, {counts['repeat without the flag']} of them not flagged, "
        f"{counts['flagged at first sight']} flagged at first sight, {counts['acked and back']} acked and back, "
        f"{counts['out of order']} out of order; start takes {down[len(down) // 2] * 1000:.0f} ms, at most "
        f"{down[-1] * 1000:.0f}",
        flush=True,
    )


def main():
    options = arguments()
    logging.getLogger("pika").setLevel(logging.CRITICAL + 1)
    tally, began = Tally(), time.monotonic()

    def make():
        if options.reference:
            return Reference(pathlib.Path(tempfile.mkdtemp(prefix="rabbit-")))
        return Node(options.bin, "kill", {}, options.shards)

    with watched(tally, "cycles", make) as broker:
        run = Cycles(broker, options.seed, options.load, options.shards is None)
        try:
            run.all(options.cycles)
        except (AssertionError, OSError, RuntimeError) as trouble:
            run.ledger.trouble("cut short", f"{type(trouble).__name__} {trouble}")
        run.ledger.settle_losses()
        verdict(options.cycles, run, time.monotonic() - began)
        for kind, sentence in PROMISES:
            tally.check(sentence, run.ledger.told(kind))
        tally.check("there was something to lose", None if len(run.ledger.confirmed) > options.cycles else "no load")
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
