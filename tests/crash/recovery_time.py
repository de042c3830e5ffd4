#!/usr/bin/python3
"""Measures what a large backlog costs: memory while it waits, and time from exec to first delivery after kill -9."""

import dataclasses
import pathlib
import statistics
import sys
import time

import bodies
from fast import PERSISTENT, Client, Settled
from nodes import Node, Tally, parser, watched
from serving import first_delivery

MB = 1 << 20
CHUNK, ON_THE_WAY = 200, 10000  # publishes per write, and without a confirm
SETTLED_WITHIN = 60.0  # seconds that the broker gets to become small
STEADY = 3.0  # seconds without change that count as settled
QUEUE = "backlog"


@dataclasses.dataclass
class Load:
    name: str
    messages: int
    size: int
    memory_most_mb: float
    start_most_s: float


LOADS = [
    Load("1M x 1 KiB", 1_000_000, 1024, 96, 0.3),
    Load("1M x 128 B", 1_000_000, 128, 96, 0.3),
    Load("10M x 128 B", 10_000_000, 128, 128, 0.3),
]
DECLARED_WITHIN = 120.0  # seconds
QUEUES, QUEUES_START_MOST_S = 10_000, 1.0


def arguments():
    options = parser(__doc__)
    options.add_argument("--only", default="", help="loads whose name contains this; 'queues' for the queues")
    options.add_argument("--scale", type=float, default=1.0, help="a part of the messages and queues")
    options.add_argument("--starts", type=int, default=5, help="restarts, of which the median counts")
    return options.parse_args()


def fill(broker, messages, size):
    """Publishes persistent messages and waits for all confirms; gives messages a second."""
    client = Client(broker)
    client.channel(1).call("queue.declare", queue=QUEUE, durable=True)
    client.channel(2).call("confirm.select")
    publish = client.content(2, "", QUEUE, bodies.make(1, 1, size), PERSISTENT)
    began, sent, confirmed = time.monotonic(), 0, 0
    while confirmed < messages:
        while sent < messages and sent - confirmed <= ON_THE_WAY - CHUNK:
            count = min(CHUNK, messages - sent)
            client.send(publish * count)
            sent += count
        singles = 0
        for event in client.receive(30.0):
            if isinstance(event, Settled) and event.multiple:
                confirmed, singles = event.tag, 0
            elif isinstance(event, Settled):
                singles += 1
        confirmed += singles
    rate = messages / (time.monotonic() - began)
    client.close()
    return rate


def settled_memory(broker):
    """Resident and anonymous bytes after they stopped to fall."""
    began = changed = time.monotonic()
    least = broker.memory()
    while time.monotonic() - changed < STEADY and time.monotonic() - began < SETTLED_WITHIN:
        time.sleep(0.2)
        if (now := broker.memory()) < least - MB:
            least, changed = now, time.monotonic()
    rows = pathlib.Path(f"/proc/{broker.pid()}/status").read_text().splitlines()
    anonymous = next(int(row.split()[1]) * 1024 for row in rows if row.startswith("RssAnon:"))
    return broker.memory(), anonymous


def start_times(broker, queue, starts):
    times = []
    for _ in range(starts):
        broker.kill()
        began = time.monotonic()
        broker.launch()
        times.append(first_delivery(broker, queue) - began)
    return times


def count(broker, queue):
    client = Client(broker)
    number = client.channel(1).ready(queue)
    client.close()
    return number


def told(times):
    return f"median {statistics.median(times) * 1000:.0f} ms of {', '.join(f'{value * 1000:.0f}' for value in times)}"


def measure_load(tally, broker, options, load):
    messages = int(load.messages * options.scale)
    rate = fill(broker, messages, load.size)
    memory, anonymous = settled_memory(broker)
    figures = f"{memory / MB:.0f} MB resident, {anonymous / MB:.0f} anonymous, filled at {rate:,.0f}/s"
    print(f"{load.name}: {figures}", flush=True)
    tally.check(
        f"{load.name}: at most {load.memory_most_mb} MB", figures if memory > load.memory_most_mb * MB else None
    )
    times = start_times(broker, QUEUE, options.starts)
    print(f"{load.name}: first delivery after {told(times)}", flush=True)
    late = statistics.median(times) > load.start_most_s
    tally.check(f"{load.name}: first delivery within {load.start_most_s} s", told(times) if late else None)
    left = count(broker, QUEUE)
    tally.check(f"{load.name}: all are there", f"{left} of {messages}" if left != messages else None)
    memory, anonymous = settled_memory(broker)
    print(f"{load.name}: after the restart {memory / MB:.0f} MB resident, {anonymous / MB:.0f} anonymous", flush=True)


def measure_queues(tally, broker, options):
    number = int(QUEUES * options.scale)
    client = Client(broker)
    channel = client.channel(1)
    channel.call("confirm.select")
    began = time.monotonic()
    for name in range(number):
        channel.send("queue.declare", queue=f"q{name}", durable=True, nowait=True)
    channel.send("queue.declare", queue=f"q{number - 1}", passive=True)
    channel.expect("queue.declare-ok", DECLARED_WITHIN)
    took = time.monotonic() - began
    channel.publish_confirmed(f"q{number - 1}", b"x", delivery_mode=2)
    client.close()
    memory, _ = settled_memory(broker)
    print(f"{number} queues: declared in {took:.2f} s, {memory / MB:.0f} MB resident", flush=True)
    times = start_times(broker, f"q{number - 1}", options.starts)
    print(f"{number} queues: first delivery after {told(times)}", flush=True)
    late = statistics.median(times) > QUEUES_START_MOST_S
    tally.check(f"{number} queues: first delivery within {QUEUES_START_MOST_S} s", told(times) if late else None)
    client = Client(broker)
    channel = client.channel(1)
    gone = [name for name in range(0, number, max(1, number // 100)) if not channel.exists("queue", f"q{name}")]
    client.close()
    tally.check(f"{number} queues: all are there", f"{len(gone)} of 100 are not" if gone else None)


def main():
    options = arguments()
    tally = Tally()

    def make():
        return Node(options.bin, "recovery", {}, options.shards)

    for load in LOADS:
        if options.only in load.name:
            with watched(tally, load.name, make) as broker:
                measure_load(tally, broker, options, load)
    if options.only in "queues":
        with watched(tally, "queues", make) as broker:
            measure_queues(tally, broker, options)
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
