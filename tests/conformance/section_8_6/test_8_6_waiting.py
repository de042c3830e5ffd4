"""Messages that wait: expiry, length limits and priority. Reference sections 5.3 to 5.5."""

import time

from harness.expectations import eventually, same
from harness.registry import line

SOON = "100"  # milliseconds
SOON_OVER = 0.6  # seconds after which SOON has certainly passed
NEVER = "60000"


def publish_all(channel, queue, *bodies, **properties):
    for body in bodies:
        channel.publish(queue, body, **properties)


@line("8.6/239", "an expired message behind one that lives is counted, but never delivered")
def expired_behind_head(t):
    channel = t.channel()
    queue = channel.queue()
    publish_all(channel, queue, b"lives")
    publish_all(channel, queue, b"dies", expiration=SOON)
    time.sleep(SOON_OVER)
    same(channel.ready(queue), 2)
    same(channel.drain(queue), [b"lives"])


@line("8.6/240", "an expired message at the head is removed")
def expired_head(t):
    channel = t.channel()
    queue = channel.queue()
    channel.call("confirm.select")
    publish_all(channel, queue, b"dies", b"dies too", expiration=SOON)
    publish_all(channel, queue, b"lives")
    channel.outcomes(3)
    eventually(lambda: channel.ready(queue) == 1)
    same(channel.drain(queue), [b"lives"])


@line("8.6/241", "of the queue's limit of age and the message's the smaller holds")
def smaller_age(t):
    channel = t.channel()
    channel.call("confirm.select")
    for limit, expiration in ((SOON, NEVER), (NEVER, SOON)):
        queue = channel.queue(arguments={"x-message-ttl": int(limit)})
        channel.publish_confirmed(queue, b"dies", expiration=expiration)
        eventually(lambda queue=queue: channel.ready(queue) == 0, within=5)


@line("8.6/242", "an age of 0 lets a waiting consumer have the message, else it is gone at once")
def age_zero(t):
    channel = t.channel()
    for arguments, properties in (({}, {"expiration": "0"}), ({"x-message-ttl": 0}, {})):
        queue = channel.queue(arguments=arguments)
        publish_all(channel, queue, b"gone", **properties)
        same(channel.get(queue), None)
        tag = channel.consume(queue, no_ack=True)
        publish_all(channel, queue, b"taken", **properties)
        channel.expect_bodies(b"taken")
        channel.call("basic.cancel", consumer_tag=tag)


@line("8.6/243", "an unacked message does not expire, but when it is requeued too late it is gone")
def expired_while_held(t):
    channel = t.channel()
    queue = channel.queue()
    publish_all(channel, queue, b"m", expiration=SOON)
    tag = channel.get(queue, no_ack=False).delivery_tag
    time.sleep(SOON_OVER)
    channel.send("basic.nack", delivery_tag=tag, requeue=True)
    same(channel.get(queue), None)


@line("8.6/244", "a full queue drops its head: the newest messages stay")
def drop_head(t):
    channel = t.channel()
    queue = channel.queue(arguments={"x-max-length": 2})
    publish_all(channel, queue, b"1", b"2", b"3", b"4")
    same(channel.drain(queue), [b"3", b"4"])


@line("8.6/244", "a limit of bytes counts bodies, and drops a message that is larger by itself")
def drop_head_by_bytes(t):
    channel = t.channel()
    queue = channel.queue(arguments={"x-max-length-bytes": 10})
    publish_all(channel, queue, b"11111", b"22222", b"33333", message_id="long" * 50)
    same(channel.drain(queue), [b"22222", b"33333"])
    publish_all(channel, queue, b"x" * 11)
    same(channel.drain(queue), [])


@line("5.4", "unacked messages do not count towards the limit of length")
def unacked_not_counted(t):
    channel = t.channel()
    queue = channel.queue(arguments={"x-max-length": 1})
    publish_all(channel, queue, b"held")
    tag = channel.get(queue, no_ack=False).delivery_tag
    publish_all(channel, queue, b"1", b"2")
    same(channel.drain(queue), [b"2"])
    channel.send("basic.nack", delivery_tag=tag, requeue=True)
    same(channel.drain(queue), [b"held"])


@line("5.4", "a length of 0 lets a waiting consumer have the message")
def length_zero(t):
    channel = t.channel()
    queue = channel.queue(arguments={"x-max-length": 0})
    publish_all(channel, queue, b"gone")
    same(channel.get(queue), None)
    channel.consume(queue, no_ack=True)
    publish_all(channel, queue, b"taken")
    channel.expect_bodies(b"taken")


@line("8.6/256", "higher priority goes first, capped at the queue's maximum; none is 0; equals keep their order")
def priority(t):
    channel = t.channel()
    queue = channel.queue(arguments={"x-max-priority": 5})
    for body, properties in (
        (b"none", {}),
        (b"2", {"priority": 2}),
        (b"9 is 5", {"priority": 9}),
        (b"0", {"priority": 0}),
        (b"5", {"priority": 5}),
        (b"2 again", {"priority": 2}),
    ):
        channel.publish(queue, body, **properties)
    messages = [channel.get(queue) for _ in range(6)]
    same([message.body for message in messages], [b"9 is 5", b"5", b"2", b"2 again", b"none", b"0"])
    same(messages[0].properties["priority"], 9)


@line("3.14", "a message requeued to a queue with priorities takes its old place among its equals")
def priority_requeue(t):
    channel = t.channel()
    queue = channel.queue(arguments={"x-max-priority": 5})
    publish_all(channel, queue, b"a", b"b", priority=1)
    channel.send("basic.nack", delivery_tag=channel.get(queue, no_ack=False).delivery_tag, requeue=True)
    publish_all(channel, queue, b"first", priority=2)
    same(channel.drain(queue), [b"first", b"a", b"b"])


@line("5.4", "a full queue with priorities drops its head too, which is the highest of them")
def priority_drop(t):
    channel = t.channel()
    queue = channel.queue(arguments={"x-max-priority": 5, "x-max-length": 2})
    publish_all(channel, queue, b"high", priority=5)
    publish_all(channel, queue, b"low", b"low too")
    publish_all(channel, queue, b"high too", priority=5)
    same(channel.drain(queue), [b"low", b"low too"])
