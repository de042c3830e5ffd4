"""What of exchanges, queues and bindings stands after a restart."""

import pika
from checks import bodies_in, channel, check, durable_queue, publish, refused, same, unique


@check("a durable queue is there, a transient one is not")
def queues():
    ch, durable, transient = channel(), unique(), unique()
    ch.queue_declare(durable, durable=True)
    ch.queue_declare(transient)
    yield
    same(channel().queue_declare(durable, passive=True).method.message_count, 0)
    refused(404, channel().queue_declare, transient, passive=True)


@check("durable exchanges of every type are there with their types, transient ones are not")
def exchanges():
    ch, types = channel(), ("direct", "fanout", "topic", "headers")
    durable, transient = {kind: unique() for kind in types}, {kind: unique() for kind in types}
    for kind in types:
        ch.exchange_declare(durable[kind], kind, durable=True)
        ch.exchange_declare(transient[kind], kind)
    yield
    for kind in types:
        channel().exchange_declare(durable[kind], kind, durable=True)
        other = "fanout" if kind != "fanout" else "direct"
        refused(406, channel().exchange_declare, durable[kind], other, durable=True)
        refused(404, channel().exchange_declare, transient[kind], passive=True)


@check("internal, auto-delete and alternate exchanges keep what they are")
def exchange_kinds():
    ch, internal, leaving, first, second = channel(), unique(), unique(), unique(), unique()
    queue = durable_queue(ch)
    ch.exchange_declare(internal, "fanout", durable=True, internal=True)
    ch.exchange_declare(leaving, "fanout", durable=True, auto_delete=True)
    ch.queue_bind(queue, leaving)
    ch.exchange_declare(second, "fanout", durable=True)
    ch.exchange_declare(first, "direct", durable=True, arguments={"alternate-exchange": second})
    ch.queue_bind(queue, second)
    yield
    refused(403, channel().basic_publish, internal, "", b"")
    channel().exchange_declare(leaving, "fanout", durable=True, auto_delete=True)
    publish("nowhere", b"by the other way", exchange=first)
    same(bodies_in(queue), [b"by the other way"])
    channel().queue_unbind(queue, leaving)
    refused(404, channel().exchange_declare, leaving, passive=True)


@check("bindings to queues route as before, with keys and arguments, and bindings of transient things are gone")
def bindings():
    ch, topic, headers, fanout = channel(), unique(), unique(), unique()
    a, b, transient = durable_queue(ch), durable_queue(ch), ch.queue_declare(unique()).method.queue
    ch.exchange_declare(topic, "topic", durable=True)
    ch.exchange_declare(headers, "headers", durable=True)
    ch.exchange_declare(fanout, "fanout", durable=True)
    ch.queue_bind(a, topic, "x.#")
    ch.queue_bind(b, topic, "*.y")
    ch.queue_bind(a, headers, "", {"x-match": "any", "n": 1, "s": "t"})
    ch.queue_bind(b, headers, "", {"x-match": "all", "n": 1, "s": "t"})
    ch.queue_bind(a, fanout, "one")
    ch.queue_bind(b, fanout, "two")
    ch.queue_unbind(b, fanout, "two")
    ch.queue_bind(transient, fanout)
    yield
    publish("x.y", b"both", exchange=topic)
    publish("x.y.z", b"a", exchange=topic)
    publish("", b"any", exchange=headers, properties=pika.BasicProperties(headers={"n": 1}))
    publish("", b"all", exchange=headers, properties=pika.BasicProperties(headers={"n": 1, "s": "t"}))
    publish("", b"fanout", exchange=fanout)
    same(bodies_in(a), [b"both", b"a", b"any", b"all", b"fanout"])
    same(bodies_in(b), [b"both", b"all"])


@check("bindings between exchanges route as before")
def exchange_bindings():
    ch, source, middle = channel(), unique(), unique()
    queue = durable_queue(ch)
    ch.exchange_declare(source, "direct", durable=True)
    ch.exchange_declare(middle, "fanout", durable=True)
    ch.exchange_bind(middle, source, "k")
    ch.queue_bind(queue, middle)
    yield
    publish("k", b"through", exchange=source)
    publish("other", b"not", exchange=source)
    same(bodies_in(queue), [b"through"])


@check("a queue is redeclared with equal arguments and refused with others")
def redeclare():
    arguments = {"x-max-length": 7, "x-message-ttl": 60000, "x-dead-letter-exchange": "d", "x-max-priority": 5}
    name = channel().queue_declare(unique(), durable=True, arguments=arguments).method.queue
    yield
    channel().queue_declare(name, durable=True, arguments=arguments)
    refused(406, channel().queue_declare, name, durable=True, arguments={**arguments, "x-max-length": 8})
    refused(406, channel().queue_declare, name, durable=True)
    refused(406, channel().queue_declare, name, arguments=arguments)


@check("exclusive queues are gone, and a durable auto-delete queue with messages is there")
def leaving_queues():
    ch, exclusive, leaving = channel(), unique(), unique()
    ch.queue_declare(exclusive, durable=True, exclusive=True)
    ch.queue_declare(leaving, durable=True, auto_delete=True)
    publish(leaving, b"kept")
    yield
    refused(404, channel().queue_declare, exclusive, passive=True)
    ch = channel()
    for method, _, body in ch.consume(leaving, inactivity_timeout=5):
        same(body, b"kept")
        break
    ch.cancel()
    refused(404, channel().queue_declare, leaving, passive=True)
