"""Mirrored queues while nodes do not hear each other, or stand still. Needs root and `ip` where packets are lost."""

import contextlib
import time

from clients import PERSISTENT, confirming
from events import Listener
from harness.expectations import Timeout
from load import Account, Publisher
from mirrored import (
    ANSWERS,
    await_copies,
    await_owner,
    copies,
    declared,
    drained,
    fill,
    measured,
    mirrored,
    names,
    numbered,
    policy,
)
from nodes import same, wait_for
from partitions import cut, far_nodes, three

BEFORE, THERE = numbered(5, "before"), numbered(5, "there")
AT_A, AT_B = numbered(20, "at a"), numbered(20, "at b")


def nothing_is_confirmed(channel, seconds):
    """For so long no ack comes; a nack may."""
    until = time.monotonic() + seconds
    with contextlib.suppress(Timeout):
        while (left := until - time.monotonic()) > 0:
            answer = channel.next(within=left)
            assert answer.name != "basic.ack", "a publish was confirmed in the minority"


def w05_the_minority_confirms_nothing(cluster):
    """W5: cut off from the others an owner confirms nothing; they go on with one of them as owner; all heals by itself"""
    a, b, c = declared(three(cluster))
    fill(a, BEFORE)
    at_a = confirming(a.channel())
    with cut((a, b), (a, c)):
        for number in range(10):
            at_a.publish("m", b"minority %d" % number, **PERSISTENT)
        await_owner(c, b, c)
        fill(c, THERE)
        nothing_is_confirmed(at_a, 2.0)
    cluster.agree(a, b, c)
    answers = 0
    while answers < 10:  # each is told in the end
        answer = at_a.next(within=20)
        assert answer.name in ANSWERS, answer
        answers = answer.delivery_tag if answer.multiple else answers + 1
    owner = copies(b)[0]
    await_copies(a, owner, "abc".replace(owner, ""))
    bodies = [body for body in drained(a) if not body.startswith(b"minority")]
    same(bodies, BEFORE + THERE, "the messages that were confirmed")


def under_a_cut(cluster, nodes, seconds, cut_off):
    """Publishers at all nodes while packets are lost; then what was confirmed is there."""
    account = Account()
    publishers = [Publisher(account, [node], "m", number) for number, node in enumerate(nodes)]
    for publisher in publishers:
        publisher.start()
    wait_for(lambda: len(account.confirmed) > 100, what="messages flow")
    with cut(*cut_off):
        time.sleep(seconds)
    cluster.agree(*nodes)
    for publisher in publishers:
        publisher.finish()
    wait_for(lambda: copies(nodes[0]) is not None, what="the queue is listed")
    for body in drained(nodes[-1]):
        account.see(body)
    account.judge()
    return account


def w07_pause_minority_and_silent_loss(cluster):
    """W7: pause_minority, and packets that are lost in silence: nothing that was confirmed is lost"""
    a, b, c = declared(far_nodes(cluster, "abc", "cluster_partition_handling = pause_minority"))
    under_a_cut(cluster, (a, b, c), 4.0, ((a, b), (a, c)))


def w06_the_side_without_a_majority_has_nothing_to_lose(cluster):
    """W6: whichever side has more clients, only the majority confirms, so that nothing needs to be dropped on healing"""
    a, b, c = declared(three(cluster))
    kept = [a.connect() for _ in range(5)]
    account = under_a_cut(cluster, (a, b, c), 3.0, ((a, b), (a, c)))
    assert account.confirmed and all(connection.channel() for connection in kept)


def each_side_takes_some(sides, bodies):
    """The first node of each side owns the queue there, by a log of its own, and confirms."""
    for side, some in zip(sides, bodies):
        first = side[0]
        wait_for(lambda side=side: side[0].running() == "".join(node.short for node in side), what="each side goes on")
        await_owner(first, *side)
        fill(first, some)


def everything_is_there(nodes, bodies, gave_in):
    """What both sides have confirmed, each side's in its order, once; and the side that gave in told of it."""
    cluster_wide = nodes[0]
    wait_for(lambda: any("went to its owner" in node.log() for node in gave_in), what="somebody gave its messages away")
    wait_for(lambda: copies(cluster_wide) is not None, what="the queue is listed")
    got = drained(cluster_wide)
    for some in bodies:
        same([body for body in got if body in some], some, "the messages of one side")
    same(len(got), sum(len(some) for some in bodies), "how many messages there are")


def w06_two_that_went_on_alone_keep_what_both_confirmed(cluster):
    """W6: two nodes that both went on alone: one gives in, and what it confirmed meanwhile goes to the queue's owner"""
    a, b = declared(far_nodes(cluster, "ab"))
    fill(a, BEFORE)
    events = Listener(b)  # the greater name gives in
    with cut((a, b)):
        each_side_takes_some(([a], [b]), (AT_A, AT_B))
        events.await_event("node.unreachable", node=a.name, observer=b.name)
    cluster.agree(a, b)
    everything_is_there((a, b), (BEFORE, AT_A, AT_B), (a, b))
    for key in ("partition.began", "partition.ended"):
        events.await_event(key, node=a.name, observer=b.name, partial=False)
    offered = events.await_event("queue.messages.offered", name="m", vhost="/", node=b.name, owner=a.name)
    same((offered["messages"], offered["lost"]), (len(AT_B), 0), "what went to the owner")


def w06_what_lies_on_the_disk_alone_is_kept_too(cluster):
    """W6: what a node took alone goes to the queue's owner though most of it has left its memory"""
    a, b = declared(far_nodes(cluster, "ab", "queue_hot_memory.absolute = 64KB"))
    fill(a, BEFORE)
    taken = [numbered(800, side + "x" * 1000) for side in "ab"]
    with cut((a, b)):
        each_side_takes_some(([a], [b]), taken)
    cluster.agree(a, b)
    everything_is_there((a, b), (BEFORE, *taken), (a, b))


def w06_autoheal_keeps_what_the_losing_side_confirmed(cluster):
    """W6: autoheal: what the side that restarts has confirmed goes to the queue's owner on the other side"""
    a, b, c = declared(far_nodes(cluster, "abc", "cluster_partition_handling = autoheal"))
    fill(a, BEFORE)
    with cut((a, b), (a, c)):
        each_side_takes_some(([a], [b, c]), (AT_A, AT_B))
    cluster.agree(a, b, c)
    everything_is_there((b, c), (BEFORE, AT_A, AT_B), (a, b, c))


def w08_mirror_that_is_cut_off(cluster):
    """W8: while its only mirror is cut off the owner goes on within seconds; the mirror is not made owner before it has all"""
    a, b, c = far_nodes(cluster, "abc")
    policy(a, "nodes", names(a, b), ha_sync_mode="manual")
    a.declare(queue="m", durable=True)
    await_copies(a, "a", "b")
    fill(a, BEFORE)
    with cut((a, b), (b, c)):
        with measured("going on without the mirror", 3.0):
            fill(a, THERE)
        a.kill()
    cluster.agree(b, c)
    same(copies(c)[0], "a", "the owner")
    a.start()
    cluster.agree(a, b, c)
    same(drained(c), BEFORE + THERE, "the messages")


def w16_partial_partition(cluster):
    """W16: two that do not hear each other, and both hear the third: the queue goes on within seconds, with all nodes there"""
    a, b, c = declared(three(cluster))
    fill(a, BEFORE)
    account = Account()
    publishers = [Publisher(account, [node], "m", number) for number, node in enumerate((a, c))]
    for publisher in publishers:
        publisher.start()
    wait_for(lambda: len(account.confirmed) > 100, what="messages flow")
    with cut((a, b)):
        time.sleep(1.0)
        count = len(account.confirmed)
        wait_for(lambda: len(account.confirmed) > count + 50, 15, "messages flow again")
        same(c.running(), "abc", "who runs")
    cluster.agree(a, b, c)
    for publisher in publishers:
        publisher.finish()
    for body in drained(b):
        if body not in BEFORE:
            account.see(body)
    account.judge()


def w17_frozen_owner_resumes(cluster):
    """W17: an owner that stood still and was replaced answers nothing and delivers nothing as owner when it goes on"""
    a, b, c = mirrored(cluster)
    fill(a, BEFORE)
    publisher, reader = confirming(a.channel()), a.channel()
    a.freeze()
    publisher.publish("m", b"into the frozen one", **PERSISTENT)
    reader.send("basic.get", queue="m")
    cluster.agree(b, c)
    owner = await_owner(c, b, c)
    taken = [owner.channel().get("m").body for _ in range(3)]
    same(taken, BEFORE[:3], "what the others take")
    fill(c, THERE)
    a.thaw()
    answer = publisher.next(within=20)
    assert answer.name in ANSWERS, answer
    late = reader.next(within=20)
    cluster.agree(a, b, c)
    left = drained(c)
    if late.name == "basic.get-ok":
        assert late.body not in taken, f"{late.body} was delivered twice, by two owners"
        left.append(late.body)
    if answer.name == "basic.ack":
        assert b"into the frozen one" in left, "a message that the former owner confirmed is lost"
    same(sorted(set(left) - {b"into the frozen one"}), sorted(BEFORE[3:] + THERE), "the messages")


def w17_frozen_owner_under_load(cluster):
    """W17: the same under load, again and again"""
    nodes = mirrored(cluster)
    account = Account()
    publishers = [Publisher(account, [node], "m", number) for number, node in enumerate(nodes)]
    for publisher in publishers:
        publisher.start()
    for _ in range(4):
        owner = next(node for node in nodes if node.short == copies(nodes[0])[0])
        others = [node for node in nodes if node is not owner]
        owner.freeze()
        await_owner(others[0], *others)
        owner.thaw()
        cluster.agree(*nodes)
        wait_for(lambda: len((copies(nodes[0]) or "   ")[2]) == 2, what="both mirrors are in sync")
    for publisher in publishers:
        publisher.finish()
    for body in drained(nodes[0]):
        account.see(body)
    account.judge()


def frozen_mirror_delays_confirms_for_seconds_at_most(cluster):
    """a mirror that stands still keeps confirms waiting until it is agreed to be down, no longer"""
    a, b, c = mirrored(cluster)
    b.freeze()
    with measured("a confirm", 2.0):
        fill(a, BEFORE)
    b.thaw()
    cluster.agree(a, b, c)
    await_copies(c, "a", "bc")
    same(drained(b), BEFORE, "the messages")
