"""Nodes in network namespaces that are cut off from each other, and from nobody else. Needs root and `ip`."""

import contextlib
import itertools
import os
import random
import shutil
import subprocess
import time

import nodes
from clients import DOWN, PERSISTENT, Traffic, accepted, confirming, refused_at_once
from nodes import PATIENCE, NO_MAJORITY, same, wait_for

_numbers = itertools.count()


def ip(*words):
    subprocess.run(["ip", *map(str, words)], check=True, capture_output=True)


class Network:
    """A bridge with namespaces behind it; clients are on the bridge's side."""

    def __init__(self, cluster, count):
        if os.geteuid() != 0 or shutil.which("ip") is None:
            raise nodes.Impossible("network namespaces need root and ip")
        self.name = f"w{os.getpid() % 100000}n{next(_numbers)}"
        self.net = f"10.{random.randrange(200, 250)}.{random.randrange(250)}"
        ip("link", "add", self.name, "type", "bridge")
        cluster.at_the_end.callback(ip, "link", "del", self.name)
        ip("addr", "add", f"{self.net}.254/24", "dev", self.name)
        ip("link", "set", self.name, "up")
        for number in range(1, count + 1):
            self.add(cluster, number)

    def space(self, number):
        return f"{self.name}x{number}"

    def add(self, cluster, number):
        space, outside, inside = self.space(number), f"{self.name}h{number}", f"{self.name}c{number}"
        ip("netns", "add", space)
        cluster.at_the_end.callback(ip, "netns", "del", space)
        ip("link", "add", outside, "type", "veth", "peer", "name", inside)
        ip("link", "set", inside, "netns", space)
        ip("link", "set", outside, "master", self.name, "up")
        for words in (("addr", "add", f"{self.net}.{number}/24", "dev", inside), ("link", "set", inside, "up")):
            ip("-n", space, *words)
        ip("-n", space, "link", "set", "lo", "up")


class FarNode(nodes.Node):
    """A node in a namespace of its own."""

    def __init__(self, cluster, name, options, network, number):
        self.host = self.address = f"{network.net}.{number}"
        self.space = network.space(number)
        self.prefix = ("ip", "netns", "exec", self.space)
        super().__init__(cluster, name, options)


def three(of, *settings):
    """A cluster of three disc nodes, each in a network of its own."""
    return far_nodes(of, "abc", *settings)


def far_nodes(of, names, *settings):
    """The same with these nodes; settings may name one as {a}."""
    network = Network(of, len(names))
    named = {name: f"{name}@{network.net}.{i + 1}" for i, name in enumerate(names)}
    config = of.folder / "far.conf"
    config.write_text("\n".join(["loopback_users = none", *settings, ""]).format_map(named))
    far = [FarNode(of, name, ["--config", str(config)], network, i + 1) for i, name in enumerate(names)]
    of.nodes += far
    far[0].start()
    for node in far[1:]:
        node.start("--join", f"{far[0].host}:{far[0].cluster_port}")
    return of.agree(*far)


@contextlib.contextmanager
def cut(*pairs, both_ways=True):
    """Packets between the nodes of each pair are lost in silence; or only those from the first to the second."""
    ways = [(one.space, other.host) for pair in pairs for one, other in (pair, pair[::-1])[: 1 + both_ways]]
    for space, host in ways:
        ip("-n", space, "route", "add", "blackhole", f"{host}/32")
    yield
    for space, host in ways:
        ip("-n", space, "route", "del", "blackhole", f"{host}/32")


def row_88_cut_off_from_the_majority(cluster):
    """the majority goes on within seconds; the one cut off confirms nothing that others may own; all heals by itself"""
    a, b, c = three(cluster)
    for node in (a, b):
        node.declare(queue=f"of {node.short}", durable=True)
    at_a, at_b = a.channel(), b.channel()
    confirming(at_a).publish_confirmed("of b", b"before", **PERSISTENT)
    with cut((a, b), (a, c)):
        began = time.monotonic()
        wait_for(lambda: b.running() == "bc" == c.running(), what="the majority agrees")
        took = time.monotonic() - began
        assert accepted(at_b, "queue.declare", queue="of the majority", durable=True)
        at_b.expect_refusal("basic.get", 404, DOWN.format(a.name, "of a"), queue="of a")
        wait_for(lambda: not accepted(at_a, "queue.declare", queue="perhaps", durable=True), what="the minority knows")
        refused_at_once(at_a, NO_MAJORITY, "queue.declare", queue="of the minority", durable=True)
        confirming(at_a).publish_confirmed("of a", b"in the minority", **PERSISTENT)  # nobody else may own it
        lost = at_a.connection.channel(2)
        confirming(lost).publish("of b", b"not confirmed", **PERSISTENT)
        answers = []
        with contextlib.suppress(nodes.wire.Timeout):
            answers.append(lost.next(within=1.5).name)
        assert "basic.ack" not in answers, "a publish that could not arrive was confirmed"
    cluster.agree(a, b, c)
    assert took < 2.0 * PATIENCE, f"the majority agreed after {took:.2f} s"
    for node in (a, b, c):
        names = set(node.queues()) - {"perhaps"}
        same(names, {"of a", "of b", "of the majority"}, f"the queues that {node.name} lists")
    same(b.channel().drain("of a"), [b"in the minority"], "the messages of the one that was cut off")
    assert b"before" in a.channel().drain("of b"), "a confirmed message is lost"


def row_89_clients_of_the_minority_stay(cluster):
    """without a majority a node keeps its clients (auto), and messages of its own queues flow"""
    a, b, c = three(cluster)
    a.declare(queue="q", durable=True)
    traffic = Traffic(a, "q")
    with cut((a, b), (a, c)):
        wait_for(lambda: b.running() == "bc", what="the majority agrees")
        count = traffic.published
        wait_for(lambda: traffic.published > count + 50 or traffic.trouble, what="messages flow")
        a.connect().close()
    cluster.agree(a, b, c)
    traffic.end()


def row_94_partial_partition(cluster):
    """two that cannot see each other, and both see the third: nobody is down, definitions go on"""
    a, b, c = three(cluster)
    c.declare(queue="q", durable=True)
    traffic = Traffic(b, "q")
    with cut((a, b)):
        wait_for(lambda: a.status()["partitions"] or b.status()["partitions"], what="the cut is told")
        wait_for(lambda: accepted(c.channel(), "queue.declare", queue="meanwhile", durable=True), what="definitions go on")
        for node in (a, b, c):
            same(node.running(), "abc", f"who runs, at {node.name}")
        wait_for(lambda: "meanwhile" in a.queues() and "meanwhile" in b.queues(), what="both sides learn of it")
    cluster.agree(a, b, c)
    traffic.end(longest_gap=3.0)
    wait_for(lambda: not any(any(node.status()["partitions"].values()) for node in (a, b, c)), what="all see all")


def row_95_quick_restart_is_no_partition(cluster):
    """a node that is killed and started at once disturbs nobody else's clients, and no partition is told"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.declare(queue="q", durable=True)
    traffic = Traffic(c, "q")
    b.kill()
    b.start()
    cluster.agree(a, b, c)
    traffic.end()
    for node in (a, b, c):
        assert not any(node.status()["partitions"].values()), node.status()["partitions"]
