"""What operators ask of mirrored queues by command."""

import json

from fast import drain
from load import Account, Consumer, Publisher
from mirrored import await_copies, await_owner, copies, drained, fill, mirrored, names, numbered, policy
from nodes import same, wait_for
from promotion import NEW, OLD, half_mirrored


def w02_the_only_complete_copy_is_told(cluster):
    """W2: who would take the only complete copy with it when it is stopped is told so"""
    a, b, c = half_mirrored(cluster)
    text = f"queue 'm' in vhost '/' would lose its only synchronised replica (master) if node {a.name} is stopped"
    a.ctl("check_if_node_is_mirror_sync_critical", fails=69, says=text)
    c.ctl("check_if_node_is_mirror_sync_critical")
    policy(a, "nodes", names(a, b), ha_sync_mode="automatic")
    a.ctl("await_online_synchronized_mirror")
    a.ctl("check_if_node_is_mirror_sync_critical")


def w04_rebalance_moves_no_queue_to_an_incomplete_copy(cluster):
    """W4: rebalancing leaves queues without complete copies where they are; with them it spreads them, and nothing is lost"""
    a, b, c = cluster.form("disc", "disc", "disc")
    queues = [f"m{number}" for number in range(3)]
    for queue in queues:
        a.declare(queue=queue, durable=True)
        fill(a, OLD, queue)
    policy(a, ha_sync_mode="manual")
    for queue in queues:
        await_copies(a, "a", "bc", "", queue=queue)
    a.ctl("rebalance", "all")
    same([copies(c, queue) for queue in queues], [("a", "bc", "")] * 3, "the copies")
    policy(a, ha_sync_mode="automatic")
    for queue in queues:
        await_copies(a, "a", "bc", queue=queue)
    a.ctl("rebalance", "all")
    wait_for(lambda: sorted(copies(c, queue)[0] for queue in queues) == ["a", "b", "c"], what="each node owns one")
    for queue in queues:
        same(drained(b, queue), OLD, f"the messages of {queue}")


def row_76_sync_by_command(cluster):
    """sync_queue fills the copies and ends when all are complete; then one of them may take over"""
    a, b, c = half_mirrored(cluster)
    a.ctl("cancel_sync_queue", "m", says="not_syncing")
    a.ctl("sync_queue", "m")
    same(copies(a), ("a", "b", "b"), "the copies")
    a.kill()
    await_owner(c, b)
    same(drained(c), OLD + NEW, "the messages")


def row_116_sync_of_other_queues(cluster):
    """sync_queue of a queue that is not there, or not mirrored, says so"""
    (a,) = cluster.alone("a")
    a.declare(queue="q", durable=True)
    a.ctl("sync_queue", "none", fails=69, says="not_found")
    a.ctl("sync_queue", "q", fails=69, says="not_mirrored")


def transfer_by_command(cluster):
    """an operator gives a queue to a mirror in sync while messages flow; nothing is nacked"""
    a, b, c = mirrored(cluster)
    account = Account()
    publisher, consumer = Publisher(account, [c], "m", 0), Consumer(account, [c], "m")
    for worker in (publisher, consumer):
        worker.start()
    for to in (b, c, a):
        wait_for(lambda: len(copies(a)[2]) == 2, what="both mirrors are in sync")
        a.ctl("transfer_queue", "m", to.name)
        await_owner(a, to)
        count = len(account.confirmed)
        wait_for(lambda count=count: len(account.confirmed) > count + 50, what="messages flow")
    publisher.finish()
    wait_for(lambda: not account.lost(), what="all that was confirmed is consumed")
    consumer.finish()
    account.judge()
    same((account.nacked, account.reconnects, consumer.cancels), (0, 0, 0), "nacks, reconnects and cancels")


def transfer_keeps_the_order(cluster):
    """while a queue goes from node to node its messages stay in the order in which one publisher at a third one sent them"""
    a, b, c = mirrored(cluster)
    account = Account()
    publisher = Publisher(account, [c], "m", 0, window=2000, rate=20_000.0)
    publisher.start()
    for to in (b, a) * 4:
        wait_for(lambda: len(copies(a)[2]) == 2, what="both mirrors are in sync")
        a.ctl("transfer_queue", "m", to.name)
        await_owner(a, to)
        count = len(account.confirmed)
        wait_for(lambda count=count: len(account.confirmed) > count + 500, what="messages flow")
    publisher.finish()
    order = []
    drain(c, "m", lambda delivery: order.append(int(delivery.body.split()[1])))
    same((account.nacked, account.reconnects), (0, 0), "nacks and reconnects")
    same(len(order), publisher.next, "the messages")
    late = [number for number, before in zip(order[1:], order, strict=False) if number < before]
    same(late, [], f"what of {len(order)} messages came behind a younger one")


def verify_queue_while_messages_flow(cluster):
    """verify_queue finds all copies the same, asked at any node while messages flow, and when all is quiet"""
    members = mirrored(cluster)
    account = Account()
    publisher, consumer = Publisher(account, members[2:], "m", 0), Consumer(account, members[1:2], "m")
    for worker in (publisher, consumer):
        worker.start()
    rounds = 0
    while rounds < 12 or len(account.confirmed) < 1000:
        verdict = verified(members[rounds % 3])
        same([copy["state"] for copy in verdict["copies"]], ["same", "same"], f"the copies in round {rounds}")
        rounds += 1
    publisher.finish()
    wait_for(lambda: not account.lost(), what="all that was confirmed is consumed")
    consumer.finish()
    account.judge()
    members[0].ctl("verify_queue", "m", says="Queue 'm' in vhost '/' is the same on every node: 0 messages")


def verify_queue_of_a_long_queue(cluster):
    """verify_queue compares 1000 messages by content, in memory and on disk, with one digest at every node and owner"""
    config = cluster.folder / "little_memory.conf"
    config.write_text("queue_hot_memory.absolute = 256KiB\n")
    members = a, b, c = mirrored(cluster, options=("--config", str(config)))
    fill(a, [number + b"." * 1000 for number in numbered(1000)])
    digests = set()
    for node, owner in zip(members, (a, b, c), strict=True):
        if owner is not a:
            a.ctl("transfer_queue", "m", owner.name)
            await_owner(a, owner)
        wait_for(lambda: len(copies(a)[2]) == 2, what="both mirrors are in sync")
        verdict = verified(node, "--within", "60")
        same(verdict["messages"], 1000, "the messages")
        same([copy["weighed"] for copy in verdict["copies"]], [1000, 1000], "what was compared by content")
        digests.add(verdict["digest"])
    same(len(digests), 1, "the digests")
    a.ctl("set_policy", "ha", "^m", '{"ha-mode":"exactly","ha-params":1}')
    wait_for(lambda: copies(a)[1] == "", what="there is no mirror")
    a.ctl("verify_queue", "m", says="Queue 'm' in vhost '/' has one copy: 1000 messages")
    same(verified(b)["digest"], digests.pop(), "the digest of the only copy")


def verify_queue_leaves_out_what_cannot_be_compared(cluster):
    """verify_queue compares no mirror that is not in sync or does not run, and refuses what it does not know"""
    a, b, c = half_mirrored(cluster)
    a.ctl("verify_queue", "m", says=f"node {b.name}: not in sync: not compared")
    same([copy["state"] for copy in verified(c)["copies"]], ["not_in_sync"], "the copies")
    a.ctl("sync_queue", "m")
    same([copy["state"] for copy in verified(c)["copies"]], ["same"], "the copies when all is filled")
    a.ctl("verify_queue", "none", fails=69, says="not_found")
    a.ctl("verify_queue", "m", "--within", "x", fails=64, says="a number of seconds")
    b.kill()
    cluster.agree(a, c)
    c.ctl("verify_queue", "m", says=f"Queue 'm' in vhost '/' has one copy: {len(OLD + NEW)} messages")
    a.kill()
    c.ctl("verify_queue", "m", fails=75, says=f"node {a.name}, which owns queue 'm' in vhost '/', did not answer")


def verified(node, *options, queue="m"):
    return json.loads(node.ctl("verify_queue", queue, *options, "--formatter", "json"))


def await_online_synchronized_mirror_is_enough(cluster):
    """who waits with await_online_synchronized_mirror before each stop loses nothing and is refused nothing"""
    members = mirrored(cluster)
    fill(members[0], numbered(20))
    for node in members:
        node.ctl("await_online_synchronized_mirror")
        node.ctl("check_if_node_is_mirror_sync_critical")
        node.restart()
        cluster.agree(*members)
    same(drained(members[0]), numbered(20), "the messages")
