"""Bindings, and ways through several exchanges: reference sections 3.7 and 4.1."""

import itertools

from harness.expectations import same, unique
from harness.registry import line

DEFAULT_EXCHANGE = "operation not permitted on the default exchange"


def no(kind, name):
    return f"no {kind} '{name}' in vhost '/'"


@line("8.2/106", "binding a missing queue is 404 and names the queue")
def bind_missing_queue(t):
    queue = unique("q")
    t.channel().expect_refusal("queue.bind", 404, no("queue", queue), queue=queue, exchange="amq.direct")


@line("8.2/107", "binding to a missing exchange is 404 and names the exchange")
def bind_missing_exchange(t):
    channel, exchange = t.channel(), unique("x")
    channel.expect_refusal("queue.bind", 404, no("exchange", exchange), queue=channel.queue(), exchange=exchange)


@line("8.2/108", "when both are missing the exchange is named")
def bind_both_missing(t):
    exchange = unique("x")
    t.channel().expect_refusal("queue.bind", 404, no("exchange", exchange), queue=unique("q"), exchange=exchange)


@line("8.2/109", "no queue can be bound to the default exchange, or unbound from it")
def bind_default(t):
    channel = t.channel()
    queue = channel.queue()
    for method in ("queue.bind", "queue.unbind"):
        channel.expect_refusal(method, 403, DEFAULT_EXCHANGE, queue=queue, exchange="")


@line("8.2/110", "unbinding what is not there is ok")
def unbind_missing(t):
    channel = t.channel()
    queue = channel.queue()
    channel.call("queue.unbind", queue=queue, exchange="amq.direct", routing_key="never")
    channel.call("queue.unbind", queue=unique("q"), exchange="amq.direct")
    channel.call("queue.unbind", queue=queue, exchange=unique("x"))


@line("8.2/111", "no exchange can be bound to the default exchange, or the default exchange to it")
def exchange_bind_default(t):
    channel = t.channel()
    for method in ("exchange.bind", "exchange.unbind"):
        channel.expect_refusal(method, 403, DEFAULT_EXCHANGE, source="", destination="amq.direct")
        channel.expect_refusal(method, 403, DEFAULT_EXCHANGE, source="amq.direct", destination="")


@line("8.2/111", "binding missing exchanges is 404, unbinding them is ok")
def exchange_bind_missing(t):
    channel, name = t.channel(), unique("x")
    channel.expect_refusal("exchange.bind", 404, no("exchange", name), source=name, destination="amq.direct")
    channel.expect_refusal("exchange.bind", 404, no("exchange", name), source="amq.direct", destination=name)
    channel.call("exchange.unbind", source=name, destination="amq.direct")
    channel.call("exchange.unbind", source="amq.direct", destination=name)
    channel.call("exchange.unbind", source="amq.direct", destination="amq.fanout", routing_key=name)


@line("8.2/112", "binding twice is ok and gives one copy")
def bind_twice(t):
    channel = t.channel()
    queue, exchange = channel.queue(), channel.exchange("direct")
    for _ in range(2):
        channel.bind(queue, exchange, "k")
    channel.publish("k", b"once", exchange)
    same(channel.drain(queue), [b"once"])


@line("8.2/113", "the same key with other arguments is another binding, and unbind is exact")
def bind_with_arguments(t):
    channel = t.channel()
    queue, exchange = channel.queue(), channel.exchange("direct")
    both = {"one": 1, "two": "2"}
    channel.call("queue.bind", queue=queue, exchange=exchange, routing_key="k", arguments=both)
    channel.call("queue.bind", queue=queue, exchange=exchange, routing_key="k", arguments={"one": 1})
    channel.call("queue.unbind", queue=queue, exchange=exchange, routing_key="k", arguments={"one": 1})
    channel.call("queue.unbind", queue=queue, exchange=exchange, routing_key="k")
    channel.publish("k", b"by the other", exchange)
    same(channel.drain(queue), [b"by the other"])
    reverse = dict(reversed(both.items()))
    channel.call("queue.unbind", queue=queue, exchange=exchange, routing_key="k", arguments=reverse)
    channel.publish("k", b"by none", exchange)
    same(channel.drain(queue), [])


@line("8.2/114", "binding with empty queue and key uses the last declared queue for both")
def bind_last_declared(t):
    channel = t.channel()
    exchange, queue = channel.exchange("direct"), channel.queue()
    channel.bind("", exchange, "")
    channel.publish(queue, b"m", exchange)
    channel.publish("", b"not this", exchange)
    same(channel.drain(queue), [b"m"])


@line("3.7", "binding with empty queue but a key keeps the key")
def bind_last_declared_with_key(t):
    channel = t.channel()
    exchange, queue = channel.exchange("direct"), channel.queue()
    channel.bind("", exchange, "k")
    channel.bind(queue, exchange, "")
    channel.publish("k", b"k", exchange)
    channel.publish("", b"empty", exchange)
    channel.publish(queue, b"not this", exchange)
    same(channel.drain(queue), [b"k", b"empty"])


@line("8.2/115", "two topic bindings that match give one copy")
def two_matches(t):
    channel = t.channel()
    queue, exchange = channel.queue(), channel.exchange("topic")
    channel.bind(queue, exchange, "a.*")
    channel.bind(queue, exchange, "#")
    channel.publish("a.b", b"once", exchange)
    same(channel.drain(queue), [b"once"])


def chain(channel, *exchanges):
    for source, destination in itertools.pairwise(exchanges):
        channel.call("exchange.bind", source=source, destination=destination)


@line("8.2/116", "a cycle of exchanges ends, with one copy for each queue")
def cycle(t):
    channel = t.channel()
    exchanges = [channel.exchange("fanout") for _ in range(3)]
    chain(channel, *exchanges, exchanges[0])
    chain(channel, exchanges[0], exchanges[0])
    queues = [channel.queue() for _ in exchanges]
    for queue, exchange in zip(queues, exchanges):
        channel.bind(queue, exchange)
    channel.publish(body=b"round", exchange=exchanges[1])
    same([channel.drain(queue) for queue in queues], [[b"round"]] * 3)


@line("8.2/117", "a consumer sees the exchange and key of the publish, whatever way the message took")
def original_exchange(t):
    channel = t.channel()
    first, second, queue = channel.exchange("fanout"), channel.exchange("fanout"), channel.queue()
    chain(channel, first, second)
    channel.bind(queue, second, "other")
    channel.publish("key", exchange=first)
    message = channel.get(queue)
    same((message.exchange, message.routing_key), (first, "key"))


@line("8.2/118", "publishing to an internal exchange is 403, a binding to it works")
def internal_exchange(t):
    channel = t.channel()
    internal, open_one, queue = channel.exchange("fanout", internal=True), channel.exchange("fanout"), channel.queue()
    chain(channel, open_one, internal)
    channel.bind(queue, internal)
    channel.publish(body=b"through", exchange=open_one)
    same(channel.drain(queue), [b"through"])
    channel.publish(exchange=internal)
    channel.expect_channel_error(403, f"cannot publish to internal exchange '{internal}' in vhost '/'", of=(60, 40))


def with_alternate(channel, alternate, type="direct"):
    return channel.exchange(type, arguments={"alternate-exchange": alternate})


def expect_return(channel):
    returned = channel.expect("basic.return")
    same((returned.reply_code, returned.reply_text), (312, "NO_ROUTE"))


@line("8.2/124", "the alternate exchange gets what is unmatched, and mandatory is satisfied")
def alternate(t):
    channel = t.channel()
    fanout, queue = channel.exchange("fanout"), channel.queue()
    channel.bind(queue, fanout)
    exchange = with_alternate(channel, fanout)
    channel.publish("unmatched", b"m", exchange, mandatory=True)
    same(channel.drain(queue), [b"m"])
    channel.expect_silence()


@line("4.1", "what an exchange matches does not go to its alternate exchange")
def alternate_unused(t):
    channel = t.channel()
    fanout, queue, matched = channel.exchange("fanout"), channel.queue(), channel.queue()
    channel.bind(queue, fanout)
    exchange = with_alternate(channel, fanout)
    channel.bind(matched, exchange, "k")
    channel.publish("k", b"m", exchange)
    same((channel.drain(matched), channel.drain(queue)), ([b"m"], []))


@line("8.2/125", "a missing alternate exchange is as none: mandatory is returned")
def alternate_missing(t):
    channel = t.channel()
    channel.publish("k", exchange=with_alternate(channel, unique("x")), mandatory=True)
    expect_return(channel)


@line("8.2/126", "an alternate exchange without bindings: mandatory is returned")
def alternate_without_bindings(t):
    channel = t.channel()
    channel.publish("k", exchange=with_alternate(channel, channel.exchange("fanout")), mandatory=True)
    expect_return(channel)


@line("4.1", "alternate exchanges that name each other end, and mandatory is returned")
def alternate_cycle(t):
    channel = t.channel()
    name = unique("x")
    other = with_alternate(channel, name)
    channel.exchange("direct", exchange=name, arguments={"alternate-exchange": other})
    channel.publish("k", exchange=name, mandatory=True)
    expect_return(channel)


@line("8.2/127", "an exchange that matches one that leads nowhere does not use its alternate exchange")
def alternate_suppressed(t):
    channel = t.channel()
    fanout, queue, dead_end = channel.exchange("fanout"), channel.queue(), channel.exchange("fanout")
    channel.bind(queue, fanout)
    exchange = with_alternate(channel, fanout, "fanout")
    chain(channel, exchange, dead_end)
    channel.publish(exchange=exchange, mandatory=True)
    expect_return(channel)
    same(channel.drain(queue), [])
