"""What of messages stands after a restart."""

import datetime
import os
import time

import pika
from checks import (
    PERSISTENT,
    TRANSIENT,
    bodies_in,
    channel,
    check,
    connected,
    count,
    durable_queue,
    eventually,
    publish,
    refused,
    same,
    take_all,
    unique,
)


@check("persistent messages are there in order, transient ones are not")
def persistence():
    queue = durable_queue(channel())
    bodies = [str(number).encode() for number in range(500)]
    ch = channel()
    for body in bodies:
        ch.basic_publish("", queue, body, PERSISTENT)
        ch.basic_publish("", queue, b"transient", TRANSIENT)
    yield
    same(count(queue), 500)
    same(bodies_in(queue), bodies)


@check("all properties and headers come back as they were")
def properties():
    queue = durable_queue(channel())
    headers = {
        "n": 1, "big": 2**40, "negative": -5, "t": True, "f": False, "s": "text \u20ac", "bytes": b"\x00\xff",
        "list": [1, "x", None, {"a": [2]}], "table": {"deep": {"er": "x"}}, "void": None,
        "time": datetime.datetime(2020, 1, 2, 3, 4, 5),
    }  # fmt: skip
    sent = pika.BasicProperties(
        content_type="text/plain", content_encoding="gzip", headers=headers, delivery_mode=2, priority=9,
        correlation_id="c", reply_to="r", expiration="86400000", message_id="m" * 255, timestamp=1577934245, type="t",
        user_id="guest", app_id="a", cluster_id="cl",
    )  # fmt: skip
    body = bytes(range(256)) * 5000
    publish(queue, body, b"", properties=sent)
    yield
    ch = channel()
    for wanted in (body, b""):
        _, got, came = ch.basic_get(queue, auto_ack=True)
        same(came == wanted, True)
        same(vars(got), vars(sent))


@check("exchange and routing key of a message come back as they were")
def envelope():
    ch, exchange = channel(), unique()
    queue = durable_queue(ch)
    ch.exchange_declare(exchange, "topic", durable=True)
    ch.queue_bind(queue, exchange, "#")
    publish("some.key", b"", exchange=exchange)
    yield
    method, _, _ = channel().basic_get(queue)
    same((method.exchange, method.routing_key, method.message_count), (exchange, "some.key", 0))


@check("what was delivered and not acked comes back flagged, what was acked does not come back")
def unacked():
    ch = channel()
    queue = durable_queue(ch)
    publish(queue, *[str(number).encode() for number in range(20)])
    ch.basic_qos(prefetch_count=10)
    taken = []
    for method, _, body in ch.consume(queue, inactivity_timeout=5):
        taken.append((method.delivery_tag, body))
        if len(taken) == 10:
            break
    for tag, _ in taken[:5]:
        ch.basic_ack(tag)
    same(ch.queue_declare(queue, passive=True).method.consumer_count, 1)
    ch.basic_qos(prefetch_count=10, global_qos=True)
    yield
    got = take_all(queue)
    same([body for body, _ in got], [str(number).encode() for number in range(5, 20)])
    back = [str(number).encode() for number in range(5, 10)]
    same([body for body, redelivered in got if body in back and not redelivered], [])


@check("what was never delivered is not flagged")
def undelivered():
    queue = durable_queue(channel())
    publish(queue, *[b"fresh"] * 50)
    yield
    same(take_all(queue), [(b"fresh", False)] * 50)


@check("what was given back keeps its place and its flag")
def given_back():
    ch = channel()
    queue = durable_queue(ch)
    publish(queue, b"0", b"1", b"2", b"3")
    tags = [ch.basic_get(queue)[0].delivery_tag for _ in range(3)]
    ch.basic_ack(tags[0])
    ch.basic_nack(tags[1], requeue=True)
    ch.basic_reject(tags[2], requeue=True)
    eventually(lambda: count(queue) == 3)
    yield
    got = take_all(queue)
    same([body for body, _ in got], [b"1", b"2", b"3"])
    same([redelivered for _, redelivered in got[:2]], [True, True])


@check("the time to live of queue and message goes on over the restart")
def time_to_live():
    ch = channel()
    by_queue, by_message, long = (
        durable_queue(ch, message_ttl=4000),
        durable_queue(ch),
        durable_queue(ch, message_ttl=3600000),
    )
    publish(by_queue, b"x")
    publish(by_message, b"x", properties=pika.BasicProperties(delivery_mode=2, expiration="4000"))
    publish(long, b"x")
    began = time.monotonic()
    yield
    while time.monotonic() < began + 4.3:
        time.sleep(0.05)
    same([count(by_queue), count(by_message), count(long)], [0, 0, 1])


@check("what expires is dead-lettered after the restart, with its history")
def dead_letters():
    ch, exchange = channel(), unique()
    target = durable_queue(ch)
    ch.exchange_declare(exchange, "direct", durable=True)
    ch.queue_bind(target, exchange, "dead")
    arguments = {"dead_letter_exchange": exchange, "dead_letter_routing_key": "dead"}
    expiring, rejecting = durable_queue(ch, message_ttl=3000, **arguments), durable_queue(ch, **arguments)
    publish(expiring, b"old")
    publish(rejecting, b"before", b"after")
    ch.basic_nack(ch.basic_get(rejecting)[0].delivery_tag, requeue=False)
    eventually(lambda: count(target) == 1)
    yield
    ch = channel()
    ch.basic_nack(ch.basic_get(rejecting)[0].delivery_tag, requeue=False)
    eventually(lambda: count(target) == 3)
    deaths = {}
    for _ in range(3):
        _, got, body = ch.basic_get(target, auto_ack=True)
        death = got.headers["x-death"][0]
        deaths[body] = (death["reason"], death["queue"], death["count"])
    same(
        deaths,
        {b"old": ("expired", expiring, 1), b"before": ("rejected", rejecting, 1), b"after": ("rejected", rejecting, 1)},
    )


@check("a limit of length counts what was there before")
def max_length():
    ch = channel()
    dropping = durable_queue(ch, max_length=3)
    rejecting = durable_queue(ch, max_length=2, overflow="reject-publish")
    publish(dropping, b"0", b"1", b"2", b"3")
    publish(rejecting, b"0", b"1")
    yield
    publish(dropping, b"4")
    same(bodies_in(dropping), [b"2", b"3", b"4"])
    try:
        channel().basic_publish("", rejecting, b"2", PERSISTENT)
        raise AssertionError("taken by a full queue")
    except pika.exceptions.NackError:
        same(bodies_in(rejecting), [b"0", b"1"])


@check("messages come by priority after the restart")
def priorities():
    queue = durable_queue(channel(), max_priority=5)
    for priority in (0, 5, 3, 5, 1, 9, None):
        publish(queue, str(priority).encode(), properties=pika.BasicProperties(delivery_mode=2, priority=priority))
    yield
    publish(queue, b"new 4", properties=pika.BasicProperties(delivery_mode=2, priority=4))
    same(bodies_in(queue), [b"5", b"5", b"9", b"new 4", b"3", b"1", b"0", b"None"])


@check("a single active consumer is single after the restart")
def single_active():
    queue = durable_queue(channel(), single_active_consumer=True)
    publish(queue, b"0", b"1")
    yield
    first, second, got = channel(), channel(), []
    first.basic_consume(queue, lambda ch, method, _, body: (got.append((1, body)), ch.basic_ack(method.delivery_tag)))
    second.basic_consume(queue, lambda ch, method, _, body: (got.append((2, body)), ch.basic_ack(method.delivery_tag)))
    eventually(
        lambda: (
            first.connection.process_data_events(0.05),
            second.connection.process_data_events(0.05),
            len(got) == 2,
        )[2]
    )
    same(got, [(1, b"0"), (1, b"1")])


@check("what was purged does not come back, what was published after does")
def purge():
    ch = channel()
    queue = durable_queue(ch)
    publish(queue, b"0", b"1")
    same(ch.queue_purge(queue).method.message_count, 2)
    publish(queue, b"2")
    yield
    same(bodies_in(queue), [b"2"])


@check("what was deleted stays deleted, and a queue of the same name is a new one")
def deleted():
    ch, exchange, gone, again = channel(), unique(), unique(), unique()
    for name in (gone, again):
        ch.queue_declare(name, durable=True)
        publish(name, b"old")
        ch.queue_delete(name)
    ch.exchange_declare(exchange, "fanout", durable=True)
    ch.exchange_delete(exchange)
    ch.queue_declare(again, durable=True)
    publish(again, b"new")
    yield
    refused(404, channel().queue_declare, gone, passive=True)
    refused(404, channel().exchange_declare, exchange, passive=True)
    same(bodies_in(again), [b"new"])


@check("a committed transaction is there, one that was not committed is not")
def transaction():
    ch = connected().channel()
    queue = durable_queue(ch)
    ch.tx_select()
    ch.basic_publish("", queue, b"committed", PERSISTENT)
    ch.tx_commit()
    ch.basic_publish("", queue, b"not", PERSISTENT)
    yield
    same(bodies_in(queue), [b"committed"])


@check("bodies of 1 MiB and more are whole")
def large():
    queue = durable_queue(channel())
    bodies = [os.urandom(size) for size in (1, 1 << 20, 131064, 131065, 3_000_001, 0)]
    publish(queue, *bodies)
    yield
    same(bodies_in(queue) == bodies, True)
