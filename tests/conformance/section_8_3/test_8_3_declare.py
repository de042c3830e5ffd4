"""Declaring queues: reference section 3.4."""

import re

from harness.codec import Typed
from harness.expectations import Failure, same, unique
from harness.registry import line


def no_queue(name):
    return f"no queue '{name}' in vhost '/'"


def locked(name):
    return (
        f"cannot obtain exclusive access to locked queue '{name}' in vhost '/'. It could be originally declared on "
        "another connection or the exclusive property value does not match that of the original declaration."
    )


def inequivalent(what, name, rest):
    return f"inequivalent arg '{what}' for queue '{name}' in vhost '/': {rest}"


@line("8.3/140", "a new queue is empty and unused, and may be declared again")
def declare(t):
    channel, name = t.channel(), unique("q")
    for _ in range(2):
        ok = channel.call("queue.declare", queue=name)
        same((ok.queue, ok.message_count, ok.consumer_count), (name, 0, 0))


@line("3.4", "declare-ok counts ready messages and consumers, not what is unacked")
def declare_counts(t):
    channel = t.channel()
    queue = channel.queue()
    for _ in range(3):
        channel.publish(queue)
    channel.get(queue, no_ack=False)
    ok = channel.call("queue.declare", queue=queue)
    same((ok.message_count, ok.consumer_count), (2, 0))
    same(channel.call("queue.purge", queue=queue).message_count, 2)
    channel.consume(queue)
    channel.consume(queue)
    same(channel.call("queue.declare", queue=queue, passive=True).consumer_count, 2)


@line("8.3/141", "a queue declared again with another durable or auto-delete flag is 406")
def other_flags(t):
    channel = t.channel()
    name = channel.queue()
    for flag in ("durable", "auto_delete"):
        text = inequivalent(flag, name, "received 'true' but current is 'false'")
        channel.expect_refusal("queue.declare", 406, text, queue=name, **{flag: True})


@line("8.3/142", "a queue declared again with another exclusive flag is 405, even by its owner")
def other_exclusive(t):
    channel = t.channel()
    shared, own = channel.queue(), channel.queue(exclusive=True)
    channel.expect_refusal("queue.declare", 405, locked(shared), queue=shared, exclusive=True)
    channel.expect_refusal("queue.declare", 405, locked(own), queue=own)


@line("8.3/143", "an argument on one side only is 406, with its value and type")
def argument_on_one_side(t):
    channel = t.channel()
    with_ttl, without = channel.queue(arguments={"x-message-ttl": 1000}), channel.queue()
    text = inequivalent("x-message-ttl", with_ttl, "received none but current is the value '1000' of type 'signedint'")
    channel.expect_refusal("queue.declare", 406, text, queue=with_ttl)
    text = inequivalent("x-message-ttl", without, "received the value '1000' of type 'signedint' but current is none")
    channel.expect_refusal("queue.declare", 406, text, queue=without, arguments={"x-message-ttl": 1000})


@line("8.3/144", "an argument of another value is 406")
def argument_of_other_value(t):
    channel = t.channel()
    name = channel.queue(arguments={"x-message-ttl": 1000})
    text = inequivalent("x-message-ttl", name, "received '2000' but current is '1000'")
    channel.expect_refusal("queue.declare", 406, text, queue=name, arguments={"x-message-ttl": 2000})


@line("8.3/145", "integers of any width are the same, a float of that value is another")
def argument_widths(t):
    channel = t.channel()
    name = channel.queue(arguments={"x-message-ttl": Typed("I", 1000)})
    for tag in "lsui":
        channel.queue(queue=name, arguments={"x-message-ttl": Typed(tag, 1000)})
    text = inequivalent("x-message-ttl", name, "received '1.0e3' but current is '1000'")
    channel.expect_refusal("queue.declare", 406, text, queue=name, arguments={"x-message-ttl": 1000.0})


@line("8.3/146", "unknown arguments are not compared")
def unknown_argument(t):
    channel = t.channel()
    name = channel.queue(arguments={"x-foo": 1})
    channel.queue(queue=name)
    channel.queue(queue=name, arguments={"x-foo": "other", "x-bar": 2})


@line("8.3/147", "x-queue-type classic is the same as none")
def classic_type(t):
    channel = t.channel()
    channel.queue(queue=channel.queue(), arguments={"x-queue-type": "classic"})
    channel.queue(queue=channel.queue(arguments={"x-queue-type": "classic"}))


@line("8.3/148", "a passive declare of a missing queue is 404, of another kind of queue ok")
def passive(t):
    channel, missing = t.channel(), unique("q")
    channel.expect_refusal("queue.declare", 404, no_queue(missing), queue=missing, passive=True)
    name = channel.queue(durable=True)
    channel.queue(queue=name, passive=True, auto_delete=True, exclusive=True, arguments={"x-max-length": "no number"})


@line("8.3/149", "a passive declare without a name is 404")
def passive_without_name(t):
    channel = t.channel()
    channel.queue()
    channel.expect_refusal("queue.declare", 404, no_queue(""), passive=True)


@line("8.3/150", "a name beginning with amq. is 403, passively 404")
def reserved_name(t):
    channel, name = t.channel(), unique("amq.x")
    text = f"queue name '{name}' contains reserved prefix 'amq.*'"
    channel.expect_refusal("queue.declare", 403, text, queue=name)
    channel.expect_refusal("queue.declare", 404, no_queue(name), queue=name, passive=True)


@line("8.3/151", "a server-named queue is called amq.gen- and 22 characters, and cannot be declared by that name")
def server_named(t):
    channel = t.channel()
    name = channel.queue(queue="")
    if not re.fullmatch(r"amq\.gen-[A-Za-z0-9_-]{22}", name):
        raise Failure(name)
    same(channel.queue(queue="") == name, False)
    channel.queue(queue=name, passive=True)
    text = f"queue name '{name}' contains reserved prefix 'amq.*'"
    channel.expect_refusal("queue.declare", 403, text, queue=name)


@line("8.3/152", "CR and LF are taken out of a queue's name")
def line_ends_in_name(t):
    channel, name = t.channel(), unique("q")
    same(channel.queue(queue=f"\r\n{name}\n"), name)
    channel.bind(f"{name}\r", "amq.fanout")
    same(channel.exists("queue", name), True)


@line("8.3/153", "a name may have 255 bytes, of any UTF-8")
def long_name(t):
    channel = t.channel()
    name = unique("q").ljust(251, "n") + "\U0001f407"
    same(channel.queue(queue=name), name)
    channel.publish(name, b"m")
    same(channel.drain(name), [b"m"])


EMPTY_NAME_METHODS = ["queue.bind", "queue.unbind", "queue.purge", "queue.delete", "basic.consume", "basic.get"]


@line("8.3/154", "an empty name is the queue last declared on the channel, if there is one")
def last_declared(t):
    channel = t.channel()
    for method in EMPTY_NAME_METHODS:
        exchange = {"exchange": "amq.direct"} if "bind" in method else {}
        channel.expect_refusal(method, 404, "no previously declared queue", **exchange)
    first, last = channel.queue(), channel.queue()
    channel.queue(queue=first, passive=True)
    channel.bind("", "amq.direct", last)
    channel.publish(last, b"m", "amq.direct")
    same(channel.drain(""), [b"m"])
    channel.publish(first)
    same(channel.call("queue.purge").message_count, 1)
    channel.consume("")
    same(channel.call("queue.declare", queue=first, passive=True).consumer_count, 1)
    channel.call("queue.delete")
    channel.expect("basic.cancel")
    same((channel.exists("queue", first), channel.exists("queue", last)), (False, True))


@line("8.3/172", "an exclusive durable queue may be declared again as not durable by its owner")
def exclusive_is_transient(t):
    channel = t.channel()
    name = channel.queue(exclusive=True, durable=True)
    channel.queue(queue=name, exclusive=True, durable=False)
