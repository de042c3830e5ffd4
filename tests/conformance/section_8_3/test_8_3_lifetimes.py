"""Exclusive, auto-delete and expiring queues: reference sections 3.8 and 5.3."""

import time

from harness.expectations import eventually, same
from harness.registry import line


def locked(name):
    return (
        f"cannot obtain exclusive access to locked queue '{name}' in vhost '/'. It could be originally declared on "
        "another connection or the exclusive property value does not match that of the original declaration."
    )


@line("8.3/170", "an exclusive queue is 405 for other connections, but they may publish to it")
def exclusive(t):
    owner, other = t.channel(), t.channel()
    queue = owner.queue(exclusive=True)
    for method, arguments in (
        ("queue.declare", {}),
        ("queue.declare", {"exclusive": True}),
        ("queue.declare", {"passive": True}),
        ("queue.bind", {"exchange": "amq.direct"}),
        ("queue.purge", {}),
        ("queue.delete", {}),
        ("basic.get", {}),
        ("basic.consume", {}),
    ):
        other.expect_refusal(method, 405, locked(queue), queue=queue, **arguments)
    other.call("confirm.select")
    other.publish_confirmed(queue, b"from outside")
    same(owner.drain(queue), [b"from outside"])


@line("3.8", "an exclusive queue belongs to the connection: its other channels may use it")
def exclusive_to_connection(t):
    channel = t.channel()
    queue = channel.queue(exclusive=True)
    same(channel.connection.channel(2).get(queue), None)
    channel.close()
    same(channel.connection.channel(3).exists("queue", queue), True)


@line("8.3/171", "an exclusive queue is gone when connection.close is answered")
def exclusive_after_close(t):
    owner, other = t.channel(), t.channel()
    queues = [owner.queue(exclusive=True) for _ in range(5)]
    owner.connection.close()
    same([other.exists("queue", queue) for queue in queues], [False] * 5)


def exists_or_locked(channel, queue):
    """Whether an exclusive queue of another connection is still there."""
    channel.send("queue.declare", queue=queue, passive=True)
    code = channel.expect("channel.close").reply_code
    channel.send("channel.close-ok")
    channel.call("channel.open")
    return {404: False, 405: True}[code]


@line("8.3/171", "an exclusive queue is gone soon after its connection was reset")
def exclusive_after_reset(t):
    owner, other = t.channel(), t.channel()
    queue = owner.queue(exclusive=True)
    same(exists_or_locked(other, queue), True)
    owner.connection.reset()
    eventually(lambda: not exists_or_locked(other, queue))


@line("8.3/173", "an auto-delete queue is gone with its last consumer")
def auto_delete_cancel(t):
    channel = t.channel()
    queue = channel.queue(auto_delete=True)
    tags = [channel.consume(queue), channel.consume(queue)]
    channel.call("basic.cancel", consumer_tag=tags[0])
    same(channel.exists("queue", queue), True)
    channel.call("basic.cancel", consumer_tag=tags[1])
    eventually(lambda: not channel.exists("queue", queue))


@line("8.3/173", "an auto-delete queue is gone when the channel or connection of its last consumer ends")
def auto_delete_loss(t):
    channel = t.channel()
    for end in (lambda consumer: consumer.close(), lambda consumer: consumer.connection.reset()):
        queue = channel.queue(auto_delete=True)
        consumer = t.channel()
        consumer.consume(queue)
        end(consumer)
        eventually(lambda queue=queue: not channel.exists("queue", queue))


@line("8.3/173", "an auto-delete queue that never had a consumer stays, whoever gets from it")
def auto_delete_get(t):
    channel, other = t.channel(), t.channel()
    queue = channel.queue(auto_delete=True)
    other.get(queue)
    other.connection.close()
    channel.expect_silence()
    same(channel.exists("queue", queue), True)


@line("8.3/174", "an unused queue expires")
def expires(t):
    channel = t.channel()
    queue = channel.queue(arguments={"x-expires": 300})
    channel.publish(queue)
    # A passive declare would count as use.
    time.sleep(1.0)
    same(channel.exists("queue", queue), False)


EXPIRES = 1500


@line("8.3/174", "declaring a queue and getting from it put its end off")
def expiry_put_off(t):
    channel = t.channel()
    for use in (lambda queue: channel.get(queue), lambda queue: channel.queue(queue=queue, passive=True)):
        queue = channel.queue(arguments={"x-expires": EXPIRES})
        end = time.monotonic() + 2 * EXPIRES / 1000
        while time.monotonic() < end:
            use(queue)
            channel.expect_silence(EXPIRES / 5000)


@line("8.3/174", "a queue with a consumer does not expire")
def expiry_stopped(t):
    channel = t.channel()
    queue = channel.queue(arguments={"x-expires": 300})
    tag = channel.consume(queue)
    channel.expect_silence(1.0)
    same(channel.connection.channel(2).exists("queue", queue), True)
    channel.call("basic.cancel", consumer_tag=tag)
    channel.expect_silence(1.0)
    same(channel.exists("queue", queue), False)
