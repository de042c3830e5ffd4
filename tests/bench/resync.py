#!/usr/bin/python3
"""What it takes a mirror to have everything again: after it was cut off for a while, and from nothing while the queue is in use.

The nodes are in network namespaces, so that a link can be cut and what goes over it counted.
"""

import argparse
import datetime
import json
import pathlib
import subprocess
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "scenarios/mirror"))

import places  # noqa: F401  first
import nodes
from mirrored import await_copies, fill, numbered, policy
from nodes import wait_for
from partitions import cut, three

BODY = 1024
QUEUE = "m.0"  # as warren-perf names it
LONG = 300.0  # seconds


def perf(node, *words):
    command = [nodes.programs / "warren-perf", "--host", node.address, "--port", node.port, "--prefix", "m", "--keep", "--no-declare"]
    command += ["--body", BODY, "--persistent", "--durable", "--consumers", 0, "--confirms", 1000, "--no-check", "--quiet", *words]
    return subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)


def result(process):
    return json.loads(process.communicate(timeout=LONG)[0])


def told_at(node, words, since):
    """When the node's log said so for the first time after that moment; None: not yet."""
    for line in node.log().splitlines():
        if words in line:
            at = datetime.datetime.strptime(line[:23], "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=datetime.timezone.utc)
            if at.timestamp() > since:
                return at.timestamp()
    return None


def bytes_to(node):
    """Sent to the node's namespace so far."""
    bridge, number = node.space.rsplit("x", 1)
    return int(pathlib.Path(f"/sys/class/net/{bridge}h{number}/statistics/tx_bytes").read_text())


def cut_off(messages, missed):
    """A mirror misses some of many messages."""
    with nodes.Cluster() as cluster:
        a, b, c = three(cluster)
        policy(a, "all", ha_sync_mode="automatic")
        a.declare(queue=QUEUE, durable=True)
        await_copies(a, "a", "bc", queue=QUEUE)
        result(perf(a, "--count", messages, "--warmup", 0))
        await_copies(a, "a", "bc", queue=QUEUE)
        with cut((c, a), (c, b)):
            wait_for(lambda: a.running() == "ab", what="c is agreed to be down")
            fill(a, numbered(missed, "x" * (BODY - 8)), QUEUE)
            healed = time.time()
            before = bytes_to(c)
        wait_for(lambda: told_at(a, f"mirror on node {c.name} has everything", healed), LONG, "c has everything")
        synced = told_at(a, f"mirror on node {c.name} has everything", healed)
        linked = told_at(a, f"connected to node {c.name}", healed) or healed
        travelled = bytes_to(c) - before
        print(
            f"of {messages} messages a mirror missed {missed}: in sync {(synced - healed) * 1000:.0f} ms after the cut, "
            f"{(synced - linked) * 1000:.0f} ms after its link; {travelled} bytes came, {travelled / (missed * BODY):.2f} x what it missed",
            flush=True,
        )


def first_copy(messages, seconds):
    """A mirror gets everything while publishers go on."""
    with nodes.Cluster() as cluster:
        a, b, c = three(cluster)
        policy(a, "nodes", [a.name, b.name], ha_sync_mode="automatic")
        a.declare(queue=QUEUE, durable=True)
        await_copies(a, "a", "b", queue=QUEUE)
        result(perf(a, "--count", messages, "--warmup", 0))
        alone = result(perf(a, "--duration", seconds))["confirmed_per_s"]
        began = time.time()
        policy(a, "all", ha_sync_mode="automatic")
        meanwhile = result(perf(a, "--duration", seconds))["confirmed_per_s"]
        loaded = time.time()
        synced = wait_for(lambda: told_at(a, f"mirror on node {c.name} has everything", began), LONG, "c has everything")
        assert synced > loaded, f"the copy was there before the load ended: more than {messages} messages are needed"
        # What a mirror more costs when it is in sync is no fault of the copying.
        after = result(perf(a, "--duration", seconds))["confirmed_per_s"]
        print(
            f"a first copy of {messages} messages took {synced - began:.1f} s; of {alone:.0f} confirms per second "
            f"{meanwhile:.0f} were left meanwhile ({100 * (1 - meanwhile / alone):.0f} % fewer), "
            f"and {after:.0f} with this mirror in sync",
            flush=True,
        )


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bin", type=pathlib.Path, default=nodes.programs, help="folder of warren, warrenctl and warren-perf")
    options.add_argument("--messages", type=int, default=1_000_000)
    options.add_argument("--missed", type=int, default=1000)
    options.add_argument("--seconds", type=float, default=5)
    options = options.parse_args()
    nodes.programs = options.bin
    cut_off(options.messages, options.missed)
    first_copy(options.messages, options.seconds)


if __name__ == "__main__":
    main()
