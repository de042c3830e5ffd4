"""Very many channels, connections, queues and consumers: reference sections 1.4 and 5.12."""

from harness.expectations import Timeout, eventually, same, unique
from harness.frames import BODY, frame_bytes, header_bytes, method_bytes
from harness.registry import line

CHANNELS = range(1, 201)


@line("1.4", "200 channels of a connection work side by side")
def channels(t):
    connection = t.connect()
    for number in CHANNELS:
        connection.send_method(number, "channel.open")
        connection.send_method(number, "queue.declare", exclusive=True)
    queues = {}
    for number in CHANNELS:
        connection.expect("channel.open-ok", number)
        queues[number] = connection.expect("queue.declare-ok", number).queue
    for number, queue in queues.items():
        connection.send_method(number, "basic.consume", queue=queue, consumer_tag=str(number), no_ack=True)
    send_interleaved(connection, [(number, queues[201 - number], str(201 - number)) for number in CHANNELS])
    for number in CHANNELS:
        connection.expect("basic.consume-ok", number)
        message = connection.expect("basic.deliver", number)
        same((message.consumer_tag, message.body), (str(number), str(number).encode() * 20))


def send_interleaved(connection, publishes):
    """Publishes on many channels, frame by frame in turn."""
    rounds = [[], [], [], []]
    for number, queue, text in publishes:
        half = text.encode() * 10
        rounds[0].append(method_bytes(number, "basic.publish", routing_key=queue))
        rounds[1].append(header_bytes(number, 2 * len(half)))
        rounds[2].append(frame_bytes(BODY, number, half))
        rounds[3].append(frame_bytes(BODY, number, half))
    for frames in rounds:
        connection.send(b"".join(frames))


@line("1.4", "as many channels as agreed can be open, and be closed and opened again")
def all_channels(t):
    connection = t.connect()
    for _ in range(2):
        connection.send(b"".join(method_bytes(number, "channel.open") for number in range(1, 2048)))
        for number in range(1, 2048):
            connection.expect("channel.open-ok", number, within=30)
        connection.send(b"".join(method_bytes(number, "channel.close") for number in range(1, 2048)))
        for number in range(1, 2048):
            connection.expect("channel.close-ok", number, within=30)


@line("1.11", "an error on one channel leaves the others alone")
def errors_on_many(t):
    connection = t.connect()
    channels = [connection.channel(number) for number in range(1, 21)]
    queue = channels[0].queue()
    for channel in channels[1::2]:
        channel.send("basic.ack", delivery_tag=5)
    for channel in channels[::2]:
        channel.publish(queue)
    for channel in channels[1::2]:
        channel.expect_channel_error(406)
    for channel in channels[::2]:
        same(channel.get(queue) is None, False)


@line("1.11", "connections that come and go, cleanly or not, leave nothing behind")
def churn(t):
    witness = t.channel()
    queue = witness.queue()
    for number in range(150):
        channel = t.channel()
        channel.queue(exclusive=True)
        channel.consume(queue)
        if number % 3 == 0:
            channel.connection.close()
        elif number % 3 == 1:
            channel.connection.reset()
        else:
            channel.connection.close_socket()
    eventually(lambda: witness.call("queue.declare", queue=queue).consumer_count == 0)


@line("5.12", "a thousand queues on one exchange each get their copy")
def many_bindings(t):
    channel = t.channel()
    exchange = channel.exchange("topic")
    queues = [unique("q") for _ in range(1000)]
    for number, queue in enumerate(queues):
        channel.send("queue.declare", queue=queue, exclusive=True, nowait=True)
        channel.send("queue.bind", queue=queue, exchange=exchange, routing_key=f"{number}.#", nowait=True)
        channel.send("queue.bind", queue=queue, exchange=exchange, routing_key="all", nowait=True)
        channel.send("basic.consume", queue=queue, consumer_tag=queue, no_ack=True, nowait=True)
    channel.send("basic.qos")
    channel.expect("basic.qos-ok", within=60)
    channel.publish("all", b"to all", exchange)
    channel.publish("7.seven", b"to one", exchange)
    got = [channel.expect("basic.deliver", within=30) for _ in range(1001)]
    same(sorted(message.consumer_tag for message in got if message.body == b"to all"), sorted(queues))
    same([message.consumer_tag for message in got if message.body == b"to one"], [queues[7]])


@line("3.15", "many publishers and consumers on one queue lose nothing and repeat nothing")
def many_clients(t):
    channel = t.channel()
    queue = channel.queue()
    consumers = [t.channel() for _ in range(8)]
    for consumer in consumers:
        consumer.call("basic.qos", prefetch_count=10)
        consumer.consume(queue)
    sent = set()
    for number in range(8):
        publisher = t.channel()
        for index in range(100):
            body = b"%d.%d" % (number, index)
            publisher.publish(queue, body)
            sent.add(body)
    got = []
    eventually(lambda: take_ready(consumers, got) >= len(sent), within=20)
    same((len(got), set(got) == sent), (len(sent), True))


def take_ready(consumers, got):
    """Adds the bodies that have come for these consumers so far, which are acked; gives how many there are in all."""
    for consumer in consumers:
        try:
            while True:
                message = consumer.expect("basic.deliver", within=0.01)
                got.append(message.body)
                consumer.send("basic.ack", delivery_tag=message.delivery_tag)
        except Timeout:
            pass
    return len(got)
