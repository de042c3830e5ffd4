"""The x- arguments of classic queues: reference section 5.1."""

from harness.codec import Typed
from harness.expectations import unique
from harness.registry import line

TTL_LIMIT = 315360000000


def invalid(argument, name, detail):
    return f"invalid arg '{argument}' for queue '{name}' in vhost '/': {detail}"


def refuse(channel, argument, value, detail, **others):
    name = unique("q")
    arguments = {argument: value, **others}
    channel.expect_refusal("queue.declare", 406, invalid(argument, name, detail), queue=name, arguments=arguments)


def refused_argument(argument, *refusals):
    """A case: each of these (value, detail) is refused for this argument."""

    @line("8.3/155", f"{argument} of a wrong type or value is 406")
    def wrong_argument(t):
        channel = t.channel()
        for value, detail in refusals:
            refuse(channel, argument, value, detail)


NO_INTEGER = [
    ("5", '"expected integer, got longstr"'),
    (True, '"expected integer, got bool"'),
    (5.0, '"expected integer, got double"'),
]
NEGATIVE = (-1, "{value_negative,-1}")
TOO_LARGE = (TTL_LIMIT + 1, f"{{value_too_large,{TTL_LIMIT + 1}}}")

refused_argument("x-message-ttl", *NO_INTEGER, NEGATIVE, TOO_LARGE)
refused_argument("x-expires", *NO_INTEGER, (0, "{value_zero,0}"), NEGATIVE, TOO_LARGE)
refused_argument("x-max-length", *NO_INTEGER, NEGATIVE)
refused_argument("x-max-length-bytes", *NO_INTEGER, NEGATIVE)
refused_argument("x-max-priority", *NO_INTEGER, NEGATIVE, (256, "{max_value_exceeded,256}"))
refused_argument("x-overflow", ("foo", "invalid_overflow"), (1, "{unacceptable_type,signedint}"))
refused_argument("x-single-active-consumer", ("true", "{unacceptable_type,longstr}"))
refused_argument("x-queue-mode", ("foo", "\"unsupported queue mode 'foo'\""), (1, "{unacceptable_type,signedint}"))
refused_argument("x-queue-version", (3, "\"unsupported queue version '3'\""), ("2", '"expected integer, got longstr"'))
refused_argument("x-dead-letter-routing-key", ("k", "routing_key_but_no_dlx_defined"))


@line("8.3/155", "x-queue-type of an unknown value or of no string is 406")
def wrong_type(t):
    channel = t.channel()
    refuse(channel, "x-queue-type", "foo", "\"unsupported queue type 'foo'\"")
    refuse(channel, "x-queue-type", 1, "{unacceptable_type,signedint}")


@line("8.3/155", "x-dead-letter-exchange that is no string is 406")
def wrong_dead_letter_exchange(t):
    name = unique("q")
    t.channel().expect_refusal(
        "queue.declare", 406, f"invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue '{name}' in vhost '/'",
        queue=name, arguments={"x-dead-letter-exchange": 1},
    )  # fmt: skip


@line("5.1", "x-dead-letter-routing-key that is no string is 406")
def wrong_dead_letter_key(t):
    arguments = {"x-dead-letter-exchange": ""}
    refuse(t.channel(), "x-dead-letter-routing-key", 1, "{unacceptable_type,signedint}", **arguments)


@line("8.3/155", "every argument of a right type and value is accepted")
def right_arguments(t):
    channel = t.channel()
    for arguments in (
        {"x-message-ttl": TTL_LIMIT, "x-expires": TTL_LIMIT, "x-max-length": 0, "x-max-length-bytes": 0},
        {"x-expires": 60000, "x-overflow": "reject-publish"},
        {"x-overflow": "reject-publish-dlx", "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "k"},
        {"x-max-priority": 255, "x-queue-mode": "lazy"},
        {"x-queue-mode": "default", "x-queue-version": 2, "x-overflow": "drop-head"},
        {"x-single-active-consumer": True},
    ):
        channel.queue(arguments=arguments)


@line("5.1", "an integer argument may have any integer type")
def integer_types(t):
    channel = t.channel()
    for tag in "bBsuIilL":
        channel.queue(arguments={"x-max-length": Typed(tag, 5), "x-message-ttl": Typed(tag, 100)})


@line("8.3/156", "x-message-ttl 0 and x-max-priority 0 are accepted")
def zeros(t):
    channel = t.channel()
    channel.queue(arguments={"x-message-ttl": 0})
    channel.queue(arguments={"x-max-priority": 0})


@line("8.3/157", "an argument that only other types of queue have is 406 on a classic queue")
def foreign_arguments(t):
    channel = t.channel()
    for argument, value in (("x-delivery-limit", 5), ("x-max-age", "5D"), ("x-quorum-initial-group-size", 3)):
        name = unique("q")
        text = f"invalid arg '{argument}' for queue '{name}' in vhost '/' of queue type rabbit_classic_queue"
        channel.expect_refusal("queue.declare", 406, text, queue=name, arguments={argument: value})
