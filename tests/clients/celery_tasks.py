"""The tasks of the Celery check, and the settings of worker and client."""

import os
import time

from celery import Celery
from kombu import Exchange, Queue

from checks import HOST, PORT

NAME = os.environ["CELERY_QUEUE"]

app = Celery("celery_tasks", broker=f"amqp://guest:guest@{HOST}:{PORT}//", backend="rpc://")
app.conf.update(
    task_default_queue=NAME,
    task_queues=[
        Queue(NAME, Exchange(NAME), routing_key=NAME, queue_arguments={"x-max-priority": 10}),
        Queue(f"{NAME}.topic", Exchange(f"{NAME}.topic", type="topic"), routing_key="media.#"),
    ],
    task_default_exchange=NAME,
    task_default_routing_key=NAME,
    worker_prefetch_multiplier=1,
    worker_send_task_events=True,
    broker_transport_options={"confirm_publish": True},
    event_queue_prefix=f"{NAME}.events",
)


@app.task
def add(x, y):
    return x + y


@app.task
def now():
    return time.time()


@app.task
def fail():
    raise ValueError("on purpose")


@app.task(bind=True, default_retry_delay=0.5)
def flaky(self):
    if self.request.retries < 2:
        raise self.retry()
    return self.request.retries


@app.task
def length(text):
    return len(text)


@app.task(bind=True, acks_late=True, reject_on_worker_lost=True)
def slow(self, started_file):
    with open(started_file, "a") as file:
        file.write("started\n")
    time.sleep(2)
    return self.request.delivery_info["redelivered"]
