"""Methods too early or too late, and which of several errors is told: reference sections 1.4, 1.11 and 3."""

from harness.expectations import same, unique
from harness.frames import header_bytes, method_bytes
from harness.registry import line


@line("1.4", "methods of the handshake after the handshake are 504")
def late_handshake(t):
    for name in ("connection.start-ok", "connection.secure-ok", "connection.tune-ok", "connection.open"):
        connection = t.connect()
        connection.send_method(0, name)
        connection.expect_connection_error(504, "unexpected method in connection state running")


@line("1.4", "connection.close-ok that nobody asked for is 504")
def unasked_close_ok(t):
    connection = t.connect()
    connection.send_method(0, "connection.close-ok")
    connection.expect_connection_error(504, "unexpected method in connection state running", of=(10, 51))


@line("1.4", "channel.close-ok and channel.flow-ok that nobody asked for are 503")
def unasked_channel_ok(t):
    for name in ("channel.close-ok", "channel.flow-ok"):
        channel = t.channel()
        channel.send(name)
        channel.expect_connection_error(503, "unimplemented method")


@line("1.11", "after close-ok nothing is heard of a closed connection, whatever is sent")
def after_close(t):
    connection = t.channel().connection
    connection.send_method(0, "connection.close")
    connection.expect("connection.close-ok")
    connection.send_method(1, "queue.declare")
    connection.send_method(0, "connection.tune-ok")
    connection.expect_silence()


@line("1.11", "connection.close in the middle of a body is answered")
def close_in_body(t):
    connection = t.channel().connection
    connection.send(method_bytes(1, "basic.publish") + header_bytes(1, 100))
    connection.close()


@line("3.4", "a new queue's reserved name is told before anything about its arguments")
def queue_declare_order(t):
    text = "queue name 'amq.foo' contains reserved prefix 'amq.*'"
    t.channel().expect_refusal("queue.declare", 403, text, queue="amq.foo", arguments={"x-message-ttl": "x"})


@line("3.4", "of an existing queue exclusive is compared before durable, durable before auto-delete, then arguments")
def queue_equivalence_order(t):
    channel = t.channel()
    queue = channel.queue()
    bad = {"x-message-ttl": 1}
    channel.expect_refusal(
        "queue.declare", 405, queue=queue, exclusive=True, durable=True, auto_delete=True, arguments=bad
    )
    for arguments, what in (
        ({"durable": True, "auto_delete": True, "arguments": bad}, "durable"),
        ({"auto_delete": True, "arguments": bad}, "auto_delete"),
    ):
        text = f"inequivalent arg '{what}' for queue '{queue}' in vhost '/': received 'true' but current is 'false'"
        channel.expect_refusal("queue.declare", 406, text, queue=queue, **arguments)


@line("3.2", "of an existing exchange the type is compared before durable, then auto-delete, then internal")
def exchange_equivalence_order(t):
    channel = t.channel()
    name = channel.exchange("direct")
    flags = {"durable": True, "auto_delete": True, "internal": True}
    for what, type, received, current in (
        ("type", "fanout", "fanout", "direct"),
        ("durable", "direct", "true", "false"),
        ("auto_delete", "direct", "true", "false"),
        ("internal", "direct", "true", "false"),
    ):
        text = f"inequivalent arg '{what}' for exchange '{name}' in vhost '/': received '{received}' but current is '{current}'"
        channel.expect_refusal("exchange.declare", 406, text, exchange=name, type=type, **flags)
        flags.pop(what, None)


@line("3.7", "the default exchange is refused before a missing queue is noticed")
def bind_order(t):
    text = "operation not permitted on the default exchange"
    t.channel().expect_refusal("queue.bind", 403, text, queue=unique("q"), exchange="")


@line("3.10", "a tag used twice is told before a missing queue")
def consume_order(t):
    channel = t.channel()
    channel.consume(channel.queue(), consumer_tag="a")
    channel.send("basic.consume", queue=unique("q"), consumer_tag="a")
    channel.expect_connection_error(530)


@line("3.9", "a message's user-id is judged before its expiration, and that before its CC")
def publish_order(t):
    channel = t.channel()
    channel.publish("", user_id="bob", expiration="x", headers={"CC": 1})
    channel.expect_channel_error(406, "user_id property set to 'bob' but authenticated user was 'guest'")
    channel.publish("", expiration="x", headers={"CC": 1})
    channel.expect_channel_error(406, "invalid expiration 'x': no_integer")


@line("1.11", "publishes that follow a refused one in the same piece vanish with it")
def after_refused_publish(t):
    channel = t.channel()
    queue = channel.queue()
    refused = method_bytes(1, "basic.publish", exchange=unique("x")) + header_bytes(1, 0)
    good = method_bytes(1, "basic.publish", routing_key=queue) + header_bytes(1, 0)
    channel.connection.send(good + refused + good * 10)
    channel.expect_channel_error(404)
    same(len(channel.drain(queue)), 1)
