"""Takes out of a broker, right after its start, all that the queues of `content` hold."""

import socket
import time

from content import QUEUES
from fast import Client, Delivery
from harness.expectations import Failure
from harness.frames import method_bytes, plain_response

WITHIN = 15.0  # seconds, for all of it
QUIET = 1.0  # seconds after which what is counted and does not come will not come
ASK = 0.03  # seconds of quiet after which the queues are counted again


def opening(queues, **consume):
    """All that a client has to say until the messages come, in one write. Unacked messages are few."""
    data = b"AMQP\x00\x00\x09\x01"
    data += method_bytes(
        0, "connection.start-ok", client_properties={}, mechanism="PLAIN", response=plain_response(), locale="en_US"
    )
    data += method_bytes(0, "connection.tune-ok", channel_max=2047, frame_max=131072, heartbeat=0)
    data += method_bytes(0, "connection.open", virtual_host="/")
    for channel, queue in enumerate(queues, 1):
        data += method_bytes(channel, "channel.open")
        data += count_again(channel, queue)
        data += method_bytes(channel, "basic.qos", prefetch_count=10)
        data += method_bytes(channel, "basic.consume", queue=queue, **consume)
    return data


def count_again(channel, queue):
    return method_bytes(channel, "queue.declare", queue=queue, passive=True)


class Serving(Client):
    """A client that takes everything there is as fast as it can. A queue that is not there is empty."""

    def __init__(self, broker, queues):
        self.queues = queues
        self.connect(broker)
        self.input, self.at_end, self.frame_max, self.arriving = b"", False, 131072, {}
        self.counts, self.gone, self.messages = {}, set(), {queue: [] for queue in queues}

    def connect(self, broker):
        deadline = time.monotonic() + WITHIN
        while True:
            try:
                self.socket = socket.create_connection((broker.host, broker.port), timeout=1)
                return
            except OSError:
                if broker.process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.001)

    @staticmethod
    def other(method, events):
        events.append(method)

    def hear(self, within):
        """Takes what comes; gives whether anything came."""
        events = self.receive(within)
        for event in events:
            if isinstance(event, Delivery):
                self.messages[self.queues[event.channel - 1]].append((event.body, event.redelivered))
            elif event.name == "queue.declare-ok":
                self.counts[event.queue] = len(self.messages[event.queue]) + event.message_count
            elif event.name == "channel.close":
                queue = event.reply_text.split("'")[1]
                self.counts[queue] = 0
                self.gone.add(queue)
            elif event.name == "connection.close":
                raise Failure(f"{event}")
        return bool(events)

    def served(self):
        return sum(map(len, self.messages.values()))

    def held_back(self):
        """The queues that count more than they gave."""
        more = {queue: count - len(self.messages[queue]) for queue, count in self.counts.items()}
        return {queue: count for queue, count in more.items() if count > 0}

    def whole(self):
        return len(self.counts) == len(self.queues) and not self.held_back()

    def open_channels(self):
        return [(channel, queue) for channel, queue in enumerate(self.queues, 1) if queue not in self.gone]


def serve(broker):
    """The messages of each queue as (body, redelivered), and what the queues count beside and do not give.

    The broker may still be starting. A queue finds out what is damaged when it reads it, so it is counted again.
    """
    client = Serving(broker, QUEUES)
    client.send(ALL)
    began = last = time.monotonic()
    while not client.whole() and time.monotonic() - last < QUIET:
        before = len(client.counts), client.served()
        if not client.hear(ASK) and client.counts:
            client.send(b"".join(count_again(channel, queue) for channel, queue in client.open_channels()))
            client.hear(QUIET)
        if not client.counts or (len(client.counts), client.served()) != before:
            last = time.monotonic()
        if time.monotonic() - began > WITHIN:
            raise Failure(f"not served within {WITHIN} s, {client.counts}")
    client.close_socket()
    return client.messages, client.held_back()


def first_delivery(broker, queue):
    """When the first message of a queue comes. It is not acked. The broker may still be starting."""
    client, began = Serving(broker, [queue]), time.monotonic()
    client.send(opening([queue]))
    while not client.messages[queue]:
        client.hear(0.1)
        if time.monotonic() - began > WITHIN:
            raise Failure(f"nothing comes within {WITHIN} s, {client.counts}")
    at = time.monotonic()
    client.close_socket()
    return at


ALL = opening(QUEUES, no_ack=True)
