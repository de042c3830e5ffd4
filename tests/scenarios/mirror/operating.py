"""What operators ask of mirrored queues by command."""

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
