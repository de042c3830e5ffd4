"""What the exchange of events tells while nodes die, come back and cannot agree (docs/events.md)."""

import time

from clients import PERSISTENT
from mirrored import SOON, declared
from nodes import NO_DISC, same

BY_ITSELF = "rmq-internal"


class Listener:
    """All events, as they come to a queue of this node."""

    def __init__(self, node):
        self.channel, self.told = node.channel(), []
        self.channel.call("queue.declare", queue="events", durable=True)
        self.channel.bind("events", "amq.rabbitmq.event", "#")
        self.channel.consume("events", no_ack=True)

    def await_event(self, key, by=BY_ITSELF, **headers):
        """Takes events up to one with this key and at least these headers, which is given."""
        until = time.monotonic() + SOON
        while True:
            message = self.channel.expect("basic.deliver", within=max(0.0, until - time.monotonic()))
            got = message.properties["headers"]
            self.told.append((message.routing_key, got.get("node")))
            if message.routing_key == key and headers.items() <= got.items():
                break
        same((got["user_who_performed_action"], message.body), (by, b""), f"the user and the body of {key}")
        same(message.properties["delivery_mode"], PERSISTENT["delivery_mode"], f"the delivery mode of {key}")
        assert abs(got["timestamp_in_ms"] / 1000 - time.time()) < 60, f"{key} came with the time {got['timestamp_in_ms']}"
        return got


def everything_that_happens_to_nodes_is_told(cluster):
    """a node that dies is unreachable, then down; that it is back, its alarm, the queue's next owner and refusals are told"""
    a, b, c = cluster.form("disc", "disc", "ram")
    declared((b, a, c))
    events = Listener(c)
    b.kill()
    seen = events.await_event("node.unreachable", node=b.name)
    assert seen["observer"] in (a.name, c.name), seen
    assert ("node.down", b.name) not in events.told, "it was down before anybody had noticed"
    events.await_event("node.down", node=b.name)
    moved = events.await_event("queue.owner.changed", name="m", vhost="/", previous_node=b.name)
    assert moved["node"] in (a.name, c.name), moved
    short_of_disk = cluster.folder / "b.conf"
    short_of_disk.write_text("disk_free_limit.absolute = 1000TB\n")
    b.start("--config", str(short_of_disk))
    cluster.agree(a, b, c)
    events.await_event("alarm.set", node=b.name, type="disk")
    for key in ("node.reachable", "node.up"):
        assert (key, b.name) in events.told or events.await_event(key, node=b.name)
    a.kill()
    b.kill()
    c.channel().expect_refusal("queue.declare", 406, NO_DISC, queue="none")
    refused = events.await_event("definition.refused", by="guest", node=c.name, user="guest")
    same((refused["reason"], refused["more"]), (NO_DISC, 0), "what is told of the refusal")
    assert f"a change of definitions was refused to user 'guest': {NO_DISC}" in c.log(), c.log()[-600:]
