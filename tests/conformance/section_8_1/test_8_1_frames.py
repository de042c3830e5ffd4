"""Frames, well-formed and not: reference sections 1.2 to 1.4, 1.8 and 1.10."""

import re

import wire
from harness import codec, methods
from harness.expectations import Failure, same, unique
from harness.frames import BODY, HEADER, HEARTBEAT, METHOD, frame_bytes, header_bytes, method_bytes
from harness.registry import line

NO_METHOD = (0, 0)
PUBLISH = (60, 40)


def frame_error(number, sentence, frame, code, text, of=NO_METHOD):
    """A case: this frame on a connection with channel 1 open ends the connection like this."""

    @line(f"8.1/{number}", sentence)
    def bad_frame(t):
        connection = t.channel().connection
        connection.send(frame)
        connection.expect_connection_error(code, text, of)


OPEN_PAYLOAD = methods.encode("channel.open")
frame_error(
    41, "a wrong end octet is 501", frame_bytes(METHOD, 2, OPEN_PAYLOAD, end=b"\0"),
    501, "type 1, all octets = <<0,20,0,10,0>>: {invalid_frame_end_marker,0}",
)  # fmt: skip
frame_error(
    42, "frame type 9 is 501", frame_bytes(9, 1, b"\1\2"), 501, "type 9, all octets = <<1,2>>: unknown_frame"
)  # fmt: skip
frame_error(
    42, "of a long payload the first 16 octets are quoted", frame_bytes(9, 1, bytes(range(20))),
    501, "type 9, first 16 octets = <<0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15>>: unknown_frame",
)  # fmt: skip
frame_error(43, "frame type 0 is 501", frame_bytes(0, 1, b""), 501, "type 0, all octets = <<>>: unknown_frame")
frame_error(
    44, "a heartbeat with a payload is 501", frame_bytes(HEARTBEAT, 0, b"abc"),
    501, 'type 8, all octets = <<"abc">>: unknown_frame',
)  # fmt: skip
frame_error(45, "a heartbeat on channel 1 is 505", frame_bytes(HEARTBEAT, 1, b""), 505, "type 8, all octets = <<>>")
frame_error(46, "a body on channel 0 is 505", frame_bytes(BODY, 0, b"abc"), 505, 'type 3, all octets = <<"abc">>')
frame_error(
    47, "a header without a publish is 505", header_bytes(1, 0),
    505, "expected method frame, got non method frame instead", NO_METHOD,
)  # fmt: skip

PUBLISH_METHOD = method_bytes(1, "basic.publish")
NO_HEADER = "expected content header for class 60, got non content header frame instead"
NO_BODY = "expected content body, got non content body frame instead"
frame_error(48, "a publish instead of a header is 505", PUBLISH_METHOD * 2, 505, NO_HEADER, PUBLISH)
frame_error(
    49, "a body instead of a header is 505", PUBLISH_METHOD + frame_bytes(BODY, 1, b"x"), 505, NO_HEADER, PUBLISH
)
frame_error(
    50, "a header of class 50 is 505", PUBLISH_METHOD + header_bytes(1, 0, class_id=50),
    505, "expected content header for class 60, got one for class 50 instead", PUBLISH,
)  # fmt: skip
frame_error(51, "a header of weight 7 is 505", PUBLISH_METHOD + header_bytes(1, 0, weight=7), 505, NO_HEADER, PUBLISH)
frame_error(
    52, "a method instead of a body is 505", PUBLISH_METHOD + header_bytes(1, 5) + method_bytes(1, "channel.close"),
    505, NO_BODY, PUBLISH,
)  # fmt: skip
frame_error(52, "a header instead of a body is 505", PUBLISH_METHOD + header_bytes(1, 5) * 2, 505, NO_BODY, PUBLISH)
frame_error(
    54, "a body frame after a size of 0 is 505", PUBLISH_METHOD + header_bytes(1, 0) + frame_bytes(BODY, 1, b""),
    505, "expected method frame, got non method frame instead", NO_METHOD,
)  # fmt: skip


@line("8.1/40", "a payload of frame-max bytes is accepted")
def largest_frame(t):
    channel = t.channel(frame_max=8192)
    queue = channel.queue()
    channel.connection.send(
        method_bytes(1, "basic.publish", routing_key=queue) + header_bytes(1, 8192) + frame_bytes(BODY, 1, b"x" * 8192)
    )
    same(channel.get(queue).body, b"x" * 8192)


@line("8.1/40", "a payload of one byte more is 501, told from the size alone")
def too_large_frame(t):
    channel = t.channel(frame_max=8192)
    channel.connection.send(PUBLISH_METHOD + header_bytes(1, 8193) + frame_bytes(BODY, 1, b"x" * 8193)[:7])
    channel.expect_connection_error(501, "type 3, all octets = <<>>: {frame_too_large,8193,8184}", NO_METHOD)


@line("8.1/53", "a body longer than its declared size is 501", target_only=True)
def body_too_long(t):
    channel = t.channel()
    channel.connection.send(PUBLISH_METHOD + header_bytes(1, 3) + frame_bytes(BODY, 1, b"abcd"))
    channel.expect_connection_error(501, "content body frame exceeds remaining content size", PUBLISH)


@line("8.1/55", "an empty body frame between others is ignored")
def empty_body_frame(t):
    channel = t.channel()
    queue = channel.queue()
    channel.connection.send(method_bytes(1, "basic.publish", routing_key=queue) + header_bytes(1, 4))
    for part in (b"ab", b"", b"cd"):
        channel.connection.send_frame(BODY, 1, part)
    same(channel.get(queue).body, b"abcd")


@line("8.1/56", "contents of two channels may interleave frame by frame")
def interleaved(t):
    first = t.channel()
    connection, queue = first.connection, first.queue()
    connection.channel(2)
    first.consume(queue, no_ack=True)
    for make in (
        lambda number: method_bytes(number, "basic.publish", routing_key=queue),
        lambda number: header_bytes(number, 4),
        lambda number: frame_bytes(BODY, number, b"%d%d" % (number, number)),
        lambda number: frame_bytes(BODY, number, b"%d." % number),
    ):
        connection.send(make(1) + make(2))
    same({first.expect("basic.deliver").body for _ in range(2)}, {b"111.", b"222."})


@line("8.1/57", "a delivered body is cut into frames of frame-max less 8")
def delivered_frames(t):
    channel = t.channel(frame_max=8192)
    queue = channel.queue()
    channel.publish(queue, b"x" * 10000)
    channel.send("basic.get", queue=queue, no_ack=True)
    sizes = [len(channel.connection.read_frame().payload) for _ in range(4)][2:]
    same(sizes, [8184, 1816])


@line("1.3", "an empty body is delivered as a header without body frame")
def empty_delivery(t):
    channel = t.channel()
    queue = channel.queue()
    channel.publish(queue, b"")
    channel.send("basic.get", queue=queue, no_ack=True)
    channel.send("basic.qos")
    same([channel.connection.read_frame().type for _ in range(3)], [METHOD, HEADER, METHOD])


def undecodable(number, sentence, payload, of):
    @line(f"8.1/{number}", sentence)
    def bad_method(t):
        channel = t.channel()
        channel.connection.send_frame(METHOD, 1, payload)
        channel.expect_connection_error(501, re.compile("cannot decode <<.*>>"), of)


undecodable(58, "a truncated method is 501", methods.encode("queue.declare", queue="abc")[:-6], (50, 10))
undecodable(59, "bytes after the arguments are 501", methods.encode("basic.qos") + b"\1", (60, 10))


@line("8.1/60", "an unknown method ends the connection")
def unknown_method(t):
    for payload in (b"\0\x32\0\x63", b"\0\x63\0\x0a"):
        connection = t.channel().connection
        connection.send_frame(METHOD, 1, payload)
        expect_drop(connection)


def expect_drop(connection):
    """RabbitMQ drops TCP without a word; an error 503 or 540 before is allowed."""
    try:
        method = connection.expect("connection.close")
    except wire.Closed:
        return
    if method.reply_code not in (503, 540):
        raise Failure(f"{method} for an unknown method")
    connection.send_method(0, "connection.close-ok")
    connection.expect_eof()


@line("8.1/65", "a queue name that is not UTF-8 is 501")
def bad_queue_name(t):
    channel = t.channel()
    channel.send("queue.declare", queue=b"\xff\xfe")
    channel.expect_connection_error(501, "Malformed UTF-8 in shortstr", NO_METHOD)


@line("8.1/66", "a consumer tag that is not UTF-8 is 501")
def bad_consumer_tag(t):
    channel = t.channel()
    channel.send("basic.consume", queue=channel.queue(), consumer_tag=b"\xc3\x28")
    channel.expect_connection_error(501, "Malformed UTF-8 in shortstr", NO_METHOD)


@line("8.1/67", "a routing key that is not UTF-8 is published and delivered as it is")
def raw_routing_key(t):
    channel = t.channel()
    queue, fanout = channel.queue(), channel.exchange("fanout")
    channel.bind(queue, fanout)
    channel.publish(b"\xff\x00\xc3\x28", b"m", fanout)
    same(codec.to_bytes(channel.get(queue).routing_key), b"\xff\x00\xc3\x28")


def bad_properties(number, sentence, properties):
    @line(f"8.1/{number}", sentence)
    def properties_refused(t):
        channel = t.channel()
        channel.connection.send(method_bytes(1, "basic.publish", routing_key=unique()) + header_bytes(1, 0, properties))
        channel.expect_connection_error(541, "", NO_METHOD)


bad_properties(68, "a header value of the unknown type Z is 541", {"headers": codec.shortstr("k") + b"Z1234"})
bad_properties(70, "bytes after the last property are 541", codec.encode_properties({"priority": 1}) + b"\0")
bad_properties(71, "truncated properties are 541", codec.encode_properties({"message_id": "abcdef"})[:-2])

EVERY_TYPE = {
    "a": ("t", True), "b": ("b", -3), "c": ("B", 200), "d": ("s", -300), "e": ("u", 60000), "f": ("I", -70000),
    "g": ("i", 4000000000), "h": ("l", -(2**40)), "i": ("f", 0.5), "j": ("d", 0.1), "k": ("D", (2, 314)),
    "l": ("S", "text \udcff"), "m": ("x", b"\0\1"), "n": ("A", [1, "two", [True]]), "o": ("F", {"in": {"deep": 1}}),
    "p": ("T", 1700000000), "q": ("V", None),
}  # fmt: skip


def received_headers(t, headers):
    channel = t.channel()
    queue = channel.queue()
    channel.publish(queue, b"", headers=headers)
    return channel.get(queue).properties["headers"]


@line("8.1/69", "every type of field value comes back as it went")
def every_type(t):
    received = received_headers(t, {key: codec.Typed(*typed) for key, typed in EVERY_TYPE.items()})
    same(received, {key: value for key, (_, value) in EVERY_TYPE.items()})
    same(received.tags, {key: tag for key, (tag, _) in EVERY_TYPE.items()})


@line("8.1/69", "a value of type L comes back as l", target_only=True)
def type_l(t):
    received = received_headers(t, {"k": codec.Typed("L", -5)})
    same((received["k"], received.tags["k"]), (-5, "l"))


@line("8.1/72", "the reserved property bits 0 and 1 are ignored")
def reserved_bits(t):
    channel = t.channel()
    queue = channel.queue()
    channel.connection.send(method_bytes(1, "basic.publish", routing_key=queue) + header_bytes(1, 0, b"\x00\x03"))
    same(channel.get(queue).properties, {})
