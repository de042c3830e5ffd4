"""Declaring and deleting exchanges: reference sections 3.2 and 3.3."""

import re

from harness.codec import Typed
from harness.expectations import same, unique
from harness.registry import line

DEFAULT_EXCHANGE = "operation not permitted on the default exchange"


def inequivalent(what, name, received, current):
    return f"inequivalent arg '{what}' for exchange '{name}' in vhost '/': received '{received}' but current is '{current}'"


@line("8.2/89", "an exchange declared again in the same way is ok")
def redeclare(t):
    channel = t.channel()
    name = channel.exchange("direct", durable=True, internal=True)
    channel.exchange("direct", exchange=name, durable=True, internal=True)


@line("8.2/90", "an exchange declared again with another type is 406")
def redeclare_type(t):
    channel = t.channel()
    name = channel.exchange("direct")
    text = inequivalent("type", name, "fanout", "direct")
    channel.expect_refusal("exchange.declare", 406, text, exchange=name, type="fanout")


@line("8.2/91", "an exchange declared again with another flag is 406")
def redeclare_flags(t):
    channel = t.channel()
    name = channel.exchange("direct")
    for flag in ("durable", "auto_delete", "internal"):
        text = inequivalent(flag, name, "true", "false")
        channel.expect_refusal("exchange.declare", 406, text, exchange=name, type="direct", **{flag: True})


@line("8.2/92", "an exchange declared again with another alternate exchange is 406")
def redeclare_alternate(t):
    channel = t.channel()
    name = channel.exchange("direct", arguments={"alternate-exchange": "amq.fanout"})
    for arguments in ({}, {"alternate-exchange": "amq.direct"}):
        channel.expect_refusal(
            "exchange.declare", 406, re.compile(f"inequivalent arg 'alternate-exchange' for exchange '{name}' .*"),
            exchange=name, type="direct", arguments=arguments,
        )  # fmt: skip


@line("8.2/93", "other arguments are not compared")
def redeclare_unknown_argument(t):
    channel = t.channel()
    name = channel.exchange("direct", arguments={"x-foo": 1})
    channel.exchange("direct", exchange=name, arguments={"x-foo": "other"})


@line("8.2/94", "an unknown type is 406", target_only=True)
def unknown_type(t):
    text = "unknown exchange type 'nonesuch'"
    t.channel().expect_refusal("exchange.declare", 406, text, exchange=unique(), type="nonesuch")


@line("8.2/139", "x-delayed-message, which needs a plugin, is an unknown type", target_only=True)
def delayed_type(t):
    text = "unknown exchange type 'x-delayed-message'"
    arguments = {"x-delayed-type": "direct"}
    t.channel().expect_refusal(
        "exchange.declare", 406, text, exchange=unique(), type="x-delayed-message", arguments=arguments
    )


@line("8.2/95", "a passive declare of a missing exchange is 404")
def passive_missing(t):
    name = unique("x")
    text = f"no exchange '{name}' in vhost '/'"
    t.channel().expect_refusal("exchange.declare", 404, text, exchange=name, type="direct", passive=True)


@line("8.2/96", "a passive declare compares neither type nor flags")
def passive_other_type(t):
    channel = t.channel()
    name = channel.exchange("direct")
    for type in ("fanout", "nonesuch"):
        channel.exchange(type, exchange=name, passive=True, durable=True)


@line("8.2/97", "the default exchange cannot be declared, not even passively")
def declare_default(t):
    for passive in (False, True):
        t.channel().expect_refusal("exchange.declare", 403, DEFAULT_EXCHANGE, type="direct", passive=passive)


@line("8.2/98", "a new name beginning with amq. is 403")
def declare_reserved(t):
    name = unique("amq.new")
    text = f"exchange name '{name}' contains reserved prefix 'amq.*'"
    t.channel().expect_refusal("exchange.declare", 403, text, exchange=name, type="direct")


@line("8.2/99", "predeclared exchanges may be declared as they are")
def declare_predeclared(t):
    channel = t.channel()
    types = {
        "amq.direct": "direct",
        "amq.fanout": "fanout",
        "amq.topic": "topic",
        "amq.headers": "headers",
        "amq.match": "headers",
    }
    for name, type in types.items():
        channel.exchange(type, exchange=name, durable=True)
    channel.exchange("topic", exchange="amq.rabbitmq.trace", durable=True, internal=True)


@line("8.2/99", "predeclared exchanges declared otherwise are 406")
def declare_predeclared_otherwise(t):
    text = inequivalent("durable", "amq.direct", "false", "true")
    t.channel().expect_refusal("exchange.declare", 406, text, exchange="amq.direct", type="direct")


@line("8.2/100", "an alternate exchange that is no string is 406")
def alternate_wrong_type(t):
    name = unique("x")
    t.channel().expect_refusal(
        "exchange.declare", 406, f"invalid type 'signedint' for arg 'alternate-exchange' in exchange '{name}' in vhost '/'",
        exchange=name, type="direct", arguments={"alternate-exchange": Typed("I", 1)},
    )  # fmt: skip


@line("3.2", "CR and LF are taken out of an exchange's name")
def line_ends_in_name(t):
    channel = t.channel()
    name = unique("x")
    channel.exchange("direct", exchange=name.replace(".", "\r\n.", 1))
    same(channel.exists("exchange", name), True)


@line("8.2/101", "the default exchange cannot be deleted")
def delete_default(t):
    t.channel().expect_refusal("exchange.delete", 403, DEFAULT_EXCHANGE)


@line("8.2/102", "names beginning with amq. cannot be deleted, whether they exist or not")
def delete_predeclared(t):
    for name in ("amq.direct", "amq.nonexistent"):
        text = f"deletion of system exchange '{name}' in vhost '/' not allowed"
        t.channel().expect_refusal("exchange.delete", 403, text, exchange=name)


@line("8.2/103", "deleting a missing exchange is ok")
def delete_missing(t):
    t.channel().call("exchange.delete", exchange=unique("x"))


@line("3.3", "a deleted exchange is gone, with its bindings")
def delete(t):
    channel = t.channel()
    name, queue = channel.exchange("fanout"), channel.queue()
    channel.bind(queue, name)
    channel.call("exchange.delete", exchange=name)
    same(channel.exists("exchange", name), False)
    channel.exchange("fanout", exchange=name)
    channel.publish(exchange=name)
    same(channel.get(queue), None)


@line("8.2/104", "an exchange with a binding cannot be deleted if unused")
def delete_used(t):
    channel = t.channel()
    name = channel.exchange("fanout")
    channel.bind(channel.queue(), name)
    text = f"exchange '{name}' in vhost '/' in use"
    channel.expect_refusal("exchange.delete", 406, text, exchange=name, if_unused=True)


@line("8.2/105", "an exchange that is only bound to another counts as unused")
def delete_destination(t):
    channel = t.channel()
    name = channel.exchange("fanout")
    channel.call("exchange.bind", source="amq.fanout", destination=name)
    channel.call("exchange.delete", exchange=name, if_unused=True)
    same(channel.exists("exchange", name), False)


def gone_after(number, sentence, expected, lose):
    """A case: whether an auto-delete exchange is gone after `lose` was done to it."""

    @line(f"8.2/{number}", sentence)
    def auto_delete(t):
        channel = t.channel()
        name = channel.exchange("fanout", auto_delete=True)
        lose(channel, name)
        same(channel.exists("exchange", name), not expected)


def lose_binding(channel, name):
    queue = channel.queue()
    for key in ("a", "b"):
        channel.bind(queue, name, key)
    channel.call("queue.unbind", queue=queue, exchange=name, routing_key="a")
    same(channel.exists("exchange", name), True)
    channel.call("queue.unbind", queue=queue, exchange=name, routing_key="b")


def lose_queue(channel, name):
    queue = channel.queue()
    channel.bind(queue, name)
    channel.call("queue.delete", queue=queue)


def lose_destination(channel, name):
    destination = channel.exchange("fanout")
    channel.call("exchange.bind", source=name, destination=destination)
    channel.call("exchange.delete", exchange=destination)


def lose_nothing(channel, name):
    pass


def lose_inbound(channel, name):
    channel.call("exchange.bind", source="amq.fanout", destination=name, routing_key=name)
    channel.call("exchange.unbind", source="amq.fanout", destination=name, routing_key=name)


gone_after(119, "an auto-delete exchange is gone after its last unbind", True, lose_binding)
gone_after(120, "an auto-delete exchange is gone with the last queue bound to it", True, lose_queue)
gone_after(121, "an auto-delete exchange is gone with the last exchange bound to it", True, lose_destination)
gone_after(122, "an auto-delete exchange that was never bound stays", False, lose_nothing)
gone_after(123, "an auto-delete exchange stays when only a binding to it goes", False, lose_inbound)
