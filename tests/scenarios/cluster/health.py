"""Alarms of one node that all hear of, and what members tell of themselves."""

import time

from clients import confirming
from nodes import PATIENCE, free_port, same, wait_for

BLOCKED_WITHIN = 1.0  # seconds
LIMIT_REACHED = "NOT_ALLOWED - access to vhost '/' refused for user 'guest': connection limit (2) is reached"


def alarms(node):
    return sorted((alarm["node"], alarm["resource"]) for alarm in node.status()["alarms"])


def await_alarms(wanted, *nodes):
    for node in nodes:
        wait_for(lambda node=node: alarms(node) == wanted, what=f"{node.name} lists {wanted}")


def short_of_memory(node):
    node.ctl("set_vm_memory_high_watermark", 0)


def has_memory(node):
    node.ctl("set_vm_memory_high_watermark", "absolute", "100GB")


def row_32_alarms_visible(cluster):
    """a memory alarm of one node and a disk alarm of another are listed by every node, and fail its check"""
    a, b = cluster.form("disc", "disc")
    for node in (a, b):
        node.ctl("check_alarms", says=f"Node {node.name} reported no alarms, local or clusterwide")
    short_of_memory(a)
    b.ctl("set_disk_free_limit", "1000000TB")
    both = [(a.name, "memory"), (b.name, "disk")]
    await_alarms(both, a, b)
    for node in (a, b):
        text = node.ctl("cluster_status")
        wanted = f"Alarms\n\nMemory alarm on node {a.name}\nFree disk space alarm on node {b.name}\n"
        assert wanted in text, text
        node.ctl("check_alarms", fails=69, says=f"Error:\nMemory alarm on node {a.name}\nFree disk space alarm")
    a.ctl("check_local_alarms", fails=69, says=f"Error:\nMemory alarm on node {a.name}\n")
    same([alarm["resource"] for alarm in b.rows("status")["alarms"]], ["disk"], "the alarms of b itself")
    has_memory(a)
    b.ctl("set_disk_free_limit", "1MB")
    await_alarms([], a, b)
    b.ctl("check_local_alarms", says=f"Node {b.name} reported no local alarms")
    assert f"memory resource limit alarm cleared on node {a.name}" in b.log(), b.log()


def row_117_alarm_blocks_everywhere(cluster):
    """an alarm of one node blocks publishers of all others at their next publish, not consumers, until it clears"""
    a, b, c = cluster.form("disc", "disc", "disc")
    publisher = a.connect(capabilities={"connection.blocked": True})
    channel = confirming(publisher.channel())
    channel.call("queue.declare", queue="q", durable=True)
    consumer = b.channel()
    short_of_memory(c)
    await_alarms([(c.name, "memory")], a)
    publisher.expect_silence()
    channel.publish("q", b"one")
    same(publisher.expect("connection.blocked").reason, "low on memory", "the reason")
    channel.expect("basic.ack")
    channel.publish("q", b"two")
    consumer.consume("q", no_ack=True)
    same(consumer.expect("basic.deliver").body, b"one", "what a consumer gets")
    consumer.call("queue.declare", queue="other")
    publisher.expect_silence()
    has_memory(c)
    began = time.monotonic()
    publisher.expect("connection.unblocked")
    assert time.monotonic() - began < BLOCKED_WITHIN * PATIENCE, "the alarm cleared too late"
    channel.expect("basic.ack")
    same(consumer.expect("basic.deliver").body, b"two", "what comes after it")


def section_7_2_alarm_ends_with_its_node(cluster):
    """the alarm of a node that dies is over for the others, whose publishers go on"""
    a, b, c = cluster.form("disc", "disc", "disc")
    channel = confirming(a.channel())
    channel.call("queue.declare", queue="q")
    short_of_memory(c)
    await_alarms([(c.name, "memory")], a, b)
    channel.publish("q", b"one")
    channel.expect("basic.ack")
    channel.publish("q", b"two")
    c.kill()
    channel.expect("basic.ack", within=5)
    await_alarms([], a, b)
    c.start()
    cluster.agree(a, b, c)
    await_alarms([], a, b, c)


def section_2_11_versions_and_listeners_of_all(cluster):
    """every node tells the versions and listeners of all that run, as text and as JSON"""
    a, b = cluster.form("disc", "ram")
    version = a.ctl("version").strip()
    for node in (a, b):
        wait_for(lambda node=node: len(node.status()["versions"]) == 2, what=f"{node.name} knows all versions")
        status = node.status()
        for member in (a, b):
            same(status["versions"][member.name]["rabbitmq_version"], version, "the version")
            ports = {listener["protocol"]: listener["port"] for listener in status["listeners"][member.name]}
            same(ports, {"amqp": member.port, "clustering": member.cluster_port}, "the listeners")
        text = node.ctl("cluster_status")
        for member in (a, b):
            assert f"{member.name}: Warren {version}" in text, text
            assert f"Node: {member.name}, interface: [::], port: {member.port}, protocol: amqp" in text, text
    b.kill()
    wait_for(lambda: list(a.status()["versions"]) == [a.name], what="a forgets what b told")
    same(list(a.status()["listeners"]), [a.name], "the listeners")


def refuses_connections(node):
    connection = node.dial()
    connection.login()
    connection.tune()
    connection.send_method(0, "connection.open", virtual_host="/")
    answer = connection.next_on(0)
    if answer.name == "connection.open-ok":
        connection.close()
        return False
    same((answer.reply_code, answer.reply_text), (530, LIMIT_REACHED), "the answer")
    return True


def row_96_limit_of_connections(cluster):
    """connections to all nodes count for the limit of their vhost; those of a node that is cut off until it is back do not"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.ctl("set_vhost_limits", '{"max-connections":2}')
    b.connect()
    c.connect()
    for node in (a, b, c):
        wait_for(lambda node=node: refuses_connections(node), what=f"{node.name} refuses a third connection")
    c.freeze()
    wait_for(lambda: not refuses_connections(a), what="the connection to c counts no more")
    c.thaw()
    cluster.agree(a, b, c)
    wait_for(lambda: refuses_connections(a), what="it counts again")
    c.kill()
    wait_for(lambda: not refuses_connections(b), what="it is gone")
    b.ctl("clear_vhost_limits")
    for node in (a, b):
        for _ in range(3):
            node.connect()


def row_33_strange_files(cluster):
    """files in the folders of a node that make no sense do not keep it from starting"""
    node = cluster.node("a")
    data = node.folder / "data"
    data.mkdir()
    (data / "schema.DAT").write_bytes(b"\x00bad schema")
    (data / "rabbitmq.schema").write_text("{mapping, \"bad")
    node.start()
    node.declare(queue="q", durable=True)
    node.restart()
    same(node.queues(), ["q"], "the queues")


def asked_over_http(cluster):
    """a node with an HTTP port answers operators from elsewhere as it does at home, and only those who administrate"""
    port, config = free_port(), cluster.folder / "a.conf"
    config.write_text(f"management.tcp.port = {port}\n")
    a = cluster.node("a", "--config", str(config)).start()
    a.declare(queue="q", durable=True)

    def at(user, **expected):
        return lambda *words: a.ctl("--url", f"http://{user}@127.0.0.1:{port}", *words, **expected)

    guest = at("guest:guest")
    same(guest("list_queues", "name", "-q", "--no-table-headers"), "q\n", "the queues")
    same(guest("cluster_status", "--formatter", "json"), a.ctl("cluster_status", "--formatter", "json"), "the status")
    guest("add_user", "bob", "secret")
    same(at("bob:secret", fails=69)("list_queues").count("administrator"), 1, "why bob is refused")
    guest("set_user_tags", "bob", "administrator")
    at("bob:secret")("add_vhost", "of bob")
    at("bob:guess", fails=69, says="wrong name or password")("list_queues")
    at("bob:secret", fails=65, says="Virtual host 'nowhere' does not exist")("delete_vhost", "nowhere")
    same(sorted(a.ctl("list_vhosts", "-q", "--no-table-headers").split("\n"))[1:], ["/", "of bob"], "the vhosts")
