"""What needs the others' agreement, what does not, and who is not let in at all."""

import time

from clients import Traffic, accepted, confirming, refused_at_once
from harness.frames import plain_response
from nodes import PATIENCE, NO_DISC, NO_MAJORITY, same, wait_for


def minority(of):
    """The last of three disc nodes, with a queue of its own; nothing can be agreed on any more."""
    a, b, c = of.form("disc", "disc", "disc")
    channel = a.channel()
    channel.call("queue.declare", queue="local", durable=True)
    channel.call("exchange.declare", exchange="x", type="direct", durable=True)
    channel.bind("local", "x", "key")
    b.kill()
    c.kill()
    # What was proposed before the others were seen to be silent may still be agreed on when they are back.
    perhaps = {"queue": "perhaps", "durable": True}
    wait_for(lambda: not accepted(channel, "queue.declare", **perhaps), what="definitions are refused")
    return a, b, c


def row_34_definitions_in_a_minority(cluster):
    """without a majority every change of a definition is refused at once, and the connection is usable after it"""
    a, b, c = minority(cluster)
    channel = a.channel()
    for method, arguments in (
        ("exchange.declare", {"exchange": "y", "type": "fanout"}),
        ("exchange.delete", {"exchange": "x"}),
        ("queue.declare", {"queue": "other"}),
        ("queue.declare", {"queue": "", "exclusive": True}),
        ("queue.delete", {"queue": "local"}),
        ("queue.bind", {"queue": "local", "exchange": "x", "routing_key": "other"}),
        ("queue.unbind", {"queue": "local", "exchange": "x", "routing_key": "key"}),
        ("exchange.bind", {"destination": "x", "source": "amq.direct"}),
    ):
        refused_at_once(channel, NO_MAJORITY, method, **arguments)
    for words in (
        ("add_user", "u", "secret"),
        ("add_vhost", "v"),
        ("set_permissions", "guest", "a", "b", "c"),
        ("clear_permissions", "guest"),
        ("set_user_tags", "guest", "monitoring"),
        ("change_password", "guest", "other"),
    ):
        a.ctl(*words, fails=69, says=NO_MAJORITY)
    b.start()
    wait_for(lambda: accepted(channel, "queue.declare", queue="again", durable=True), what="definitions work again")
    c.start()
    cluster.agree(a, b, c)
    same(set(b.queues()) - {"perhaps"}, {"again", "local"}, "the queues after it")


def row_35_messages_in_a_minority(cluster):
    """without a majority clients come, publish to a queue of their node, get, consume and declare what is there"""
    a, *_ = minority(cluster)
    channel = confirming(a.channel())
    channel.publish_confirmed("key", b"one", exchange="x", delivery_mode=2)
    same(channel.get("local").body, b"one", "the message")
    channel.call("queue.declare", queue="local", durable=True)
    channel.bind("local", "x", "key")
    traffic = Traffic(a, "local")
    wait_for(lambda: traffic.published > 100, what="messages flow")
    traffic.end()


def row_36_nothing_of_a_ram_node_is_lost(cluster):
    """a ram node alone accepts no definition, and what it confirmed is there when the disc node is back"""
    disc, ram = cluster.form("disc", "ram")
    channel = confirming(ram.channel())
    channel.call("queue.declare", queue="q", durable=True)
    disc.kill()
    perhaps = {"queue": "perhaps", "durable": True}
    wait_for(lambda: not accepted(channel, "queue.declare", **perhaps), what="definitions are refused")
    refused_at_once(channel, NO_DISC, "queue.declare", queue="none", durable=True)
    confirming(channel).publish_confirmed("q", b"kept", delivery_mode=2)
    ram.stop()
    disc.launch()
    ram.start()
    cluster.agree(disc, ram)
    same(set(disc.queues()) - {"perhaps"}, {"q"}, "the queues")
    same(disc.channel().drain("q"), [b"kept"], "the messages")


def definitions_do_not_wait_for_a_frozen_member(cluster):
    """a frozen member that is no part of the majority delays no definition by more than a second"""
    a, b, c = cluster.form("disc", "disc", "disc")
    channel = a.channel()
    frozen = b if a.status().get("leader") != b.name else c
    frozen.freeze()
    slowest = 0.0
    for number in range(40):
        began = time.monotonic()
        channel.call("queue.declare", queue=f"q{number}", durable=True)
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.03)
    assert slowest < 1.0 * PATIENCE, f"a declare took {slowest:.2f} s"
    frozen.thaw()
    cluster.agree(a, b, c)
    wait_for(lambda: len(frozen.queues()) == 40, what="the frozen one has learnt everything")


def row_119_wrong_secret(cluster):
    """who has another secret is no member, and the answer says what may be wrong"""
    a = cluster.node("a").start()
    secret = cluster.folder / "other_secret"
    secret.write_text("not the secret of the others\n")
    secret.chmod(0o400)
    b = cluster.node("b", "--cluster-secret-file", str(secret)).start()
    b.ctl("stop_app")
    b.ctl("join_cluster", a.name, fails=69, says="secret")
    b.ctl("start_app")
    b.await_serving()
    c = cluster.node("c", "--cluster-secret-file", str(secret)).launch("--join", f"localhost:{a.cluster_port}")
    same(c.process.wait(25), 69, "the exit code of one that was to join")
    assert "secret" in c.log(), c.log()
    cluster.agree(a)
    cluster.agree(b)


def row_120_membership_in_a_minority(cluster):
    """without a majority nobody joins and nobody is forgotten, and both are told"""
    a, b, c = minority(cluster)
    before = a.status()["disk_nodes"]
    a.ctl("forget_cluster_node", "--accept-loss", b.name, fails=69)
    z = cluster.node("z").start()
    z.ctl("stop_app")
    z.ctl("join_cluster", a.name, fails=69, says=NO_MAJORITY)
    z.ctl("start_app")
    z.await_serving()
    cluster.agree(z)
    b.start()
    c.start()
    cluster.agree(a, b, c)
    same(a.status()["disk_nodes"], before, "the members afterwards")


def members_are_read_locally(cluster):
    """any node answers for all: definitions made at one are listed and usable at the others at once"""
    a, b, c = cluster.form("disc", "ram", "disc")
    a.ctl("add_user", "ann", "secret")
    a.ctl("add_vhost", "v")
    a.ctl("set_permissions", "-p", "v", "ann", ".*", ".*", ".*")
    for node in (b, c):
        wait_for(lambda node=node: {"name": "v"} in node.rows("list_vhosts"), what="the vhost is known")
        node.ctl("authenticate_user", "ann", "secret")
    wait_for(lambda: c.rows("list_permissions", "-p", "v"), what="the permissions are known")
    channel = b.connect(vhost="v", response=plain_response("ann", "secret")).channel()
    channel.call("queue.declare", queue="q")
    same(c.rows("list_queues", "-p", "v", "name"), [{"name": "q"}], "the queues of the vhost")
    b.ctl("delete_vhost", "v")
    wait_for(lambda: {"name": "v"} not in a.rows("list_vhosts"), what="the vhost is gone")
    channel.connection.expect_connection_error(320, "vhost 'v' is deleted")
