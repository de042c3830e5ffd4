"""Who becomes owner when the owner ends, who does not, and what the queue holds then."""

from clients import PERSISTENT, confirming
from mirrored import (
    await_copies,
    await_owner,
    confirmed,
    copies,
    drained,
    fill,
    mirrored,
    names,
    numbered,
    policy,
    refused_within_a_second,
    serves,
)
from nodes import same, wait_for

OLD, NEW = numbered(5, "old"), numbered(3, "new")


def half_mirrored(of, **keys):
    """a owns m; b has joined late and holds of it only what is new; c has nothing."""
    a, b, c = of.form("disc", "disc", "disc")
    a.declare(queue="m", durable=True)
    fill(a, OLD)
    policy(a, "nodes", names(a, b), ha_sync_mode="manual", **keys)
    await_copies(a, "a", "b", "")
    fill(a, NEW)
    return a, b, c


def agreed_down(gone, *others):
    gone.cluster.agree(*others)


def w01_incomplete_mirror_is_not_made_owner(cluster):
    """W1: a mirror that joined late is not made owner when the owner dies: the queue waits, then everything is there"""
    a, b, c = half_mirrored(cluster)
    a.kill()
    agreed_down(a, b, c)
    for node in (b, c):
        refused_within_a_second(node.channel(), "queue.declare", queue="m", passive=True)
        same(copies(node)[0], "a", f"the owner, as {node.short} tells")
    a.start()
    cluster.agree(a, b, c)
    same(drained(c), OLD + NEW, "the messages")


def w01_unless_an_operator_asks(cluster):
    """W1: with ha-promote-on-failure = always it is made owner, with what it has"""
    a, b, c = half_mirrored(cluster, ha_promote_on_failure="always")
    a.kill()
    await_owner(c, b)
    same(drained(c), NEW, "the messages")
    a.start()
    cluster.agree(a, b, c)
    await_copies(c, "b", "a")


def w01_stopped_owner_without_a_complete_mirror(cluster):
    """W1: an owner that is stopped while no mirror is complete keeps its queue, too (row 60)"""
    a, b, c = half_mirrored(cluster)
    a.stop()
    agreed_down(a, b, c)
    refused_within_a_second(b.channel(), "queue.declare", queue="m", durable=True)
    a.start()
    cluster.agree(a, b, c)
    same(drained(b), OLD + NEW, "the messages")


def w02_rolling_restart_that_waits_only_for_boots(cluster):
    """W2: three nodes restarted one after another, never filled by command: nobody has thrown his content away"""
    members = mirrored(cluster, ha_sync_mode="manual")
    fill(members[0], OLD)
    for node in members:
        node.restart()
        cluster.agree(*members)
    wait_for(lambda: serves(members[0].channel()), what="the queue serves")
    same(drained(members[0]), OLD, "the messages")


def w02_who_has_kept_everything_is_in_sync_at_once(cluster):
    """W2: a mirror that returns to a queue that has not changed is complete at once, without being filled"""
    a, b, c = mirrored(cluster, ha_sync_mode="manual")
    fill(a, OLD)
    b.restart()
    await_copies(a, "a", "bc")
    c.kill()
    c.start()
    await_copies(a, "a", "bc")


def w08_mirror_that_left_the_set_does_not_lead(cluster):
    """W8: the owner confirms alone once its mirror is agreed to be gone; that mirror is not made owner afterwards"""
    a, b, c = cluster.form("disc", "disc", "disc")
    declared_on_two(a, b)
    fill(a, OLD)
    b.freeze()
    fill(a, NEW)  # confirmed by a alone
    a.kill()
    b.thaw()
    agreed_down(a, b, c)
    refused_within_a_second(c.channel(), "queue.declare", queue="m", passive=True)
    a.start()
    cluster.agree(a, b, c)
    same(drained(c), OLD + NEW, "the messages")


def declared_on_two(a, b, **keys):
    policy(a, "nodes", names(a, b), **{"ha_sync_mode": "manual", **keys})
    a.declare(queue="m", durable=True)
    await_copies(a, "a", "b")


def w09_complete_mirror_is_preferred_to_the_oldest(cluster):
    """W9: of two mirrors the complete one is made owner, though the other is older"""
    a, b, c = cluster.form("disc", "disc", "disc")
    policy(a, "nodes", names(a, c), ha_sync_mode="manual")
    a.declare(queue="m", durable=True)
    await_copies(a, "a", "c")
    fill(a, OLD)
    policy(a, ha_sync_mode="manual")
    await_copies(a, "a", "bc", "c")
    c.restart()  # is the younger one now, and has everything
    await_copies(a, "a", "bc", "c")
    a.kill()
    await_owner(b, c)
    same(drained(b), OLD, "the messages")


def w11_owner_dies_while_a_mirror_is_filled(cluster):
    """W11: an owner that dies while its mirror is filled comes back with everything; the mirror is no owner before"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.declare(queue="m", durable=True)
    old = [body * 250 for body in numbered(10000, "old ")]
    fill(a, old)
    policy(a, "nodes", names(a, b), ha_sync_mode="automatic")
    wait_for(lambda: copies(a) != ("a", "", ""), what="b is a mirror")
    fill(a, NEW)
    a.kill()
    agreed_down(a, b, c)
    a.start()
    cluster.agree(a, b, c)
    bodies = drained(c)
    same(len(bodies), len(old) + len(NEW), "the number of messages")
    same(bodies, old + NEW, "the messages")


def w11_what_an_incomplete_mirror_held_is_not_lost(cluster):
    """W11: an incomplete mirror that an operator lets be owner has kept what it held while it was filled"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.declare(queue="m", durable=True)
    fill(a, [body * 250 for body in numbered(10000, "old ")])
    policy(a, "nodes", names(a, b), ha_sync_mode="manual", ha_promote_on_failure="always")
    await_copies(a, "a", "b", "")
    fill(a, NEW)
    policy(a, "nodes", names(a, b), ha_sync_mode="automatic", ha_promote_on_failure="always")
    a.kill()
    await_owner(c, b)
    same(drained(c)[-len(NEW) :], NEW, "the newest messages")


def w21_partial_copy_is_kept_for_a_forced_recovery(cluster):
    """W21: when the owner's disk is lost, forgetting its node makes the mirror owner of what it has"""
    a, b, c = half_mirrored(cluster)
    a.kill()
    agreed_down(a, b, c)
    refused_within_a_second(c.channel(), "queue.declare", queue="m", passive=True)
    b.ctl("forget_cluster_node", "--accept-loss", a.name)
    await_owner(c, b)
    same(drained(c), NEW, "the messages")


def w22_rolling_shutdown_in_exactly_mode(cluster):
    """W22: with exactly 2 and promote-on-shutdown = always a queue that moves from node to node arrives whole"""
    a, b, c = members = cluster.form("disc", "disc", "disc")
    policy(a, "exactly", 2, ha_sync_mode="automatic", ha_promote_on_shutdown="always")
    a.declare(queue="m", durable=True)
    wait_for(lambda: len(copies(a)[2]) == 1, what="a mirror is in sync")
    fill(a, OLD)
    for node in (*members, *members):
        node.stop()
        others = [other for other in members if other is not node]
        cluster.agree(*others)
        wait_for(lambda others=others: len((copies(others[0]) or "   ")[2]) == 1, what="the other one is complete")
        node.start()
        cluster.agree(*members)
    same(drained(b), OLD, "the messages")


def row_60_queue_without_a_complete_mirror(cluster):
    """while nobody may take over, everything that is asked of the queue is refused at once, and a publish is nacked"""
    a, b, c = half_mirrored(cluster)
    a.kill()
    agreed_down(a, b, c)
    channel = c.channel()
    for method, arguments in (
        ("queue.declare", {"passive": True}),
        ("queue.declare", {"durable": True}),
        ("basic.get", {}),
        ("basic.consume", {}),
        ("queue.purge", {}),
    ):
        refused_within_a_second(channel, method, queue="m", **arguments)
    confirming(channel).publish("m", b"refused", **PERSISTENT)
    assert not confirmed(channel), "a publish to a queue that nobody has was confirmed"


def row_65_the_last_owner_is_the_owner(cluster):
    """after all were stopped one after the other, and started in any order, the queue has everything"""
    a, b, c = mirrored(cluster)
    fill(a, OLD)
    a.stop()
    await_owner(c, b, c)
    fill(c, NEW)
    b.stop()
    c.stop()
    for node in (b, a, c):
        node.launch()
    for node in (a, b, c):
        node.await_serving()
    cluster.agree(a, b, c)
    same(drained(a), OLD + NEW, "the messages")


def row_65_all_are_killed_at_once(cluster):
    """after a kill of all at once everything that was confirmed is there, and the copies become complete again"""
    members = mirrored(cluster)
    fill(members[1], OLD + NEW)
    for node in members:
        node.process.kill()
    for node in members:
        node.kill()
    for node in members[::-1]:
        node.launch()
    for node in members:
        node.await_serving()
    cluster.agree(*members)
    wait_for(lambda: len((copies(members[0]) or "   ")[2]) == 2, what="two mirrors are in sync")
    same(drained(members[2]), OLD + NEW, "the messages")


def row_69_declare_is_synchronous(cluster):
    """what was declared and confirmed at one node is found at another right after the first has died"""
    a, b, c = cluster.form("disc", "disc", "disc")
    policy(a)
    for number in range(5):
        queue = f"m{number}"
        channel = confirming(a.channel())
        channel.call("queue.declare", queue=queue, durable=True)
        channel.publish_confirmed(queue, b"one", **PERSISTENT)
    a.kill()
    channel = b.channel()
    for number in range(5):
        queue = f"m{number}"
        same(channel.call("queue.declare", queue=queue, durable=True).message_count, 1, f"the messages of {queue}")


def row_76_filled_mirrors_carry_the_content_on(cluster):
    """with automatic sync restarts of all in turn keep the content, unacked messages as well"""
    a, b, c = mirrored(cluster)
    fill(a, OLD)
    holder = c.channel()
    holder.consume("m")
    holder.expect_bodies(*OLD)
    for node in (a, b):
        node.restart()
        cluster.agree(a, b, c)
        wait_for(lambda: len((copies(c) or "   ")[2]) == 2, what="two mirrors are in sync")
    holder.connection.close_socket()
    wait_for(lambda: c.channel().ready("m") == len(OLD), what="they are ready again")
    same(drained(a), OLD, "the messages")


def transient_messages_live_as_long_as_a_copy(cluster):
    """transient messages of a transient queue survive the death of their owner, too"""
    a, b, c = cluster.form("disc", "disc", "disc")
    policy(a)
    channel = confirming(a.channel())
    channel.call("queue.declare", queue="m")
    await_copies(a, "a", "bc")
    for body in OLD:
        channel.publish_confirmed("m", body)
    a.kill()
    await_owner(c, b, c)
    same(drained(c), OLD, "the messages")
