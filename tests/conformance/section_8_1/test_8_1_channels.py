"""Opening and closing of channels and connections: reference sections 1.4, 1.11, 1.12 and 2.5."""

import re

import wire
from harness.expectations import same, unique
from harness.frames import method_bytes
from harness.registry import line

NOT_OPEN = "expected 'channel.open'"
SECOND_OPEN = "second 'channel.open' seen"


@line("8.1/28", "the whole handshake and a declare may be sent in one piece")
def pipelined(t):
    connection, queue = t.raw(), unique("q")
    connection.send(
        wire.PROTOCOL_HEADER
        + method_bytes(0, "connection.start-ok", mechanism="PLAIN", response="\0guest\0guest", locale="en_US")
        + method_bytes(0, "connection.tune-ok", channel_max=100, frame_max=131072)
        + method_bytes(0, "connection.open", virtual_host="/")
        + method_bytes(1, "channel.open")
        + method_bytes(1, "queue.declare", queue=queue)
    )
    for name in ("connection.start", "connection.tune", "connection.open-ok"):
        connection.expect(name)
    connection.expect("channel.open-ok", channel=1)
    same(connection.expect("queue.declare-ok", channel=1).queue, queue)


@line("8.1/37", "one channel more than agreed is 530")
def too_many_channels(t):
    connection = t.connect(channel_max=2)
    connection.channel(1)
    connection.channel(2)
    connection.send_method(3, "channel.open")
    connection.expect_connection_error(
        530, "number of channels opened (2) has reached the negotiated channel_max (2)", of=(0, 0)
    )


@line("8.1/38", "a channel may have any number while there are few enough")
def high_channel_number(t):
    connection = t.connect(channel_max=2)
    connection.channel(500).queue()
    connection.channel(65535).queue()


@line("8.1/61", "queue.declare on channel 0 is 504")
def declare_on_channel_0(t):
    connection = t.connect()
    connection.send_method(0, "queue.declare")
    connection.expect_connection_error(504, "unexpected method in connection state running", of=(50, 10))


@line("1.4", "a method of class connection on a channel is 503")
def connection_method_on_channel(t):
    channel = t.channel()
    channel.send("connection.tune-ok")
    channel.expect_connection_error(503, "unimplemented method")


@line("1.4", "a method that only brokers send is 503")
def broker_method_from_client(t):
    channel = t.channel()
    channel.send("queue.declare-ok")
    channel.expect_connection_error(503, "unimplemented method")


@line("8.1/62", "a method on a channel that is not open is 504")
def unopened_channel(t):
    connection = t.connect()
    connection.send_method(1, "queue.declare")
    connection.expect_connection_error(504, NOT_OPEN, of=(50, 10))


@line("8.1/63", "channel.open on an open channel is 504")
def second_open(t):
    channel = t.channel()
    channel.send("channel.open")
    channel.expect_connection_error(504, SECOND_OPEN, of=(20, 10))


@line("8.1/64", "channel.close on a channel that is not open is 504")
def close_unopened(t):
    connection = t.connect()
    connection.send_method(1, "channel.close")
    connection.expect_connection_error(504, NOT_OPEN, of=(20, 40))


@line("1.11", "a channel number is free again after close-ok")
def reuse_after_close(t):
    channel = t.channel()
    for _ in range(50):
        channel.close()
        channel.call("channel.open")


@line("1.11", "a method on a channel that the client has closed is 504")
def method_after_close(t):
    channel = t.channel()
    channel.close()
    channel.send("basic.qos")
    channel.expect_connection_error(504, NOT_OPEN, of=(60, 10))


def provoke_connection_error(t):
    """A connection that has received connection.close and not answered."""
    connection = t.connect()
    connection.send_method(0, "queue.declare")
    connection.expect("connection.close")
    return connection


def provoke_channel_error(t):
    """A channel that has received channel.close and not answered."""
    channel = t.channel()
    channel.send("queue.declare", queue=unique("q"), passive=True)
    same(channel.expect("channel.close").reply_code, 404)
    return channel


@line("8.1/73", "connection.close is answered, and the end of TCP is left to the client")
def client_close(t):
    connection = t.connect()
    connection.send_method(0, "connection.close", reply_code=200, reply_text="bye")
    connection.expect("connection.close-ok")
    connection.expect_silence(seconds=1.5)


@line("8.1/74", "connection.close is answered even when the broker is closing")
def crossing_close(t):
    connection = provoke_connection_error(t)
    connection.send_method(0, "connection.close", reply_code=200)
    connection.expect("connection.close-ok")


@line("8.1/75,76", "while the broker closes, methods are ignored until close-ok, which ends TCP")
def ignored_while_closing(t):
    connection = provoke_connection_error(t)
    connection.send_method(1, "channel.open")
    connection.send_method(0, "queue.declare")
    connection.expect_silence(1)
    connection.send_method(0, "connection.close-ok")
    connection.expect_eof()


@line("8.1/77", "after a channel error methods are ignored, and channel.close is answered")
def ignored_after_channel_error(t):
    channel = provoke_channel_error(t)
    queue = unique("q")
    channel.send("queue.declare", queue=queue)
    channel.publish(queue, b"ignored")
    channel.call("channel.close")
    channel.send("channel.close-ok")
    other = channel.connection.channel(2)
    other.send("queue.declare", queue=queue, passive=True)
    other.expect_channel_error(404)


@line("1.11", "the content of an ignored publish must still be well-formed")
def malformed_after_channel_error(t):
    channel = provoke_channel_error(t)
    channel.connection.send(method_bytes(1, "basic.publish") * 2)
    channel.expect_connection_error(505, of=(60, 40))


@line("8.1/78", "channel.open before close-ok is 504")
def open_before_close_ok(t):
    channel = provoke_channel_error(t)
    channel.send("channel.open")
    channel.expect_connection_error(504, SECOND_OPEN, of=(20, 10))


@line("1.11", "after close-ok the channel can be opened again")
def reopen_after_error(t):
    channel = provoke_channel_error(t)
    channel.send("channel.close-ok")
    channel.call("channel.open")
    channel.queue()


@line("8.1/88", "a reply text above 255 bytes is cut and ends in three dots")
def long_reply_text(t):
    channel = t.channel()
    channel.send("queue.declare", queue="n" * 255, passive=True)
    text = channel.expect("channel.close").reply_text
    if not re.fullmatch(r"NOT_FOUND - no queue 'n+\.\.\.", text) or len(text) > 255:
        raise wire.Failure(f"{text!r}")
