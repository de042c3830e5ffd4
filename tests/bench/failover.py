#!/usr/bin/python3
"""How long a mirrored queue confirms nothing when its owner's node is killed, or stopped in an orderly way.

Clients at all nodes publish all the time. Counted is from the end to the first confirm, at another node, of what was published
after it.
"""

import argparse
import pathlib
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "scenarios/mirror"))

import places  # noqa: F401  first
import nodes
from load import Account, Publisher
from mirrored import copies, drained, mirrored
from nodes import wait_for

SETTLED = 0.3  # seconds of calm load before the next end


def spread(times_ms):
    times_ms = sorted(times_ms)
    return (
        f"p50 {times_ms[len(times_ms) // 2]:.0f} ms, p99 {times_ms[len(times_ms) * 99 // 100]:.0f} ms, "
        f"least {times_ms[0]:.0f} ms, most {times_ms[-1]:.0f} ms"
    )


def once(cluster, members, publishers, end):
    """The owner's node ends; milliseconds until something is confirmed again to who is elsewhere."""
    owner = wait_for(lambda: next((node for node in members if node.short == copies(members[0])[0]), None), what="an owner")
    others = [node for node in members if node is not owner]
    elsewhere = [publisher.account for publisher in publishers if publisher.nodes[0] is not owner]
    time.sleep(SETTLED)
    began = time.monotonic()
    end(owner)
    again = wait_for(lambda: [at for at in (one.first_confirm(began) for one in elsewhere) if at], 30, "a confirm")
    owner.process.wait(20)
    cluster.agree(*others)
    owner.start()
    cluster.agree(*members)
    wait_for(lambda: len((copies(members[0]) or "   ")[2]) == 2, 60, "both mirrors are in sync")
    return (min(again) - began) * 1000


def measure(name, times, end):
    with nodes.Cluster() as cluster:
        members = mirrored(cluster)
        publishers = [Publisher(Account(), [node], "m", number, window=50, rate=300.0) for number, node in enumerate(members)]
        for publisher in publishers:
            publisher.start()
        wait_for(lambda: all(len(publisher.account.confirmed) > 50 for publisher in publishers), what="messages flow")
        took = [once(cluster, members, publishers, end) for _ in range(times)]
        for publisher in publishers:
            publisher.finish()
        for body in drained(members[0]):
            publishers[int(body.split()[0])].account.see(body)
        print(f"{name}, {times} times: {spread(took)}", flush=True)
        for publisher in publishers:
            print(f"  {publisher.account.verdict()}", flush=True)
            publisher.account.judge()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bin", type=pathlib.Path, default=nodes.programs, help="folder of warren and warrenctl")
    options.add_argument("--times", type=int, default=50)
    options = options.parse_args()
    nodes.programs = options.bin
    measure("kill -9 of the owner's node", options.times, lambda owner: owner.process.kill())
    measure("orderly stop of the owner's node", options.times, lambda owner: owner.process.terminate())


if __name__ == "__main__":
    main()
