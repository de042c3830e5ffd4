"""What consumers see when the owner of a mirrored queue ends: what comes again, how it is flagged, what late acks do."""

from clients import PERSISTENT, confirming
from harness.expectations import Timeout
from mirrored import await_copies, await_owner, drained, fill, measured, mirrored, numbered, policy
from nodes import PATIENCE, same, wait_for
from wire import CAPABILITIES

BODIES = numbered(12, "y")
FLAGGED = {"x-cancel-on-ha-failover": True}


def counts(node, queue="m"):
    rows = node.rows("list_queues", "name", "messages_ready", "messages_unacknowledged")
    return next((row["messages_ready"], row["messages_unacknowledged"]) for row in rows if row["name"] == queue)


def prefetching(node, count, **consume):
    channel = node.channel()
    channel.call("basic.qos", prefetch_count=count)
    channel.consume("m", **consume)
    return channel


def rest(channel, quiet=1.0):
    """All deliveries that come, each acked, until none comes any more."""
    deliveries = []
    while True:
        try:
            deliveries.append(channel.expect("basic.deliver", within=10 if not deliveries else quiet * PATIENCE))
        except Timeout:
            return deliveries
        channel.send("basic.ack", delivery_tag=deliveries[-1].delivery_tag)


def w03_acks_of_deliveries_before(cluster):
    """W3: acks of deliveries that were made before the owner died settle those messages or nothing, never others"""
    a, b, c = cluster.form("disc", "disc", "disc")
    a.declare(queue="m", durable=True)
    fill(a, numbered(7))
    drained(a)  # so that numbers of the owner and of mirrors could differ
    policy(a, ha_sync_mode="automatic")
    await_copies(a, "a", "bc")
    fill(a, BODIES)
    channel = prefetching(c, 2)
    old = channel.expect_bodies(*BODIES[:2])
    a.kill()
    again = channel.expect("basic.deliver", within=10)
    same((again.body, again.redelivered), (BODIES[0], True), "what comes first")
    for delivery in old:
        channel.send("basic.ack", delivery_tag=delivery.delivery_tag)
    later = [again.body] + [delivery.body for delivery in rest(channel)]
    channel.connection.close()
    left = drained(b)
    same(sorted(set(later + left)), sorted(set(BODIES)), "what was delivered or is left, with what was acked late")
    missing = [body for body in BODIES[2:] if body not in later and body not in left]
    same(missing, [], "what nobody acked and nobody has")


def w03_acks_from_before_alone(cluster):
    """W3: the same without acks of anything that came after: just the messages acked are gone"""
    a, b, c = mirrored(cluster)
    fill(a, BODIES)
    channel = prefetching(c, 3)
    old = channel.expect_bodies(*BODIES[:3])
    a.kill()
    channel.expect_bodies(*BODIES[:3])
    channel.send("basic.ack", delivery_tag=old[1].delivery_tag)
    await_owner(c, b, c)
    wait_for(lambda: sum(counts(c)) == len(BODIES) - 1, what="one message is settled")
    channel.connection.close()
    left = drained(c)
    same(left, BODIES[:1] + BODIES[2:], "what is left")


def w18_acks_are_not_forgotten(cluster):
    """W18: what was acked before the owner died does not come back"""
    a, b, c = mirrored(cluster)
    fill(a, BODIES)
    channel = prefetching(c, 5)
    for delivery in channel.expect_bodies(*BODIES[:5]):
        channel.send("basic.ack", delivery_tag=delivery.delivery_tag)
    wait_for(lambda: sum(counts(a)) == len(BODIES) - 5, what="the acks have arrived")
    a.kill()
    channel.connection.close_socket()
    await_owner(c, b, c)
    same(drained(c), BODIES[5:], "the messages")


def w19_only_what_was_delivered_is_flagged(cluster):
    """W19: after the owner's death redelivered flags what was delivered before, and nothing else"""
    a, b, c = mirrored(cluster)
    fill(a, BODIES)
    channel = prefetching(c, 3)
    channel.expect_bodies(*BODIES[:3])
    got = b.channel().get("m", no_ack=False)
    same(got.body, BODIES[3], "what basic.get gives")
    wait_for(lambda: counts(a) == (len(BODIES) - 4, 4), what="four are delivered")
    a.kill()
    channel.connection.close_socket()
    await_owner(c, b, c)
    reader = c.channel()
    seen = [(message.body, message.redelivered) for message in iter(lambda: reader.get("m"), None)]
    # The one that was got stays with its channel until that closes; its connection is open still.
    flags = dict(seen)
    same([flags[body] for body in BODIES[:4]], [True] * 4, "the flags of what was delivered")
    same([flags[body] for body in BODIES[4:]], [False] * (len(BODIES) - 4), "the flags of what was not")
    same([body for body, _ in seen], BODIES, "the order")


def w19_flags_after_an_orderly_stop(cluster):
    """W19: the same when the owner is stopped"""
    a, b, c = mirrored(cluster)
    fill(a, BODIES)
    channel = prefetching(c, 3)
    channel.expect_bodies(*BODIES[:3])
    a.stop()
    channel.connection.close_socket()
    await_owner(c, b, c)
    reader = c.channel()
    wait_for(lambda: reader.ready("m") == len(BODIES), what="all are ready")
    seen = [(message.body, message.redelivered) for message in iter(lambda: reader.get("m"), None)]
    same(seen, [(body, body in BODIES[:3]) for body in BODIES], "the messages and their flags")


def section_4_8_consumers_stay(cluster):
    """consumers go on after the owner's death without being told, at a node that is no owner and at the new one"""
    a, b, c = mirrored(cluster)
    channels = [prefetching(node, 10, consumer_tag=node.short) for node in (b, c)]
    fill(a, numbered(4))
    for channel in channels:
        for delivery in [channel.expect("basic.deliver") for _ in range(2)]:
            channel.send("basic.ack", delivery_tag=delivery.delivery_tag)
    wait_for(lambda: counts(a) == (0, 0), what="all is acked")
    a.kill()
    await_owner(c, b, c)
    fill(c, BODIES)
    bodies = []
    for channel, tag in zip(channels, ("b", "c")):
        for _ in range(len(BODIES) // 2):
            delivery = channel.expect("basic.deliver")
            same((delivery.consumer_tag, delivery.redelivered), (tag, False), "tag and flag")
            bodies.append(delivery.body)
            channel.send("basic.ack", delivery_tag=delivery.delivery_tag)
    same(sorted(bodies), sorted(BODIES), "what they got")
    wait_for(lambda: counts(c) == (0, 0), what="all is acked")
    same(len(c.rows("list_consumers")), 2, "the number of consumers")


def section_4_8_consumers_that_want_to_know(cluster):
    """consumers with x-cancel-on-ha-failover are cancelled and told, if their clients can be told"""
    a, b, c = mirrored(cluster)
    told = prefetching(c, 10, consumer_tag="told", arguments=FLAGGED)
    deaf = c.connect(capabilities={**CAPABILITIES, "consumer_cancel_notify": False}).channel()
    deaf.consume("m", consumer_tag="deaf", arguments=FLAGGED)
    a.kill()
    with measured("basic.cancel", 1.5):
        same(told.expect("basic.cancel").consumer_tag, "told", "who is told")
    await_owner(c, b, c)
    fill(b, BODIES)
    told.expect_silence()
    deaf.expect_silence()
    wait_for(lambda: c.rows("list_consumers") == [], what="no consumer is left")
    told.consume("m")
    same(told.expect("basic.deliver").body, BODIES[0], "what comes to who consumes again")


def section_4_8_unsettled_come_again(cluster):
    """what a consumer held comes again, first and flagged, to the same consumer or to others"""
    a, b, c = mirrored(cluster)
    fill(a, BODIES)
    channel = prefetching(b, 4)
    channel.expect_bodies(*BODIES[:4])
    a.stop()
    deliveries = rest(channel)
    same([delivery.body for delivery in deliveries], BODIES, "what comes")
    same([delivery.redelivered for delivery in deliveries], [True] * 4 + [False] * 8, "the flags")
    wait_for(lambda: counts(c) == (0, 0), what="all is acked")


def section_4_8_waiting_methods_are_carried_out(cluster):
    """a get and a declare that wait for an owner that died are answered by the next one"""
    a, b, c = mirrored(cluster)
    fill(a, BODIES)
    asking, getting = c.channel(), c.channel()
    a.freeze()
    asking.send("queue.declare", queue="m", passive=True)
    getting.send("basic.get", queue="m", no_ack=False)
    same(asking.expect("queue.declare-ok", within=20).queue, "m", "the queue")
    message = getting.expect("basic.get-ok", within=20)
    same(message.body, BODIES[0], "the message")
    a.kill()
    getting.send("basic.ack", delivery_tag=message.delivery_tag)
    getting.connection.close()
    same(drained(b), BODIES[1:], "the messages")


def section_4_8_single_active_consumer(cluster):
    """of several consumers of a queue for one at a time one is active after the owner's death, and no two"""
    a, b, c = cluster.form("disc", "disc", "disc")
    policy(a, ha_sync_mode="automatic")
    a.declare(queue="m", durable=True, arguments={"x-single-active-consumer": True})
    await_copies(a, "a", "bc")
    channels = [prefetching(node, 100) for node in (b, c)]
    a.kill()
    await_owner(c, b, c)
    fill(b, BODIES)
    got = []
    for channel in channels:
        try:
            while True:
                got.append((channel, channel.expect("basic.deliver", within=1.0).body))
        except Timeout:
            pass
    same([body for _, body in got], BODIES, "what was delivered")
    same(len({id(channel) for channel, _ in got}), 1, "the number of those that got it")


def row_71_producer_and_consumer_over_a_stop(cluster):
    """a producer at one node and a consumer at another see nothing but repeats, flagged, when the owner is stopped"""
    a, b, c = mirrored(cluster)
    producer, consumer = confirming(c.channel()), prefetching(b, 50)
    seen, sent = [], 0
    for turn in range(6):
        for _ in range(200):
            producer.publish("m", f"{sent}".encode(), **PERSISTENT)
            sent += 1
        if turn == 2:
            a.stop()
        while len({body for body, _ in seen}) < sent:
            delivery = consumer.expect("basic.deliver", within=20)
            seen.append((int(delivery.body), delivery.redelivered))
            consumer.send("basic.ack", delivery_tag=delivery.delivery_tag)
    same(producer.outcomes(sent).count(False), 0, "the number of nacks")
    first = []
    for number, redelivered in seen:
        if number in first[-400:]:
            assert redelivered, f"{number} came again and was not flagged"
        else:
            first.append(number)
    same(sorted(first), list(range(sent)), "what came")
