"""The Python client py-amqp, on which kombu stands."""

import contextlib

import amqp
from amqp.exceptions import AccessRefused, NotAllowed, NotFound, PreconditionFailed

from checks import HOST, PORT, TEN_MB, check, run_checks, same, unique


@contextlib.contextmanager
def connected(**options):
    with amqp.Connection(f"{HOST}:{PORT}", **options) as connection:
        yield connection


@contextlib.contextmanager
def channel(**options):
    with connected(**options) as connection:
        yield connection.channel()


def temporary_queue(ch):
    return ch.queue_declare("", exclusive=True).queue


def refused(error, function, *arguments, **options):
    try:
        function(*arguments, **options)
    except error:
        return
    raise AssertionError(f"no {error.__name__}")


@check("a message with properties is published and got")
def publish_and_get():
    with channel() as ch:
        queue = temporary_queue(ch)
        headers = {"n": 5, "f": 1.5, "t": True, "l": [1, "x"], "d": {"a": "b"}}
        ch.basic_publish(amqp.Message("body", application_headers=headers, priority=3), routing_key=queue)
        message = ch.basic_get(queue, no_ack=True)
        same((message.body, message.properties["application_headers"]), ("body", headers))
        same(ch.basic_get(queue), None)


@check("a thousand messages are consumed in order with prefetch and acks")
def consume():
    with connected() as connection:
        ch, got = connection.channel(), []
        queue = temporary_queue(ch)
        ch.basic_qos(0, 20, False)

        def take(message):
            got.append(message.body)
            ch.basic_ack(message.delivery_tag)

        ch.basic_consume(queue, callback=take)
        for number in range(1000):
            ch.basic_publish(amqp.Message(str(number)), routing_key=queue)
        while len(got) < 1000:
            connection.drain_events(timeout=10)
        same(got, [str(number) for number in range(1000)])


@check("a publish in confirm mode returns when it is acked")
def confirm():
    with channel(confirm_publish=True) as ch:
        queue = temporary_queue(ch)
        for _ in range(50):
            ch.basic_publish(amqp.Message("m", delivery_mode=2), routing_key=queue)
        same(ch.queue_declare(queue, passive=True).message_count, 50)


@check("an unroutable mandatory publish comes back")
def returned():
    with connected() as connection:
        ch, returns = connection.channel(), []
        ch.events["basic_return"].add(lambda *arguments: returns.append(arguments))
        ch.basic_publish(amqp.Message("m"), routing_key=unique("none"), mandatory=True)
        while not returns:
            connection.drain_events(timeout=10)
        error, _, _, message = returns[0]
        same((error.reply_code, message.body), (312, "m"))


@check("exchanges and queues are declared, bound, unbound and deleted")
def topology():
    with channel() as ch:
        source, target, queue = unique("pyamqp"), unique("pyamqp"), temporary_queue(ch)
        ch.exchange_declare(source, "direct", auto_delete=False)
        ch.exchange_declare(target, "fanout")
        ch.exchange_bind(target, source, "k")
        ch.queue_bind(queue, target)
        ch.basic_publish(amqp.Message("through"), source, "k")
        same(ch.basic_get(queue, no_ack=True).body, "through")
        ch.exchange_unbind(target, source, "k")
        ch.queue_unbind(queue, target)
        ch.exchange_delete(source)
        same(ch.queue_purge(queue), 0)
        same(ch.queue_delete(queue), 0)


@check("after a channel error the connection opens a new channel")
def channel_error():
    with connected() as connection:
        refused(NotFound, connection.channel().queue_declare, unique("none"), passive=True)
        refused(PreconditionFailed, connection.channel().exchange_declare, "amq.direct", "fanout")
        refused(AccessRefused, connection.channel().queue_declare, "amq.reserved")
        temporary_queue(connection.channel())


@check("a missing vhost and a wrong password are refused")
def connection_errors():
    def connect(**options):
        with connected(**options):
            pass

    refused(NotAllowed, connect, virtual_host="nope")
    refused(AccessRefused, connect, password="wrong")


@check("a body of 10 MB comes back whole")
def large_body():
    with channel() as ch:
        queue = temporary_queue(ch)
        ch.basic_publish(amqp.Message(TEN_MB), routing_key=queue)
        same(ch.basic_get(queue, no_ack=True).body == TEN_MB, True)


@check("200 channels work on one connection")
def many_channels():
    with connected() as connection:
        channels = [connection.channel() for _ in range(200)]
        queues = [temporary_queue(ch) for ch in channels]
        for ch, queue in zip(channels, reversed(queues)):
            ch.basic_publish(amqp.Message("m"), routing_key=queue)
            same(ch.queue_purge(queue), 1)


@check("rejected and recovered messages come again")
def recovered():
    with channel() as ch:
        queue = temporary_queue(ch)
        ch.basic_publish(amqp.Message("m"), routing_key=queue)
        ch.basic_reject(ch.basic_get(queue).delivery_tag, requeue=True)
        ch.basic_get(queue)
        ch.basic_recover(requeue=True)
        same(ch.basic_get(queue).delivery_info["redelivered"], True)


@check("login by AMQPLAIN works")
def amqplain():
    with connected(login_method="AMQPLAIN") as connection:
        connection.channel()


if __name__ == "__main__":
    run_checks()
