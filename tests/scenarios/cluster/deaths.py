"""How soon a node is agreed to be down, what is not a death, and what the living notice."""

import time

from clients import Traffic, accepted
from nodes import PATIENCE, Impossible, same, wait_for

AGREED_WITHIN = 1.0  # seconds
STALL = 0.35  # seconds; shorter than cluster_down_after


def agreed_without(node, survivors):
    """How long after now all survivors list only themselves."""
    began = time.monotonic()
    names = "".join(sorted(survivor.short for survivor in survivors))
    for survivor in survivors:
        wait_for(lambda survivor=survivor: survivor.running() == names, what=f"{survivor.name} knows that {node.name} is down")
    return time.monotonic() - began


def killed_node_is_down_within_a_second(cluster):
    """a killed node is agreed to be down within a second at all survivors, whether it led or not"""
    nodes = cluster.form("disc", "disc", "disc", "ram")
    for node in nodes[:3]:
        node.kill()
        took = agreed_without(node, [other for other in nodes if other is not node])
        node.start()
        cluster.agree(*nodes)
        assert took < AGREED_WITHIN * PATIENCE, f"{node.name}: {took:.2f} s"


def frozen_node_is_down_within_a_second(cluster):
    """a frozen node too; when it goes on it is a member as before"""
    nodes = cluster.form("disc", "disc", "disc")
    for node in nodes:
        node.freeze()
        took = agreed_without(node, [other for other in nodes if other is not node])
        node.thaw()
        cluster.agree(*nodes)
        assert took < AGREED_WITHIN * PATIENCE, f"{node.name}: {took:.2f} s"
        assert node.serves(), f"{node.name} does not serve"


def short_stall_is_nothing(cluster):
    """a stall shorter than cluster_down_after changes nothing: nobody is down, no consumer is cancelled, nothing lost"""
    if PATIENCE > 1:
        raise Impossible("on a busy machine every process stalls for longer")
    nodes = cluster.form("disc", "disc", "disc")
    a, b, c = nodes
    a.declare(queue="q", durable=True)
    traffic = Traffic(b, "q")
    for node in (a, c, a, b):
        node.freeze()
        time.sleep(STALL)
        node.thaw()
        wait_for(lambda: node.running() == "abc", what="all run")
        count = traffic.published
        wait_for(lambda count=count: traffic.published > count + 20 or traffic.trouble, what="messages flow")
    traffic.end(longest_gap=STALL + 1.0)
    for node in nodes:
        assert "is down" not in node.log(), node.log()[-600:]
        same(node.status()["running_nodes"], [a.name, b.name, c.name], f"who runs, at {node.name}")


def definitions_go_on_after_a_death(cluster):
    """after the death of any one node the others change definitions within a second and a half"""
    nodes = cluster.form("disc", "disc", "disc")
    for node in nodes:
        survivors = [other for other in nodes if other is not node]
        channels = [survivor.channel() for survivor in survivors]
        node.kill()
        began = time.monotonic()
        for channel in channels:
            wait_for(lambda channel=channel: accepted(channel, "queue.declare", queue=f"without {node.short}"))
        took = time.monotonic() - began
        node.start()
        cluster.agree(*nodes)
        assert took < 1.5 * PATIENCE, f"without {node.name}: {took:.2f} s"


def takeover_of_two(cluster):
    """of two disc nodes the survivor goes on alone within two seconds; the other one comes back to it"""
    a, b = cluster.form("disc", "disc")
    channel = b.channel()
    channel.call("queue.declare", queue="q", durable=True)
    traffic = Traffic(b, "q")
    a.kill()
    began = time.monotonic()
    wait_for(lambda: accepted(channel, "queue.declare", queue="alone", durable=True), what="definitions go on")
    took = time.monotonic() - began
    assert took < 2.0 * PATIENCE, f"the survivor went on after {took:.2f} s"
    wait_for(lambda: b.running() == "b", what="the other is down")
    a.start()
    cluster.agree(a, b)
    traffic.end()
    same(a.queues(), ["alone", "q"], "what the other one has learnt")
    b.kill()
    wait_for(lambda: a.running() == "a", what="the first goes on alone in its turn")
    wait_for(lambda: accepted(a.channel(), "queue.declare", queue="again", durable=True), what="definitions go on")
    b.start()
    cluster.agree(a, b)


def all_die_at_once(cluster):
    """after a kill of all at once the cluster is whole again, with everything that was confirmed"""
    nodes = cluster.form("disc", "disc", "ram")
    for node in nodes:
        channel = node.channel()
        channel.call("queue.declare", queue=node.short, durable=True)
        channel.call("confirm.select")
        for number in range(20):
            channel.publish_confirmed(node.short, b"%d" % number, delivery_mode=2)
    for node in nodes:
        node.process.kill()
    for node in nodes:
        node.kill()
    for node in nodes:
        node.launch()
    for node in nodes:
        node.await_serving()
    cluster.agree(*nodes)
    for node in nodes:
        same(nodes[0].channel().drain(node.short), [b"%d" % number for number in range(20)], f"queue {node.short}")
