"""Celery with a real worker and results over the broker, and kombu as it is used without Celery."""

import atexit
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from checks import HOST, PORT, check, eventually, run_checks, same, unique

HERE = pathlib.Path(__file__).parent
os.environ.setdefault("CELERY_QUEUE", unique("celery"))

from celery import chain, group
from kombu import Connection, Consumer, Exchange, Producer, Queue

from celery_tasks import NAME, add, app, fail, flaky, length, now, slow

WITHIN = 20
FOLDER = tempfile.TemporaryDirectory(prefix="celery-client-")


def start_worker(name, *pool):
    command = [sys.executable, "-m", "celery", "-A", "celery_tasks", "worker", "-n", f"{name}@here", *pool]
    command += ["-Q", f"{NAME},{NAME}.topic", "-l", "INFO"]
    with open(f"{FOLDER.name}/{name}.log", "wb") as log:
        worker = subprocess.Popen(command, cwd=HERE, stdout=log, stderr=log, env={**os.environ, "C_FORCE_ROOT": "1"})
    atexit.register(stop_worker, worker)
    eventually(lambda: app.control.ping([f"{name}@here"], timeout=0.5), WITHIN)
    return worker


def stop_worker(worker):
    """Asks first: a killed worker leaves the processes of its pool behind."""
    worker.terminate()
    try:
        worker.wait(10)
    except subprocess.TimeoutExpired:
        worker.kill()


@check("a worker starts and answers over the fanout control exchange")
def ping():
    start_worker("first", "-c", "2")


@check("a task gives its result, and an error comes back as one")
def result():
    same(add.delay(2, 3).get(timeout=WITHIN), 5)
    try:
        fail.delay().get(timeout=WITHIN)
    except ValueError as error:
        same(str(error), "on purpose")
        return
    raise AssertionError("no error")


@check("200 tasks all come back")
def many():
    same(sorted(group(add.s(number, 0) for number in range(200))().get(timeout=WITHIN)), list(range(200)))


@check("a chain hands results on")
def chained():
    same(chain(add.s(1, 2), add.s(3), add.s(4))().get(timeout=WITHIN), 10)


@check("a countdown is waited for, with the prefetch raised meanwhile")
def countdown():
    start = time.time()
    results = [now.apply_async(countdown=1) for _ in range(5)]
    for late in results:
        same(late.get(timeout=WITHIN) - start >= 0.9, True)


@check("a task is retried")
def retried():
    same(flaky.delay().get(timeout=WITHIN), 2)


@check("an argument of 2 MB arrives")
def large():
    same(length.delay("x" * 2_000_000).get(timeout=WITHIN), 2_000_000)


@check("a task finds its queue by topic")
def topic():
    same(add.apply_async((1, 1), exchange=f"{NAME}.topic", routing_key="media.video.hd").get(timeout=WITHIN), 2)


@check("the worker tells its queues, and stops and starts consuming on demand")
def control():
    def queues():
        return {queue["name"] for queue in app.control.inspect(timeout=2).active_queues()["first@here"]}

    same(queues(), {NAME, f"{NAME}.topic"})
    app.control.cancel_consumer(NAME, reply=True)
    same(queues(), {f"{NAME}.topic"})
    app.control.add_consumer(NAME, reply=True)
    same(add.delay(1, 2).get(timeout=WITHIN), 3)


@check("a task of a killed worker goes to another, redelivered")
def killed_worker():
    started = pathlib.Path(FOLDER.name) / "started"
    doomed = start_worker("doomed", "-P", "solo")
    app.control.cancel_consumer(NAME, destination=["first@here"], reply=True)
    pending = slow.delay(str(started))
    eventually(started.exists)
    doomed.kill()
    app.control.add_consumer(NAME, destination=["first@here"], reply=True)
    same(pending.get(timeout=WITHIN), True)
    same(started.read_text(), "started\n" * 2)


@check("kombu: a producer with retry and a consumer with an error handler of its own")
def kombu_round_trip():
    got = []
    with Connection(f"amqp://{HOST}:{PORT}", transport_options={"confirm_publish": True}) as connection:
        exchange = Exchange(unique("kombu"), "direct", durable=False, auto_delete=True)
        queue = Queue(unique("kombu"), exchange, "k", durable=False, auto_delete=True)

        def take(body, message):
            got.append(body)
            message.ack()

        with Consumer(connection, [queue], callbacks=[take], accept=["json"]):
            producer = Producer(connection.channel(), serializer="json")
            for number in range(10):
                producer.publish({"n": number}, exchange=exchange, routing_key="k", retry=True, declare=[queue])
            while len(got) < 10:
                connection.drain_events(timeout=10)
    same(got, [{"n": number} for number in range(10)])


@check("kombu: a SimpleQueue gives back what was put in")
def kombu_simple_queue():
    lifetime = {"durable": False, "auto_delete": True}
    with (
        Connection(f"amqp://{HOST}:{PORT}") as connection,
        connection.SimpleQueue(unique("kombu"), queue_opts=lifetime, exchange_opts=lifetime) as queue,
    ):
        for number in range(3):
            queue.put({"n": number})
        for number in range(3):
            message = queue.get(timeout=10)
            same(message.payload, {"n": number})
            message.ack()


if __name__ == "__main__":
    run_checks()
