"""Publishing: reference sections 2.8, 3.9 and 4.14."""

from harness.codec import Typed
from harness.expectations import same, unique
from harness.registry import line

PUBLISH = (60, 40)


def refused_publish(where, sentence, code, text, target_only=False, **publish):
    """A case: this publish to the default exchange ends in this channel error."""

    @line(where, sentence, target_only=target_only)
    def publish_refused(t):
        channel = t.channel()
        channel.publish(channel.queue(), **publish)
        channel.expect_channel_error(code, text, PUBLISH)


@line("8.4/177", "publishing to a missing exchange is 404")
def missing_exchange(t):
    channel, exchange = t.channel(), unique("x")
    for _ in range(2):
        channel.publish("k", b"m", exchange)
        channel.expect_channel_error(404, f"no exchange '{exchange}' in vhost '/'", PUBLISH)


@line("3.9", "publishing to an exchange that has been deleted is 404 at once")
def deleted_exchange(t):
    channel = t.channel()
    exchange = channel.exchange("fanout")
    channel.publish(exchange=exchange)
    channel.call("exchange.delete", exchange=exchange)
    channel.publish(exchange=exchange)
    channel.expect_channel_error(404, f"no exchange '{exchange}' in vhost '/'", PUBLISH)


@line("8.4/178", "immediate is 540, even with a missing exchange")
def immediate(t):
    for exchange in ("", unique("x")):
        channel = t.channel()
        channel.publish("k", exchange=exchange, immediate=True)
        channel.expect_connection_error(540, "immediate=true", PUBLISH)


PROPERTIES = {
    "content_type": "text/plain",
    "content_encoding": "utf-8",
    "headers": {"a": 1, "b": "two"},
    "delivery_mode": 2,
    "priority": 3,
    "correlation_id": "c",
    "reply_to": "r",
    "expiration": "60000",
    "message_id": "m",
    "timestamp": 1700000000,
    "type": "t",
    "user_id": "guest",
    "app_id": "a",
    "cluster_id": "cluster",
}


@line("8.4/179", "a mandatory message that no queue takes is returned whole, with 312 NO_ROUTE")
def mandatory(t):
    channel = t.channel()
    exchange = channel.exchange("direct")
    channel.publish("no such key", b"body" * 50000, exchange, mandatory=True, **PROPERTIES)
    returned = channel.expect("basic.return")
    same((returned.reply_code, returned.reply_text), (312, "NO_ROUTE"))
    same((returned.exchange, returned.routing_key), (exchange, "no such key"))
    same((returned.properties, returned.body), (PROPERTIES, b"body" * 50000))


@line("1.8", "a message arrives with all its properties")
def all_properties(t):
    channel = t.channel()
    queue = channel.queue()
    channel.publish(queue, b"m", **PROPERTIES)
    same(channel.get(queue).properties, PROPERTIES)


@line("8.4/180", "in confirm mode the return comes before the ack")
def return_before_ack(t):
    channel = t.channel()
    channel.call("confirm.select")
    channel.publish(unique("q"), b"m", mandatory=True)
    channel.expect("basic.return")
    channel.expect("basic.ack")


@line("8.4/181", "a message that no queue takes is confirmed with an ack, or dropped in silence")
def unroutable(t):
    channel = t.channel()
    channel.publish(unique("q"), b"m")
    channel.call("confirm.select")
    channel.publish(unique("q"), b"m")
    same(channel.expect("basic.ack").delivery_tag, 1)


@line("8.4/182", "mandatory is satisfied by a queue that only CC names")
def mandatory_by_cc(t):
    channel = t.channel()
    queue = channel.queue()
    channel.publish(unique("q"), b"m", mandatory=True, headers={"CC": [queue]})
    same(channel.drain(queue), [b"m"])
    channel.expect_silence()


@line("8.4/183", "CC and BCC name further keys; a queue named twice gets one copy; BCC is taken out, CC stays")
def carbon_copies(t):
    channel = t.channel()
    first, second, third = (channel.queue() for _ in range(3))
    headers = {"BCC": [third], "CC": [first, second, 5], "x": 1}
    channel.publish(first, b"m", headers=headers)
    for queue in (first, second, third):
        message = channel.get(queue)
        same((message.routing_key, message.properties["headers"]), (first, {"CC": [first, second, 5], "x": 1}))
        same(channel.get(queue), None)


@line("4.14", "BCC is taken out of a returned message too")
def returned_without_bcc(t):
    channel = t.channel()
    channel.publish(unique("q"), mandatory=True, headers={"BCC": [unique("q")], "x": 1})
    same(channel.expect("basic.return").properties["headers"], {"x": 1})


@line("4.14", "cc and bcc in small letters mean nothing")
def small_letters(t):
    channel = t.channel()
    queue = channel.queue()
    channel.publish(unique("q"), headers={"cc": [queue], "bcc": [queue]})
    same(channel.get(queue), None)


for name in ("CC", "BCC"):
    refused_publish(
        "8.4/184", f"{name} that is no array is 406",
        406, f'invalid message: {{unacceptable_type_in_header,"{name}",longstr}}', headers={name: "queue"},
    )  # fmt: skip

for expiration, why in {
    "abc": "no_integer",
    "": "no_integer",
    "10x": '{leftover_string,"x"}',
    "1.5": '{leftover_string,".5"}',
    "-5": "{value_negative,-5}",
    "315360000001": "{value_too_large,315360000001}",
}.items():
    refused_publish(
        "8.4/185", f"expiration `{expiration}` is 406",
        406, f"invalid expiration '{expiration}': {why}", expiration=expiration,
    )  # fmt: skip


@line("8.4/185", "expirations from 0 to ten years are accepted, with a plus sign too")
def right_expirations(t):
    channel = t.channel()
    queue = channel.queue()
    for expiration in ("+60000", "60000", "315360000000"):
        channel.publish(queue, b"m", expiration=expiration)
    same(len(channel.drain(queue)), 3)


@line("1.8", "an expiration arrives as a plain number", target_only=True)
def expiration_reprinted(t):
    channel = t.channel()
    queue = channel.queue()
    for expiration in ("+60000", "0060000"):
        channel.publish(queue, expiration=expiration)
        same(channel.get(queue).properties["expiration"], "60000")


@line("1.8", "headers arrive in the order in which they were sent")
def headers_in_order(t):
    channel = t.channel()
    queue = channel.queue()
    channel.publish(queue, headers={"b": 1, "a": 2, "C": 3, "aa": 4})
    same(list(channel.get(queue).properties["headers"]), ["b", "a", "C", "aa"])


refused_publish(
    "8.4/186", "a user-id other than the user's is 406",
    406, "user_id property set to 'bob' but authenticated user was 'guest'", user_id="bob",
)  # fmt: skip


@line("8.4/186", "the user's own user-id is accepted")
def own_user_id(t):
    channel = t.channel()
    queue = channel.queue()
    channel.publish(queue, user_id="guest")
    same(channel.get(queue).properties, {"user_id": "guest"})


@line("8.4/187", "any delivery mode is accepted and delivered as it is", target_only=True)
def delivery_mode(t):
    channel = t.channel()
    queue = channel.queue()
    for mode in (0, 7):
        channel.publish(queue, delivery_mode=mode)
        same(channel.get(queue).properties, {"delivery_mode": mode})


@line("8.4/188", "a body above max_message_size is 406", instance="small_messages")
def too_large_message(t):
    channel = t.channel()
    queue = channel.queue()
    channel.publish(queue, b"x" * 100)
    channel.publish(queue, b"x" * 101)
    channel.expect_channel_error(406, "message size 101 is larger than configured max size 100", PUBLISH)
    same(channel.drain(queue), [b"x" * 100])


@line("3.9", "CC elements that are no strings are skipped")
def odd_carbon_copies(t):
    channel = t.channel()
    queue = channel.queue()
    channel.publish("", b"m", headers={"CC": [1, True, None, [queue], Typed("S", queue)]})
    same(channel.drain(queue), [b"m"])
