"""Clients that keep account: of what they published, what was confirmed, and what came back."""

import collections
import threading
import time

import pika
from fast import PERSISTENT, Client, Settled
from harness.expectations import Failure
from pika.exceptions import AMQPError, NackError

GONE = (Failure, OSError, AMQPError)
FINISH_WITHIN = 40.0  # seconds in which the last publishes must be confirmed once everything works again


class Account:
    """Bodies are b'publisher number'. Each may have been published several times by retries."""

    def __init__(self):
        self.lock = threading.Lock()
        self.attempts, self.seen, self.unflagged = (collections.Counter() for _ in range(3))
        self.begun, self.confirmed = {}, {}  # when
        self.nacked, self.reconnects, self.trouble = 0, 0, []

    def published(self, body):
        with self.lock:
            self.attempts[body] += 1
            self.begun.setdefault(body, time.monotonic())

    def confirm(self, body):
        with self.lock:
            self.confirmed.setdefault(body, time.monotonic())

    def see(self, body, redelivered=False):
        with self.lock:
            self.seen[body] += 1
            self.unflagged[body] += not redelivered

    def lost(self):
        return sorted(body for body in list(self.confirmed) if body not in self.seen)

    def unexpected(self):
        return sorted(body for body in list(self.seen) if body not in self.attempts)

    def duplicates(self):
        return [body for body, count in list(self.seen.items()) if count > 1]

    def unexplained(self):
        """Seen more often without the flag than they were published."""
        return [body for body, count in list(self.unflagged.items()) if count > self.attempts[body] > 0]

    def first_confirm(self, since):
        """When the first publish that was begun after that moment was confirmed; None when none was yet."""
        return min((at for body, at in reversed(list(self.confirmed.items())) if self.begun[body] > since), default=None)

    def verdict(self):
        return (
            f"{len(self.attempts)} published, {len(self.confirmed)} confirmed, {self.nacked} nacked, "
            f"{len(self.lost())} lost, {len(self.unexpected())} unexpected, {len(self.duplicates())} duplicates, "
            f"{len(self.unexplained())} of them neither flagged nor published twice, {self.reconnects} reconnects"
        )

    def judge(self, least=100):
        """Nothing is lost, nothing came from nowhere, what came twice is explained, and nobody had trouble."""
        told = self.verdict()
        assert not self.trouble, f"{self.trouble[:3]}; {told}"
        assert not self.lost(), f"lost {self.lost()[:5]}; {told}"
        assert not self.unexpected(), f"unexpected {self.unexpected()[:5]}; {told}"
        assert not self.unexplained(), f"came again without the flag {self.unexplained()[:5]}; {told}"
        assert len(self.confirmed) > least, f"there was nothing to lose; {told}"


class Worker(threading.Thread):
    """A client of one node at a time, the next one when that is gone."""

    def __init__(self, account, nodes, pause=0.1):
        super().__init__(daemon=True)
        self.account, self.nodes, self.pause = account, list(nodes), pause
        self.ending = threading.Event()
        self.deadline = None

    def run(self):
        while not self.done():
            try:
                self.work(self.nodes[0])
            except GONE:
                self.account.reconnects += 1
                self.nodes.append(self.nodes.pop(0))
                time.sleep(self.pause)
            except Exception as trouble:
                self.account.trouble.append(f"{type(self).__name__}: {type(trouble).__name__} {trouble}")
                return

    def late(self):
        return self.deadline is not None and time.monotonic() > self.deadline

    def finish(self):
        self.deadline = time.monotonic() + FINISH_WITHIN
        self.ending.set()
        self.join(FINISH_WITHIN + 15)
        if self.is_alive():
            self.account.trouble.append(f"{type(self).__name__} at {self.nodes[0].short} does not end")


class Publisher(Worker):
    """Keeps some publishes under way, and publishes again what was refused or not answered before it lost its node."""

    def __init__(self, account, nodes, queue, number, window=20, rate=400.0):
        super().__init__(account, nodes)
        self.queue, self.number, self.window, self.rate = queue, number, window, rate
        self.next, self.open = 0, {}  # what was published and not confirmed, in order: when it was begun
        self.slowest = 0.0

    def done(self):
        return self.ending.is_set() and (not self.open or self.too_late())

    def too_late(self):
        if self.late() and self.open:
            self.account.trouble.append(f"publisher {self.number}: {len(self.open)} publishes were never confirmed")
        return self.late()

    def work(self, node):
        client, waiting, tag = Client(node), {}, 0
        client.channel(1).call("confirm.select")
        again, began = collections.deque(self.open), time.monotonic()
        while not self.done():
            while len(waiting) < self.window and self.due(tag, began) and (again or not self.ending.is_set()):
                body = again.popleft() if again else self.fresh()
                tag += 1
                waiting[tag] = body
                self.account.published(body)
                client.send(client.content(1, "", self.queue, body, PERSISTENT))
            for event in client.receive(0.02):
                self.settle(event, waiting, again)
        client.close_socket()

    def due(self, tag, began):
        return tag < (time.monotonic() - began) * self.rate

    def fresh(self):
        body = b"%d %d" % (self.number, self.next)
        self.next += 1
        self.open[body] = time.monotonic()
        return body

    def settle(self, event, waiting, again):
        if not isinstance(event, Settled):
            raise RuntimeError(f"{event!r} for a publisher")
        tags = [tag for tag in waiting if tag <= event.tag] if event.multiple else [event.tag]
        for body in [waiting.pop(tag) for tag in tags]:
            if event.ok:
                self.account.confirm(body)
                began = self.open.pop(body, None)
                self.slowest = max(self.slowest, time.monotonic() - began if began else 0.0)
            else:
                self.account.nacked += 1
                again.append(body)


class PikaPublisher(Worker):
    """The same by pika, which waits for each confirm."""

    def __init__(self, account, nodes, queue, number):
        super().__init__(account, nodes)
        self.queue, self.number, self.next, self.open = queue, number, 0, None

    def done(self):
        return self.ending.is_set() and (self.open is None or self.late())

    def work(self, node):
        parameters = pika.ConnectionParameters(node.address, node.port, socket_timeout=5, heartbeat=0)
        connection = pika.BlockingConnection(parameters)
        channel = connection.channel()
        channel.confirm_delivery()
        while not self.done():
            if self.open is None:
                self.open, self.next = b"%d %d" % (self.number, self.next), self.next + 1
            self.account.published(self.open)
            try:
                channel.basic_publish("", self.queue, self.open, pika.BasicProperties(**PERSISTENT))
            except NackError:
                self.account.nacked += 1
                connection.sleep(0.05)
                continue
            self.account.confirm(self.open)
            self.open = None
            connection.sleep(0.005)
        connection.close()


class Consumer(Worker):
    """Acks everything; consumes anew when it is told that it does not any more."""

    def __init__(self, account, nodes, queue, prefetch=50):
        super().__init__(account, nodes)
        self.queue, self.prefetch = queue, prefetch
        self.cancels = 0

    def done(self):
        return self.ending.is_set()

    def work(self, node):
        client = Client(node)
        client.channel(1).call("basic.qos", prefetch_count=self.prefetch)
        client.send_method(1, "basic.consume", queue=self.queue)
        while not self.done():
            for event in client.receive(0.2):
                if hasattr(event, "body"):
                    self.account.see(event.body, event.redelivered)
                    client.send_method(1, "basic.ack", delivery_tag=event.tag)
                elif event.name == "basic.cancel":
                    self.cancels += 1
                    client.send_method(1, "basic.consume", queue=self.queue)
        client.close_socket()
