"""What becomes of queues, and of those who use them, when the node that owns them ends."""

import re
import time

from clients import DOWN, PERSISTENT, confirming
from harness.expectations import Timeout, eventually
from nodes import PATIENCE, same, wait_for
from wire import CAPABILITIES


def owner_ends(of, **queues):
    """Three nodes, of which the first has made these queues, with a message in each, and has stopped."""
    a, b, c = of.form("disc", "disc", "disc")
    channel = confirming(a.channel())
    for name, declare in queues.items():
        channel.call("queue.declare", queue=name, **declare)
        channel.publish_confirmed(name, b"kept", **PERSISTENT)
    channel.connection.close()
    wait_for(lambda: set(queues) <= set(c.queues()), what="the queues are known")
    a.stop()
    wait_for(lambda: b.running() == "bc" == c.running(), what="the owner is agreed to be down")
    return a, b, c


def row_37_owner_down_durable(cluster):
    """everything that is asked of a durable queue whose owner is down is 404 and names the owner; a publish is nacked"""
    a, b, c = owner_ends(cluster, d={"durable": True})
    channel = b.channel()
    down = DOWN.format(a.name, "d")
    for method, arguments in (
        ("queue.declare", {"passive": True}),
        ("queue.declare", {"durable": True}),
        ("queue.declare", {"durable": True, "arguments": {"x-max-length": 1}}),
        ("basic.get", {}),
        ("basic.consume", {}),
        ("queue.purge", {}),
        ("queue.bind", {"exchange": "amq.direct"}),
        ("queue.unbind", {"exchange": "amq.direct"}),
        ("queue.delete", {}),
        ("queue.delete", {"if_empty": True}),
        ("queue.delete", {"if_unused": True}),
    ):
        channel.expect_refusal(method, 404, down, queue="d", **arguments)
    channel.publish("d", b"dropped")
    confirming(channel).publish("d", b"refused")
    channel.expect("basic.nack")
    channel.publish("d", b"returned", mandatory=True)
    same(channel.expect("basic.return").reply_text, "NO_ROUTE", "why it came back")
    channel.expect("basic.nack")
    for node in (b, c):
        same(node.queues(columns=("name", "state")), [("d", "down")], f"the queues that {node.name} lists")
        same((node.queues("--offline"), node.queues("--online")), (["d"], []), "with the filters")
    a.start()
    cluster.agree(a, b, c)
    wait_for(lambda: b.queues(columns=("name", "state")) == [("d", "running")], what="the queue is back")
    same(b.channel().drain("d"), [b"kept"], "the messages")


def row_37_owner_down_transient(cluster):
    """a transient queue goes with its owner: it is not found, and may be declared anew elsewhere"""
    a, b, c = owner_ends(cluster, t={})
    channel = b.channel()
    for method in ("basic.get", "basic.consume", "queue.purge"):
        channel.expect_refusal(method, 404, "no queue 't' in vhost '/'", queue="t")
    channel.expect_refusal("queue.declare", 404, "no queue 't' in vhost '/'", queue="t", passive=True)
    confirming(channel).publish_confirmed("t", b"unroutable")
    same(channel.call("queue.declare", queue="t").message_count, 0, "what the new queue holds")
    a.start()
    cluster.agree(a, b, c)
    same(a.queues(columns=("name", "node")), [("t", b.name)], "whose it is")


def row_37_bindings_of_an_absent_queue(cluster):
    """bindings of a durable queue rest while its owner is down, and are there when it is back"""
    a, b, c = cluster.form("disc", "disc", "disc")
    channel = a.channel()
    channel.call("queue.declare", queue="d", durable=True)
    channel.exchange("direct", exchange="x", durable=True)
    channel.bind("d", "x", "key")
    channel.connection.close()
    a.stop()
    wait_for(lambda: b.running() == "bc")
    publisher = confirming(b.channel())
    publisher.publish("key", b"", exchange="x", mandatory=True)
    publisher.expect("basic.return")
    publisher.expect("basic.nack")
    a.start()
    cluster.agree(a, b, c)
    publisher.publish_confirmed("key", b"again", exchange="x", mandatory=True)
    same(b.channel().drain("d"), [b"again"], "the messages")


def row_38_transient_queue_removal(cluster):
    """with the owner of a transient queue go the queue, its bindings and an exchange that only it was bound to"""
    a, b, c = cluster.form("disc", "disc", "disc")
    channel = a.channel()
    channel.call("queue.declare", queue="t")
    channel.exchange("fanout", exchange="x", auto_delete=True, durable=True)
    channel.bind("t", "x")
    channel.bind("t", "amq.direct", "key")
    channel.connection.close()
    wait_for(lambda: len(c.rows("list_bindings")) == 3, what="the bindings are known")
    a.stop()
    wait_for(lambda: b.running() == "bc" == c.running())
    for node in (b, c):
        same((node.queues(), node.rows("list_bindings")), ([], []), f"what {node.name} lists")
        same(node.channel().exists("exchange", "x"), False, "whether the exchange is there")


def row_39_cancel_notify(cluster):
    """when the owner ends, consumers at other nodes are told within a second, if their clients can be told"""
    a, b, _ = cluster.form("disc", "disc", "disc")
    queues = {"d": {"durable": True}, "t": {}}
    owner = a.channel()
    for name, declare in queues.items():
        owner.call("queue.declare", queue=name, **declare)
    told = {name: b.channel() for name in queues}
    deaf = b.connect(capabilities={**CAPABILITIES, "consumer_cancel_notify": False}).channel()
    for name, channel in told.items():
        channel.consume(name, consumer_tag=name)
    deaf.consume("d")
    a.kill()
    began = time.monotonic()
    for name, channel in told.items():
        same(channel.expect("basic.cancel").consumer_tag, name, "who is told")
    took = time.monotonic() - began
    assert took < 1.5 * PATIENCE, f"they were told after {took:.2f} s"
    deaf.expect_silence()
    deaf.call("queue.declare", queue="other")  # the channel is usable


def row_40_exclusive_queues_clean_up(cluster):
    """exclusive queues go with the node of their connection, for good"""
    a, b, c = cluster.form("disc", "disc", "disc")
    channel = a.channel()
    channel.call("queue.declare", queue="e", exclusive=True)
    channel.call("queue.declare", queue="durable e", exclusive=True, durable=True)
    wait_for(lambda: len(c.queues()) == 2, what="the queues are known")
    a.kill()
    wait_for(lambda: b.running() == "bc" == c.running())
    same((b.queues(), c.queues()), ([], []), "the queues")
    a.start()
    for node in cluster.agree(a, b, c):
        same(node.queues(), [], f"the queues of {node.name}")


def section_3_4_clients_of_a_queue_whose_owner_ends(cluster):
    """unsettled deliveries may be settled late without harm; they come again, flagged; other queues go on"""
    a, b, c = cluster.form("disc", "disc", "disc")
    channel, other = confirming(b.channel()), confirming(b.channel())
    a.declare(queue="d", durable=True)
    other.call("queue.declare", queue="other", durable=True)
    for number in range(3):
        channel.publish_confirmed("d", b"%d" % number, **PERSISTENT)
    channel.consume("d")
    held = channel.expect_bodies(b"0", b"1", b"2")
    channel.send("basic.ack", delivery_tag=held[0].delivery_tag)
    eventually(lambda: a.queues(columns=("name", "messages")) == [("d", 2), ("other", 0)])
    a.kill()
    channel.expect("basic.cancel", within=3)
    other.publish_confirmed("other", b"unaffected")
    channel.send("basic.ack", delivery_tag=held[1].delivery_tag)
    channel.call("basic.qos", prefetch_count=5)  # the channel lives
    a.start()
    cluster.agree(a, b, c)
    channel.send("basic.ack", delivery_tag=held[2].delivery_tag)
    channel.consume("d")
    again = channel.expect_bodies(b"1", b"2")
    same([message.redelivered for message in again], [True, True], "the flags")


def section_3_4_publishes_under_way(cluster):
    """publishes that the owner did not answer before it was agreed to be down are nacked"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.declare(queue="d", durable=True)
    channel = confirming(b.channel())
    channel.publish_confirmed("d", b"before", **PERSISTENT)
    a.freeze()
    began = time.monotonic()
    for _ in range(20):
        channel.publish("d", b"under way", **PERSISTENT)
    channel.send("basic.get", queue="d")
    settled = 0
    while settled < 20:
        answer = channel.next(within=3)
        assert answer.name in ("basic.nack", "channel.close"), answer
        settled = max(settled, answer.delivery_tag - 1) if answer.name == "basic.nack" else 20
    took = time.monotonic() - began
    assert took < 1.5 * PATIENCE, f"they were told after {took:.2f} s"
    a.kill()
    a.start()
    cluster.agree(a, b, c)


def section_3_4_clients_of_the_node_that_ends(cluster):
    """stop_app and a stop tell the clients why with 320; a kill tells nothing"""
    a, b, _ = cluster.form("disc", "disc", "disc")
    reason = re.compile("broker forced connection closure with reason 'shutdown'")
    connection = a.connect()
    a.ctl("stop_app")
    connection.expect_connection_error(320, reason)
    a.ctl("start_app")
    a.await_serving()
    connection = a.connect()
    a.stop()
    connection.expect_connection_error(320, reason)
    connection = b.connect()
    b.kill()
    connection.expect_eof()


def deliveries_to_a_node_that_ends(cluster):
    """what clients of an ended node held is ready again at its owner, flagged, within two seconds"""
    a, b, _ = cluster.form("disc", "disc", "disc")
    owner = confirming(a.channel())
    owner.call("queue.declare", queue="q")
    for number in range(5):
        owner.publish_confirmed("q", b"%d" % number)
    holder = b.channel()
    holder.consume("q")
    holder.expect_bodies(b"0", b"1", b"2", b"3", b"4")
    b.kill()
    wait_for(lambda: owner.ready("q") == 5, within=2, what="they are ready again")
    same(owner.call("queue.declare", queue="q", passive=True).consumer_count, 0, "the consumers")
    same([owner.get("q").redelivered for _ in range(5)], [True] * 5, "the flags")


def a_frozen_owner_comes_back(cluster):
    """an owner that was agreed to be down comes back and serves its durable queue as before; nothing confirmed is lost"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.declare(queue="d", durable=True)
    channel = confirming(b.channel())
    for number in range(10):
        channel.publish_confirmed("d", b"%d" % number, **PERSISTENT)
    a.freeze()
    wait_for(lambda: b.running() == "bc" == c.running(), what="the frozen one is agreed to be down")
    channel.publish("d", b"refused")
    channel.expect("basic.nack")
    a.thaw()
    cluster.agree(a, b, c)
    confirmed_again = 0
    while not confirmed_again:
        channel.publish("d", b"after", **PERSISTENT)
        confirmed_again = channel.next().name == "basic.ack"
    try:
        bodies = c.channel().drain("d")
    except Timeout as late:
        raise AssertionError("the queue does not answer") from late
    same(bodies, [b"%d" % number for number in range(10)] + [b"after"], "the messages")
