"""Direct reply-to: reference section 4.13."""

import re

from harness.expectations import Failure, eventually, same
from harness.registry import line

REPLY_TO = "amq.rabbitmq.reply-to"


def requester(t):
    """A channel that waits for replies."""
    channel = t.channel()
    channel.consume(REPLY_TO, no_ack=True)
    return channel


def request(channel, service):
    """Sends a request to a queue, and gives the address for the reply that the service sees."""
    channel.publish(service, b"question", reply_to=REPLY_TO)
    address = channel.get(service).properties["reply_to"]
    if not re.fullmatch(re.escape(REPLY_TO) + r"\.\S+", address):
        raise Failure(f"reply to {address}")
    return address


@line("8.7/270", "a consumer of replies that would ack, or a second one, is 406")
def wrong_consumers(t):
    channel = t.channel()
    channel.expect_refusal("basic.consume", 406, "reply consumer cannot acknowledge", queue=REPLY_TO)
    channel.consume(REPLY_TO, no_ack=True)
    channel.expect_refusal("basic.consume", 406, "reply consumer already set", queue=REPLY_TO, no_ack=True)


@line("8.7/270", "a request without a consumer of replies on its channel is 406")
def request_without_consumer(t):
    channel = t.channel()
    channel.connection.channel(2).consume(REPLY_TO, no_ack=True)
    channel.publish(channel.queue(), reply_to=REPLY_TO)
    channel.expect_channel_error(406, "fast reply consumer does not exist", of=(60, 40))


@line("4.13", "the consumer of replies may be cancelled and started again")
def consumer_again(t):
    channel = t.channel()
    for _ in range(2):
        tag = channel.consume(REPLY_TO, no_ack=True)
        channel.call("basic.cancel", consumer_tag=tag)
    channel.publish(channel.queue(), reply_to=REPLY_TO)
    channel.expect_channel_error(406)


@line("8.7/271", "a reply comes back without a queue of its own")
def round_trip(t):
    channel, service = requester(t), t.channel()
    queue = service.queue()
    address = request(channel, queue)
    service.publish(address, b"answer", correlation_id="c")
    reply = channel.expect("basic.deliver")
    same((reply.body, reply.properties), (b"answer", {"correlation_id": "c"}))
    same((reply.exchange, reply.routing_key, reply.redelivered), ("", address, False))


@line("8.7/271", "the address of a waiting requester can be declared and has a consumer, until its channel ends")
def declare_address(t):
    channel, service = requester(t), t.channel()
    address = request(channel, service.queue())
    for name in (REPLY_TO, address):
        for passive in (True, False):
            ok = service.call("queue.declare", queue=name, passive=passive)
            same((ok.message_count, ok.consumer_count), (0, 1))
    channel.close()
    eventually(lambda: not service.exists("queue", address))


@line("8.7/271", "a reply to a requester that is gone is dropped, and confirmed")
def requester_gone(t):
    channel, service = requester(t), t.channel()
    address = request(channel, service.queue())
    channel.close()
    service.call("confirm.select")
    service.publish_confirmed(address, b"too late")
    channel.call("channel.open")
    channel.consume(REPLY_TO, no_ack=True)
    channel.expect_silence()


@line("4.13", "a reply is confirmed")
def confirmed(t):
    channel, service = requester(t), t.channel()
    address = request(channel, service.queue())
    service.call("confirm.select")
    service.publish_confirmed(address, b"answer")
    channel.expect_bodies(b"answer")


@line("8.7/272", "a mandatory reply is not returned when the requester waits for it", target_only=True)
def mandatory(t):
    channel, service = requester(t), t.channel()
    address = request(channel, service.queue())
    service.publish(address, b"answer", mandatory=True)
    channel.expect_bodies(b"answer")
    service.expect_silence()


@line("4.13", "replies are numbered like other deliveries", target_only=True)
def delivery_tags(t):
    channel, service = requester(t), t.channel()
    address = request(channel, service.queue())
    for _ in range(2):
        service.publish(address, b"answer")
    replies = channel.expect_bodies(b"answer", b"answer")
    same(replies[1].delivery_tag, replies[0].delivery_tag + 1)


@line("8.7/273", "getting from the pseudo-queue, or binding it, is 404")
def not_a_queue(t):
    channel = requester(t)
    text = f"no queue '{REPLY_TO}' in vhost '/'"
    other = t.channel()
    other.expect_refusal("basic.get", 404, text, queue=REPLY_TO, no_ack=True)
    other.expect_refusal("queue.bind", 404, text, queue=REPLY_TO, exchange="amq.direct")
    same(other.call("queue.delete", queue=REPLY_TO).message_count, 0)
    channel.call("basic.qos")
