"""Transactions: reference section 3.17."""

from harness.expectations import eventually, same, unique
from harness.frames import method_bytes
from harness.registry import line


def transactional(t):
    channel = t.channel()
    channel.call("tx.select")
    return channel


@line("8.4/195", "commit and rollback without select are 406")
def without_select(t):
    channel = t.channel()
    for method in ("tx.commit", "tx.rollback"):
        channel.expect_refusal(method, 406, "channel is not transactional")


@line("8.4/196", "what is published becomes visible at commit")
def publish(t):
    channel, other = transactional(t), t.channel()
    queue = channel.queue()
    for body in (b"1", b"2"):
        channel.publish(queue, body)
    same(other.get(queue), None)
    channel.call("tx.commit")
    same(other.drain(queue), [b"1", b"2"])


@line("3.17", "what is published vanishes at rollback, and when the channel ends")
def publish_undone(t):
    channel, other = transactional(t), t.channel()
    queue = channel.queue()
    channel.publish(queue)
    channel.call("tx.rollback")
    channel.call("tx.commit")
    channel.publish(queue)
    channel.close()
    same(other.get(queue), None)


@line("8.4/197", "a return comes at commit, before commit-ok")
def returned(t):
    channel = transactional(t)
    channel.publish(unique("q"), b"m", mandatory=True)
    channel.expect_silence()
    channel.send("tx.commit")
    same(channel.expect("basic.return").body, b"m")
    channel.expect("tx.commit-ok")


@line("8.4/198", "a missing exchange is told at once")
def missing_exchange(t):
    channel, exchange = transactional(t), unique("x")
    channel.publish(exchange=exchange)
    channel.expect_channel_error(404, f"no exchange '{exchange}' in vhost '/'", of=(60, 40))


@line("3.17", "a message is routed when it is published, not at commit")
def routed_early(t):
    channel = transactional(t)
    exchange, queue = channel.exchange("direct"), channel.queue()
    channel.publish("k", b"too early", exchange)
    channel.bind(queue, exchange, "k")
    channel.call("tx.commit")
    same(channel.drain(queue), [])


@line("8.4/199", "a command between commit and commit-ok is 504")
def command_while_committing(t):
    channel = transactional(t)
    queue = channel.queue(durable=True)
    for _ in range(100):
        channel.publish(queue, b"x" * 1000, delivery_mode=2)
    channel.connection.send(method_bytes(1, "tx.commit") + method_bytes(1, "basic.qos"))
    channel.expect_connection_error(504, "unexpected command while processing 'tx.commit'", of=(60, 10))
    t.channel().call("queue.delete", queue=queue)


@line("8.4/200", "a commit of which a queue rejects a part is 406")
def partial(t):
    channel = transactional(t)
    queue = channel.queue(arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
    for _ in range(3):
        channel.publish(queue)
    channel.expect_refusal("tx.commit", 406, "partial tx completion")
    same(channel.ready(queue), 1)


def taken(channel, count=1):
    """A queue all of whose messages are held unacked, and their delivery tags."""
    queue = channel.queue()
    publisher = channel.connection.channel(2)
    publisher.call("confirm.select")
    for _ in range(count):
        publisher.publish_confirmed(queue)
    return queue, [channel.get(queue, no_ack=False).delivery_tag for _ in range(count)]


@line("8.4/201", "an ack that is rolled back may be given again")
def ack_rolled_back(t):
    channel = transactional(t)
    queue, [tag] = taken(channel)
    channel.send("basic.ack", delivery_tag=tag)
    channel.call("tx.rollback")
    channel.send("basic.ack", delivery_tag=tag)
    channel.call("tx.commit")
    channel.close()
    same(t.channel().get(queue), None)


@line("8.4/202", "an ack may not be given again, neither before commit nor after")
def ack_twice(t):
    for commit in (False, True):
        channel = transactional(t)
        _, [tag] = taken(channel)
        channel.send("basic.ack", delivery_tag=tag)
        if commit:
            channel.call("tx.commit")
        channel.expect_refusal("basic.ack", 406, f"unknown delivery tag {tag}", delivery_tag=tag)


@line("3.17", "what is acked without commit comes back when the channel ends")
def ack_undone(t):
    channel = transactional(t)
    queue, tags = taken(channel, 3)
    channel.send("basic.ack", delivery_tag=tags[0])
    channel.send("basic.nack", delivery_tag=tags[1])
    channel.send("basic.reject", delivery_tag=tags[2])
    channel.close()
    other = t.channel()
    eventually(lambda: other.ready(queue) == 3)


@line("3.17", "a nack with requeue takes effect at commit")
def nack_committed(t):
    channel = transactional(t)
    queue, [tag] = taken(channel)
    channel.send("basic.nack", delivery_tag=tag, requeue=True)
    same(channel.get(queue), None)
    channel.call("tx.commit")
    same(channel.get(queue).redelivered, True)
