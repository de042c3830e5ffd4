"""How nodes become members and cease to be, by command and by configuration."""

from clients import changes_definitions, confirming
from nodes import same, wait_for


def row_01_join_and_part(cluster):
    """nodes join and leave again, and all lists agree"""
    a, b, c = cluster.alone("abc")
    a.join(c)
    b.join(c, "--ram")
    for node in cluster.agree(a, b, c):
        same((node.members("disk_nodes"), node.members("ram_nodes")), ("ac", "b"), f"the lists of {node.name}")
    a.ctl("join_cluster", c.name, says="The node is already a member of this cluster")
    for node, others in ((a, (b, c)), (b, (c,))):
        node.ctl("stop_app")
        node.ctl("reset")
        node.ctl("start_app")
        node.await_serving()
        same((node.running(), node.members("disk_nodes")), (node.short, node.short), "who is there after the reset")
        cluster.agree(*others)
    same((c.members("disk_nodes"), c.members("ram_nodes")), ("c", ""), "the lists of the last")


def row_02_join_without_stop_app(cluster):
    """join_cluster on a running broker stops it and starts it again"""
    a, b = cluster.alone("ab")
    a.ctl("join_cluster", b.name)
    a.await_serving()
    cluster.agree(a, b)


def row_03_join_to_start_interval(cluster):
    """a member that has joined and not started is listed, and does not run"""
    a, b = cluster.alone("ab")
    a.ctl("stop_app")
    a.ctl("join_cluster", b.name)
    same((b.members("disk_nodes"), b.running()), ("ab", "b"), "the lists before the start")
    a.ctl("start_app")
    a.await_serving()
    cluster.agree(a, b)


def row_04_join_unknown_node(cluster):
    """joining a node that is not there fails, and the node is usable alone"""
    (a,) = cluster.alone("a")
    a.declare(queue="kept", durable=True)
    a.ctl("stop_app")
    a.ctl("join_cluster", "--accept-loss", "absent@localhost", fails=69, says="absent@localhost")
    a.ctl("start_app")
    a.await_serving()
    a.channel().call("queue.declare", queue="kept", passive=True)


def row_05_join_self(cluster):
    """a node cannot join itself"""
    (a,) = cluster.alone("a")
    a.ctl("stop_app")
    a.ctl("join_cluster", a.name, fails=70, says=f"cannot cluster node with itself: {a.name}")


def row_06_only_disc_node_leaves(cluster):
    """the only disc node of a cluster may neither join another nor be reset"""
    a, b = cluster.form("disc", "ram")
    c = cluster.node("c").start()
    b.ctl("stop_app")
    a.ctl("stop_app")
    a.ctl("join_cluster", c.name, fails=69, says="{:clustering_only_disc_node, 'You cannot cluster a node if it is")
    a.ctl("reset", fails=69, says="{:resetting_only_disc_node, 'You cannot reset a node when it is the only disc node")
    a.ctl("start_app")
    b.ctl("start_app")
    cluster.agree(a, b)


def row_08_join_while_a_member_is_down(cluster):
    """who was down while another joined learns of it"""
    a, c = cluster.alone("ac")
    c.join(a)
    cluster.agree(a, c)
    c.stop()
    cluster.agree(a)
    changes_definitions(a)
    b = cluster.node("b").start().join(a)
    cluster.agree(a, b)
    c.start()
    cluster.agree(a, b, c)


def row_22_change_cluster_while_a_node_is_offline(cluster):
    """who was down while another left learns of it"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.stop()
    cluster.agree(b, c)
    c.ctl("stop_app")
    c.ctl("reset")
    c.ctl("start_app")
    c.await_serving()
    cluster.agree(c)
    a.start()
    for node in cluster.agree(a, b):
        same(node.members("disk_nodes"), "ab", f"the members that {node.name} lists")
    cluster.agree(c)


def row_23_force_reset_then_rejoin(cluster):
    """who was reset by force may come back once his old peers forget him"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.ctl("stop_app")
    a.ctl("force_reset")
    a.ctl("start_app")
    a.await_serving()
    cluster.agree(a)
    a.ctl("join_cluster", b.name, fails=69, says="inconsistent_cluster")
    b.ctl("forget_cluster_node", a.name)
    a.await_serving()
    a.join(b)
    cluster.agree(a, b, c)


def configured(cluster, name, *lines):
    config = cluster.folder / f"{name}.conf"
    config.write_text("".join(f"{line}\n" for line in lines))
    return cluster.node(name, "--config", str(config))


def row_24_discovery_list(cluster):
    """a new node joins those of its configured list as what it is told to be"""
    a = cluster.node("a").start()
    listed = "cluster_formation.classic_config.nodes.1 = a@localhost"
    b = configured(cluster, "b", listed, "cluster_formation.node_type = ram").start()
    c = configured(cluster, "c", listed, "cluster_formation.node_type = disc").start()
    d = configured(cluster, "d", listed).start()
    for node in cluster.agree(a, b, c, d):
        same((node.members("disk_nodes"), node.members("ram_nodes")), ("acd", "b"), f"the lists of {node.name}")
    d.restart()  # the list is for new nodes only
    cluster.agree(a, b, c, d)


def row_24_discovery_list_of_all(cluster):
    """nodes that are started together with one list of all of them become one cluster"""
    listed = [f"cluster_formation.classic_config.nodes.{i + 1} = {name}@localhost" for i, name in enumerate("abc")]
    nodes = [configured(cluster, name, *listed).launch() for name in "abc"]
    for node in nodes:
        node.await_serving(within=25)
    cluster.agree(*nodes)


def row_25_discovery_invalid_value(cluster):
    """a node type that does not exist, or a list that is none, ends the start"""
    for line in ("cluster_formation.node_type = moon", "cluster_formation.classic_config.nodes.1 ="):
        node = configured(cluster, f"n{len(cluster.nodes)}", line).launch()
        same(node.process.wait(10), 64, f"the exit code with {line}")


def section_2_5_join_destroys_only_when_told(cluster):
    """a node with durable queues joins only when it is told that they may be lost"""
    a, b = cluster.alone("ab")
    channel = confirming(a.channel())
    channel.call("queue.declare", queue="mine", durable=True)
    channel.publish_confirmed("mine", b"kept", delivery_mode=2)
    a.ctl("stop_app")
    a.ctl("join_cluster", b.name, fails=69, says="mine")
    a.ctl("start_app")
    a.await_serving()
    wait_for(lambda: a.channel().ready("mine") == 1, what="the message is there")
    a.ctl("stop_app")
    a.ctl("join_cluster", "--accept-loss", b.name)
    a.ctl("start_app")
    a.await_serving()
    cluster.agree(a, b)
    same(a.queues(), [], "the queues after joining")
