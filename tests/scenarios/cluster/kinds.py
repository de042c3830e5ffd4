"""Disc nodes, ram nodes and witnesses."""

from clients import accepted, confirming
from nodes import same, wait_for

NOT_CLUSTERED = "{:not_clustered, 'Non-clustered nodes can only be disc nodes.'}"


def change(node, kind, *options, **expected):
    node.ctl("stop_app")
    node.ctl("change_cluster_node_type", *options, kind, **expected)
    node.ctl("start_app")
    node.await_serving()


def lists(nodes, disc, ram):
    for node in nodes:
        same((node.members("disk_nodes"), node.members("ram_nodes")), (disc, ram), f"the lists of {node.name}")


def row_20_change_node_type(cluster):
    """a node changes its kind and back; not alone, and not as the only disc node"""
    a, b = cluster.form("disc", "disc")
    lone = cluster.node("z").start()
    change(lone, "ram", fails=69, says=NOT_CLUSTERED)
    b.ctl("change_cluster_node_type", "ram", fails=64, says="app to be stopped")
    change(b, "moon", fails=65, says="The node type must be either disc or ram.")
    change(b, "ram")
    lists(cluster.agree(a, b), "a", "b")
    change(a, "ram", fails=69, says="{:resetting_only_disc_node, 'You cannot reset a node when it is the only disc")
    change(b, "disc")
    lists(cluster.agree(a, b), "ab", "")
    change(a, "ram")
    lists(cluster.agree(a, b), "b", "a")


def row_21_type_change_keeps_messages(cluster):
    """a change of kind that would destroy durable queues is refused, until it is said that they may go"""
    a, b, c = cluster.form("disc", "disc", "disc")
    channel = confirming(b.channel())
    channel.call("queue.declare", queue="q", durable=True)
    channel.publish_confirmed("q", b"kept", delivery_mode=2)
    change(b, "ram", fails=69, says="this would destroy 1 durable queue(s)")
    cluster.agree(a, b, c)
    wait_for(lambda: b.channel().ready("q") == 1, what="the message is there")
    change(b, "ram", "--accept-loss")
    lists(cluster.agree(a, b, c), "ac", "b")
    same(a.queues(), [], "the queues")


def ram_node_keeps_messages(cluster):
    """persistent messages of a ram node are on its disk; its definitions come back from the others"""
    a, b, c = cluster.form("disc", "disc", "ram")
    channel = confirming(c.channel())
    channel.call("queue.declare", queue="q", durable=True)
    for number in range(20):
        channel.publish_confirmed("q", str(number).encode(), delivery_mode=2)
    c.kill()
    wait_for(lambda: a.running() == "ab", what="the ram node is agreed to be down")
    a.declare(queue="declared meanwhile", durable=True)
    c.start()
    cluster.agree(a, b, c)
    same(c.queues(), ["declared meanwhile", "q"], "what the ram node lists")
    same(a.channel().drain("q"), [str(number).encode() for number in range(20)], "the messages")


def witness_decides_and_hosts_nothing(cluster):
    """two disc nodes and a witness: either disc node may fail, and nothing is placed on the witness"""
    a, b = cluster.form("disc", "disc")
    w = cluster.node("w").launch("--join", f"localhost:{a.cluster_port}", "--node-type", "witness")
    wait_for(lambda: a.running() == "abw" == b.running() == w.running(), what="all run")
    same(a.members("witness_nodes"), "w", "the witnesses")
    same(w.serves(), False, "whether the witness lets clients in")
    channel = a.channel()
    for number in range(12):
        channel.call("queue.declare", queue=f"q{number}", arguments={"x-queue-master-locator": "min-masters"})
    placed = [place for _, place in a.queues(columns=("name", "node"))]
    same((placed.count(a.name), placed.count(b.name)), (6, 6), "where the queues are")
    a.kill()
    wait_for(lambda: b.running() == "bw", what="the first is agreed to be down")
    wait_for(lambda: accepted(b.channel(), "queue.declare", queue="again", durable=True), what="definitions go on")
    a.start()
    wait_for(lambda: a.running() == "abw", what="the first is back")
    b.kill()
    wait_for(lambda: a.running() == "aw", what="the second is agreed to be down")
    wait_for(lambda: accepted(a.channel(), "queue.declare", queue="more", durable=True), what="definitions go on")
