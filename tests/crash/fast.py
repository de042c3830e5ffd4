"""A wire client for many messages: it reads deliveries and confirms out of large reads, without a call per frame."""

import struct
import time

import nodes  # noqa: F401  its folder of the harness comes first
import wire
from harness import methods
from harness.expectations import Closed, Failure, Timeout
from harness.frames import BODY, HEADER, METHOD, frame_bytes, header_bytes, method_bytes

DELIVER, ACK, NACK = b"\0\x3c\0\x3c", b"\0\x3c\0\x50", b"\0\x3c\0\x78"
PREFIX = struct.Struct(">BHI")
TAG = struct.Struct(">Q")
READ = 1 << 20
PERSISTENT = {"delivery_mode": 2}


class Delivery:
    __slots__ = ("consumer", "tag", "redelivered", "size", "body", "channel")

    def __init__(self, channel, consumer, tag, redelivered):
        self.channel, self.consumer, self.tag, self.redelivered = channel, consumer, tag, redelivered
        self.body = b""


class Settled:
    """A confirm: ack or nack of one publish, or of all up to it."""

    __slots__ = ("tag", "ok", "multiple")

    def __init__(self, tag, ok, multiple):
        self.tag, self.ok, self.multiple = tag, ok, multiple


class Client(wire.Connection):
    def __init__(self, broker):
        super().__init__((broker.host, broker.port))
        self.open()
        self.arriving = {}

    def receive(self, within):
        """What came: Delivery, Settled and other methods; nothing when nothing whole came in time."""
        return self.parse() or (self.parse() if self.read_some(within) else [])

    def read_some(self, within):
        self.socket.settimeout(max(within, 0.0005))
        try:
            data = self.socket.recv(READ)
        except TimeoutError:
            return False
        except ConnectionError:
            data = b""
        if not data:
            raise Closed("TCP connection closed")
        self.input += data
        return True

    def parse(self):
        events, at, data = [], 0, self.input
        while at + 8 <= len(data):
            kind, channel, size = PREFIX.unpack_from(data, at)
            if at + 8 + size > len(data):
                break
            self.take(kind, channel, data, at + 7, size, events)
            at += 8 + size
        self.input = data[at:]
        return events

    def take(self, kind, channel, data, at, size, events):
        if kind == METHOD:
            name = data[at : at + 4]
            if name == DELIVER:
                tag_at = at + 5 + data[at + 4]
                consumer = data[at + 5 : tag_at]
                delivery = Delivery(channel, consumer, *struct.unpack_from(">QB", data, tag_at))
                self.arriving[channel] = delivery
            elif name in (ACK, NACK):
                events.append(Settled(TAG.unpack_from(data, at + 4)[0], name == ACK, data[at + 12] & 1))
            else:
                self.other(methods.decode(data[at : at + size]), events)
        elif kind == HEADER:
            delivery = self.arriving[channel]
            delivery.size = TAG.unpack_from(data, at + 4)[0]
            self.complete(channel, events)
        elif kind == BODY:
            self.arriving[channel].body += data[at : at + size]
            self.complete(channel, events)

    def complete(self, channel, events):
        delivery = self.arriving[channel]
        if len(delivery.body) == delivery.size:
            events.append(self.arriving.pop(channel))

    @staticmethod
    def other(method, events):
        if method.name in ("channel.close", "connection.close"):
            raise Failure(f"{method}")
        events.append(method)

    def content(self, channel, exchange, key, body, properties):
        """The bytes of a publish."""
        data = method_bytes(channel, "basic.publish", exchange=exchange, routing_key=key)
        data += header_bytes(channel, len(body), properties)
        room = self.frame_max - 8
        for start in range(0, len(body), room):
            data += frame_bytes(BODY, channel, body[start : start + room])
        return data


def drain(broker, queue, take, quiet=0.3, within=60.0):
    """Consumes a queue until it is empty, acks all, and gives each Delivery to `take`."""
    client = Client(broker)
    client.channel(1)
    client.channel(2)
    client.send_method(1, "basic.qos", prefetch_count=2000)
    client.send_method(1, "basic.consume", queue=queue)
    deadline, last, left = time.monotonic() + within, time.monotonic(), None
    while left != 0 or time.monotonic() - last < quiet:
        if time.monotonic() > deadline:
            raise Timeout(f"{queue} is not empty after {within} s, but holds {left} messages")
        events = client.receive(quiet / 3)
        deliveries = [event for event in events if isinstance(event, Delivery)]
        for delivery in deliveries:
            take(delivery)
        if deliveries:
            last = time.monotonic()
            client.send_method(1, "basic.ack", delivery_tag=deliveries[-1].tag, multiple=True)
        answers = [event.message_count for event in events if getattr(event, "name", "") == "queue.declare-ok"]
        left = answers[-1] if answers else left
        if not events:
            client.send_method(2, "queue.declare", queue=queue, passive=True)
    client.close()
