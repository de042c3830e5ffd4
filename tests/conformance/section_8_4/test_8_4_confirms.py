"""Publisher confirms: reference section 3.16."""

from harness.expectations import Failure, same, unique
from harness.registry import line


def confirming(t):
    channel = t.channel()
    channel.call("confirm.select")
    return channel


@line("8.4/189", "confirm.select may be repeated; confirm and tx exclude each other")
def modes(t):
    channel = confirming(t)
    channel.call("confirm.select")
    channel.expect_refusal("tx.select", 406, "cannot switch from confirm to tx mode")
    channel.call("tx.select")
    channel.call("tx.select")
    channel.expect_refusal("confirm.select", 406, "cannot switch from tx to confirm mode")


@line("3.16", "publishes before confirm.select are not counted")
def counted_from_select(t):
    channel = t.channel()
    queue = channel.queue()
    channel.publish(queue)
    channel.call("confirm.select")
    channel.publish(queue)
    same(channel.expect("basic.ack").delivery_tag, 1)
    same(channel.ready(queue), 2)


@line("8.4/190", "transient and persistent messages are confirmed, each once, in queues of both kinds")
def every_kind(t):
    for durable in (False, True):
        channel = confirming(t)
        queue = channel.queue(durable=durable)
        for number in range(500):
            channel.publish(queue, b"m", delivery_mode=1 + number % 2)
        same(channel.outcomes(500), [True] * 500)
        channel.expect_silence()
        same(channel.call("queue.delete", queue=queue).message_count, 500)


@line("3.16", "persistent messages are confirmed one at a time without long delay")
def one_at_a_time(t):
    channel = confirming(t)
    queue = channel.queue(durable=True)
    for number in range(1, 11):
        channel.publish(queue, b"m", delivery_mode=2)
        same(channel.expect("basic.ack", within=2).delivery_tag, number)
    channel.call("queue.delete", queue=queue)


@line("3.16", "a message for several queues is confirmed when all have it, once")
def several_queues(t):
    channel = confirming(t)
    exchange, queues = channel.exchange("fanout"), [channel.queue(durable=n % 2 == 0) for n in range(4)]
    for queue in queues:
        channel.bind(queue, exchange)
    for _ in range(50):
        channel.publish(exchange=exchange, delivery_mode=2)
    same(channel.outcomes(50), [True] * 50)
    same([channel.call("queue.delete", queue=queue).message_count for queue in queues], [50] * 4)


REJECT = {"x-max-length": 3, "x-overflow": "reject-publish"}


@line("8.4/191", "a full reject-publish queue nacks the excess and acks the rest")
def reject_publish(t):
    channel = confirming(t)
    queue = channel.queue(arguments=REJECT)
    for number in range(6):
        channel.publish(queue, b"%d" % number)
    same(channel.outcomes(6), [True] * 3 + [False] * 3)
    same(channel.drain(queue), [b"0", b"1", b"2"])


@line("3.16", "a nack has the requeue bit set")
def nack_bits(t):
    channel = confirming(t)
    channel.publish(channel.queue(arguments={"x-max-length": 0, "x-overflow": "reject-publish"}))
    same(channel.expect("basic.nack").requeue, True)


@line("8.4/192", "when one of two queues rejects, the publish is nacked and the other keeps its copy")
def one_rejects(t):
    channel = confirming(t)
    exchange, full, other = channel.exchange("fanout"), channel.queue(arguments=REJECT), channel.queue()
    for queue in (full, other):
        channel.bind(queue, exchange)
    for _ in range(5):
        channel.publish(exchange=exchange)
    same(channel.outcomes(5), [True] * 3 + [False] * 2)
    channel.expect_silence()
    same((channel.ready(full), channel.ready(other)), (3, 5))


@line("8.4/193", "what drop-head drops is confirmed with an ack, as is all with a limit of 0")
def drop_head(t):
    for limit in (0, 2):
        channel = confirming(t)
        queue = channel.queue(arguments={"x-max-length": limit})
        for _ in range(5):
            channel.publish(queue)
        same(channel.outcomes(5), [True] * 5)
        same(channel.ready(queue), limit)


@line("8.4/194", "a mandatory message for a full reject-publish queue is nacked, not returned")
def mandatory_rejected(t):
    channel = confirming(t)
    queue = channel.queue(arguments={"x-max-length": 0, "x-overflow": "reject-publish"})
    channel.publish(queue, mandatory=True)
    same(channel.outcomes(1), [False])


@line("3.16", "without confirm mode a rejected message vanishes in silence")
def rejected_in_silence(t):
    channel = t.channel()
    queue = channel.queue(arguments=REJECT)
    for _ in range(5):
        channel.publish(queue, mandatory=True)
    channel.expect_silence()
    same(len(channel.drain(queue)), 3)


@line("3.16", "messages that a consumer takes at once are confirmed")
def consumed_at_once(t):
    channel = confirming(t)
    queue = channel.queue(durable=True)
    channel.connection.channel(2).consume(queue, no_ack=True)
    for _ in range(100):
        channel.publish(queue, delivery_mode=2)
    same(channel.outcomes(100), [True] * 100)
    channel.call("queue.delete", queue=queue)


@line("3.16", "messages for a queue that is deleted meanwhile are all confirmed")
def deleted_meanwhile(t):
    channel = confirming(t)
    queue = channel.queue(durable=True)
    for number in range(300):
        channel.publish(queue, b"x" * 1000, delivery_mode=2)
        if number == 150:
            channel.connection.channel(2).send("queue.delete", queue=queue)
    same(channel.outcomes(300), [True] * 300)


@line("3.16", "confirms go on after an error reopened the channel, from 1 again")
def after_reopening(t):
    channel = confirming(t)
    channel.publish(exchange=unique("x"))
    channel.expect_channel_error(404)
    channel.call("confirm.select")
    channel.publish(unique("q"))
    same(channel.expect("basic.ack").delivery_tag, 1)


@line("3.16", "each confirm is for one publish: numbers never repeat and never run ahead")
def interleaved_outcomes(t):
    channel = confirming(t)
    accepting, rejecting = channel.queue(), channel.queue(arguments={"x-max-length": 0, "x-overflow": "reject-publish"})
    targets = [accepting, rejecting, unique("none")]
    for number in range(300):
        channel.publish(targets[number % 3])
    outcomes = channel.outcomes(300)
    if outcomes != [True, False, True] * 100:
        raise Failure(f"acks at {[number for number, ack in enumerate(outcomes) if ack]}")
    channel.expect_silence()
