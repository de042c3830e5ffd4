"""What clients do in several scenarios."""

import threading
import time

from harness.expectations import Timeout
from nodes import PATIENCE, same, wait_for

PERSISTENT = {"delivery_mode": 2}
DOWN = "home node '{}' of durable queue '{}' in vhost '/' is down or inaccessible"


def refused_at_once(channel, text, method, **arguments):
    """A channel error 406 that says this, within a second; the channel is opened anew."""
    began = time.monotonic()
    channel.expect_refusal(method, 406, text, **arguments)
    took = time.monotonic() - began
    assert took < 1.0 * PATIENCE, f"{method} was refused after {took:.2f} s"


def accepted(channel, method, **arguments):
    """Whether the method is answered with its -ok; if not the channel is opened anew."""
    channel.send(method, **arguments)
    answer = channel.next(waiting_for=f"{method}-ok")
    if answer.name == f"{method}-ok":
        return True
    same(answer.name, "channel.close")
    channel.send("channel.close-ok")
    channel.call("channel.open")
    return False


def changes_definitions(node):
    """Waits until it can: of two disc nodes the survivor goes on alone within a second."""
    channel = node.channel()
    wait_for(lambda: accepted(channel, "exchange.declare", exchange="probe", type="fanout"), what="definitions go on")
    channel.call("exchange.delete", exchange="probe")
    channel.connection.close()


def confirming(channel):
    channel.call("confirm.select")
    return channel


class Traffic:
    """A publisher that waits for each confirm, and a consumer, both of one node; gaps are measured."""

    def __init__(self, node, queue):
        self.queue = queue
        self.stop = threading.Event()
        self.published, self.consumed, self.longest_gap, self.trouble = 0, set(), 0.0, None
        work = ((self.publish, confirming(node.channel())), (self.consume, node.channel()))
        self.threads = [threading.Thread(target=self.guard, args=one) for one in work]
        for thread in self.threads:
            thread.start()

    def guard(self, work, channel):
        try:
            work(channel)
        except Exception as trouble:
            self.trouble = trouble

    def publish(self, channel):
        while not self.stop.is_set():
            began = time.monotonic()
            channel.publish_confirmed(self.queue, str(self.published).encode(), mandatory=True, **PERSISTENT)
            self.published += 1
            self.longest_gap = max(self.longest_gap, time.monotonic() - began)
            time.sleep(0.002)

    def consume(self, channel):
        channel.call("basic.qos", prefetch_count=10)
        channel.consume(self.queue)
        while True:
            try:
                message = channel.expect("basic.deliver", within=0.2)
            except Timeout:
                if self.stop.is_set():
                    return
                continue
            self.consumed.add(int(message.body))
            channel.send("basic.ack", delivery_tag=message.delivery_tag)

    def end(self, longest_gap=1.0):
        """Everything that was confirmed was consumed, and nobody waited longer than that."""
        self.stop.set()
        for thread in self.threads:
            thread.join()
        if self.trouble:
            raise self.trouble
        same(len(self.consumed), self.published, "the number of consumed messages")
        assert self.published > 10, f"only {self.published} messages were confirmed"
        assert self.longest_gap < longest_gap * PATIENCE, f"a publisher waited {self.longest_gap:.2f} s"
