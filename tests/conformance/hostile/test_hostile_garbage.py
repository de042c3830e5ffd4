"""Bytes that mean nothing: the broker may refuse them as it likes, and must serve others as before."""

import random

import wire
from harness.expectations import WITHIN, Failure, same
from harness.frames import BODY, frame_bytes, header_bytes, method_bytes
from harness.registry import line

SEEDS = 150


def await_close(connection, within=WITHIN):
    while connection.next_on(0, within).name != "connection.close":
        pass


def end(connection):
    """Reads what the broker has to say, until it closes, or until it turns out to be still waiting for more."""
    try:
        await_close(connection, within=0.05)
    except (wire.Closed, wire.Timeout):
        pass
    connection.reset()


def well_formed(queue):
    return (
        method_bytes(1, "channel.open")
        + method_bytes(1, "queue.declare", queue=queue, arguments={"x-max-length": 5, "x": [1, {"y": "z"}]})
        + method_bytes(1, "queue.bind", queue=queue, exchange="amq.topic", routing_key="a.b.*")
        + method_bytes(1, "basic.consume", queue=queue, consumer_tag="c")
        + method_bytes(1, "basic.publish", exchange="amq.topic", routing_key="a.b.c")
        + header_bytes(1, 5, {"headers": {"h": 1}, "priority": 1, "expiration": "1000", "message_id": "m"})
        + frame_bytes(BODY, 1, b"hello")
        + method_bytes(1, "basic.ack", delivery_tag=1, multiple=True)
        + method_bytes(1, "queue.delete", queue=queue)
        + method_bytes(1, "channel.close")
    )


def mutate(data, chance):
    """Changes a few octets, and at times cuts a piece out or repeats it."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        changed[chance.randrange(len(changed))] = chance.choice((0, 1, 0x7F, 0x80, 0xCE, 0xFF, chance.randrange(256)))
    start = chance.randrange(len(changed))
    piece = changed[start : start + chance.randrange(20)]
    if chance.random() < 0.3:
        del changed[start : start + len(piece)]
    elif chance.random() < 0.3:
        changed[start:start] = piece
    return bytes(changed)


@line("1.4", "well-formed traffic with changed octets harms nobody else")
def mutated(t):
    witness = t.channel()
    queue = witness.queue()
    for seed in range(SEEDS):
        connection = t.connect()
        connection.send(mutate(well_formed(f"garbage.{seed}"), random.Random(seed)))
        end(connection)
        if seed % 10 == 0:
            witness.publish(queue, b"%d" % seed)
            same(witness.get(queue).body, b"%d" % seed)


@line("1.1", "a changed handshake harms nobody else")
def mutated_handshake(t):
    good = (
        wire.PROTOCOL_HEADER
        + method_bytes(0, "connection.start-ok", mechanism="PLAIN", response="\0guest\0guest", locale="en_US",
                       client_properties={"capabilities": {"basic.nack": True}})
        + method_bytes(0, "connection.tune-ok", channel_max=10, frame_max=131072)
        + method_bytes(0, "connection.open", virtual_host="/")
    )  # fmt: skip
    for seed in range(SEEDS):
        connection = t.raw()
        connection.send(mutate(good, random.Random(seed)))
        end(connection)
    t.channel().queue()


@line("1.4", "random frames after login end the connection")
def random_frames(t):
    for seed in range(50):
        chance = random.Random(seed)
        connection = t.connect()
        for _ in range(20):
            kind, number = chance.randrange(12), chance.randrange(3)
            connection.send_frame(kind, number, chance.randbytes(chance.randrange(1, 40)))
        try:
            await_close(connection)
        except wire.Closed:
            continue
        except wire.Timeout:
            raise Failure(f"the random frames of seed {seed} are taken without complaint") from None
    t.channel().queue()
