"""What a recent-history exchange remembers, and to whom it gives it: reference section 4.10."""

from harness.expectations import same
from harness.registry import line


def history(channel, **arguments):
    return channel.exchange("x-recent-history", arguments=arguments)


@line("4.10", "an exchange bound later routes what it gets onward, by the original routing keys")
def history_to_exchange(t):
    channel = t.channel()
    source, topic, queue = history(channel), channel.exchange("topic"), channel.queue()
    channel.bind(queue, topic, "yes.#")
    for key in ("yes.1", "no.2", "yes.3"):
        channel.publish(key, key.encode(), source)
    channel.call("exchange.bind", destination=topic, source=source)
    same(channel.drain(queue), [b"yes.1", b"yes.3"])


@line("4.10", "a message is remembered wherever it passes, on its way through other exchanges too")
def history_behind_exchange(t):
    channel = t.channel()
    outer, inner, queue = channel.exchange("fanout"), history(channel), channel.queue()
    channel.call("exchange.bind", destination=inner, source=outer)
    for body in (b"1", b"2"):
        channel.publish("k", body, outer)
    channel.bind(queue, inner)
    same(channel.drain(queue), [b"1", b"2"])


@line("4.10", "a queue of another connection gets the memory too, each new binding again")
def history_across_connections(t):
    publisher, other = t.channel(), t.channel()
    exchange, queue = history(publisher), other.queue()
    publisher.call("confirm.select")
    for number in range(30):
        publisher.publish("k", b"%d" % number, exchange)
    same(publisher.outcomes(30), [True] * 30)
    publisher.queue()  # the registrar has seen all that came before
    wanted = [b"%d" % number for number in range(10, 30)]
    for key in ("first", "second"):
        other.bind(queue, exchange, key)
        same(other.drain(queue), wanted)


@line("4.10", "what a transaction publishes is remembered when it is committed")
def history_and_transactions(t):
    channel = t.channel()
    exchange, queue = history(channel), channel.queue()
    channel.call("tx.select")
    channel.publish("k", b"rolled back", exchange)
    channel.call("tx.rollback")
    channel.publish("k", b"committed", exchange)
    channel.call("tx.commit")
    channel.publish("k", b"not yet", exchange)
    channel.bind(queue, exchange)
    same(channel.drain(queue), [b"committed"])


@line("4.10", "dead letters are remembered as publishes are")
def history_of_dead_letters(t):
    channel = t.channel()
    exchange, late = history(channel), channel.queue()
    dying = channel.queue(arguments={"x-dead-letter-exchange": exchange, "x-max-length": 0})
    channel.publish(dying, b"dead")
    channel.ready(dying)
    channel.queue()
    channel.bind(late, exchange)
    message = channel.get(late)
    same((message.body, message.routing_key, message.exchange), (b"dead", dying, exchange))


@line("4.10", "the memory goes with the exchange")
def history_forgotten(t):
    channel = t.channel()
    exchange, queue = history(channel), channel.queue()
    channel.publish("k", b"gone", exchange)
    channel.call("exchange.delete", exchange=exchange)
    channel.call("exchange.declare", exchange=exchange, type="x-recent-history")
    channel.bind(queue, exchange)
    same(channel.drain(queue), [])
