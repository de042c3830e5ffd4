#!/usr/bin/python3
"""The test of 2014 for mirrored queues: publishers with confirms at all nodes of a cluster whose network is cut, and cut again.

Then all heals, the queues are drained from one node, and what was confirmed must be there. A line tells the verdict.
"""

import argparse
import itertools
import math
import pathlib
import random
import sys
import time

import places  # noqa: F401  first
import nodes
from fast import drain
from load import Account, Consumer, PikaPublisher, Publisher
from mirrored import declared
from nodes import wait_for
from partitions import cut, far_nodes

MODES = {
    "auto": (),
    "pause_minority": ("cluster_partition_handling = pause_minority",),
}
KEPT, WORKED = "m kept", "m worked"  # nobody consumes the first before the end
HEALED_WITHIN = 60.0  # seconds


def across(one, other):
    return list(itertools.product(one, other))


def random_halves(chance, members):
    middle = len(members) // 2
    shuffled = chance.sample(members, len(members))
    return across(shuffled[:middle], shuffled[middle:]), chance.uniform(5, 12)


def majority_ring(chance, members):
    """Everybody hears a majority, no two hear the same; of three, two do not hear each other."""
    count = len(members)
    if count == 3:
        return [tuple(chance.sample(members, 2))], chance.uniform(5, 12)
    ring, reach = chance.sample(members, count), math.ceil((count // 2) / 2)
    pairs = itertools.combinations(range(count), 2)
    return [(ring[i], ring[j]) for i, j in pairs if min(j - i, count - j + i) > reach], chance.uniform(5, 12)


def single_node(chance, members):
    alone = chance.choice(members)
    return across([alone], [node for node in members if node is not alone]), chance.choice((10, 10, 30))


def deaf_or_mute(chance, members):
    """Of one node nothing is heard, or it hears nothing."""
    pairs, seconds = single_node(chance, members)
    return pairs if chance.random() < 0.5 else [pair[::-1] for pair in pairs], min(seconds, 10)


KINDS = (random_halves, majority_ring, single_node, deaf_or_mute)


class Test:
    def __init__(self, cluster, count, mode, seed, pace=1.0):
        self.chance, self.pace = random.Random(seed), pace
        self.members = declared(declared(far_nodes(cluster, "abcdefg"[:count], *MODES[mode]), KEPT), WORKED)
        self.accounts = {KEPT: Account(), WORKED: Account()}
        self.publishers = []
        for number, node in enumerate(self.members):
            self.publishers.append(Publisher(self.accounts[KEPT], [node], KEPT, number, rate=100.0))
            self.publishers.append(PikaPublisher(self.accounts[WORKED], [node], WORKED, number))
        self.consumers = [Consumer(self.accounts[WORKED], [node], WORKED) for node in self.chance.sample(self.members, 2)]
        self.cuts, self.healed_after = [], 0.0

    def run(self, seconds):
        for worker in (*self.publishers, *self.consumers):
            worker.start()
        until = time.monotonic() + seconds
        for kind in itertools.cycle(self.chance.sample(KINDS, len(KINDS))):
            time.sleep(self.pace * self.chance.uniform(1, 4))
            pairs, lasts = kind(self.chance, self.members)
            lasts = min(lasts * self.pace, until - time.monotonic())
            if lasts < 1:
                break
            self.cuts.append(f"{kind.__name__.replace('_', ' ')} for {lasts:.0f} s")
            with cut(*pairs, both_ways=kind is not deaf_or_mute):
                time.sleep(lasts)
        self.heal()

    def heal(self):
        """Everything works again, all that was begun is confirmed, and is taken out of one node."""
        began = time.monotonic()
        for node in self.members:
            node.await_serving(HEALED_WITHIN)
        names = "".join(node.short for node in self.members)
        for node in self.members:
            wait_for(lambda node=node: node.running() == names, HEALED_WITHIN, f"{node.short} sees all run")
        for worker in self.publishers:
            worker.finish()
        self.healed_after = time.monotonic() - began
        for worker in self.consumers:
            worker.finish()
        node = self.chance.choice(self.members)
        for queue, account in self.accounts.items():
            drain(node, queue, lambda delivery, account=account: account.see(delivery.body, delivery.redelivered))

    def judge(self):
        for account in self.accounts.values():
            account.judge(least=10)

    def verdict(self):
        lines = [f"{queue.removeprefix('m ')}: {account.verdict()}" for queue, account in self.accounts.items()]
        lines.append(f"all was confirmed {self.healed_after:.1f} s after the healing")
        return "; ".join([*lines, f"cuts: {', '.join(self.cuts)}"])


def short_form(cluster, mode):
    test = Test(cluster, 3, mode, seed=None, pace=0.4)
    test.run(25)
    test.judge()


def short_form_with_pause_minority(cluster):
    """three nodes, pause_minority: cut in halves, in a ring, singly and one way, they lose nothing that was confirmed"""
    short_form(cluster, "pause_minority")


def short_form_by_default(cluster):
    """the same by default, where nodes of a minority keep their clients"""
    short_form(cluster, "auto")


def once(options, mode, seed):
    """Whether nothing was lost."""
    told = f"{options.nodes} nodes, {mode}, {options.minutes:g} min, seed {seed}"
    cluster = nodes.Cluster()
    try:
        with cluster:
            test = Test(cluster, options.nodes, mode, seed)
            test.run(options.minutes * 60)
            print(f"{told}: {test.verdict()}", flush=True)
            test.judge()
    except AssertionError as trouble:
        print(f"FAIL {told}: {trouble} (logs in {cluster.folder})", flush=True)
        return False
    return True


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bin", type=pathlib.Path, default=nodes.programs, help="where warren and warrenctl are")
    options.add_argument("--nodes", type=int, default=5)
    options.add_argument("--minutes", type=float, default=3)
    options.add_argument("--mode", choices=(*MODES, "both"), default="both", help="cluster_partition_handling")
    options.add_argument("--runs", type=int, default=1, help="of each mode")
    options.add_argument("--seed", type=int, default=int(time.time()) % 100000, help="of the first run")
    options = options.parse_args()
    nodes.programs = options.bin
    modes = tuple(MODES) if options.mode == "both" else (options.mode,)
    good = [once(options, mode, options.seed + run) for run in range(options.runs) for mode in modes]
    print(f"{good.count(True)} passed, {good.count(False)} failed, 0 skipped")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
