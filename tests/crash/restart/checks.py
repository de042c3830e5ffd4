"""What the checks over a restart by pika share: the client, and how a check is run around the restart.

Each check is a generator: it prepares, yields once for the restart, and checks afterwards.
"""

import os
import sys
import time
import uuid

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker

HOST, PORT = os.environ["AMQP_HOST"], int(os.environ["AMQP_PORT"])
CHECKS = []
PERSISTENT = pika.BasicProperties(delivery_mode=2)
TRANSIENT = pika.BasicProperties(delivery_mode=1)


def check(sentence):
    def register(function):
        CHECKS.append((sentence, function))
        return function

    return register


def connected():
    return pika.BlockingConnection(pika.ConnectionParameters(HOST, PORT))


def channel():
    ch = connected().channel()
    ch.confirm_delivery()
    return ch


def unique(prefix="p"):
    return f"{prefix}.{uuid.uuid4().hex[:12]}"


def same(got, wanted):
    if got != wanted:
        raise AssertionError(f"{got!r:.200} instead of {wanted!r:.200}")


def durable_queue(ch, **arguments):
    arguments = {"x-" + name.replace("_", "-"): value for name, value in arguments.items()}
    return ch.queue_declare(unique(), durable=True, arguments=arguments).method.queue


def publish(queue, *bodies, exchange="", properties=PERSISTENT):
    ch = channel()
    for body in bodies:
        ch.basic_publish(exchange, queue, body, properties)
    ch.connection.close()


def take_all(queue):
    """(body, redelivered) of all messages, which are acked."""
    ch, got = channel(), []
    while True:
        method, _, body = ch.basic_get(queue)
        if method is None:
            break
        got.append((body, method.redelivered))
        ch.basic_ack(method.delivery_tag)
    ch.connection.close()
    return got


def bodies_in(queue):
    return [body for body, _ in take_all(queue)]


def refused(code, function, *arguments, **options):
    try:
        function(*arguments, **options)
    except ChannelClosedByBroker as error:
        same(error.reply_code, code)
        return
    raise AssertionError(f"not refused with {code}")


def eventually(condition, within=10.0):
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not so within {within} s")
        time.sleep(0.02)


def count(queue):
    ch = channel()
    number = ch.queue_declare(queue, passive=True).method.message_count
    ch.connection.close()
    return number


def prepare(results, sentence, function):
    """Runs a check up to the restart; gives the rest of it, None when it failed."""
    try:
        steps = function()
        next(steps)
        return steps
    except Exception as trouble:
        results[sentence] = f"before the restart: {type(trouble).__name__}: {trouble}"


def run_checks():
    """Runs all: prepares, asks for the restart, waits for it, checks and tells."""
    results = {}
    waiting = [(sentence, prepare(results, sentence, function)) for sentence, function in CHECKS]
    print("RESTART", flush=True)
    sys.stdin.readline()
    for sentence, steps in waiting:
        try:
            if steps:
                next(steps, None)
        except (AMQPError, AssertionError, OSError, KeyError, TypeError) as trouble:
            results[sentence] = f"{type(trouble).__name__}: {trouble}"
    for sentence, _ in CHECKS:
        why = " ".join(results.get(sentence, "").split())
        print(f"FAIL {sentence} -- {why:.300}" if why else f"PASS {sentence}", flush=True)
