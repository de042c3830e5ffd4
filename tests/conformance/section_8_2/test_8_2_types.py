"""How each type of exchange routes: reference sections 4.2 to 4.10."""

import collections

from harness.codec import Typed
from harness.expectations import Failure, same, unique
from harness.registry import line

# pattern, keys that match, keys that do not
TOPICS = [
    ("#", ["", "a", "a.b"], []),
    ("*", ["a"], ["", "a.b"]),
    ("a.*", ["a.", "a.b"], ["a", "a.."]),
    ("a.#", ["a", "a.", "a.b.c"], ["ab"]),
    ("*.#.*", ["a.b", "a.b.c"], ["a"]),
    ("#.#", ["", "a", "a.b"], []),
    ("a.#.b", ["a.b", "a.x.b", "a.b.b", "a.x.y.b"], ["ab"]),
    ("", [""], [".", "a"]),
    ("..", [".."], [".", "..."]),
    ("a*", ["a*"], ["ab"]),
    ("#.a", ["a", "b.a", ".a"], []),
    ("*.", ["a.", "."], ["a.b"]),
    ("#.A", ["A"], ["a"]),
    ("*.b", ["#.b", "*.b"], ["#"]),
]


@line("8.2/128", "topic patterns match whole words: * one, # any number")
def topic(t):
    channel = t.channel()
    for pattern, matching, others in TOPICS:
        queue, exchange = channel.queue(), channel.exchange("topic")
        channel.bind(queue, exchange, pattern)
        for key in others + matching:
            channel.publish(key, key.encode(), exchange)
        same((pattern, channel.drain(queue)), (pattern, [key.encode() for key in matching]))


def headers_match(channel, binding, headers):
    """Whether a message with these headers (None: without any) takes a binding with these arguments."""
    queue, exchange = channel.queue(), channel.exchange("headers")
    channel.call("queue.bind", queue=queue, exchange=exchange, arguments=binding)
    properties = {} if headers is None else {"headers": headers}
    channel.publish("ignored", b"m", exchange, **properties)
    return channel.get(queue) is not None


# binding arguments, headers, whether they match
HEADERS = [
    ({"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 3}, True),
    ({"a": 1, "b": 2}, {"a": 1}, False),
    ({"x-match": "all", "a": 1, "b": 2}, {"a": 1, "b": 3}, False),
    ({"x-match": "any", "a": 1, "b": 2}, {"b": 2}, True),
    ({"x-match": "any", "a": 1, "b": 2}, {"a": 2, "b": 1}, False),
    ({"x-match": "all"}, {}, True),
    ({}, None, True),
    ({"x-match": "any"}, {"a": 1}, False),
    ({"a": 1}, None, False),
    ({"a": None}, {"a": "whatever"}, True),
    ({"a": None}, {"b": 1}, False),
    ({"x-match": "any", "a": None, "b": 2}, {"a": 0}, True),
    ({"A": 1}, {"a": 1}, False),
    ({"x-a": 1, "b": 2}, {"b": 2}, True),
    ({"x-match": "any", "x-a": 1}, {"x-a": 1}, False),
    ({"x-match": "all-with-x", "x-a": 1}, {"x-a": 1}, True),
    ({"x-match": "all-with-x", "x-a": 1}, {"x-a": 2}, False),
    ({"x-match": "any-with-x", "x-a": 1, "b": 2}, {"x-a": 1}, True),
    ({"a": Typed("b", 5)}, {"a": Typed("l", 5)}, True),
    ({"a": Typed("u", 5)}, {"a": Typed("i", 5)}, True),
    ({"a": Typed("S", "v")}, {"a": Typed("x", "v")}, True),
    ({"a": True}, {"a": True}, True),
    ({"a": True}, {"a": 1}, False),
    ({"a": 1}, {"a": "1"}, False),
    ({"a": {"in": [1, "x"]}}, {"a": {"in": [1, "x"]}}, True),
    ({"a": [1, 2]}, {"a": [2, 1]}, False),
]


@line("8.2/129", "headers bindings match all or any, by value, with x- arguments only when asked")
def headers(t):
    channel = t.channel()
    for binding, sent, expected in HEADERS:
        same((binding, sent, headers_match(channel, binding, sent)), (binding, sent, expected))


@line("8.2/129", "an integer does not match a float of the same value", target_only=True)
def headers_int_and_float(t):
    same(headers_match(t.channel(), {"a": 1}, {"a": 1.0}), False)


@line("8.2/130", "an x-match of a wrong value or type is 406")
def headers_bad_match(t):
    channel = t.channel()
    exchange, queue = channel.exchange("headers"), channel.queue()
    for value, text in (
        ("some", 'Invalid x-match field value <<"some">>; expected all, any, all-with-x, or any-with-x'),
        (1, "Invalid x-match field type signedint (value 1); expected longstr"),
    ):
        arguments = {"x-match": value}
        channel.expect_refusal("queue.bind", 406, text, queue=queue, exchange=exchange, arguments=arguments)


@line("4.3", "a direct binding matches its key byte by byte")
def direct(t):
    channel = t.channel()
    queue, exchange = channel.queue(), channel.exchange("direct")
    channel.bind(queue, exchange, "Key.*")
    for key in ("Key.*", "key.*", "Key.a", ""):
        channel.publish(key, key.encode(), exchange)
    same(channel.drain(queue), [b"Key.*"])


@line("8.2/131", "a consistent-hash binding key must be a number above 0")
def hash_bad_key(t):
    channel = t.channel()
    exchange, queue = channel.exchange("x-consistent-hash"), channel.queue()
    for key, text in (
        ("", "The binding key must be an integer: <<>>"),
        ("abc", 'The binding key must be an integer: <<"abc">>'),
        ("0", "The binding key must be greater than 0"),
        ("-1", "The binding key must be greater than 0"),
    ):
        channel.expect_refusal("queue.bind", 406, text, queue=queue, exchange=exchange, routing_key=key)


@line("8.2/132", "a consistent-hash exchange takes one of hash-header and hash-property, and only known properties")
def hash_bad_arguments(t):
    channel = t.channel()
    for arguments, text in (
        ({"hash-header": "h", "hash-property": "message_id"}, "hash-header and hash-property are mutually exclusive"),
        ({"hash-property": "foo"}, "Unsupported property: foo"),
    ):
        channel.expect_refusal(
            "exchange.declare", 406, text, exchange=unique("x"), type="x-consistent-hash", arguments=arguments
        )


def counts(channel, exchange, queues, keys, **properties):
    """How many of the messages with these keys each queue gets; all must arrive."""
    for key in keys:
        channel.publish(key, exchange=exchange, **properties)
    got = [len(channel.drain(queue)) for queue in queues]
    same(sum(got), len(keys))
    return got


@line("8.2/133", "consistent-hash weights 1 and 3 share about 1 to 3; binding again changes nothing")
def hash_weights(t):
    channel = t.channel()
    exchange = channel.exchange("x-consistent-hash")
    queues = [channel.queue(), channel.queue()]
    for queue, weight in zip(queues, "13"):
        channel.bind(queue, exchange, weight)
    keys = [f"key-{number}" for number in range(400)]
    before = counts(channel, exchange, queues, keys)
    if not 40 <= before[0] <= 170:
        raise Failure(f"1 to 3 shared as {before}")
    channel.bind(queues[0], exchange, "5")
    same(counts(channel, exchange, queues, keys), before)


@line("4.7", "a consistent-hash exchange can hash a header or a property; without it all go to one queue")
def hash_elsewhere(t):
    channel = t.channel()
    for arguments, properties in (
        ({"hash-header": "h"}, {"headers": {"h": "same"}}),
        ({"hash-property": "message_id"}, {"message_id": "same"}),
        ({"hash-header": "h"}, {}),
    ):
        exchange = channel.exchange("x-consistent-hash", arguments=arguments)
        queues = [channel.queue(), channel.queue()]
        for queue in queues:
            channel.bind(queue, exchange, "1")
        got = counts(channel, exchange, queues, [f"k{number}" for number in range(20)], **properties)
        same(sorted(got), [0, 20])


@line("8.2/134", "a random exchange gives both queues some of many messages")
def random_exchange(t):
    channel = t.channel()
    exchange, queues = channel.exchange("x-random"), [channel.queue(), channel.queue()]
    for queue in queues:
        channel.bind(queue, exchange)
    got = counts(channel, exchange, queues, ["same"] * 60)
    same(0 in got, False)


@line("8.2/135", "a modulus-hash exchange sends a key to one queue always")
def modulus(t):
    channel = t.channel()
    exchange, queues = channel.exchange("x-modulus-hash"), [channel.queue() for _ in range(3)]
    for queue in queues:
        channel.bind(queue, exchange)
    same(collections.Counter(counts(channel, exchange, queues, ["same"] * 12)), {12: 1, 0: 2})


@line("8.2/136", "a recent-history exchange of length 2 gives a new binding the last two, oldest first")
def recent_history(t):
    channel = t.channel()
    exchange = channel.exchange("x-recent-history", arguments={"x-recent-history-length": 2})
    bound = channel.queue()
    channel.bind(bound, exchange)
    for body in (b"1", b"2", b"3"):
        channel.publish(f"key-{body.decode()}", body, exchange)
    channel.publish("no", b"not stored", exchange, headers={"x-recent-history-no-store": True})
    same(channel.drain(bound), [b"1", b"2", b"3", b"not stored"])
    late = channel.queue()
    channel.bind(late, exchange)
    channel.consume(late, no_ack=True)
    messages = channel.expect_bodies(b"2", b"3")
    same([message.routing_key for message in messages], ["key-2", "key-3"])
    channel.expect_silence()


@line("8.2/137", "a recent-history length of 0 or of a string is 406")
def recent_history_bad_length(t):
    channel = t.channel()
    for value, shown in ((0, "0"), ("two", '<<"two">>')):
        channel.expect_refusal(
            "exchange.declare", 406, f"Invalid argument {shown}, 'x-recent-history-length' must be a positive integer",
            exchange=unique("x"), type="x-recent-history", arguments={"x-recent-history-length": value},
        )  # fmt: skip


@line("4.8", "x-local-random gives each message to one bound queue and takes no binding key", target_only=True)
def local_random(t):
    channel = t.channel()
    exchange, queues = channel.exchange("x-local-random"), [channel.queue(), channel.queue()]
    text = "Non empty binding 'k' key not permitted"
    channel.expect_refusal("queue.bind", 406, text, queue=queues[0], exchange=exchange, routing_key="k")
    for queue in queues:
        channel.call("queue.bind", queue=queue, exchange=exchange)
    counts(channel, exchange, queues, ["any"] * 20)
