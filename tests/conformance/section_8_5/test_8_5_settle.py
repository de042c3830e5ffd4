"""Settling deliveries, basic.get and recovery: reference sections 3.12 and 3.14."""

from harness.expectations import eventually, same
from harness.registry import line

ACK, NACK, REJECT = "basic.ack", "basic.nack", "basic.reject"


def unknown_tag(tag):
    return f"unknown delivery tag {tag}"


def held(t, count):
    """A channel that holds messages 1 to count of a queue unacked, with these delivery tags."""
    channel = t.channel()
    queue = channel.queue()
    for number in range(1, count + 1):
        channel.publish(queue, b"%d" % number)
    for number in range(1, count + 1):
        same(channel.get(queue, no_ack=False).delivery_tag, number)
    return channel, queue


@line("8.5/222", "settling an unknown tag, 0, or one twice is 406")
def unknown(t):
    for method in (ACK, NACK, REJECT):
        channel, _ = held(t, 1)
        channel.send(method, delivery_tag=1)
        channel.expect_refusal(method, 406, unknown_tag(1), delivery_tag=1)
        for tag in (0, 1, 5):
            channel.expect_refusal(method, 406, unknown_tag(tag), delivery_tag=tag)


@line("8.5/222", "settling a no-ack delivery, or one of another channel, is 406")
def not_mine(t):
    channel, queue = held(t, 1)
    other = channel.connection.channel(2)
    other.expect_refusal(ACK, 406, unknown_tag(1), delivery_tag=1)
    other.publish(queue)
    same(other.get(queue, no_ack=True).delivery_tag, 1)
    other.expect_refusal(ACK, 406, unknown_tag(1), delivery_tag=1)


@line("3.14", "multiple with a tag that is not outstanding is 406 and settles nothing")
def multiple_unknown(t):
    channel, queue = held(t, 3)
    channel.send(ACK, delivery_tag=2)
    channel.expect_refusal(ACK, 406, unknown_tag(2), delivery_tag=2, multiple=True)
    same(channel.drain(queue), [b"1", b"3"])


@line("3.14", "multiple settles all tags up to the one given, and no more")
def multiple(t):
    channel, queue = held(t, 4)
    channel.send(ACK, delivery_tag=3, multiple=True)
    channel.send(NACK, delivery_tag=0, multiple=True, requeue=True)
    same(channel.drain(queue), [b"4"])


@line("8.5/223", "settling tag 0 with multiple is ok when nothing is outstanding")
def nothing_outstanding(t):
    channel = t.channel()
    channel.send(ACK, delivery_tag=0, multiple=True)
    channel.send(NACK, delivery_tag=0, multiple=True)
    channel.call("basic.qos")


@line("8.5/224", "nack of tag 0 with multiple and without requeue drops all")
def drop_all(t):
    channel, queue = held(t, 5)
    channel.send(NACK, delivery_tag=0, multiple=True)
    channel.expect_refusal(ACK, 406, unknown_tag(3), delivery_tag=3)
    same(channel.drain(queue), [])


@line("8.5/225", "a message that is requeued takes its old place and is marked redelivered")
def requeue_place(t):
    for method in (NACK, REJECT):
        channel, queue = held(t, 2)
        channel.publish(queue, b"3")
        channel.send(method, delivery_tag=2, requeue=True)
        channel.send(method, delivery_tag=1, requeue=True)
        messages = [channel.get(queue) for _ in range(3)]
        same(
            [(message.body, message.redelivered) for message in messages],
            [(b"1", True), (b"2", True), (b"3", False)],
        )


@line("8.5/226", "several messages requeued at once come back in their order")
def requeue_many(t):
    channel, queue = held(t, 5)
    channel.send(NACK, delivery_tag=4, multiple=True, requeue=True)
    same(channel.drain(queue), [b"1", b"2", b"3", b"4"])


@line("8.5/228", "recover redelivers all in order with new tags, before or after recover-ok")
def recover(t):
    channel, queue = held(t, 3)
    channel.call("basic.recover", requeue=True)
    messages = [channel.get(queue, no_ack=False) for _ in range(3)]
    same(
        [(message.body, message.delivery_tag, message.redelivered) for message in messages],
        [(b"1", 4, True), (b"2", 5, True), (b"3", 6, True)],
    )
    channel.expect_refusal(ACK, 406, unknown_tag(1), delivery_tag=1)


@line("8.5/228", "recover-async does the same without an answer")
def recover_async(t):
    channel, queue = held(t, 2)
    channel.send("basic.recover-async", requeue=True)
    channel.call("basic.qos")
    same(channel.drain(queue), [b"1", b"2"])


@line("3.14", "recover lets a consumer of the same channel have the messages again")
def recover_to_consumer(t):
    channel = t.channel()
    queue = channel.queue()
    channel.publish(queue, b"m")
    channel.consume(queue)
    channel.expect_bodies(b"m")
    channel.send("basic.recover", requeue=True)
    methods = {method.name: method for method in (channel.next(), channel.next())}
    same(sorted(methods), ["basic.deliver", "basic.recover-ok"])
    again = methods["basic.deliver"]
    same((again.body, again.delivery_tag, again.redelivered), (b"m", 2, True))


@line("8.5/229", "recover without requeue is 540")
def recover_without_requeue(t):
    for method in ("basic.recover", "basic.recover-async"):
        channel = t.channel()
        channel.send(method, requeue=False)
        channel.expect_connection_error(540, "requeue=false")


@line("8.5/230", "when a channel is closed its messages go back, and another channel gets them redelivered")
def channel_close(t):
    channel, queue = held(t, 3)
    other = t.channel()
    other.consume(queue)
    channel.close()
    messages = other.expect_bodies(b"1", b"2", b"3")
    same([message.redelivered for message in messages], [True] * 3)


@line("3.14", "a channel error, a lost connection and a closed one give the messages back in order")
def other_ends(t):
    def provoke_error(channel):
        channel.expect_refusal(ACK, 406, delivery_tag=99)

    for end in (
        provoke_error,
        lambda channel: channel.connection.reset(),
        lambda channel: channel.connection.close(),
    ):
        channel, queue = held(t, 3)
        end(channel)
        other = t.channel()
        eventually(lambda other=other, queue=queue: other.ready(queue) == 3)
        same(other.drain(queue), [b"1", b"2", b"3"])


@line("1.11", "a channel error gives a consumer's messages back before close-ok arrives")
def error_before_close_ok(t):
    channel, other = t.channel(), t.channel()
    queue = channel.queue()
    channel.consume(queue)
    for body in (b"1", b"2"):
        channel.publish(queue, body)
    channel.expect_bodies(b"1", b"2")
    channel.send(ACK, delivery_tag=99)
    same(channel.expect("channel.close").reply_code, 406)
    other.consume(queue)
    other.expect_bodies(b"1", b"2")


@line("8.5/231", "get-ok counts what is left, and an empty queue answers get-empty")
def get(t):
    channel = t.channel()
    queue = channel.queue()
    for _ in range(3):
        channel.publish(queue)
    same([channel.get(queue).message_count for _ in range(3)], [2, 1, 0])
    channel.send("basic.get", queue=queue)
    same(channel.expect("basic.get-empty").cluster_id, "")


@line("3.12", "get and deliver share one sequence of tags")
def one_sequence(t):
    channel = t.channel()
    queue, other = channel.queue(), channel.queue()
    channel.publish(queue)
    same(channel.get(queue).delivery_tag, 1)
    channel.consume(other)
    channel.publish(other)
    same(channel.expect("basic.deliver").delivery_tag, 2)
    channel.publish(queue)
    same(channel.get(queue, no_ack=False).delivery_tag, 3)


@line("3.15", "messages of one channel arrive in their order, however many")
def order(t):
    channel = t.channel()
    queue = channel.queue()
    channel.call("basic.qos", prefetch_count=50)
    channel.consume(queue)
    bodies = [b"%d" % number for number in range(2000)]
    for body in bodies:
        channel.publish(queue, body)
    for number, body in enumerate(bodies, 1):
        channel.expect_bodies(body)
        if number % 25 == 0:
            channel.send(ACK, delivery_tag=number, multiple=True)
