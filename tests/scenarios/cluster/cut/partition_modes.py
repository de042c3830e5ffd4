"""The modes of cluster_partition_handling beside auto, in network namespaces. Needs root and `ip`."""

import re
import time

from clients import Traffic, accepted
from nodes import same, wait_for
from partitions import cut, far_nodes, three

IGNORE, AUTOHEAL, PAUSE = (f"cluster_partition_handling = {mode}" for mode in ("ignore", "autoheal", "pause_minority"))
LISTED = "cluster_partition_handling = pause_if_all_down"
SHUTDOWN = re.compile("broker forced connection closure with reason 'shutdown'")
STOPPED = "this command requires the 'rabbit' app to be running"


def pauses(node):
    return '"is_paused":true' in node.ctl("status", "--formatter", "json").replace(" ", "")


def parted(node):
    """Short names of those from whom this node says that it is parted."""
    names = node.status()["partitions"].get(node.name, [])
    return "".join(sorted(name.split("@")[0] for name in names))


def both_sides(a, *others):
    """Waits until a, and the others, have gone on without each other."""
    rest = "".join(node.short for node in others)
    wait_for(lambda: a.running() == "a" and all(node.running() == rest for node in others), what="both sides go on")


def declared(node, queue):
    channel = node.channel()
    wait_for(lambda: accepted(channel, "queue.declare", queue=queue, durable=True), what=f"{node.short} declares")
    channel.connection.close()


def heals(*nodes):
    """Waits until all see all, everybody serves, and nobody is parted from anybody."""
    for node in nodes:
        node.await_serving(30)
    nodes[0].cluster.agree(*nodes)
    for node in nodes:
        wait_for(lambda node=node: not node.status()["partitions"], what=f"{node.short} is parted from nobody")


def split(cluster, mode, first_clients=0, other_clients=0):
    """Three nodes of which a went on alone, with so many clients of a and of b and c; the cut is over."""
    a, b, c = three(cluster, mode)
    with cut((a, b), (a, c)):
        both_sides(a, b, c)
        declared(a, "of a")
        declared(b, "of b")
        kept = [a.connect() for _ in range(first_clients)] + [b.connect() for _ in range(other_clients)]
        time.sleep(1.5)  # clients are counted once a second
    return (a, b, c), kept


def row_88_ignore(cluster):
    """ignore: both sides go on as a whole and stay apart, both say so, until the nodes of one are restarted"""
    (a, b, c), _ = split(cluster, IGNORE)
    wait_for(lambda: parted(a) == "bc" and parted(b) == "a" == parted(c), what="the partition is told")
    same((a.running(), b.running()), ("a", "bc"), "who runs, as both sides see it")
    assert f"Node {a.name} cannot communicate with {b.name}, {c.name}" in a.ctl("cluster_status")
    same((a.queues(), c.queues()), (["of a"], ["of b"]), "the queues of both sides")
    declared(a, "of a, after")
    a.restart()
    heals(a, b, c)
    same(a.queues(), ["of b"], "the queues of the one that was restarted")
    assert "partition: node" in b.log() and f"partition with node {a.name} ended" in b.log()


def row_89_pause_minority(cluster):
    """pause_minority: who is cut off closes its clients, refuses new ones, says so, and comes back by itself"""
    a, b, c = three(cluster, PAUSE)
    declared(a, "q")
    declared(b, "q2")
    client, traffic = a.connect(), Traffic(b, "q2")
    with cut((a, b), (a, c)):
        client.expect_connection_error(320, SHUTDOWN)
        wait_for(lambda: not a.serves(), what="a refuses clients")
        assert pauses(a)
        a.ctl("cluster_status", fails=64, says=STOPPED)
        wait_for(lambda: b.running() == "bc", what="the majority goes on")
        declared(b, "meanwhile")
        same(a.serves(), False, "whether a serves clients")
    heals(a, b, c)
    traffic.end(longest_gap=3.0)
    assert not pauses(a)
    same(a.queues(), ["meanwhile", "q", "q2"], "the queues")
    for words in ("minority/secondary status detected", "minority/secondary status ended"):
        assert words in a.log(), words


def row_89_pause_minority_of_two(cluster):
    """pause_minority: of two nodes both pause, and both come back"""
    a, b = far_nodes(cluster, "ab", PAUSE)
    clients = [a.connect(), b.connect()]
    with cut((a, b)):
        for client in clients:
            client.expect_connection_error(320, SHUTDOWN)
        wait_for(lambda: pauses(a) and pauses(b), what="both pause")
    heals(a, b)


def row_90_pause_if_all_down(cluster):
    """pause_if_all_down: who sees no listed node pauses, the listed one keeps its clients"""
    a, b, c = three(cluster, LISTED, LISTED.split(" ")[0] + ".pause_if_all_down.nodes.1 = {a}")
    declared(a, "q")
    traffic, client = Traffic(a, "q"), b.connect()
    with cut((a, b), (a, c)):
        client.expect_connection_error(320, SHUTDOWN)
        wait_for(lambda: pauses(b) and pauses(c), what="b and c pause")
        assert a.serves() and not pauses(a)
        count = traffic.published
        wait_for(lambda: traffic.published > count + 50 or traffic.trouble, what="messages flow at a")
    heals(a, b, c)
    traffic.end(longest_gap=3.0)


def row_90_both_sides_keep_a_listed_node(cluster):
    """pause_if_all_down: where both sides see a listed node nobody pauses, and what was confirmed is there"""
    key = LISTED.split(" ")[0] + ".pause_if_all_down.nodes"
    a, b, c = three(cluster, LISTED, key + ".1 = {a}", key + ".2 = {b}")
    declared(a, "q")
    traffic, client = Traffic(a, "q"), c.connect()
    with cut((a, b), (a, c)):
        wait_for(lambda: b.running() == "bc", what="the majority goes on")
        declared(b, "meanwhile")
        time.sleep(1.5)  # in which nobody may pause
        assert not any(pauses(node) for node in (a, b, c))
        client.channel()
    heals(a, b, c)
    traffic.end(longest_gap=3.0)
    same(a.queues(), ["meanwhile", "q"], "the queues")


def row_90_recover_autoheal(cluster):
    """pause_if_all_down: of two listed nodes both go on, and with recover = autoheal one follows by itself"""
    key = LISTED.split(" ")[0] + ".pause_if_all_down"
    a, b = far_nodes(cluster, "ab", LISTED, key + ".nodes.1 = {a}", key + ".nodes.2 = {b}", key + ".recover = autoheal")
    with cut((a, b)):
        wait_for(lambda: a.running() == "a" and b.running() == "b", what="both go on")
        declared(a, "of a")
        declared(b, "of b")
    heals(a, b)
    same(a.queues(), ["of a"], "the queues")
    same(b.queues(), ["of a"], "the queues")


def row_91_autoheal_more_clients(cluster):
    """autoheal: the side with more clients wins though it is smaller; the losers close theirs and follow"""
    (a, b, c), kept = split(cluster, AUTOHEAL, first_clients=4, other_clients=1)
    kept[-1].expect_connection_error(320, SHUTDOWN)
    heals(a, b, c)
    for node in (a, b, c):
        same(node.queues(), ["of a"], f"the queues of {node.short}")
    declared(c, "after")
    kept[0].channel()


def row_91_autoheal_more_nodes(cluster):
    """autoheal: without clients the larger side wins"""
    (a, b, c), _ = split(cluster, AUTOHEAL)
    heals(a, b, c)
    for node in (a, b, c):
        same(node.queues(), ["of b"], f"the queues of {node.short}")


def row_92_autoheal_leader_loses(cluster):
    """autoheal: the node that decides is among the losers, and all heals nevertheless"""
    (a, b, c), kept = split(cluster, AUTOHEAL, first_clients=1, other_clients=3)
    kept[0].expect_connection_error(320, SHUTDOWN)
    heals(a, b, c)
    for node in (a, b, c):
        same(node.queues(), ["of b"], f"the queues of {node.short}")
    assert "this node closes its clients and follows" in a.log()


def row_93_autoheal_winner_dies(cluster):
    """autoheal: when the winner dies in the middle the losers serve again, and it follows when it is back"""
    (a, b, c), kept = split(cluster, AUTOHEAL, first_clients=5, other_clients=1)
    kept[-1].expect_connection_error(320, SHUTDOWN)
    a.kill()
    for node in (b, c):
        node.await_serving(20)
    cluster.agree(b, c)
    declared(b, "goes on")
    a.start()
    heals(a, b, c)
    for node in (a, b, c):
        assert "goes on" in node.queues(), node.short


def row_93_autoheal_loser_dies(cluster):
    """autoheal: when a loser dies in the middle the others heal, and it follows when it is back"""
    (a, b, c), kept = split(cluster, AUTOHEAL, first_clients=5, other_clients=1)
    kept[-1].expect_connection_error(320, SHUTDOWN)
    b.kill()
    heals(a, c)
    b.start()
    heals(a, b, c)
    same(b.queues(), ["of a"], "the queues")


def row_94_partial_partition_becomes_a_whole_one(cluster):
    """ignore: two that do not see each other become two sides, of which one has the third"""
    a, b, c = three(cluster, IGNORE)
    with cut((a, b)):
        wait_for(lambda: a.running() == "ac" == c.running() and b.running() == "b", 30, "b is a side")
        declared(a, "of a")
        declared(b, "of b")
        wait_for(lambda: parted(c) == "b", what="c tells of it")
    wait_for(lambda: parted(a) == "b" == parted(c) and parted(b) == "ac", what="all tell of it")
    b.restart()
    heals(a, b, c)
    same(b.queues(), ["of a"], "the queues")


def row_94_partial_partition_autoheal(cluster):
    """autoheal: the same, and once all see each other one side wins"""
    a, b, c = three(cluster, AUTOHEAL)
    with cut((a, b)):
        wait_for(lambda: a.running() == "ac" == c.running() and b.running() == "b", 30, "b is a side")
        declared(a, "of a")
    heals(a, b, c)
    same(b.queues(), ["of a"], "the queues")


def row_94_partial_partition_pause_minority(cluster):
    """pause_minority: two that do not see each other pause until all are back, the third goes on"""
    a, b, c = three(cluster, PAUSE)
    clients = [a.connect(), b.connect()]
    with cut((a, b)):
        for client in clients:
            client.expect_connection_error(320, SHUTDOWN)
        wait_for(lambda: pauses(a) and pauses(b), what="a and b pause")
        declared(c, "meanwhile")
        same(c.running(), "c", "who runs")
    heals(a, b, c)
    same(a.queues(), ["meanwhile"], "the queues")


def quick_restart(cluster, mode):
    a, b, c = three(cluster, mode)
    declared(a, "q")
    traffic, client = Traffic(c, "q"), a.connect()
    b.kill()
    b.start()
    heals(a, b, c)
    traffic.end()
    client.channel()
    for node in (a, b, c):
        assert "partition" not in node.log().replace("cluster_partition", ""), node.log()
        assert not pauses(node)


def row_95_quick_restart_ignore(cluster):
    """ignore: a node that is killed and started at once disturbs nobody else's clients, and no partition is told"""
    quick_restart(cluster, IGNORE)


def row_95_quick_restart_pause_minority(cluster):
    """pause_minority: a node that is killed and started at once disturbs nobody else's clients, and nobody pauses"""
    quick_restart(cluster, PAUSE)
