"""Clients under whose hands the broker is killed. Each is a thread that works until its connection is gone."""

import random
import threading
import time

import bodies
import pika
from fast import PERSISTENT, Client, Settled
from harness.expectations import Closed
from ledger import View
from pika.exceptions import AMQPConnectionError

GONE = (Closed, OSError, AMQPConnectionError)
WINDOW = 200  # publishes on the way to one confirm
PREFETCH = 60
FULL = 20000  # messages in all queues; publishers pause above
HEADERS = {"kind": "load", "n": 1}


class Worker(threading.Thread):
    """One client. `killed` tells that the broker is gone by intent; any other end is trouble."""

    def __init__(self, broker, ledger, seed, killed):
        super().__init__(daemon=True)
        self.broker, self.ledger, self.killed = broker, ledger, killed
        self.random = random.Random(seed)

    def run(self):
        try:
            self.work()
        except GONE as gone:
            if not self.killed.wait(1.0):
                self.ledger.trouble("client ended", f"{type(self).__name__}: {type(gone).__name__} {gone}")
        except Exception as trouble:
            self.ledger.trouble("client ended", f"{type(self).__name__}: {type(trouble).__name__} {trouble}")

    def pause_when_full(self):
        while self.ledger.backlog() > FULL and not self.killed.is_set():
            time.sleep(0.01)


class Publisher(Worker):
    """Publishes under its own number and counts on after a restart: each publish has an identity of its own."""

    def __init__(self, *arguments, number, start, targets):
        super().__init__(*arguments)
        self.number, self.next, self.targets = number, start, targets

    def one(self):
        """Takes the next identity: (identity, exchange, routing key, body)."""
        identity = (self.number, self.next)
        self.next += 1
        exchange, key, queues = self.random.choice(self.targets)
        body = bodies.make(*identity, self.ledger.size_of(*identity))
        self.ledger.publish(identity, queues)
        return identity, exchange, key, body


class FastPublisher(Publisher):
    def work(self):
        client, waiting, sent, settled = Client(self.broker), {}, 0, 0
        client.channel(1).call("confirm.select")
        while not self.killed.is_set():
            self.pause_when_full()
            batch = []
            for _ in range(self.random.randint(1, max(1, WINDOW - len(waiting)))):
                identity, exchange, key, body = self.one()
                sent += 1
                waiting[sent] = identity
                batch.append(client.content(1, exchange, key, body, PERSISTENT))
            client.send(b"".join(batch))
            while len(waiting) > WINDOW // 2:
                for event in client.receive(1.0):
                    settled = self.settle(event, waiting, settled)

    def settle(self, event, waiting, settled):
        if not isinstance(event, Settled):
            raise RuntimeError(f"{event!r} for a publisher")
        for tag in range(settled + 1, event.tag + 1) if event.multiple else (event.tag,):
            identity = waiting.pop(tag, None)
            if identity and event.ok:
                self.ledger.confirm(identity)
            elif identity:
                self.ledger.counts["nacked"] += 1
        return max(settled, event.tag) if event.multiple else settled


class PikaPublisher(Publisher):
    def work(self):
        channel = pika.BlockingConnection(pika.ConnectionParameters(self.broker.host, self.broker.port)).channel()
        channel.confirm_delivery()
        while not self.killed.is_set():
            self.pause_when_full()
            identity, exchange, key, body = self.one()
            properties = pika.BasicProperties(delivery_mode=2, headers=HEADERS)
            channel.basic_publish(exchange, key, body, properties, mandatory=True)
            self.ledger.confirm(identity)


class Consumer(Worker):
    """Acks most, gives back some, keeps some until the end."""

    def __init__(self, *arguments, queue):
        super().__init__(*arguments)
        self.queue, self.view = queue, View(queue)

    def seen(self, body, redelivered):
        """What to do with a delivery: ack, nack, reject or keep."""
        identity = self.ledger.take(self.view, body, redelivered, in_order=False)
        act = self.random.choices(("ack", "nack", "reject", "keep"), (86, 6, 4, 4))[0]
        if act == "ack" and identity:
            self.ledger.ack(self.queue, identity)
        return act


class FastConsumer(Consumer):
    def work(self):
        client = Client(self.broker)
        client.channel(1).call("basic.qos", prefetch_count=PREFETCH)
        client.send_method(1, "basic.consume", queue=self.queue)
        kept = []
        while not self.killed.is_set():
            for event in client.receive(0.5):
                if hasattr(event, "body"):
                    self.act(client, event, kept)

    def act(self, client, event, kept):
        act = self.seen(event.body, event.redelivered)
        if act == "ack":
            client.send_method(1, "basic.ack", delivery_tag=event.tag)
        elif act == "nack":
            client.send_method(1, "basic.nack", delivery_tag=event.tag, requeue=True)
        elif act == "reject":
            client.send_method(1, "basic.reject", delivery_tag=event.tag, requeue=True)
        else:
            kept.append(event.tag)
            if len(kept) > PREFETCH // 2:
                client.send_method(1, "basic.nack", delivery_tag=kept.pop(0), requeue=True)


class PikaConsumer(Consumer):
    def work(self):
        channel = pika.BlockingConnection(pika.ConnectionParameters(self.broker.host, self.broker.port)).channel()
        channel.basic_qos(prefetch_count=PREFETCH)
        kept = []
        for method, _, body in channel.consume(self.queue, inactivity_timeout=0.3):
            if self.killed.is_set():
                return
            if method is None:
                continue
            act, tag = self.seen(body, method.redelivered), method.delivery_tag
            if act == "ack":
                channel.basic_ack(tag)
            elif act == "nack":
                channel.basic_nack(tag, requeue=True)
            elif act == "reject":
                channel.basic_reject(tag, requeue=True)
            else:
                kept.append(tag)
                if len(kept) > PREFETCH // 2:
                    channel.basic_nack(kept.pop(0), requeue=True)
