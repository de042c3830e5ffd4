#!/usr/bin/python3
"""What three nodes of one cluster on this machine take: to form, to agree on a declare, to agree on many at once.

Beside the declares stands what one sync of the same disk takes, for a durable definition waits for one.
"""

import argparse
import asyncio
import os
import pathlib
import struct
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "scenarios/cluster"))

import nodes

DURABLE = 2
DECLARE, DECLARE_OK = (50, 10), (50, 11)


def frame(channel, method, arguments=b""):
    payload = struct.pack(">HH", *method) + arguments
    return struct.pack(">BHI", 1, channel, len(payload)) + payload + b"\xce"


def short(text):
    return bytes([len(text)]) + text.encode()


class Client:
    """Speaks as much AMQP as a declare needs, as fast as Python can."""

    async def open(self, port):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        response = b"\0guest\0guest"
        start_ok = struct.pack(">I", 0) + short("PLAIN") + struct.pack(">I", len(response)) + response + short("en_US")
        await self.call(b"AMQP\0\0\x09\x01")
        await self.call(frame(0, (10, 11), start_ok))
        await self.call(frame(0, (10, 31), struct.pack(">HIH", 100, 131072, 0)) + frame(0, (10, 40), short("/") + b"\0\0"))
        await self.call(frame(1, (20, 10), b"\0"))
        return self

    async def call(self, request):
        self.writer.write(request)
        _, _, size = struct.unpack(">BHI", await self.reader.readexactly(7))
        return struct.unpack(">HH", (await self.reader.readexactly(size + 1))[:4])

    async def declare(self, name):
        began = time.monotonic()
        arguments = struct.pack(">H", 0) + short(name) + bytes([DURABLE]) + struct.pack(">I", 0)
        answer = await self.call(frame(1, DECLARE, arguments))
        assert answer == DECLARE_OK, f"{answer} instead of queue.declare-ok"
        return (time.monotonic() - began) * 1000


def spread(times_ms):
    times_ms = sorted(times_ms)
    return f"p50 {times_ms[len(times_ms) // 2]:.2f} ms, p99 {times_ms[len(times_ms) * 99 // 100]:.2f} ms"


async def one_after_another(node, count):
    client = await Client().open(node.port)
    return [await client.declare(f"alone-{node.short}-{number}") for number in range(count)]


async def all_at_once(members, clients, seconds):
    async def work(place):
        client = await Client().open(members[place % len(members)].port)
        until, times_ms = time.monotonic() + seconds, []
        while time.monotonic() < until:
            times_ms.append(await client.declare(f"many-{place}-{len(times_ms)}"))
        return times_ms

    return [took for times_ms in await asyncio.gather(*map(work, range(clients))) for took in times_ms]


def syncs(folder, count):
    times_ms = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        os.pwrite(file.fileno(), b"0" * 8192, 0)
        os.fsync(file.fileno())
        for _ in range(count):
            began = time.monotonic()
            os.pwrite(file.fileno(), b"1" * 4096, 0)
            os.fdatasync(file.fileno())
            times_ms.append((time.monotonic() - began) * 1000)
    return times_ms


def formed(cluster, names):
    """Three nodes of an empty folder each that find each other by name, and the seconds until all say that all run."""
    members = [cluster.node(name, "--cluster-name", "bench") for name in names]
    began = time.monotonic()
    for node in members:
        node.launch()
    nodes.wait_for(lambda: all(len(node.running()) == len(members) for node in members), what="one cluster")
    took = time.monotonic() - began
    for node in members:
        node.await_serving()
    return members, took


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bin", type=pathlib.Path, default=nodes.programs, help="folder of warren and warrenctl")
    options.add_argument("--reps", type=int, default=5, help="clusters that are formed")
    options.add_argument("--declares", type=int, default=300, help="through each node, one after another")
    options.add_argument("--clients", type=int, default=50)
    options.add_argument("--seconds", type=float, default=4)
    options = options.parse_args()
    nodes.programs = options.bin
    took = []
    for _ in range(options.reps):
        with nodes.Cluster() as cluster:
            members, seconds = formed(cluster, ("a", "b", "c"))
            took.append(seconds)
            if len(took) < options.reps:
                continue
            print(f"three empty folders to one cluster: {', '.join(f'{one:.2f}' for one in took)} s")
            print(f"one sync of 4 KiB: {spread(syncs(cluster.folder, options.declares))}")
            for node in members:
                print(f"durable declare through {node.short}: {spread(asyncio.run(one_after_another(node, options.declares)))}")
            times_ms = asyncio.run(all_at_once(members, options.clients, options.seconds))
            print(f"{options.clients} clients: {len(times_ms) / options.seconds:.0f} declares/s, {spread(times_ms)}")


if __name__ == "__main__":
    main()
