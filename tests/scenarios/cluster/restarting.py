"""In which order nodes may be stopped and started again, and what waits for what."""

import subprocess
import time

import nodes
from clients import changes_definitions, confirming
from nodes import same, wait_for


def stays_away(node, seconds=1.2):
    """The process lives and does not let clients in."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert node.alive(), f"{node.name} ended: {node.log()[-400:]}"
        assert not node.serves(), f"{node.name} serves"
        time.sleep(0.1)


def row_07_ram_first(cluster):
    """a ram node does not start without the disc nodes it knows; both start once the disc node is there"""
    a, b = cluster.form("disc", "ram")
    b.declare(queue="q", durable=True)
    a.stop()
    b.stop()
    b.launch()
    stays_away(b)
    a.start()
    b.await_serving()
    cluster.agree(a, b)
    same(a.queues(), ["q"], "the queues after all")


def row_09_stop_and_start_each_app(cluster):
    """the cluster is what it was after the broker of each node was stopped and started"""
    members = cluster.form("disc", "disc", "ram")
    for node in members:
        node.ctl("stop_app")
        assert not node.serves()
        others = [other for other in members if other is not node]
        cluster.agree(*others)
        node.ctl("cluster_status", fails=64, says="app to be running")
        node.ctl("start_app")
        node.await_serving()
        cluster.agree(*members)


def row_10_restart_each_node(cluster):
    """the cluster, its definitions and its messages are what they were after each node was restarted"""
    members = cluster.form("disc", "disc", "ram")
    for node in members:
        channel = confirming(node.channel())
        channel.call("queue.declare", queue=node.short, durable=True)
        channel.publish_confirmed(node.short, b"kept", delivery_mode=2)
        channel.connection.close()
    for node in members:
        node.restart()
        cluster.agree(*members)
    for node in members:
        wait_for(lambda node=node: node.queues(columns=("name", "messages")) == [("a", 1), ("b", 1), ("c", 1)])


def row_18_force_boot_refused_when_running(cluster):
    """force_boot is for a broker that does not run"""
    (a,) = cluster.alone("a")
    a.ctl("force_boot", fails=64, says="app to be stopped")


def row_19_force_boot(cluster):
    """who stopped first does not start alone, unless it is forced to; of both lives one goes on"""
    a, b = cluster.form("disc", "disc")
    a.stop()
    cluster.agree(b)
    changes_definitions(b)
    b.declare(queue="unknown to a", durable=True)
    b.stop()
    a.launch()
    stays_away(a)
    a.ctl("force_boot")
    a.await_serving()
    cluster.agree(a)
    changes_definitions(a)
    a.declare(queue="of a", durable=True)
    b.start()
    cluster.agree(a, b)
    wait_for(lambda: a.queues() == b.queues(), what="both list the same")


def row_19_last_to_stop_starts_alone(cluster):
    """who went on alone starts alone again"""
    a, b = cluster.form("disc", "disc")
    a.stop()
    cluster.agree(b)
    changes_definitions(b)
    b.declare(queue="q", durable=True)
    b.restart()
    cluster.agree(b)
    a.start()
    cluster.agree(a, b)
    same(a.queues(), ["q"], "what the other has learnt")


def row_26_start_in_reverse_order(cluster):
    """nodes that are stopped one after the other start in the opposite order"""
    a, b, c = cluster.form("disc", "disc", "disc")
    for node in (a, b, c):
        node.stop()
    c.launch()
    b.start()
    a.start()
    c.await_serving()
    cluster.agree(a, b, c)


def row_27_start_in_stop_order(cluster):
    """one of three waits; two of three are a majority and start without the last to stop (RabbitMQ: both time out)"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.stop()
    cluster.agree(b, c)
    c.declare(queue="unknown to a", durable=True)
    b.stop()
    c.stop()
    a.launch()
    stays_away(a)
    b.start()
    a.await_serving()
    cluster.agree(a, b)
    a.channel().call("exchange.declare", exchange="x", type="fanout", durable=True)
    c.start()
    cluster.agree(a, b, c)
    for node in (a, b, c):
        wait_for(lambda node=node: node.queues() == ["unknown to a"], what=f"{node.name} lists the queue")


def row_28_stop_order_with_force_boot(cluster):
    """after a forced start of the first the others come to it"""
    a, b, c = cluster.form("disc", "disc", "disc")
    c.declare(queue="q", durable=True)
    for node in (a, b, c):
        node.stop()
    a.launch()
    stays_away(a)
    a.ctl("force_boot")
    a.await_serving()
    b.start()
    c.start()
    cluster.agree(a, b, c)
    same(a.queues(), ["q"], "the queues")


def row_29_pid_file_and_wait(cluster):
    """there is a pid file; waiting for a start ends with it, and with an error when the process dies instead"""
    a, b = cluster.form("disc", "ram")
    pid_file = cluster.folder / "run" / f"{a.name}.pid"
    same(int(pid_file.read_text()), a.process.pid, "the pid file")
    a.ctl("await_startup")
    a.ctl("wait", pid_file, says=f"pid is {a.process.pid}\n")
    a.ctl("wait", "--pid", a.process.pid, says=f"are running on node '{a.name}'")
    a.ctl("wait", cluster.folder / "none.pid", "-t", 1, fails=75, says="timed out. Timeout value used: 1000")
    a.ctl("wait", fails=64, says="No pid or pidfile specified")
    a.ctl("stop", pid_file)
    same(a.process.wait(10), 0, "the exit code")
    b.stop()
    b.launch()  # waits for a
    file_of_b = cluster.folder / "run" / f"{b.name}.pid"
    wait_for(file_of_b.exists, what="the process is there")
    b.ctl("await_startup", "-t", 1, fails=75, says="operation await_startup on node b@localhost timed out")
    ctl = [str(nodes.programs / "warrenctl"), "-n", b.name]
    quiet = {"env": b.environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    startup = subprocess.Popen([*ctl, "await_startup"], **quiet)
    waits = subprocess.Popen([*ctl, "wait", str(file_of_b), "-t", "60"], **quiet)
    b.kill()
    assert startup.wait(20) != 0, "waiting for a process that died succeeded"
    same(waits.wait(20), 70, "the exit code of waiting for a process that died")


def row_30_await_online_nodes(cluster):
    """await_online_nodes waits for as many as are asked for, no longer than it may"""
    a = cluster.node("a").start()
    a.ctl("await_online_nodes", 1)
    a.ctl("await_online_nodes", 2, "-t", 1, fails=70, says="Not enough nodes joined a@localhost's cluster")
    a.ctl("await_online_nodes", "many", fails=65, says="positive integer")
    b = cluster.node("b").start("--join", f"localhost:{a.cluster_port}")
    a.ctl("await_online_nodes", 2)
    b.ctl("await_online_nodes", 5, "-t", 1, fails=70)


def row_31_persistent_cluster_name(cluster):
    """the name of the cluster is one, and survives restarts"""
    a, b = cluster.form("disc", "disc")
    b.ctl("set_cluster_name", "warren of many")
    for node in (a, b):
        wait_for(lambda node=node: node.status()["cluster_name"] == "warren of many")
    a.stop()
    b.stop()
    a.launch()
    b.start()
    a.await_serving()
    for node in cluster.agree(a, b):
        same(node.status()["cluster_name"], "warren of many", f"the name that {node.name} tells")
        start = node.dial().start()
        same(start.server_properties["cluster_name"], "warren of many", "what clients are told")
