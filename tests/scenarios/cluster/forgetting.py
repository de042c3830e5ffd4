"""Members that are removed by others, and what goes with them."""

from clients import DOWN, confirming
from nodes import same, wait_for

DISAGREES = "knows no member"


def row_11_forget_refused(cluster):
    """forgetting who is no member, who runs, or in the wrong way is refused, each with its own text"""
    a, b = cluster.form("disc", "disc")
    unknown = "{:not_a_cluster_node, 'The node selected is not in the cluster.'}"
    a.ctl("forget_cluster_node", "x@localhost", fails=69, says=unknown)
    for name in (a.name, b.name):
        must_stop = f"node {name} must be stopped with 'warrenctl -n {name} stop_app' before it can be removed"
        a.ctl("forget_cluster_node", name, fails=69, says=must_stop)
    a.ctl("forget_cluster_node", "--offline", b.name, fails=69, says="{:online_node_offline_flag, 'You set the")
    b.ctl("stop_app")
    b.ctl("forget_cluster_node", a.name, fails=69, says="{:offline_node_no_offline_flag, 'You are trying to remove")
    b.ctl("start_app")
    cluster.agree(a, b)


def row_12_forget_then_start(cluster):
    """who was forgotten does not serve until it is reset; then it is alone"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.stop()
    cluster.agree(b, c)
    b.ctl("forget_cluster_node", a.name)
    same((b.members("disk_nodes"), c.members("disk_nodes")), ("bc", "bc"), "the members")
    a.launch()
    wait_for(lambda: DISAGREES in a.log(), what="the forgotten node is told")
    assert not a.serves()
    if a.alive():
        a.ctl("stop_app")
        a.ctl("reset")
        a.ctl("start_app")
    a.await_serving()
    cluster.agree(a)
    cluster.agree(b, c)


def row_13_forget_offline(cluster):
    """when nobody runs, a disc node that waits may forget others and start"""
    a, b, c = cluster.form("disc", "disc", "disc")
    c.stop()
    cluster.agree(a, b)
    a.stop()
    b.stop()
    (b.folder / "log").write_text("")
    b.launch().await_operators()
    wait_for(lambda: b.log().count("is silent") >= 2, what="it knows that it is alone")
    b.ctl("forget_cluster_node", "--offline", c.name)
    a.start()
    b.await_serving()
    for node in cluster.agree(a, b):
        same(node.members("disk_nodes"), "ab", f"the members that {node.name} lists")


def with_durable_things(node):
    channel = confirming(node.channel())
    channel.call("queue.declare", queue="q", durable=True)
    channel.call("exchange.declare", exchange="x", type="fanout", durable=True, auto_delete=True)
    channel.bind("q", "x")
    channel.publish_confirmed("q", b"lost", delivery_mode=2)
    channel.connection.close()


def gone(node):
    """The queue may be declared anew, and the exchange that had it alone is no more."""
    channel = node.channel()
    same(channel.call("queue.declare", queue="q", durable=True).message_count, 0, "what the new queue holds")
    same(channel.exists("exchange", "x"), False, "whether the exchange is there")


def row_14_forget_removes_things(cluster):
    """with a forgotten node go its durable queues, if that is accepted, and exchanges that only they were bound to"""
    a, b, _ = cluster.form("disc", "disc", "disc")
    with_durable_things(a)
    a.stop()
    wait_for(lambda: b.running() == "bc")
    b.channel().expect_refusal("queue.declare", 404, DOWN.format(a.name, "q"), queue="q", durable=True)
    b.ctl("forget_cluster_node", a.name, fails=69, says="this would destroy 1 durable queue(s)")
    same(b.members("disk_nodes"), "abc", "the members after the refusal")
    b.ctl("forget_cluster_node", "--accept-loss", a.name)
    gone(b)


def row_15_reset_removes_things(cluster):
    """with a node that is reset go its durable queues, if that is accepted, and exchanges that only they were bound to"""
    a, b, c = cluster.form("disc", "disc", "disc")
    with_durable_things(a)
    a.ctl("stop_app")
    a.ctl("reset", fails=69, says="this would destroy 1 durable queue(s)")
    a.ctl("reset", "--accept-loss")
    cluster.agree(b, c)
    same(b.members("disk_nodes"), "bc", "the members")
    gone(b)
    a.ctl("start_app")
    a.await_serving()
    cluster.agree(a)
    same(a.queues(), [], "what is left at the node itself")


def row_16_forget_offline_removes_things(cluster):
    """the same when both are stopped and the one that waits forgets the other"""
    a, b = cluster.form("disc", "disc")
    with_durable_things(a)
    b.stop()
    a.stop()
    (b.folder / "log").write_text("")
    b.launch().await_operators()
    wait_for(lambda: "is silent" in b.log(), what="it knows that it is alone")
    b.ctl("forget_cluster_node", "--offline", "--accept-loss", a.name)
    b.await_serving()
    cluster.agree(b)
    gone(b)


def row_17_forget_unavailable_node(cluster):
    """a node that was killed may be forgotten"""
    a, b, c = cluster.form("disc", "ram", "disc")
    a.kill()
    wait_for(lambda: b.running() == "bc", what="the killed node is agreed to be down")
    b.ctl("forget_cluster_node", a.name)
    for node in cluster.agree(b, c):
        same((node.members("disk_nodes"), node.members("ram_nodes")), ("c", "b"), "the lists")


def row_17_forget_the_other_of_two(cluster):
    """the survivor of two disc nodes may forget the one that was killed"""
    a, b = cluster.form("disc", "disc")
    a.kill()
    wait_for(lambda: b.running() == "b", what="the killed node is agreed to be down")
    wait_for(lambda: b.ctl("add_vhost", "v") or True, what="definitions are possible")
    b.ctl("forget_cluster_node", a.name)
    same(b.members("disk_nodes"), "b", "the members")
    b.restart()
    cluster.agree(b)
