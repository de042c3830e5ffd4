#!/usr/bin/python3
"""How long a mirrored queue confirms nothing when its owner's node is killed, or stopped in an orderly way.

A client at another node publishes all the time. Counted is from the kill to the first confirm of what was published after it.
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


def once(cluster, members, account, publisher, end):
    """The owner's node ends; milliseconds until something is confirmed again."""
    at = publisher.nodes[0]
    owner = wait_for(lambda: next((node for node in members if node.short == copies(at)[0]), None), what="an owner")
    if owner is at:  # the client stays where it is: its own node's end would be another measurement
        other = next(node for node in members if node is not at)
        at.ctl("transfer_queue", "m", other.name)
        owner = wait_for(lambda: other if copies(at)[0] == other.short else None, what="another owner")
        wait_for(lambda: len(copies(at)[2]) == 2, 30, "both mirrors are in sync")
    time.sleep(SETTLED)
    began = time.monotonic()
    end(owner)
    again = wait_for(lambda: account.first_confirm(began), 30, "a confirm")
    owner.process.wait(20)
    cluster.agree(*[node for node in members if node is not owner])
    owner.start()
    cluster.agree(*members)
    wait_for(lambda: len(copies(at)[2]) == 2, 30, "both mirrors are in sync")
    return (again - began) * 1000


def measure(name, times, end):
    with nodes.Cluster() as cluster:
        members = mirrored(cluster)
        account = Account()
        publisher = Publisher(account, [members[2]], "m", 0, window=50, rate=1000.0)
        publisher.start()
        wait_for(lambda: len(account.confirmed) > 100, what="messages flow")
        took = [once(cluster, members, account, publisher, end) for _ in range(times)]
        publisher.finish()
        for body in drained(members[2]):
            account.see(body)
        account.judge()
        print(f"{name}, {times} times: {spread(took)}; {account.verdict()}", flush=True)


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
