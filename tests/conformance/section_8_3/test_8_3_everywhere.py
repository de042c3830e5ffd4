"""What one connection has been told is done is done for every other: reference sections 3.2 to 3.7."""

from harness.expectations import same
from harness.registry import line

ROUNDS = 200


def connections(t):
    """Channels of several connections, which a broker may well serve from different threads."""
    return [t.channel() for _ in range(4)]


def pairs(channels):
    """For each round one channel that changes something, and another that looks."""
    for number in range(ROUNDS):
        yield channels[number % 4], channels[(number + 1 + number // 4 % 3) % 4]


@line("3.4", "a declared queue is there for every connection at once")
def declared_queue(t):
    for one, other in pairs(connections(t)):
        same(other.exists("queue", one.queue()), True)


@line("3.4", "a server-named queue is there for every connection at once")
def server_named_queue(t):
    for one, other in pairs(connections(t)):
        same(other.exists("queue", one.queue(queue="", auto_delete=True)), True)


@line("3.5", "a deleted queue is gone for every connection at once, and its name is free")
def deleted_queue(t):
    for one, other in pairs(connections(t)):
        queue = one.queue()
        one.call("queue.delete", queue=queue)
        other.queue(queue=queue, durable=True)
        other.call("queue.delete", queue=queue)


@line("3.2", "a declared exchange is there for every connection at once, a deleted one is gone")
def exchange(t):
    for one, other in pairs(connections(t)):
        name = one.exchange("fanout")
        same(other.exists("exchange", name), True)
        other.call("exchange.delete", exchange=name)
        one.exchange("direct", exchange=name)
        one.call("exchange.delete", exchange=name)


@line("3.7", "a binding is in force for every connection once it is answered, and no more once it is undone")
def binding(t):
    channels = connections(t)
    name = channels[0].exchange("direct")
    queue = channels[0].queue()
    for number, (one, other) in enumerate(pairs(channels)):
        key = str(number)
        one.bind(queue, name, key)
        other.publish(key, key.encode(), name)
        same(other.get(queue).body, key.encode())
        one.call("queue.unbind", queue=queue, exchange=name, routing_key=key)
        other.publish(key, key.encode(), name, mandatory=True)
        other.expect("basic.return")


@line("3.16", "a confirmed message is there for every connection")
def confirmed_message(t):
    channels = connections(t)
    queue = channels[0].queue()
    for channel in channels:
        channel.call("confirm.select")
    for number, (one, other) in enumerate(pairs(channels)):
        one.publish_confirmed(queue, b"%d" % number)
        same(other.get(queue).body, b"%d" % number)
