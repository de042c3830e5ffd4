"""Memory and disk alarms: reference sections 2.6 and 7."""

from harness import methods
from harness.expectations import eventually, same
from harness.registry import line


def blocked_channel(t):
    """A channel whose connection an alarm has blocked, and a queue that is empty."""
    channel = t.channel()
    queue = channel.queue()
    channel.publish()
    channel.connection.expect("connection.blocked")
    return channel, queue


@line("8.1/83", "an alarm is not told to a connection that does not publish", instance="no_memory")
def silent_alarm(t):
    channel = t.channel()
    channel.queue()
    channel.connection.expect_silence(seconds=1)


@line("8.1/84", "the first publish under an alarm is answered with connection.blocked", instance="no_memory")
def blocked(t):
    channel = t.channel()
    channel.publish()
    same(channel.connection.expect("connection.blocked").reason, "low on memory")


@line("2.6", "a full disk blocks with a reason of its own", instance="no_disk")
def blocked_by_disk(t):
    channel = t.channel()
    channel.publish()
    same(channel.connection.expect("connection.blocked").reason, "low on disk")


@line("2.6", "a client without the capability is blocked without a frame", instance="no_memory")
def blocked_in_silence(t):
    channel = t.channel(capabilities={})
    channel.publish()
    channel.send("basic.qos")
    channel.connection.expect_silence(seconds=1)
    channel.expect_silence(0.1)


@line("8.1/85", "a declare on a blocked connection is not answered", instance="no_memory")
def declare_waits(t):
    channel, _ = blocked_channel(t)
    channel.send("queue.declare")
    channel.expect_silence(1)


@line("2.6", "a blocked connection still receives deliveries", instance="no_memory")
def deliveries_go_on(t):
    channel = t.channel()
    queue = channel.queue()
    channel.consume(queue, no_ack=True)
    channel.publish()
    channel.connection.expect("connection.blocked")
    t.channel().publish(queue)
    channel.expect("basic.deliver")


@line("8.1/87", "a connection that does not publish works under an alarm", instance="no_memory")
def others_work(t):
    channel = t.channel()
    queue = channel.queue()
    channel.consume(queue)
    same(channel.get(queue), None)
    channel.call("queue.delete", queue=queue)
    channel.expect("basic.cancel")


STEP = 256 * 1024
STEPS = 400


def fill_until_blocked(channel, queue, holder):
    """Publishes well over the limit, then goes on with empty messages until the broker has noticed. Messages that wait
    would leave memory for the disk; those that the holder has taken and not acknowledged stay."""
    for _ in range(STEPS):
        if publish_and_ask(channel, queue, b"x" * STEP):
            return
        holder.get(queue, no_ack=False)
    eventually(lambda: publish_and_ask(channel, queue, b""))


def publish_and_ask(channel, queue, body):
    """Publishes and asks for the count; True when connection.blocked comes instead of the answer."""
    connection = channel.connection
    channel.publish(queue, body)
    channel.send("queue.declare", queue=queue, passive=True)
    while not connection.inbox[0] and not connection.inbox[1]:
        connection.sort_frame(connection.read_frame())
    if connection.inbox[0]:
        connection.expect("connection.blocked")
        return True
    channel.expect("queue.declare-ok")
    return False


@line(
    "8.1/85,86",
    "when the alarm clears, connection.unblocked comes first, then the answer to the waiting declare",
    instance="little_memory",
)
def unblocked(t):
    channel, other = t.channel(), t.channel()
    queue = channel.queue()
    fill_until_blocked(channel, queue, other)
    channel.expect_silence(0.5)
    other.send("basic.ack", delivery_tag=0, multiple=True)
    frames = [channel.connection.read_frame(waiting_for="connection.unblocked") for _ in range(2)]
    same([methods.decode(frame.payload).name for frame in frames], ["connection.unblocked", "queue.declare-ok"])
