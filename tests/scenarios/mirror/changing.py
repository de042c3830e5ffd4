"""Policies that change while a queue works, and nodes that come and go (clustering.md 4.2, 4.10, 4.11)."""

import time

from clients import PERSISTENT, confirming
from load import Account, Consumer, Publisher
from mirrored import await_copies, await_owner, copies, drained, fill, mirrored, names, numbered, policy
from nodes import same, wait_for

BODIES = numbered(20)


def row_54_change_of_policy(cluster):
    """none, all, two nodes, two others, none, without the owner: mirrors follow, and the content stays"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.declare(queue="m", durable=True)
    fill(a, BODIES)
    same(copies(a), ("a", "", ""), "the copies without a policy")
    for mode, params, mirrors in (("all", None, "bc"), ("nodes", names(a, b), "b"), ("nodes", names(a, c), "c")):
        policy(a, mode, params, ha_sync_mode="automatic")
        await_copies(c, "a", mirrors)
    a.ctl("clear_policy", "ha")
    await_copies(c, "a", "")
    policy(a, "nodes", names(b, c), ha_sync_mode="automatic")
    owner = await_owner(c, b, c)
    await_copies(c, owner.short, "bc".replace(owner.short, ""))
    same(drained(a), BODIES, "the messages")


def row_63_listed_mirror_in_sync_becomes_owner(cluster):
    """when the owner is not listed any more, a listed mirror in sync takes over at once"""
    a, b, c = mirrored(cluster)
    fill(a, BODIES)
    policy(a, "nodes", names(c), ha_sync_mode="automatic")
    await_copies(b, "c", "")
    same(drained(b), BODIES, "the messages")


def row_63_owner_stays_until_one_is_complete(cluster):
    """an owner that is not listed any more stays while nobody else has everything"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.declare(queue="m", durable=True)
    fill(a, BODIES)
    policy(a, "nodes", names(b), ha_sync_mode="manual")
    await_copies(c, "a", "b", "")
    same(drained(c), BODIES, "the messages")
    await_copies(c, "b", "")  # an empty mirror of an empty queue has everything


def row_78_switch_to_automatic(cluster):
    """mirrors are filled when the policy changes to automatic"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.declare(queue="m", durable=True)
    fill(a, BODIES)
    policy(a, ha_sync_mode="manual")
    await_copies(a, "a", "bc", "")
    policy(a, ha_sync_mode="automatic")
    await_copies(a, "a", "bc")
    a.kill()
    await_owner(c, b, c)
    same(drained(c), BODIES, "the messages")


def row_80_mirrors_become_complete_by_themselves(cluster):
    """a mirror that is not filled is in sync once all that is older than it is acked, not before"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.declare(queue="m", durable=True)
    fill(a, BODIES[:2])
    channel = c.channel()
    channel.consume("m")
    old = channel.expect_bodies(*BODIES[:2])
    policy(a, ha_sync_mode="manual")
    await_copies(a, "a", "bc", "")
    fill(a, BODIES[2:4])
    channel.expect_bodies(*BODIES[2:4])
    channel.send("basic.ack", delivery_tag=old[0].delivery_tag)
    wait_for(lambda: sum(row["messages"] for row in a.rows("list_queues", "messages")) == 3, what="the ack has arrived")
    same(copies(a), ("a", "bc", ""), "the copies")
    channel.send("basic.ack", delivery_tag=old[1].delivery_tag)
    await_copies(a, "a", "bc")
    a.kill()
    channel.expect_bodies(*BODIES[2:4])


def row_55_exactly_takes_a_replacement(cluster):
    """exactly 2 of three: when the mirror or the owner dies, the third takes its place; who returns is not needed"""
    a, b, c = members = cluster.form("disc", "disc", "disc")
    policy(a, "exactly", 2, ha_sync_mode="automatic")
    a.declare(queue="m", durable=True)
    fill(a, BODIES)
    for _ in range(3):
        owner, mirror, _ = wait_for(lambda: in_sync_pair(members), what="one mirror is in sync")
        gone = next(node for node in members if node.short == owner)
        gone.kill()
        others = [node for node in members if node is not gone]
        await_owner(others[0], *[node for node in others if node.short == mirror])
        wait_for(lambda others=others: in_sync_pair(others), what="the third is a mirror, in sync")
        gone.start()
        cluster.agree(*members)
    same(drained(a), BODIES, "the messages")


def in_sync_pair(members):
    found = copies(members[0])
    return found if found and len(found[1]) == 1 and found[1] == found[2] else None


def a_returning_owner_is_a_mirror(cluster):
    """an owner that was replaced returns as a mirror, becomes complete, and takes over in its turn"""
    a, b, c = members = mirrored(cluster)
    fill(a, BODIES[:5])
    published = BODIES[:5]
    for turn in range(4):
        owner = next(node for node in members if node.short == copies(c if turn % 2 else b)[0])
        others = [node for node in members if node is not owner]
        owner.kill()
        await_owner(others[0], *others)
        more = BODIES[5 + 3 * turn : 8 + 3 * turn]
        fill(others[1], more)
        published = published + more
        owner.start()
        cluster.agree(*members)
        wait_for(lambda: len((copies(b) or "   ")[2]) == 2, what="both mirrors are in sync")
    same(drained(a), published, "the messages")


def a_new_member_becomes_a_mirror(cluster):
    """a node that joins is a mirror of queues that all nodes hold, and complete soon"""
    a, b = cluster.form("disc", "disc")
    policy(a, ha_sync_mode="automatic")
    a.declare(queue="m", durable=True)
    fill(a, BODIES)
    c = cluster.node("c").start("--join", f"localhost:{a.cluster_port}")
    cluster.agree(a, b, c)
    await_copies(c, "a", "bc")
    b.kill()
    cluster.agree(a, c)
    a.kill()
    c.ctl("forget_cluster_node", "--accept-loss", b.name, fails=69)  # nobody is left to agree
    a.start()
    b.start()
    cluster.agree(a, b, c)
    same(drained(c), BODIES, "the messages")


def row_56_rapid_changes(cluster):
    """the policy is set and cleared again and again while queues are declared, filled, emptied and deleted"""
    a, b, c = cluster.form("disc", "disc", "disc")
    channel = confirming(b.channel())
    for turn in range(30):
        if turn % 2:
            a.ctl("clear_policy", "ha")
        else:
            policy(a, ha_sync_mode="automatic")
        channel.call("queue.declare", queue="m", durable=True)
        for number in range(10):
            channel.publish_confirmed("m", b"%d" % number, **PERSISTENT)
        same(channel.drain("m"), [b"%d" % number for number in range(10)], "the messages")
        channel.call("queue.delete", queue="m")
    same(a.queues(), [], "the queues")


def row_64_changes_under_load(cluster):
    """policies of all kinds, one after the other, while messages flow: nothing is lost, nobody is cut off"""
    a, b, c = mirrored(cluster)
    account = Account()
    publishers = [Publisher(account, [node], "m", number) for number, node in enumerate((a, b, c))]
    consumer = Consumer(account, [c], "m")
    for worker in (*publishers, consumer):
        worker.start()
    for mode, params in (
        ("nodes", names(b, c)),
        ("exactly", 2),
        ("nodes", names(a)),
        ("all", None),
        ("exactly", 1),
        ("nodes", names(c, a)),
        ("all", None),
    ):
        policy(a, mode, params, ha_sync_mode="automatic")
        count = len(account.confirmed)
        wait_for(lambda count=count: len(account.confirmed) > count + 100, what="messages flow")
        time.sleep(0.2)
    for publisher in publishers:
        publisher.finish()
    wait_for(lambda: not account.lost(), what="all that was confirmed is consumed")
    consumer.finish()
    account.judge()
    same((account.reconnects, consumer.cancels, account.nacked), (0, 0, 0), "reconnects, cancels and nacks")
