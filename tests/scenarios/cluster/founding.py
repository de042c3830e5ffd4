"""How clusters begin: the founding rule (definitions need a disc node that runs, messages do not), and finding others
of one machine by the name of their cluster."""

import re
import time

from clients import Traffic, accepted, refused_at_once
from nodes import PATIENCE, NO_DISC, same, wait_for

TOGETHER_WITHIN = 1.5  # seconds


def founding_rule(cluster):
    """two disc nodes and a ram node: while no disc node runs definitions are refused at once, and messages flow"""
    first, second, ram = cluster.form("disc", "disc", "ram")
    channel = ram.channel()
    channel.call("queue.declare", queue="q", durable=True)
    channel.call("exchange.declare", exchange="x", type="direct", durable=True)
    traffic = Traffic(ram, "q")

    second.kill()
    wait_for(lambda: ram.running() == "ac", what="the second is agreed to be down")
    channel.call("queue.declare", queue="with one disc node", durable=True)

    first.kill()
    # Until a node is seen to be silent nobody can know; what was proposed before that may still be agreed on.
    perhaps = {"queue": "perhaps", "durable": True}
    wait_for(lambda: not accepted(channel, "queue.declare", **perhaps), what="definitions are refused")
    refuse_definitions(channel)
    refuse_operators(ram, first)
    channel.call("queue.declare", queue="q", durable=True)  # what is there may be declared again
    channel.call("queue.declare", queue="q", passive=True)
    ram.connect().close()

    second.start()
    wait_for(lambda: accepted(channel, "queue.declare", queue="again", durable=True), what="declares work again")
    ram.ctl("add_user", "somebody", "secret")
    for queue in ("q", "with one disc node", "again"):
        channel.call("queue.declare", queue=queue, passive=True)
    first.start()
    traffic.end(longest_gap=1.0)
    for node in cluster.agree(first, second, ram):
        same(set(node.queues()) - {"perhaps"}, {"again", "q", "with one disc node"}, f"what {node.name} lists")


def refuse_definitions(channel):
    for method, arguments in (
        ("queue.declare", {"queue": "none", "durable": True}),
        ("queue.declare", {"queue": "", "exclusive": True}),
        ("exchange.declare", {"exchange": "none", "type": "fanout"}),
        ("queue.bind", {"queue": "q", "exchange": "x", "routing_key": "key"}),
        ("queue.delete", {"queue": "q"}),
        ("exchange.delete", {"exchange": "x"}),
    ):
        refused_at_once(channel, NO_DISC, method, **arguments)


def refuse_operators(node, gone):
    for words in (
        ("add_user", "somebody", "secret"),
        ("delete_user", "guest"),
        ("set_permissions", "-p", "/", "guest", "a", "b", "c"),
        ("add_vhost", "v"),
        ("set_cluster_name", "other"),
    ):
        began = time.monotonic()
        node.ctl(*words, fails=69, says=NO_DISC)
        took = time.monotonic() - began
        assert took < 1.5 * PATIENCE, f"{words} was refused after {took:.2f} s"
    # Nobody agrees any more that it has ended; once that is so it may be forgotten, when a disc node runs.
    node.ctl("forget_cluster_node", "--accept-loss", gone.name, fails=69)


def founding_rule_for_joiners(cluster):
    """a new node is not let in while no disc node runs, and is told why"""
    disc, ram, other = cluster.form("disc", "ram", "ram")
    disc.kill()
    wait_for(lambda: ram.running() == "bc", what="the disc node is agreed to be down")
    lone = cluster.node("z").launch("--join", f"localhost:{ram.cluster_port}")
    same(lone.process.wait(20), 69, "the exit code of the joiner")
    assert NO_DISC in lone.log(), lone.log()
    disc.start()
    lone.start("--join", f"localhost:{ram.cluster_port}")
    cluster.agree(disc, ram, other, lone)


def named(cluster, name, *options):
    node = cluster.node(name, *options)
    node.ports = ["--port", "auto"]
    return node.launch("--cluster-name", "demo")


def await_port(node):
    """Where it serves, once it says so."""
    told = wait_for(lambda: re.search(r"listens for AMQP on port (\d+)", node.log()), what=f"{node.name} tells its port")
    node.port = int(told.group(1))
    return node


def joining_by_name(cluster):
    """three nodes with one cluster name, started at once with automatic ports, are one cluster within 1.5 s"""
    began = time.monotonic()
    nodes = [named(cluster, name) for name in ("n1", "n2", "n3")]
    for node in nodes:
        await_port(node)
    cluster.agree(*nodes)
    took = time.monotonic() - began
    for node in nodes:
        same(node.status()["cluster_name"], "demo", "the name")
    late = await_port(named(cluster, "n4"))
    cluster.agree(*nodes, late)
    late.channel().call("queue.declare", queue="q", durable=True)
    same(nodes[0].queues(columns=("name", "node")), [("q", "n4@localhost")], "the queues")
    assert took < TOGETHER_WITHIN * PATIENCE, f"they were one cluster after {took:.2f} s"


def one_of_each_kind_by_name(cluster):
    """the one that founds is a disc node, whatever it was told to be; the others are what they are told"""
    first = await_port(named(cluster, "n1", "--node-type", "ram"))
    same((first.members("disk_nodes"), first.members("ram_nodes")), ("n1", ""), "the lists of the first")
    second = await_port(named(cluster, "n2", "--node-type", "ram"))
    cluster.agree(first, second)
    same((first.members("disk_nodes"), first.members("ram_nodes")), ("n1", "n2"), "the lists")


def restart_by_name(cluster):
    """nodes that have found each other are members like any other when they start again"""
    nodes = [named(cluster, name) for name in ("n1", "n2", "n3")]
    for node in nodes:
        await_port(node)
    cluster.agree(*nodes)
    for node in nodes:
        node.stop()
        (node.folder / "log").write_text("")
    for node in nodes:
        node.launch("--cluster-name", "demo")
    for node in nodes:
        await_port(node)
    cluster.agree(*nodes)
