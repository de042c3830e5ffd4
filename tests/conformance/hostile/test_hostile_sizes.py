"""Sizes that lie, and values that are as large or as deep as they can be: reference sections 1.2 to 1.4, 1.9."""

import struct

import wire
from harness import codec, methods
from harness.expectations import Failure, same, unique
from harness.frames import METHOD, frame_bytes, header_bytes, method_bytes
from harness.registry import line

PUBLISH = (60, 40)


def expect_service(t):
    """The broker still does its work for somebody else."""
    channel = t.channel()
    queue = channel.queue()
    channel.publish(queue, b"still here")
    same(channel.drain(queue), [b"still here"])


def expect_refused(connection, *codes):
    """The connection ends, with one of these errors first or without a word."""
    try:
        while (method := connection.next_on(0)).name != "connection.close":
            pass
    except wire.Closed:
        return
    if method.reply_code not in codes:
        raise Failure(f"{method} instead of an error of {codes}")
    connection.send_method(0, "connection.close-ok")
    connection.expect_eof()


@line("1.3", "a frame of 4 GiB is refused from its size alone, on any channel")
def frame_of_4_gib(t):
    for number in (0, 1):
        channel = t.channel()
        channel.connection.send(struct.pack(">BHI", METHOD, number, 0xFFFFFFFF))
        text = "type 1, all octets = <<>>: {frame_too_large,4294967295,131064}"
        channel.expect_connection_error(501, text, (0, 0))
    expect_service(t)


@line("1.3", "a frame of 4 GiB before login ends the connection in silence")
def early_frame_of_4_gib(t):
    connection = t.raw()
    connection.start()
    connection.send(struct.pack(">BHI", METHOD, 0, 0xFFFFFFFF))
    connection.expect_silent_close()


@line("1.4", "a body of more than 512 MiB is refused from its header", target_only=True)
def body_size(t):
    for size in (2**29 + 1, 2**63, 2**64 - 1):
        channel = t.channel()
        channel.connection.send(method_bytes(1, "basic.publish") + header_bytes(1, size))
        text = f"content body size {size} exceeds maximum allowed size 536870912"
        channel.expect_connection_error(501, text, PUBLISH)
    expect_service(t)


@line("1.4", "bodies that are announced but never sent cost no memory")
def announced_bodies(t):
    channel = t.channel()
    before = t.broker.memory()
    for number in range(2, 102):
        channel.connection.channel(number)
        channel.connection.send(method_bytes(number, "basic.publish") + header_bytes(number, 2**29))
    channel.call("basic.qos")
    if before is not None and t.broker.memory() - before > 2**28:
        raise Failure(f"from {before} to {t.broker.memory()} bytes")


DECLARE = methods.encode("queue.declare", queue="q")[:-4]
LYING_ARGUMENTS = [
    b"\xff\xff\xff\xff",
    codec.longstr(b"\x01kS\xff\xff\xff\xffab"),
    codec.longstr(b"\x01kF\x00\x00\x00\x09ab"),
    codec.longstr(b"\x01kA\x00\x00\x00\x02S\x00"),
    codec.longstr(b"\xffk"),
    codec.longstr(b"\x01kI\x00"),
    codec.longstr(b"\x01kZab"),
]


@line("1.9", "a table of arguments that lies about its lengths ends the connection")
def lying_arguments(t):
    for arguments in LYING_ARGUMENTS:
        connection = t.channel().connection
        connection.send_frame(METHOD, 1, DECLARE + arguments)
        expect_refused(connection, 501, 541)
    expect_service(t)


@line("1.9", "a table of headers that lies about its lengths is 541")
def lying_headers(t):
    for arguments in LYING_ARGUMENTS[1:]:
        channel = t.channel()
        header = header_bytes(1, 0, struct.pack(">H", 0x2000) + arguments)
        channel.connection.send(method_bytes(1, "basic.publish") + header)
        channel.expect_connection_error(541, "", (0, 0))
    expect_service(t)


def nested(tag, depth):
    """The payload of a table that holds a value of this type in itself, this deep."""
    name = b"\0" if tag == b"F" else b""
    payload = b""
    for _ in range(depth):
        payload = name + tag + struct.pack(">I", len(payload)) + payload
    return payload if tag == b"F" else b"\0" + payload


@line(
    "1.9",
    "tables and arrays nested thousands deep arrive whole or end the connection, and harm nobody",
    target_only=True,
)
def deep_nesting(t):
    for tag in (b"F", b"A"):
        for depth in (100, 5000, 20000):
            headers = struct.pack(">H", 0x2000) + codec.longstr(nested(tag, depth))
            channel = t.channel()
            queue = channel.queue()
            channel.connection.send(method_bytes(1, "basic.publish", routing_key=queue) + header_bytes(1, 0, headers))
            channel.send("basic.get", queue=queue, no_ack=True)
            expect_whole_or_refused(channel.connection, headers)
            expect_service(t)


def expect_whole_or_refused(connection, headers):
    try:
        frame = connection.read_frame()
        if frame.channel == 0:
            same(methods.decode(frame.payload).reply_code in (501, 541), True)
        else:
            same(connection.read_frame().payload[12:] == headers, True)
    except wire.Closed:
        pass


@line("1.9", "deeply nested arguments of a declare and a bind harm nobody", target_only=True)
def deep_arguments(t):
    payload = codec.longstr(nested(b"F", 20000))
    for start in (DECLARE, methods.encode("queue.bind", queue="q", exchange="amq.headers")[:-4]):
        connection = t.channel().connection
        connection.send_frame(METHOD, 1, start + payload)
        connection.send_method(1, "basic.qos")
        connection.read_frame()
        expect_service(t)


@line("1.3", "headers of 100 kB arrive whole, in one frame, even at a client with a smaller frame-max")
def large_headers(t):
    channel, small = t.channel(), t.channel(frame_max=8192)
    queue = channel.queue()
    headers = {f"key{number:04}": "v" * 90 for number in range(1000)}
    channel.call("confirm.select")
    channel.publish_confirmed(queue, b"m", headers=headers)
    same(small.get(queue).properties["headers"], headers)


@line("5.12", "names and keys of 255 bytes work everywhere")
def longest_names(t):
    channel = t.channel()
    name = unique("n").ljust(255, "n")
    channel.exchange("topic", exchange=name)
    channel.queue(queue=name)
    channel.bind(name, name, "#." + "k" * 253)
    channel.consume(name, consumer_tag="c" * 255, no_ack=True)
    channel.publish("k" * 253, b"m", name)
    message = channel.expect("basic.deliver")
    same((message.consumer_tag, message.exchange), ("c" * 255, name))


@line("1.3", "a body of 10 MB goes through in frames of any size")
def large_body(t):
    body = bytes(range(256)) * 40960
    for frame_max in (8192, 131072):
        channel = t.channel(frame_max=frame_max)
        queue = channel.queue()
        channel.publish(queue, body)
        same(channel.get(queue).body == body, True)


@line("1.3", "where the broker has no limit of frames a body goes out in one", instance="unlimited")
def unlimited_frames(t):
    connection = t.raw()
    tune = connection.login()
    same((tune.channel_max, tune.frame_max), (0, 0))
    connection.tune(channel_max=0, frame_max=0)
    connection.send_method(0, "connection.open", virtual_host="/")
    connection.expect("connection.open-ok")
    channel = connection.channel()
    queue = channel.queue()
    channel.publish(queue, b"x" * 1000000)
    channel.send("basic.get", queue=queue, no_ack=True)
    same([len(connection.read_frame().payload) for _ in range(3)][2], 1000000)


@line("1.2", "an empty frame of each type on an open channel is refused and harms nobody")
def empty_frames(t):
    for kind in (1, 2, 3):
        connection = t.channel().connection
        connection.send(frame_bytes(kind, 1, b""))
        expect_refused(connection, 501, 505)
    expect_service(t)
