"""Nodes restarted one after the other under load."""

from load import Account, Consumer, Publisher
from mirrored import copies, drained, mirrored
from nodes import same, wait_for


def restarted(cluster, members, end):
    """Each node ends and starts again under load; publishers and consumers go to the next node when theirs ends."""
    account = Account()
    turned = [members[turn:] + members[:turn] for turn in range(len(members))]
    workers = [Publisher(account, nodes, "m", number) for number, nodes in enumerate(turned)]
    workers += [Consumer(account, nodes, "m") for nodes in turned[:2]]
    for worker in workers:
        worker.start()
    wait_for(lambda: len(account.confirmed) > 200, what="messages flow")
    for node in members:
        end(node)
        node.process.wait(20)
        count = len(account.confirmed)
        wait_for(lambda count=count: len(account.confirmed) > count + 100, what=f"messages flow without {node.short}")
        node.start()
        cluster.agree(*members)
        wait_for(lambda: len((copies(members[0]) or "   ")[2]) == len(members) - 1, what="all mirrors are in sync")
    publishers = [worker for worker in workers if isinstance(worker, Publisher)]
    consumers = [worker for worker in workers if isinstance(worker, Consumer)]
    for publisher in publishers:
        publisher.finish()
    wait_for(lambda: not account.lost(), what="all that was confirmed is consumed")
    for consumer in consumers:
        consumer.finish()
    account.judge()
    same(drained(members[0]), [], "what is left")
    return account, consumers


def rolling_restart_under_load(cluster):
    """three nodes are stopped and started one after the other: nothing is lost, clients of the stopped node reconnect"""
    members = mirrored(cluster)
    account, consumers = restarted(cluster, members, lambda node: node.ctl("stop"))
    same(sum(consumer.cancels for consumer in consumers), 0, "cancels")
    assert account.reconnects <= 40, f"{account.reconnects} reconnects"


def rolling_kills_under_load(cluster):
    """three nodes are killed and started one after the other: nothing is lost"""
    restarted(cluster, mirrored(cluster), lambda node: node.kill())
