"""basic.qos and channel.flow: reference sections 3.1 and 3.13."""

from harness.expectations import same
from harness.registry import line


def fill(channel, queue, count=10):
    publisher = channel.connection.channel(9)
    for number in range(count):
        publisher.publish(queue, b"%d" % number)
    publisher.close()


def limit(channel, count, shared=False):
    channel.call("basic.qos", prefetch_count=count, global_=shared)


def expect_exactly(channel, *tags):
    """Deliveries to these consumers, in any order, and then none. Gives them."""
    messages = [channel.expect("basic.deliver") for _ in tags]
    channel.expect_silence()
    same(sorted(message.consumer_tag for message in messages), sorted(tags))
    return messages


@line("8.5/213", "a prefetch of 2 is 2 for each of two consumers")
def for_each(t):
    channel = t.channel()
    queue = channel.queue()
    limit(channel, 2)
    for tag in "ab":
        channel.consume(queue, consumer_tag=tag)
    fill(channel, queue)
    expect_exactly(channel, "a", "a", "b", "b")
    channel.send("basic.ack", delivery_tag=4, multiple=True)
    expect_exactly(channel, "a", "a", "b", "b")


@line("8.5/214", "prefetch does not hold for no-ack consumers")
def without_acks(t):
    channel = t.channel()
    queue = channel.queue()
    limit(channel, 2)
    channel.consume(queue, consumer_tag="a", no_ack=True)
    fill(channel, queue)
    messages = expect_exactly(channel, *"a" * 10)
    same([message.delivery_tag for message in messages], list(range(1, 11)))


@line("8.5/215", "basic.qos changes nothing for consumers that run already")
def running_consumers(t):
    channel = t.channel()
    queue = channel.queue()
    limit(channel, 1)
    channel.consume(queue, consumer_tag="a")
    limit(channel, 5)
    fill(channel, queue)
    expect_exactly(channel, "a")
    channel.consume(queue, consumer_tag="b")
    expect_exactly(channel, *"b" * 5)


@line("8.5/216", "a global limit of 3 is shared by two consumers")
def shared(t):
    channel = t.channel()
    queue = channel.queue()
    limit(channel, 3, shared=True)
    for tag in "ab":
        channel.consume(queue, consumer_tag=tag)
    fill(channel, queue)
    for _ in range(3):
        channel.expect("basic.deliver")
    channel.expect_silence()
    channel.send("basic.ack", delivery_tag=1)
    channel.expect("basic.deliver")
    channel.expect_silence()


@line("3.13", "a global limit counts what consumers got before it was set")
def shared_later(t):
    channel = t.channel()
    queue = channel.queue()
    channel.consume(queue, consumer_tag="a")
    fill(channel, queue, 5)
    expect_exactly(channel, *"a" * 5)
    limit(channel, 3, shared=True)
    channel.expect_silence()
    fill(channel, queue, 5)
    channel.expect_silence()
    channel.send("basic.ack", delivery_tag=3, multiple=True)
    expect_exactly(channel, "a")


@line("8.5/217", "a limit for each clears an earlier global one")
def shared_then_each(t):
    channel = t.channel()
    queue = channel.queue()
    limit(channel, 1, shared=True)
    limit(channel, 3)
    channel.consume(queue, consumer_tag="a")
    fill(channel, queue)
    expect_exactly(channel, "a", "a", "a")


@line("8.5/217", "a global limit leaves an earlier one for each in force")
def each_then_shared(t):
    channel = t.channel()
    queue = channel.queue()
    limit(channel, 2)
    limit(channel, 3, shared=True)
    channel.consume(queue, consumer_tag="a")
    fill(channel, queue)
    expect_exactly(channel, "a", "a")
    channel.consume(queue, consumer_tag="b")
    expect_exactly(channel, "b")


@line("8.5/218", "raising a global limit releases messages at once, removing it all")
def shared_raised(t):
    channel = t.channel()
    queue = channel.queue()
    limit(channel, 2, shared=True)
    channel.consume(queue, consumer_tag="a")
    fill(channel, queue)
    expect_exactly(channel, *"a" * 2)
    channel.send("basic.qos", prefetch_count=5, global_=True)
    expect_deliveries_and_ok(channel, 3)
    channel.send("basic.qos", prefetch_count=0, global_=True)
    expect_deliveries_and_ok(channel, 5)


def expect_deliveries_and_ok(channel, count):
    """qos-ok and this many deliveries, in any order, and then none."""
    names = sorted(channel.next().name for _ in range(count + 1))
    same(names, ["basic.deliver"] * count + ["basic.qos-ok"])
    channel.expect_silence()


@line("8.5/219", "a global limit lowered below what is outstanding stops deliveries until enough are acked")
def shared_lowered(t):
    channel = t.channel()
    queue = channel.queue()
    limit(channel, 4, shared=True)
    channel.consume(queue, consumer_tag="a")
    fill(channel, queue)
    expect_exactly(channel, *"a" * 4)
    limit(channel, 2, shared=True)
    channel.send("basic.ack", delivery_tag=2, multiple=True)
    channel.expect_silence()
    channel.send("basic.ack", delivery_tag=3)
    expect_exactly(channel, "a")


@line("8.5/220", "a prefetch size is 540")
def prefetch_size(t):
    channel = t.channel()
    channel.send("basic.qos", prefetch_size=1)
    channel.expect_connection_error(540, "prefetch_size!=0 (1)", of=(60, 10))


@line("3.13", "a prefetch limit counts until settled in whatever way")
def settled_in_any_way(t):
    channel = t.channel()
    queue = channel.queue()
    limit(channel, 1)
    channel.consume(queue)
    fill(channel, queue, 4)
    for number, settle in enumerate(
        (
            lambda tag: channel.send("basic.ack", delivery_tag=tag),
            lambda tag: channel.send("basic.nack", delivery_tag=tag),
            lambda tag: channel.send("basic.reject", delivery_tag=tag),
        )
    ):
        [message] = channel.expect_bodies(b"%d" % number)
        settle(message.delivery_tag)
    channel.expect_bodies(b"3")


@line("8.5/232", "channel.flow with active is answered, without it is 540")
def flow(t):
    channel = t.channel()
    same(channel.call("channel.flow", active=True).active, True)
    channel.send("channel.flow", active=False)
    channel.expect_connection_error(540, "active=false", of=(20, 20))


@line("3.1", "access.request is answered with ticket 1")
def access_request(t):
    same(t.channel().call("access.request", realm="/data", active=True).ticket, 1)
