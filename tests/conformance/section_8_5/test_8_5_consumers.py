"""Consumers: reference sections 3.10, 3.11, 3.15, 3.18 and 5.8."""

import re

from harness.expectations import Failure, eventually, same, unique
from harness.registry import line


def in_exclusive_use(queue):
    return f"queue '{queue}' in vhost '/' in exclusive use"


def publish_all(channel, queue, *bodies):
    for body in bodies:
        channel.publish(queue, body)


@line("8.5/203", "a server-generated tag is amq.ctag- and 22 characters")
def generated_tag(t):
    channel = t.channel()
    queue = channel.queue()
    tags = {channel.consume(queue) for _ in range(3)}
    same(len(tags), 3)
    for tag in tags:
        if not re.fullmatch(r"amq\.ctag-[A-Za-z0-9_-]{22}", tag):
            raise Failure(tag)


@line("8.5/204", "a tag used twice on a channel is 530, on two channels it is ok")
def tag_twice(t):
    channel = t.channel()
    queue = channel.queue()
    channel.consume(queue, consumer_tag="a")
    channel.connection.channel(2).consume(queue, consumer_tag="a")
    channel.send("basic.consume", queue=queue, consumer_tag="a")
    channel.expect_connection_error(530, "attempt to reuse consumer tag 'a'", of=(60, 20))


@line("3.10", "a tag is free again after cancel")
def tag_again(t):
    channel = t.channel()
    queue = channel.queue()
    for _ in range(2):
        channel.consume(queue, consumer_tag="a")
        channel.call("basic.cancel", consumer_tag="a")


@line("8.5/205", "exclusive consume is 403 when there is a consumer, any consume is 403 when there is an exclusive one")
def exclusive(t):
    channel, other = t.channel(), t.channel()
    queue = channel.queue()
    tag = channel.consume(queue)
    other.expect_refusal("basic.consume", 403, in_exclusive_use(queue), queue=queue, exclusive=True)
    channel.call("basic.cancel", consumer_tag=tag)
    channel.consume(queue, exclusive=True)
    other.expect_refusal("basic.consume", 403, in_exclusive_use(queue), queue=queue)


@line("8.5/206", "basic.get is allowed beside an exclusive consumer elsewhere")
def get_beside_exclusive(t):
    channel, other = t.channel(), t.channel()
    queue = channel.queue()
    channel.consume(queue, exclusive=True)
    same(other.get(queue), None)


@line("8.5/208", "x-priority that is no integer is 406, as is x-stream-offset on a classic queue")
def bad_arguments(t):
    channel = t.channel()
    queue = channel.queue()
    where = f"for queue '{queue}' in vhost '/'"
    text = f"invalid arg 'x-priority' {where}: \"expected integer, got longstr\""
    channel.expect_refusal("basic.consume", 406, text, queue=queue, arguments={"x-priority": "high"})
    text = f"invalid arg 'x-stream-offset' {where} of queue type rabbit_classic_queue"
    channel.expect_refusal("basic.consume", 406, text, queue=queue, arguments={"x-stream-offset": "first"})
    channel.consume(queue, arguments={"x-foo": 1})


@line("8.5/209", "cancelling an unknown tag is ok")
def cancel_unknown(t):
    same(t.channel().call("basic.cancel", consumer_tag="none").consumer_tag, "none")


@line("3.10", "consume-ok comes before the first delivery, and nothing comes after cancel-ok")
def order_of_ok(t):
    channel = t.channel()
    queue = channel.queue()
    publish_all(channel, queue, b"1", b"2")
    tag = channel.consume(queue, no_ack=True)
    channel.expect_bodies(b"1", b"2")
    channel.call("basic.cancel", consumer_tag=tag)
    publish_all(channel, queue, b"3")
    channel.expect_silence()
    same(channel.drain(queue), [b"3"])


@line("8.5/210", "after cancel the unacked deliveries may still be settled")
def settle_after_cancel(t):
    channel = t.channel()
    queue = channel.queue()
    publish_all(channel, queue, b"1", b"2", b"3")
    tag = channel.consume(queue)
    channel.expect_bodies(b"1", b"2", b"3")
    channel.call("basic.cancel", consumer_tag=tag)
    channel.send("basic.ack", delivery_tag=1)
    channel.send("basic.nack", delivery_tag=2, requeue=True)
    same(channel.drain(queue), [b"2"])
    channel.send("basic.reject", delivery_tag=3, requeue=True)
    same(channel.drain(queue), [b"3"])


@line("8.5/211", "when the queue is deleted each consumer gets basic.cancel, in the order of the tags")
def cancelled(t):
    channel, other = t.channel(), t.channel()
    queue = channel.queue()
    for tag in ("b", "a", "c"):
        channel.consume(queue, consumer_tag=tag)
    other.consume(queue, consumer_tag="elsewhere")
    channel.call("queue.delete", queue=queue)
    cancels = [channel.expect("basic.cancel") for _ in range(3)]
    same([(cancel.consumer_tag, cancel.nowait) for cancel in cancels], [("a", True), ("b", True), ("c", True)])
    same(other.expect("basic.cancel").consumer_tag, "elsewhere")
    channel.call("basic.cancel", consumer_tag="a")


@line("8.5/211", "a client without the capability is not told")
def cancelled_in_silence(t):
    channel = t.channel(capabilities={})
    queue = channel.queue()
    channel.consume(queue)
    channel.call("queue.delete", queue=queue)
    channel.expect_silence()


@line("3.11", "deliveries of a queue that is gone may be acked")
def ack_after_deletion(t):
    channel = t.channel()
    queue = channel.queue()
    publish_all(channel, queue, b"1")
    channel.consume(queue)
    tag = channel.expect("basic.deliver").delivery_tag
    channel.call("queue.delete", queue=queue)
    channel.expect("basic.cancel")
    channel.send("basic.ack", delivery_tag=tag)
    channel.call("basic.qos")


@line("8.5/212", "two consumers get the messages in turn")
def round_robin(t):
    first, second = t.channel(), t.channel()
    queue = first.queue()
    for channel in (first, second):
        channel.consume(queue, no_ack=True)
    publish_all(t.channel(), queue, b"1", b"2", b"3", b"4")
    first.expect_bodies(b"1", b"3")
    second.expect_bodies(b"2", b"4")


def consumer_of_priority(t, queue, priority, prefetch):
    channel = t.channel()
    channel.call("basic.qos", prefetch_count=prefetch)
    channel.consume(queue, arguments={"x-priority": priority})
    return channel


@line("8.5/233", "the consumer of higher priority is served first, the next when it is full")
def priority(t):
    publisher = t.channel()
    queue = publisher.queue()
    low = consumer_of_priority(t, queue, -5, 1)
    high = consumer_of_priority(t, queue, 5, 2)
    middle = t.channel()
    middle.call("basic.qos", prefetch_count=1)
    middle.consume(queue)
    publish_all(publisher, queue, b"1", b"2", b"3", b"4", b"5")
    high.expect_bodies(b"1", b"2")
    middle.expect_bodies(b"3")
    low.expect_bodies(b"4")
    high.send("basic.ack", delivery_tag=1)
    high.expect_bodies(b"5")


SINGLE = {"x-single-active-consumer": True}


@line("8.5/234", "of a single-active-consumer queue only the first consumer is served, then the next; get is allowed")
def single_active(t):
    first, second, publisher = t.channel(), t.channel(), t.channel()
    queue = publisher.queue(arguments=SINGLE)
    tag = first.consume(queue)
    second.consume(queue)
    same(publisher.call("queue.declare", queue=queue, arguments=SINGLE).consumer_count, 2)
    publish_all(publisher, queue, b"1", b"2")
    first.expect_bodies(b"1", b"2")
    second.expect_silence()
    first.call("basic.cancel", consumer_tag=tag)
    publish_all(publisher, queue, b"3")
    second.expect_bodies(b"3")
    first.send("basic.ack", delivery_tag=2, multiple=True)
    first.call("basic.qos")
    same(publisher.get(queue), None)


@line("8.5/234", "a single-active consumer whose connection is lost is followed by the next")
def single_active_lost(t):
    first, second, publisher = t.channel(), t.channel(), t.channel()
    queue = publisher.queue(arguments=SINGLE)
    first.consume(queue)
    second.consume(queue)
    publish_all(publisher, queue, b"1")
    first.expect_bodies(b"1")
    first.connection.reset()
    same(second.expect_bodies(b"1")[0].redelivered, True)


@line("8.5/235", "exclusive consume of a single-active-consumer queue is 403")
def single_active_exclusive(t):
    channel = t.channel()
    queue = channel.queue(arguments=SINGLE)
    channel.expect_refusal("basic.consume", 403, in_exclusive_use(queue), queue=queue, exclusive=True)


TIMED_OUT = (
    "delivery acknowledgement on channel 1 timed out. Timeout value used: 1000 ms. "
    "This timeout value can be configured, see consumers doc guide to learn more"
)


@line(
    "8.5/238",
    "a delivery that is not acked in time closes the channel with 406, 0/0, and comes back",
    instance="impatient",
)
def consumer_timeout(t):
    channel, other = t.channel(), t.channel()
    for take in (lambda queue: channel.consume(queue), lambda queue: channel.get(queue, no_ack=False)):
        queue = channel.queue()
        publish_all(other, queue, b"late")
        eventually(lambda queue=queue: other.ready(queue) == 1)
        take(queue)
        while (method := channel.next()).name == "basic.deliver":
            same(method.body, b"late")
        same((method.name, method.reply_code), ("channel.close", 406))
        same(method.reply_text, f"PRECONDITION_FAILED - {TIMED_OUT}")
        same((method.class_id, method.method_id), (0, 0))
        channel.send("channel.close-ok")
        channel.call("channel.open")
        same(other.get(queue).redelivered, True)


@line("3.10", "a consumer may be started on a channel many times, each with its own tag")
def many_consumers(t):
    channel = t.channel()
    queue = channel.queue()
    tags = [channel.consume(queue, consumer_tag=unique("c"), no_ack=True) for _ in range(20)]
    publish_all(channel, queue, *[b"m"] * 40)
    got = [channel.expect("basic.deliver").consumer_tag for _ in range(40)]
    same(got, tags * 2)
