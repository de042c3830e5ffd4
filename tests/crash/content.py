"""Known content for a data folder, how it is served after a start, and what is wrong with that."""

import collections
import random

import bodies
from fast import PERSISTENT, Client, drain
from harness.expectations import Timeout

QUEUES = ["a", "b", "c", "copy.1", "copy.2"]
COPIES = ("copy.1", "copy.2")
BATCHES, BATCH_MOST = 150, 12
TAKEN = 12  # messages of each queue that are delivered before the kill; every other one is acked
LEAST = 24  # bytes, enough to find a body in a file
COLD_CHUNK_MOST = 80 * 1024  # bytes that one cold record may hold
BALLAST_BYTES, BALLAST_BATCH = 100 * 1024, 20


def await_confirms(client, waiting):
    """Waits until all these publishes are confirmed."""
    while waiting:
        events = client.receive(10.0)
        if not events:
            raise Timeout(f"{len(waiting)} confirms do not come")
        for event in events:
            waiting -= {tag for tag in waiting if tag <= event.tag} if event.multiple else {event.tag}


def size_of(batch, number):
    """Small bodies: what one damaged record costs must show."""
    value = (number * 2654435761 + batch * 40503) >> 4
    return LEAST + (value % 150 if value % 3 else value % 1500)


class Content:
    def __init__(self, seed, ballast_mb=0):
        self.random = random.Random(seed)
        self.ballast_mb = ballast_mb
        self.queues_of = {}  # identity (batch, number) to queues
        self.delivered = collections.defaultdict(set)
        self.acked = collections.defaultdict(set)
        self.places = {}

    def publish(self, broker):
        self.client = Client(broker)
        channel = self.client.channel(1)
        channel.call("confirm.select")
        channel.call("exchange.declare", exchange="copies", type="fanout", durable=True)
        for queue in QUEUES:
            channel.call("queue.declare", queue=queue, durable=True)
        for queue in COPIES:
            channel.bind(queue, "copies")
        number = 0
        for batch in range(BATCHES):
            number = self.publish_batch(batch, number)
            if batch == BATCHES // 3:
                self.settle_some(broker)
                self.pass_ballast(broker)
        self.alive = {
            (queue, identity) for identity, queues in self.queues_of.items() for queue in queues
            if identity not in self.acked[queue]
        }  # fmt: skip

    def publish_batch(self, batch, first):
        """Publishes with one write and waits for all confirms; gives the next number."""
        exchange, key, queues = self.random.choice(
            [("", "a", ("a",)), ("", "b", ("b",)), ("", "c", ("c",)), ("copies", "", COPIES)]
        )
        data = b""
        for number in range(first, first + self.random.randint(1, BATCH_MOST)):
            body = bodies.make(batch, number, size_of(batch, number))
            data += self.client.content(1, exchange, key, body, PERSISTENT)
            self.queues_of[batch, number] = queues
        self.client.send(data)
        await_confirms(self.client, set(range(first + 1, number + 2)))
        return number + 1

    def settle_some(self, broker):
        """Takes the first of each queue, acks every other one and keeps the rest unacked until the kill."""
        self.taker = Client(broker)
        channel = self.taker.channel(1)
        for queue in QUEUES:
            for turn in range(TAKEN):
                message = channel.get(queue, no_ack=False)
                if message is None:
                    break
                identity = bodies.identify(message.body, size_of)
                self.delivered[queue].add(identity)
                if turn % 2:
                    self.acked[queue].add(identity)
                    channel.send("basic.ack", delivery_tag=message.delivery_tag)
        channel.ready(QUEUES[0])

    def pass_ballast(self, broker):
        """Sends so much through the broker that what lies before it is moved where old messages live."""
        if not self.ballast_mb:
            return
        client = Client(broker)
        client.channel(1).call("queue.declare", queue="ballast", durable=True)
        client.channel(2).call("confirm.select")
        publish = client.content(2, "", "ballast", bodies.make(0xFFFF, 0, BALLAST_BYTES), PERSISTENT)
        for batch in range(self.ballast_mb * 10 // BALLAST_BATCH):
            client.send(publish * BALLAST_BATCH)
            await_confirms(client, set(range(batch * BALLAST_BATCH + 1, (batch + 1) * BALLAST_BATCH + 1)))
            drain(broker, "ballast", lambda delivery: None, quiet=0.01)
        client.close()

    def places_in(self, image, name):
        """(offset of its first body, batch) of the batches in a file, by offset."""
        if name not in self.places:
            found = {}
            for batch, number in self.queues_of:
                body = bodies.make(batch, number, size_of(batch, number))
                for offset in image.find(name, body):
                    found[batch] = min(offset, found.get(batch, offset))
            self.places[name] = sorted((offset, batch) for batch, offset in found.items())
        return self.places[name]

    def newest_journal(self, image):
        """The file with the newest batch in it; None when no file has any."""
        last = {name: self.places_in(image, name) for name in image.files}
        return max((name for name in last if last[name]), key=lambda name: last[name][-1][1], default=None)

    def judge(self, served, damage, image):
        """Counts, and (kind, what) of what is wrong."""
        counts, troubles, here = collections.Counter(), [], set()
        for queue, messages in served.items():
            last = -1
            for body, redelivered in messages:
                identity = bodies.identify(body, size_of)
                if queue not in self.queues_of.get(identity, ()) or (queue, identity) in here:
                    troubles.append(("wrong", f"{body[:30]!r}, {identity} on {queue}"))
                    continue
                here.add((queue, identity))
                counts["back"] += identity in self.acked[queue]
                if identity in self.delivered[queue] and not redelivered:
                    troubles.append(("repeat", f"{identity} on {queue}"))
                if identity[1] <= last:
                    troubles.append(("order", f"{identity} after number {last} on {queue}"))
                last = identity[1]
        missing = self.alive - here
        counts["missing"] = len(missing)
        if missing and damage:
            allowed = self.may_lose(damage, image, missing)
            if not allowed:
                batches = collections.Counter(identity[0] for _, identity in missing)
                troubles.append(("bound", f"{len(missing)} missing, of batches {dict(batches)}"))
        return counts, troubles

    def may_lose(self, damage, image, missing):
        """Whether this damage may cost these (queue, identity)."""
        batches = {identity[0] for _, identity in missing}
        places = self.places_in(image, damage.name)
        if damage.bit is not None:
            return len(batches) == 1 or (damage.name == "store" and self.of_one_chunk(missing))
        ends = {batch: end for (_, batch), (end, _) in zip(places, places[1:])}
        present = {batch for _, batch in places}
        return all(batch in present and ends.get(batch, 1 << 62) > damage.offset for batch in batches)

    def of_one_chunk(self, missing):
        """Cold messages lie together: a piece of one queue."""
        queues = {queue for queue, _ in missing}
        numbers = {number for _, (_, number) in missing}
        between = {
            (queue, identity) for queue, identity in self.alive
            if queue in queues and min(numbers) <= identity[1] <= max(numbers)
        }  # fmt: skip
        size = sum(size_of(*identity) for _, identity in missing)
        return len(queues) == 1 and between == missing and size <= COLD_CHUNK_MOST
