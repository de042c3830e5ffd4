"""Clients that send too slowly, do not read, or vanish in the middle: reference sections 1.12, 2.6 and 7."""

import select
import time

import wire
from harness.expectations import Failure, eventually, same, unique
from harness.frames import BODY, frame_bytes, header_bytes, method_bytes
from harness.registry import line


def byte_by_byte(connection, data):
    for octet in data:
        connection.send(bytes([octet]))


@line("1.12", "handshake, declare and publish may arrive one byte at a time")
def one_byte_at_a_time(t):
    connection, queue = t.raw(), unique("q")
    byte_by_byte(
        connection,
        wire.PROTOCOL_HEADER
        + method_bytes(0, "connection.start-ok", mechanism="PLAIN", response="\0guest\0guest", locale="en_US")
        + method_bytes(0, "connection.tune-ok", channel_max=100, frame_max=131072)
        + method_bytes(0, "connection.open", virtual_host="/")
        + method_bytes(1, "channel.open")
        + method_bytes(1, "queue.declare", queue=queue)
        + method_bytes(1, "basic.publish", routing_key=queue)
        + header_bytes(1, 10, {"headers": {"a": "b"}})
        + frame_bytes(BODY, 1, b"01234")
        + frame_bytes(BODY, 1, b"56789")
        + method_bytes(1, "basic.get", queue=queue, no_ack=True),
    )
    for name in ("connection.start", "connection.tune", "connection.open-ok"):
        connection.expect(name)
    for name in ("channel.open-ok", "queue.declare-ok"):
        connection.expect(name, channel=1)
    same(connection.expect("basic.get-ok", channel=1).body, b"0123456789")


@line("1.12", "a thousand messages may come in one piece, with everything to take them")
def all_at_once(t):
    connection, queue = t.raw(), unique("q")
    parts = [
        wire.PROTOCOL_HEADER,
        method_bytes(0, "connection.start-ok", mechanism="PLAIN", response="\0guest\0guest", locale="en_US"),
        method_bytes(0, "connection.tune-ok", channel_max=100, frame_max=131072),
        method_bytes(0, "connection.open", virtual_host="/"),
        method_bytes(1, "channel.open"),
        method_bytes(1, "queue.declare", queue=queue),
        method_bytes(1, "basic.consume", queue=queue, no_ack=True),
    ]
    publish = method_bytes(1, "basic.publish", routing_key=queue) + header_bytes(1, 1) + frame_bytes(BODY, 1, b"m")
    connection.send(b"".join(parts) + publish * 1000)
    for name in ("channel.open-ok", "queue.declare-ok", "basic.consume-ok"):
        connection.expect(name, channel=1)
    for _ in range(1000):
        connection.expect("basic.deliver", channel=1)


@line("1.4", "connections that say nothing, or stop in the middle, do not keep others waiting")
def half_open(t):
    for number in range(100):
        connection = t.raw()
        connection.send(wire.PROTOCOL_HEADER[: number % 9])
    opened = [t.channel().connection for _ in range(20)]
    for connection in opened:
        connection.send(method_bytes(1, "basic.publish") + header_bytes(1, 100) + frame_bytes(BODY, 1, b"x" * 50)[:30])
    start = time.monotonic()
    t.channel().queue()
    if time.monotonic() - start > 3:
        raise Failure("others wait")


@line("3.14", "a message of which only a part came before the connection was lost is not delivered")
def cut_in_the_middle(t):
    channel = t.channel()
    queue = channel.queue()
    other = t.channel()
    other.publish(queue, b"whole")
    other.connection.send(method_bytes(1, "basic.publish", routing_key=queue) + header_bytes(1, 10))
    other.connection.send(frame_bytes(BODY, 1, b"part"))
    other.connection.close_socket()
    eventually(lambda: channel.ready(queue) == 1)
    channel.expect_silence()
    same(channel.drain(queue), [b"whole"])


PIECE = 100 * 1024
FLOOD = 1000


def flood(connection, data, seconds=3.0):
    """Sends as much as the broker takes in this time, and reads nothing."""
    connection.socket.setblocking(False)
    end = time.monotonic() + seconds
    while data and time.monotonic() < end:
        if select.select([], [connection.socket], [], 0.2)[1]:
            data = data[connection.socket.send(data[: 1 << 16]) :]
    connection.socket.setblocking(True)
    return data


@line(
    "7",
    "answers that a client does not read do not fill the broker's memory, and all come when it reads",
    instance="flooded",
)
def unread_answers(t):
    channel, other = t.channel(), t.channel()
    queue = channel.queue()
    channel.publish(queue, b"x" * PIECE)
    before = t.broker.memory()
    get = method_bytes(1, "basic.get", queue=queue)
    rest = flood(channel.connection, (get + method_bytes(1, "basic.recover-async", requeue=True)) * FLOOD)
    same(other.get(other.queue()), None)
    expect_growth_below(t, before, 64 * 2**20)
    channel.connection.socket.settimeout(10)
    answers = 0
    while answers < FLOOD:
        if rest and select.select([], [channel.connection.socket], [], 0)[1]:
            rest = rest[channel.connection.socket.send(rest[: 1 << 10]) :]
        answers += channel.next().name in ("basic.get-ok", "basic.get-empty")


def expect_growth_below(t, before, bytes):
    if before is not None and t.broker.memory() - before > bytes:
        raise Failure(f"memory grew from {before >> 20} to {t.broker.memory() >> 20} MiB")


@line("7", "a consumer that does not read holds up neither the publisher nor other consumers", instance="flooded")
def unread_deliveries(t):
    slow, publisher, quick = t.channel(), t.channel(), t.channel()
    exchange = publisher.exchange("fanout")
    for channel in (slow, quick):
        queue = channel.queue()
        channel.bind(queue, exchange)
        channel.consume(queue, no_ack=True)
    before = t.broker.memory()
    publisher.call("confirm.select")
    for _ in range(500):
        publisher.publish(exchange=exchange, body=b"x" * PIECE)
        quick.expect("basic.deliver")
    same(publisher.outcomes(500), [True] * 500)
    expect_growth_below(t, before, 150 * 2**20)
    for _ in range(500):
        same(len(slow.expect("basic.deliver").body), PIECE)


@line("1.6", "a consumer that does not read and sends no heartbeat is cut off, and its messages come back")
def dead_consumer(t):
    dead, channel = t.connect(heartbeat=1).channel(), t.channel()
    queue = channel.queue()
    dead.consume(queue)
    for _ in range(100):
        channel.publish(queue, b"x" * PIECE)
    channel.consume(queue)
    bodies = [len(channel.expect("basic.deliver").body) for _ in range(100)]
    same(bodies, [PIECE] * 100)
