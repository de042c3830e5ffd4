"""Which node a new queue lives on, and nodes in maintenance."""

import collections

from clients import confirming
from nodes import same, wait_for

LOCATOR = "x-queue-master-locator"
MAINTENANCE = "Node was put into maintenance mode"


def places(node, prefix=""):
    """How many queues whose names begin so live on each node, by its short name."""
    rows = node.queues(columns=("name", "node"))
    return collections.Counter(place.split("@")[0] for name, place in rows if name.startswith(prefix))


def declare(channel, prefix, count, locator=None, **options):
    for number in range(count):
        arguments = {LOCATOR: locator} if locator else {}
        channel.call("queue.declare", queue=f"{prefix}{number}", arguments=arguments, **options)


def row_41_locators_by_argument(cluster):
    """client-local, min-masters and random place queues as they say; exclusive queues stay; the others use them all"""
    a, b, c = cluster.form("disc", "disc", "disc")
    channel = b.channel()
    declare(channel, "default", 3)
    declare(channel, "local", 3, "client-local")
    same(places(a), {"b": 6}, "where they are")
    declare(channel, "least", 6, "min-masters")
    same(places(a, "least"), {"a": 3, "c": 3}, "where the next six are")
    declare(channel, "any", 30, "random")
    assert set(places(a, "any")) == set("abc"), places(a, "any")
    declare(channel, "exclusive", 4, "min-masters", exclusive=True)
    same(places(a, "exclusive"), {"b": 4}, "where exclusive queues are")
    arguments = {LOCATOR: "bogus"}
    channel.send("queue.declare", queue="bogus", arguments=arguments)
    same(channel.next().reply_code, 406, "the answer to a locator that does not exist")
    channel = confirming(c.channel())
    for number in range(6):
        channel.publish_confirmed(f"least{number}", b"x", mandatory=True)
        same(channel.get(f"least{number}").body, b"x", "what is there")


def row_42_locator_by_policy(cluster):
    """the locator of a policy places queues that do not say, in the vhost and under the names that it is for"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.ctl("set_policy", "--apply-to", "queues", "least", "^least", '{"queue-master-locator":"min-masters"}')
    a.ctl("set_policy", "any", "^any", '{"queue-master-locator":"random"}')
    for node in (a, b, c):
        wait_for(lambda node=node: len(node.rows("list_policies")) == 2, what="both policies are everywhere")
    channel = b.channel()
    declare(channel, "least", 9)
    same(places(a), {"a": 3, "b": 3, "c": 3}, "where they are")
    declare(channel, "any", 30)
    assert set(places(a, "any")) == set("abc"), places(a, "any")
    declare(channel, "least local", 3, "client-local")
    same(places(a, "least local"), {"b": 3}, "where those are that say")
    declare(channel, "other", 3)
    same(places(a, "other"), {"b": 3}, "where those are that no policy is for")
    declare(channel, "least exclusive", 3, exclusive=True)
    same(places(a, "least exclusive"), {"b": 3}, "where exclusive queues are")


def row_42_policies_act_on_every_node(cluster):
    """a policy set at one node acts on queues of another, survives restarts, and goes when it is cleared"""
    a, b = cluster.form("disc", "disc")
    channel = confirming(b.channel())
    channel.call("queue.declare", queue="q", durable=True)
    for number in range(5):
        channel.publish_confirmed("q", str(number).encode(), delivery_mode=2)
    a.ctl("set_policy", "p", "^q$", '{"max-length":2}')
    wait_for(lambda: channel.ready("q") == 2, what="the head is dropped")
    a.ctl("set_operator_policy", "o", "^q$", '{"max-length":1}')
    wait_for(lambda: channel.ready("q") == 1, what="operators have their way")
    columns = ("name", "policy", "operator_policy", "effective_policy_definition")
    row = ("q", "p", "o", {"max-length": 1})
    same([tuple(one[column] for column in columns) for one in a.rows("list_queues", *columns)], [row], "what is shown")
    b.restart()
    cluster.agree(a, b)
    channel = confirming(b.channel())
    for number in range(3):
        channel.publish_confirmed("q", str(number).encode(), delivery_mode=2)
    same(channel.ready("q"), 1, "what is kept after a restart")
    b.ctl("clear_operator_policy", "o")
    b.ctl("clear_policy", "p")
    b.ctl("clear_policy", "p", fails=69, says="Parameter does not exist")
    for number in range(3):
        channel.publish_confirmed("q", str(number).encode(), delivery_mode=2)
    wait_for(lambda: channel.ready("q") == 4, what="nothing is limited")


def row_43_locator_by_configuration(cluster):
    """the configured locator places queues that do not say"""
    config = cluster.folder / "locator.conf"
    config.write_text("queue_master_locator = min-masters\n")
    a, b = cluster.form("disc", "disc", options=("--config", str(config)))
    channel = a.channel()
    declare(channel, "q", 8)
    same(places(b), {"a": 4, "b": 4}, "where they are")
    declare(channel, "local", 3, "client-local")
    same(places(b, "local"), {"a": 3}, "where those are that say")


def row_44_invalid_locator_policy(cluster):
    """a policy whose locator does not exist is refused, as is one that makes no sense otherwise"""
    (a,) = cluster.alone("a")
    for definition, says in (
        ('{"queue-master-locator":"bogus"}', '<<"bogus">> invalid queue-master-locator value'),
        ('{"foo":1}', '[{<<"foo">>,1}] are not recognised policy settings'),
        ('{"max-length":-1}', "-1 is not a valid maximum length"),
        ('{"ha-mode":"bogus"}', '<<"bogus">> is not a valid ha-mode value'),
    ):
        a.ctl("set_policy", "p", ".*", definition, fails=69, says=f"Error:\nValidation failed\n\n{says}")
    a.ctl("set_policy", "p", ".*", "{", fails=69, says="JSON decoding error")
    same(a.rows("list_policies"), [], "the policies")


def row_45_min_masters_with_bindings(cluster):
    """many queues with bindings go to the node with the fewest, declared at any node"""
    a, b, c = cluster.form("disc", "disc", "disc")
    declare(a.channel(), "first", 10)
    declare(b.channel(), "second", 4)
    channels = [node.channel() for node in (a, b, c)]
    for number in range(16):
        channel = channels[number % 3]
        channel.call("queue.declare", queue=f"q{number}", arguments={LOCATOR: "min-masters"})
        channel.bind(f"q{number}", "amq.topic", f"{number}.*")
    same(places(a), {"a": 10, "b": 10, "c": 10}, "where they are")
    same(places(b), places(c), "where others see them")


def row_46_locator_and_maintenance(cluster):
    """a node in maintenance gets no queues; when all are, they are local"""
    a, b, c = cluster.form("disc", "disc", "disc")
    channel = a.channel()
    b.ctl("drain")
    declare(channel, "q", 6, "min-masters")
    same(places(a), {"a": 3, "c": 3}, "where they are")
    declare(channel, "any", 20, "random")
    same(places(a, "any")["b"], 0, "how many the drained node got")
    c.ctl("drain")
    declare(channel, "more", 3, "min-masters")
    same(places(a, "more"), {"a": 3}, "where they are")


def row_47_maintenance(cluster):
    """a drained node closes its clients with 320 and its port, is marked, and serves again when revived"""
    a, b, _ = cluster.form("disc", "disc", "disc")
    connection = b.connect()
    b.ctl("drain")
    connection.expect_connection_error(320, MAINTENANCE)
    wait_for(lambda: not b.serves(), what="the port is closed")
    for node in (a, b):
        wait_for(lambda node=node: "maintenance" in node.status()["maintenance_status"][b.name], what="it is marked")
        same(node.status()["maintenance_status"][a.name], "not under maintenance", "the mark of the other")
        same(node.running(), "abc", "who runs")
    b.ctl("drain")
    b.ctl("revive")
    b.await_serving()
    b.connect().close()
    wait_for(lambda: a.status()["maintenance_status"][b.name] == "not under maintenance", what="the mark is gone")
    b.ctl("revive")


def row_47_maintenance_ends_with_a_restart(cluster):
    """the mark of maintenance does not survive a restart of the broker"""
    a, b = cluster.form("disc", "disc")
    b.ctl("drain")
    b.restart()
    cluster.agree(a, b)
    same(a.status()["maintenance_status"][b.name], "not under maintenance", "the mark")


def row_48_drain_alone(cluster):
    """a node that is alone can be drained and revived"""
    (a,) = cluster.alone("a")
    channel = confirming(a.channel())
    channel.call("queue.declare", queue="q", durable=True)
    channel.publish_confirmed("q", b"kept", delivery_mode=2)
    a.ctl("drain")
    channel.connection.expect_connection_error(320, MAINTENANCE)
    wait_for(lambda: not a.serves(), what="the port is closed")
    a.ctl("revive")
    a.await_serving()
    same(a.channel().drain("q"), [b"kept"], "the messages")
