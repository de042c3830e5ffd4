"""Nodes of one machine that find each other by the name of their cluster."""

import re
import time

from nodes import PATIENCE, same, wait_for

TOGETHER_WITHIN = 1.5  # seconds


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
