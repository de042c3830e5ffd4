"""A mirrored queue that serves: while it is copied, while its owner is stopped or killed, at its limits."""

import time

from clients import PERSISTENT, confirming
from load import Account, Consumer, Publisher
from mirrored import await_copies, await_owner, confirmed, copies, drained, fill, mirrored, numbered, policy
from nodes import PATIENCE, same, wait_for


def w10_queue_serves_while_it_is_copied(cluster):
    """W10: while a long queue is copied to new mirrors it confirms, delivers and answers without a pause"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.declare(queue="m", durable=True)
    old = [body * 250 for body in numbered(10000, "old ")]
    fill(a, old)
    publisher, reader = confirming(c.channel()), b.channel()
    policy(a, ha_sync_mode="automatic")
    slowest, turns, complete = 0.0, 0, False
    while not complete:
        began = time.monotonic()
        publisher.publish_confirmed("m", b"new %d" % turns, **PERSISTENT)
        same(reader.get("m").body, old[turns], "what comes next")
        slowest, turns = max(slowest, time.monotonic() - began), turns + 1
        complete = turns % 10 == 0 and copies(a) == ("a", "bc", "bc")
    assert slowest < 1.0 * PATIENCE, f"a publish and a get took {slowest:.2f} s"
    a.kill()
    await_owner(c, b, c)
    wanted = old[turns:] + [b"new %d" % number for number in range(turns)]
    same(drained(b) == wanted, True, "whether the new owner has just what is left")


def publish_through(cluster, end):
    """Publishers at two nodes and a consumer at one while the owner ends; the account, and how the publishers fared."""
    a, b, c = mirrored(cluster)
    account = Account()
    publishers = [Publisher(account, [node], "m", number) for number, node in enumerate((b, c))]
    consumer = Consumer(account, [c], "m")
    for worker in (*publishers, consumer):
        worker.start()
    wait_for(lambda: len(account.confirmed) > 200, what="messages flow")
    end(a)
    count = len(account.confirmed)
    wait_for(lambda: len(account.confirmed) > count + 200, what="messages flow again")
    for publisher in publishers:
        publisher.finish()
    wait_for(lambda: not account.lost(), what="all that was confirmed is consumed")
    consumer.finish()
    account.judge()
    same((account.reconnects, consumer.cancels), (0, 0), "reconnects and cancels")
    return account, max(publisher.slowest for publisher in publishers)


def row_74_confirms_over_a_kill(cluster):
    """when the owner is killed every publish at other nodes is acked or nacked within seconds, and what was acked is there"""
    _, slowest = publish_through(cluster, lambda owner: owner.kill())
    assert slowest < 3.0 * PATIENCE, f"a publish was confirmed after {slowest:.2f} s"


def row_74_confirms_over_a_stop(cluster):
    """when the owner is stopped its queue is handed over: no publish at another node is nacked"""
    account, slowest = publish_through(cluster, lambda owner: owner.stop())
    same(account.nacked, 0, "the number of nacks")
    assert slowest < 2.0 * PATIENCE, f"a publish was confirmed after {slowest:.2f} s"


def row_74_confirms_over_stop_app(cluster):
    """when the broker of the owner's process is stopped the same is true"""
    account, _ = publish_through(cluster, lambda owner: owner.ctl("stop_app"))
    same(account.nacked, 0, "the number of nacks")


def row_75_rejects_survive(cluster):
    """a full queue that rejects goes on to do so at its next owner, which has the message that was there"""
    a, b, c = cluster.form("disc", "disc", "disc")
    policy(a, ha_sync_mode="automatic")
    limits = {"x-max-length": 1, "x-overflow": "reject-publish"}
    a.declare(queue="m", durable=True, arguments=limits)
    await_copies(a, "a", "bc")
    channel = confirming(c.channel())
    channel.publish_confirmed("m", b"first", **PERSISTENT)
    for end in (None, a.stop, None):
        if end:
            end()
            await_owner(c, b, c)
        for _ in range(10):
            channel.publish("m", b"too much", **PERSISTENT)
            assert not confirmed(channel), "a publish to a full queue was confirmed"
    same(drained(c), [b"first"], "the messages")


def limit_of_length_goes_on(cluster):
    """a queue that drops its head at a limit holds the same messages at its next owner"""
    a, b, c = cluster.form("disc", "disc", "disc")
    policy(a, ha_sync_mode="automatic")
    a.declare(queue="m", durable=True, arguments={"x-max-length": 5})
    await_copies(a, "a", "bc")
    fill(b, numbered(12))
    a.kill()
    await_owner(c, b, c)
    fill(c, numbered(2, "later"))
    same(drained(c), numbered(12)[9:] + numbered(2, "later"), "the messages")


def expiry_goes_on(cluster):
    """messages that expire do so at the next owner, and go where dead letters go"""
    a, b, c = cluster.form("disc", "disc", "disc")
    policy(a, ha_sync_mode="automatic")
    c.declare(queue="dead", durable=True)
    dead = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead", "x-message-ttl": 3000}
    a.declare(queue="m", durable=True, arguments=dead)
    await_copies(a, "a", "bc")
    fill(b, numbered(5))
    a.kill()
    await_owner(c, b, c)
    channel = c.channel()
    wait_for(lambda: channel.ready("dead") == 5, what="all are dead letters")
    same((channel.ready("m"), channel.drain("dead")), (0, numbered(5)), "what is left, and where")


def priorities_go_on(cluster):
    """the order of a queue with priorities is the same at its next owner"""
    a, b, c = cluster.form("disc", "disc", "disc")
    policy(a, ha_sync_mode="automatic")
    a.declare(queue="m", durable=True, arguments={"x-max-priority": 5})
    await_copies(a, "a", "bc")
    channel = confirming(b.channel())
    for number in range(12):
        channel.publish_confirmed("m", b"%d" % number, priority=number % 3, **PERSISTENT)
    a.kill()
    await_owner(c, b, c)
    wanted = [b"%d" % number for level in (2, 1, 0) for number in range(12) if number % 3 == level]
    same(drained(c), wanted, "the messages")


def row_40_exclusive_queues_are_not_mirrored(cluster):
    """an exclusive queue has no mirrors, whatever the policy says"""
    a, b, c = cluster.form("disc", "disc", "disc")
    policy(a)
    channel = a.channel()
    channel.call("queue.declare", queue="m", exclusive=True)
    same(copies(a), ("a", "", ""), "its copies")
    a.kill()
    cluster.agree(b, c)
    same(b.queues(), [], "the queues")


def purge_and_delete_reach_the_copies(cluster):
    """what was purged is gone at the next owner, and a deleted queue may be declared anew, empty"""
    a, b, c = mirrored(cluster)
    fill(a, numbered(10))
    channel = c.channel()
    same(channel.call("queue.purge", queue="m").message_count, 10, "the purged messages")
    fill(b, numbered(2, "after"))
    a.kill()
    owner = await_owner(c, b, c)
    same(drained(c), numbered(2, "after"), "the messages")
    channel.call("queue.delete", queue="m")
    same(channel.call("queue.declare", queue="m", durable=True).message_count, 0, "the messages")
    wait_for(lambda: copies(owner)[0] == "c", what="it is where it was declared")


def transactions_reach_the_copies(cluster):
    """what a transaction published and acked is so at the next owner"""
    a, b, c = mirrored(cluster)
    fill(a, numbered(3))
    channel = c.channel()
    channel.call("tx.select")
    for _ in range(2):
        message = channel.get("m", no_ack=False)
        channel.send("basic.ack", delivery_tag=message.delivery_tag)
        channel.publish("m", b"new", **PERSISTENT)
    channel.call("tx.commit")
    a.kill()
    await_owner(c, b, c)
    same(drained(b), [b"x2", b"new", b"new"], "the messages")
