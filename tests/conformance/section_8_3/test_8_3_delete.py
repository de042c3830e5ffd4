"""Deleting and purging queues: reference sections 3.5 and 3.6."""

from harness.expectations import same, unique
from harness.registry import line


def no_queue(name):
    return f"no queue '{name}' in vhost '/'"


@line("8.3/162", "deleting a missing queue is ok and counts 0")
def delete_missing(t):
    same(t.channel().call("queue.delete", queue=unique("q")).message_count, 0)


@line("8.3/163", "a queue with a consumer cannot be deleted if unused")
def delete_used(t):
    channel = t.channel()
    queue = channel.queue()
    channel.publish(queue)
    other = t.channel()
    other.consume(queue)
    other.expect("basic.deliver")
    text = f"queue '{queue}' in vhost '/' in use"
    channel.expect_refusal("queue.delete", 406, text, queue=queue, if_unused=True, if_empty=True)


@line("8.3/163", "a queue with a message cannot be deleted if empty")
def delete_filled(t):
    channel = t.channel()
    queue = channel.queue()
    channel.call("confirm.select")
    channel.publish_confirmed(queue)
    channel.expect_refusal("queue.delete", 406, f"queue '{queue}' in vhost '/' not empty", queue=queue, if_empty=True)
    same(channel.ready(queue), 1)


@line("8.3/164", "delete counts the ready messages")
def delete_counts(t):
    channel = t.channel()
    queue = channel.queue()
    for _ in range(3):
        channel.publish(queue)
    channel.get(queue, no_ack=False)
    same(channel.call("queue.delete", queue=queue, if_unused=True).message_count, 2)
    same(channel.exists("queue", queue), False)


@line("3.5", "a deleted queue takes its bindings with it")
def delete_takes_bindings(t):
    channel = t.channel()
    queue, exchange = channel.queue(), channel.exchange("fanout")
    channel.bind(queue, exchange)
    channel.call("queue.delete", queue=queue)
    channel.queue(queue=queue)
    channel.publish(exchange=exchange, mandatory=True)
    channel.expect("basic.return")


@line("8.3/167", "purge counts and removes the ready messages, and keeps the unacked")
def purge(t):
    channel = t.channel()
    queue = channel.queue()
    for body in (b"held", b"gone", b"gone"):
        channel.publish(queue, body)
    held = channel.get(queue, no_ack=False)
    same(channel.call("queue.purge", queue=queue).message_count, 2)
    same(channel.ready(queue), 0)
    channel.send("basic.nack", delivery_tag=held.delivery_tag, requeue=True)
    same(channel.drain(queue), [b"held"])


@line("8.3/168", "purging, getting and consuming a missing queue is 404")
def missing(t):
    channel, queue = t.channel(), unique("q")
    for method in ("queue.purge", "basic.get", "basic.consume"):
        channel.expect_refusal(method, 404, no_queue(queue), queue=queue)
