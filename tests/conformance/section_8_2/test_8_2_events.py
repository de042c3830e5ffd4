"""What the event exchange tells of definitions: reference section 4.12."""

import time

from harness.expectations import Failure, same, unique
from harness.registry import line

EVENTS = "amq.rabbitmq.event"


def events_of(channel, queue, names, count):
    """The next `count` events about these names, as (key, message); other tests cause events too."""
    found = []
    while len(found) < count:
        message = channel.expect("basic.deliver")
        headers = message.properties["headers"]
        if {headers.get("name"), headers.get("source_name"), headers.get("destination_name")} & set(names):
            found.append((message.routing_key, message))
    return found


def listen(channel, *keys):
    queue = channel.queue()
    for key in keys:
        channel.bind(queue, EVENTS, key)
    channel.consume(queue, no_ack=True)
    return queue


@line("8.2/138", "queue.created and queue.deleted tell of a queue; the event exchange takes no publishes")
def queue_events(t):
    channel, other = t.channel(), t.channel()
    queue = listen(channel, "queue.*")
    name = unique("q")
    other.call("queue.declare", queue=name, durable=True, arguments={"x-max-length": 5})
    other.call("queue.delete", queue=name)
    (created, first), (deleted, second) = events_of(channel, queue, [name], 2)
    same((created, deleted), ("queue.created", "queue.deleted"))
    headers = first.properties["headers"]
    for header, value in (("vhost", "/"), ("durable", True), ("auto_delete", False), ("exclusive", False)):
        same((header, headers[header]), (header, value))
    same(headers["user_who_performed_action"], "guest")
    same(second.properties["headers"]["name"], name)
    for message in (first, second):
        same((message.body, message.exchange, message.properties["delivery_mode"]), (b"", EVENTS, 2))
        stamps = (message.properties["timestamp"], message.properties["headers"]["timestamp_in_ms"] / 1000)
        if any(abs(time.time() - stamp) > 30 for stamp in stamps):
            raise Failure(f"time stamps {stamps}")
    other.publish("queue.created", exchange=EVENTS)
    other.expect_channel_error(403, f"cannot publish to internal exchange '{EVENTS}' in vhost '/'", of=(60, 40))


@line("4.12", "exchanges and bindings are told too, in the order of what happened")
def binding_events(t):
    channel, other = t.channel(), t.channel()
    queue = listen(channel, "exchange.#", "binding.#", "queue.deleted")
    name, exchange = other.queue(exclusive=False), unique("x")
    other.call("exchange.declare", exchange=exchange, type="fanout", auto_delete=True)
    other.bind(name, exchange, "key")
    other.call("queue.delete", queue=name)
    told = events_of(channel, queue, [name, exchange], 5)
    wanted = ["exchange.created", "binding.created", "binding.deleted", "queue.deleted", "exchange.deleted"]
    same([key for key, _ in told], wanted)
    same(told[0][1].properties["headers"]["type"], "fanout")
    for key, message in told[1:3]:
        headers = message.properties["headers"]
        names = ("source_name", "source_kind", "destination_name", "destination_kind", "routing_key")
        same((key, [headers[header] for header in names]), (key, [exchange, "exchange", name, "queue", "key"]))


@line("4.12", "the event exchange is a durable internal topic exchange that cannot be deleted")
def event_exchange(t):
    channel = t.channel()
    channel.call("exchange.declare", exchange=EVENTS, type="topic", durable=True, internal=True)
    text = f"deletion of system exchange '{EVENTS}' in vhost '/' not allowed"
    channel.expect_refusal("exchange.delete", 403, text, exchange=EVENTS)
