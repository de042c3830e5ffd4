"""Every operation of AMQP from a node that does not own the queue: as if it did (section 3.2)."""

from clients import PERSISTENT, confirming
from harness.expectations import eventually
from nodes import same


def owner_and_other(cluster, queue="q", **declare):
    """A channel at the owner of a new queue and one at another node; both nodes have two shards."""
    a, b = cluster.form("disc", "disc", options=("--shards", "2"))
    at_owner, remote = a.channel(), b.channel()
    at_owner.call("queue.declare", queue=queue, **declare)
    eventually(lambda: remote.exists("queue", queue) if not declare.get("exclusive") else queue in b.queues())
    return at_owner, remote


def section_3_2_publish_and_get(cluster):
    """publishes arrive in their order; get takes them with their properties and counts; purge and delete count"""
    owner, remote = owner_and_other(cluster, durable=True)
    for number in range(50):
        remote.publish("q", b"%d" % number, message_id=str(number), headers={"n": number})
    eventually(lambda: owner.ready("q") == 50)
    for number in range(10):
        message = remote.get("q", no_ack=False)
        same((message.body, message.message_count), (b"%d" % number, 49 - number), "the message")
        same(message.properties["headers"], {"n": number}, "its headers")
        remote.send("basic.ack", delivery_tag=message.delivery_tag)
    same(remote.call("queue.declare", queue="q", passive=True).message_count, 40, "what is ready")
    remote.expect_refusal("queue.delete", 406, "queue 'q' in vhost '/' not empty", queue="q", if_empty=True)
    same(remote.call("queue.purge", queue="q").message_count, 40, "what was purged")
    same(remote.get("q"), None, "what is left")
    remote.publish("q", b"last")
    eventually(lambda: owner.ready("q") == 1)
    same(remote.call("queue.delete", queue="q").message_count, 1, "what was deleted")
    same(owner.exists("queue", "q"), False, "whether the queue is there")


def section_3_2_large_bodies(cluster):
    """bodies of several megabytes cross in both directions, between small ones, unchanged"""
    owner, remote = owner_and_other(cluster)
    confirming(remote)
    bodies = [bytes([number]) * size for number, size in enumerate((0, 1, 5_000_000, 3, 131_072, 12_000_000, 7))]
    for body in bodies:
        remote.publish_confirmed("q", body)
    remote.consume("q", no_ack=True)
    for number, body in enumerate(bodies):
        got = remote.expect("basic.deliver", within=20).body
        assert got == body, f"body {number} of {len(body)} bytes is another one, of {len(got)}"


def section_3_2_confirms(cluster):
    """each publish is confirmed once every queue has it, wherever the queues are"""
    owner, remote = owner_and_other(cluster, durable=True)
    remote.call("queue.declare", queue="local", durable=True)
    for queue in ("q", "local"):
        remote.bind(queue, "amq.fanout")
    confirming(remote)
    for _ in range(200):
        remote.publish("", b"x", exchange="amq.fanout", **PERSISTENT)
    same(remote.outcomes(200), [True] * 200, "the confirms")
    same((owner.ready("q"), owner.ready("local")), (200, 200), "what the queues hold")


def section_3_2_mandatory(cluster):
    """what reaches no queue is returned, then confirmed; what reaches a queue elsewhere is not returned"""
    _, remote = owner_and_other(cluster)
    confirming(remote)
    remote.publish("nowhere", b"back", mandatory=True)
    returned = remote.expect("basic.return")
    same((returned.reply_code, returned.reply_text, returned.body), (312, "NO_ROUTE", b"back"), "the return")
    remote.expect("basic.ack")
    remote.publish_confirmed("q", b"there", mandatory=True)


def section_3_2_consume(cluster):
    """deliveries come in order within the prefetch limit; settling and cancelling work as at the owner"""
    owner, remote = owner_and_other(cluster)
    remote.call("basic.qos", prefetch_count=3)
    tag = remote.consume("q")
    for number in range(6):
        owner.publish("q", b"%d" % number)
    first, second, third = remote.expect_bodies(b"0", b"1", b"2")
    remote.expect_silence()
    remote.send("basic.ack", delivery_tag=first.delivery_tag)
    fourth = remote.expect_bodies(b"3")[0]
    remote.send("basic.nack", delivery_tag=second.delivery_tag, requeue=True)
    again = remote.expect_bodies(b"1")[0]
    same(again.redelivered, True, "the flag of what came again")
    remote.send("basic.reject", delivery_tag=third.delivery_tag, requeue=False)
    fifth = remote.expect_bodies(b"4")[0]
    same(owner.call("queue.declare", queue="q", passive=True).consumer_count, 1, "the consumers")
    remote.call("basic.cancel", consumer_tag=tag)
    same(owner.call("queue.declare", queue="q", passive=True).consumer_count, 0, "the consumers")
    remote.send("basic.ack", delivery_tag=fifth.delivery_tag, multiple=True)
    eventually(lambda: owner.ready("q") == 1)
    del fourth, again
    same(owner.drain("q"), [b"5"], "what is left")


def section_3_2_unsettled_come_back(cluster):
    """what a client at another node held is ready again when its channel, connection or socket ends"""
    owner, remote = owner_and_other(cluster)
    owner.publish("q", b"held")
    eventually(lambda: owner.ready("q") == 1)
    for end in (remote.close, remote.connection.close, remote.connection.close_socket):
        if end != remote.close:
            remote = cluster.nodes[1].channel()
            end = getattr(remote.connection, end.__name__)
        same(remote.get("q", no_ack=False).body, b"held", "the message")
        end()
        eventually(lambda: owner.ready("q") == 1)
    same(owner.get("q").redelivered, True, "the flag of what was held")


def section_3_2_consumers_share(cluster):
    """consumers of several nodes take turns"""
    a, b = cluster.form("disc", "disc", options=("--shards", "2"))
    channels = [a.channel(), b.channel(), b.channel()]
    channels[0].call("queue.declare", queue="q")
    eventually(lambda: channels[1].exists("queue", "q"))
    for channel in channels:
        channel.consume("q", no_ack=True)
    publisher = b.channel()
    for number in range(30):
        publisher.publish("q", b"%d" % number)
    taken = [[int(channel.expect("basic.deliver").body) for _ in range(10)] for channel in channels]
    same(sorted(sum(taken, [])), list(range(30)), "what was delivered")
    for bodies in taken:
        same(bodies, sorted(bodies), "the order at one consumer")


def section_3_2_definitions(cluster):
    """declare, bind, unbind and delete work at any node; a declare that differs is refused at any node"""
    owner, remote = owner_and_other(cluster, durable=True, arguments={"x-max-length": 3})
    remote.call("queue.declare", queue="q", durable=True, arguments={"x-max-length": 3})
    text = "inequivalent arg 'durable' for queue 'q' in vhost '/': received 'false' but current is 'true'"
    remote.expect_refusal("queue.declare", 406, text, queue="q")
    remote.exchange("topic", exchange="x", auto_delete=True)
    owner.bind("q", "x", "a.*")
    confirming(remote).publish_confirmed("a.b", b"routed", exchange="x")
    same(owner.drain("q"), [b"routed"], "what arrived")
    remote.call("queue.unbind", queue="q", exchange="x", routing_key="a.*")
    same(owner.exists("exchange", "x"), False, "whether the exchange is there after its last unbind")
    remote.call("queue.delete", queue="q")
    same(owner.exists("queue", "q"), False, "whether the queue is there")


def section_3_2_exclusive(cluster):
    """an exclusive queue is its connection's alone, at every node, and goes with it"""
    owner, remote = owner_and_other(cluster, exclusive=True)
    locked = (
        "cannot obtain exclusive access to locked queue 'q' in vhost '/'. It could be originally declared on another "
        "connection or the exclusive property value does not match that of the original declaration."
    )
    for method in ("queue.declare", "queue.purge", "queue.delete", "basic.get", "basic.consume"):
        remote.expect_refusal(method, 405, locked, queue="q")
    confirming(remote).publish_confirmed("q", b"in")
    same(owner.drain("q"), [b"in"], "what arrived")
    owner.connection.close()
    eventually(lambda: not remote.exists("queue", "q"))


def section_3_2_exclusive_consumer(cluster):
    """an exclusive consumer at one node keeps consumers at others away"""
    owner, remote = owner_and_other(cluster)
    remote.consume("q", exclusive=True)
    owner.expect_refusal("basic.consume", 403, "queue 'q' in vhost '/' in exclusive use", queue="q")
    remote.connection.close()
    eventually(lambda: owner.call("queue.declare", queue="q", passive=True).consumer_count == 0)
    owner.consume("q", exclusive=True)


def section_3_2_auto_delete(cluster):
    """an auto-delete queue goes with its last consumer, wherever that was"""
    owner, remote = owner_and_other(cluster, auto_delete=True)
    owner.consume("q", consumer_tag="here")
    remote.consume("q", consumer_tag="there")
    owner.call("basic.cancel", consumer_tag="here")
    assert owner.exists("queue", "q")
    remote.call("basic.cancel", consumer_tag="there")
    eventually(lambda: not owner.exists("queue", "q"))
    same(remote.exists("queue", "q"), False, "whether it is there")


def section_3_2_cancel_notify(cluster):
    """when the queue is deleted, a consumer at another node is told"""
    owner, remote = owner_and_other(cluster)
    tag = remote.consume("q")
    owner.call("queue.delete", queue="q")
    same(remote.expect("basic.cancel").consumer_tag, tag, "who is told")


def section_3_2_direct_reply_to(cluster):
    """a request goes to another node, and the reply finds the way back without a queue"""
    server, client = owner_and_other(cluster, "requests")
    server.consume("requests", no_ack=True)
    client.consume("amq.rabbitmq.reply-to", no_ack=True)
    for number in range(20):
        client.publish("requests", b"%d" % number, reply_to="amq.rabbitmq.reply-to")
        request = server.expect("basic.deliver")
        reply_to = request.properties["reply_to"]
        assert reply_to.startswith("amq.rabbitmq.reply-to."), reply_to
        server.publish(reply_to, b"re " + request.body, mandatory=True)
        client.expect_bodies(b"re %d" % number)
    client.connection.close()
    server.publish(reply_to, b"too late", mandatory=True)
    server.expect_silence()


def section_3_2_transactions(cluster):
    """publishes and acks of a transaction take effect at its commit, not after a rollback"""
    owner, remote = owner_and_other(cluster, durable=True)
    owner.publish("q", b"old")
    eventually(lambda: owner.ready("q") == 1)
    remote.call("tx.select")
    for end, left in (("rollback", [b"old"]), ("commit", [b"new", b"new"])):
        message = remote.get("q", no_ack=False)
        remote.publish("q", b"new", **PERSISTENT)
        remote.publish("q", b"new", **PERSISTENT)
        remote.send("basic.ack", delivery_tag=message.delivery_tag)
        same(owner.ready("q"), 0, "what is ready before the end")
        remote.call(f"tx.{end}")
        if end == "rollback":
            remote.send("basic.nack", delivery_tag=message.delivery_tag, requeue=True)
            remote.call("tx.commit")
        eventually(lambda left=left: owner.ready("q") == len(left))
    same(owner.drain("q"), left, "the messages")


def section_3_2_expiry_and_dead_letters(cluster):
    """what expires or is rejected goes to a dead-letter queue of another node, with its history"""
    owner, remote = owner_and_other(cluster, arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "d"})
    remote.call("queue.declare", queue="d")
    remote.publish("q", b"late", expiration="1")
    eventually(lambda: remote.ready("d") == 1)
    message = owner.get("d")
    same((message.body, message.properties["headers"]["x-first-death-reason"]), (b"late", "expired"), "the dead letter")
    remote.publish("q", b"bad")
    eventually(lambda: owner.ready("q") == 1)
    remote.send("basic.reject", delivery_tag=remote.get("q", no_ack=False).delivery_tag, requeue=False)
    eventually(lambda: remote.ready("d") == 1)
    same(owner.get("d").properties["headers"]["x-first-death-reason"], "rejected", "the reason")


def section_3_2_listing(cluster):
    """any node lists the queues, connections and consumers of all, with their nodes"""
    owner, remote = owner_and_other(cluster)
    remote.consume("q")
    confirming(owner)
    for _ in range(3):
        owner.publish_confirmed("q", b"x")
    a, b = cluster.nodes
    for node in (a, b):
        columns = ("name", "node", "consumers", "messages_unacknowledged", "state")
        same(node.queues(columns=columns), [("q", a.name, 1, 3, "running")], f"the queues that {node.name} lists")
        rows = node.rows("list_connections", "node", "channels")
        same(sorted(row["node"] for row in rows), [a.name, b.name], f"the connections that {node.name} lists")
        same([row["queue_name"] for row in node.rows("list_consumers")], ["q"], "the consumers")
    same((a.queues("--local"), b.queues("--local")), (["q"], []), "the queues of each node")


def section_3_2_declared_again(cluster):
    """a queue that has just gone with its last consumer is declared anew at once, wherever it was"""
    owner, remote = owner_and_other(cluster, queue="other")
    for _ in range(30):
        for declaring, consuming in ((owner, owner), (owner, remote), (remote, owner), (remote, remote)):
            declaring.call("queue.declare", queue="q", auto_delete=True)
            tag = consuming.consume("q", no_ack=True)
            consuming.call("basic.cancel", consumer_tag=tag)
            consuming.call("queue.declare", queue="q", auto_delete=True)
            consuming.call("queue.delete", queue="q")
