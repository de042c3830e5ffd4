"""The Python client pika, by its blocking connection."""

import contextlib

import pika
from pika.exceptions import (
    ChannelClosedByBroker,
    NackError,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
    UnroutableError,
)

from checks import HOST, PORT, TEN_MB, check, run_checks, same, unique


@contextlib.contextmanager
def connected(password="guest", **options):
    credentials = pika.PlainCredentials("guest", password)
    connection = pika.BlockingConnection(pika.ConnectionParameters(HOST, PORT, credentials=credentials, **options))
    try:
        yield connection
    finally:
        if connection.is_open:
            connection.close()


@contextlib.contextmanager
def channel():
    with connected() as connection:
        yield connection.channel()


def temporary_queue(channel, **arguments):
    return channel.queue_declare("", exclusive=True, arguments=arguments).method.queue


def refused(code, function, *arguments, **options):
    try:
        function(*arguments, **options)
    except ChannelClosedByBroker as error:
        same(error.reply_code, code)
        return
    raise AssertionError(f"not refused with {code}")


@check("a message with properties is published and got")
def publish_and_get():
    with channel() as ch:
        queue = temporary_queue(ch)
        properties = pika.BasicProperties(
            content_type="text/plain", headers={"n": 5, "l": [1, "x"]}, delivery_mode=2, priority=3, message_id="m"
        )
        ch.basic_publish("", queue, b"body", properties)
        method, received, body = ch.basic_get(queue)
        same((body, received.headers, received.message_id), (b"body", {"n": 5, "l": [1, "x"]}, "m"))
        ch.basic_ack(method.delivery_tag)
        same(ch.basic_get(queue), (None, None, None))


@check("a thousand messages are consumed in order with prefetch and acks")
def consume():
    with channel() as ch:
        queue = temporary_queue(ch)
        ch.basic_qos(prefetch_count=20)
        for number in range(1000):
            ch.basic_publish("", queue, str(number))
        got = []
        for method, _, body in ch.consume(queue, inactivity_timeout=10):
            got.append(body)
            ch.basic_ack(method.delivery_tag)
            if len(got) == 1000:
                break
        same(got, [str(number).encode() for number in range(1000)])
        same(ch.cancel(), 0)


@check("a publish in confirm mode returns when it is acked")
def confirm():
    with channel() as ch:
        ch.confirm_delivery()
        queue = temporary_queue(ch)
        for _ in range(50):
            ch.basic_publish("", queue, b"m", mandatory=True)
        same(ch.queue_declare(queue, passive=True).method.message_count, 50)


@check("an unroutable mandatory publish raises UnroutableError")
def unroutable():
    with channel() as ch:
        ch.confirm_delivery()
        try:
            ch.basic_publish("", unique("none"), b"m", mandatory=True)
        except UnroutableError as error:
            same([(message.method.reply_code, message.body) for message in error.messages], [(312, b"m")])
            return
        raise AssertionError("not returned")


@check("a publish that a full queue rejects raises NackError")
def nacked():
    with channel() as ch:
        ch.confirm_delivery()
        queue = temporary_queue(ch, **{"x-max-length": 1, "x-overflow": "reject-publish"})
        ch.basic_publish("", queue, b"fits")
        try:
            ch.basic_publish("", queue, b"too much")
        except NackError:
            return
        raise AssertionError("not nacked")


@check("exchanges and queues are declared, bound, unbound and deleted")
def topology():
    with channel() as ch:
        source, target, queue = unique("pika"), unique("pika"), temporary_queue(ch)
        ch.exchange_declare(source, "topic")
        ch.exchange_declare(target, "fanout", auto_delete=True)
        ch.exchange_bind(target, source, "a.#")
        ch.queue_bind(queue, target)
        ch.basic_publish(source, "a.b", b"through")
        same(ch.basic_get(queue, auto_ack=True)[2], b"through")
        ch.exchange_unbind(target, source, "a.#")
        ch.basic_publish(source, "a.b", b"lost")
        ch.queue_unbind(queue, target)
        same(ch.basic_get(queue)[2], None)
        ch.exchange_delete(source)
        same(ch.queue_purge(queue).method.message_count, 0)
        ch.queue_delete(queue)
        refused(404, ch.queue_declare, queue, passive=True)


@check("after a channel error the connection opens a new channel")
def channel_error():
    with connected() as connection:
        ch = connection.channel()
        refused(404, ch.queue_declare, unique("none"), passive=True)
        ch = connection.channel()
        refused(406, ch.exchange_declare, "amq.direct", "fanout", durable=True)
        same(connection.channel().queue_declare("", exclusive=True).method.message_count, 0)


@check("a missing vhost is refused with 530")
def missing_vhost():
    try:
        with connected(virtual_host="nope"):
            pass
    except ProbableAccessDeniedError as error:
        same("530" in str(error), True)
        return
    raise AssertionError("not refused")


@check("a wrong password is refused with 403")
def wrong_password():
    try:
        with connected(password="wrong"):
            pass
    except ProbableAuthenticationError as error:
        same("403" in str(error), True)
        return
    raise AssertionError("not refused")


@check("a body of 10 MB comes back whole")
def large_body():
    with channel() as ch:
        queue = temporary_queue(ch)
        ch.basic_publish("", queue, TEN_MB)
        same(ch.basic_get(queue, auto_ack=True)[2] == TEN_MB, True)


@check("200 channels work on one connection")
def many_channels():
    with connected() as connection:
        channels = [connection.channel() for _ in range(200)]
        queues = [temporary_queue(ch) for ch in channels]
        for ch, queue in zip(channels, reversed(queues)):
            ch.confirm_delivery()
            ch.basic_publish("", queue, queue)
        for ch, queue in zip(channels, queues):
            same(ch.queue_purge(queue).method.message_count, 1)


@check("a consumer is told when its queue is deleted")
def cancelled():
    with connected() as connection:
        ch, other = connection.channel(), connection.channel()
        queue, cancels = temporary_queue(ch), []
        ch.add_on_cancel_callback(lambda frame: cancels.append(frame.method.consumer_tag))
        tag = ch.basic_consume(queue, lambda *_: None)
        other.queue_delete(queue)
        connection.process_data_events(time_limit=1)
        same(cancels, [tag])


@check("a transaction is committed and rolled back")
def transaction():
    with channel() as ch:
        queue = temporary_queue(ch)
        ch.tx_select()
        ch.basic_publish("", queue, b"kept")
        ch.tx_commit()
        ch.basic_publish("", queue, b"undone")
        ch.tx_rollback()
        same(ch.basic_get(queue)[2], b"kept")
        same(ch.basic_get(queue)[2], None)


@check("heartbeats keep an idle connection alive")
def heartbeats():
    with connected(heartbeat=1) as connection:
        connection.sleep(4)
        connection.channel()


if __name__ == "__main__":
    run_checks()
