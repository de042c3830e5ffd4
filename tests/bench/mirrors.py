#!/usr/bin/python3
"""A queue that three nodes of one machine hold (ha-mode all): persistent KiBs with confirms, Warren and RabbitMQ in turns."""

import argparse
import os
import pathlib
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "scenarios/mirror"))

import figures
import places  # noqa: F401  before what lies there
import nodes
from mirrored import policy

RABBITMQCTL = "/usr/lib/rabbitmq/bin/rabbitmqctl"
MIRRORS = '{"ha-mode":"all","ha-sync-mode":"automatic"}'
SAFE = "--persistent --durable --body 1024 --acks 100 --prefetch 1000"
SCENARIOS = [
    figures.Scenario(f"n_ha{flight}", f"3 nodes, ha-mode all, persistent 1 KiB, {flight} confirms in flight",
                     "confirmed/s", "confirmed_per_s", f"{SAFE} --confirms {flight} --prefix m")
    for flight in (100, 1000)
]  # fmt: skip


class WarrenCluster:
    name = "Warren"

    def __init__(self):
        self.cluster = nodes.Cluster()
        self.members = self.cluster.form("disc", "disc", "disc")
        policy(self.members[0], ha_sync_mode="automatic")
        self.port = self.members[0].port

    def pid(self):
        return self.members[0].process.pid

    def stop(self):
        self.cluster.__exit__(None)


class RabbitNode(figures.RabbitMQ):
    """One of three with one home and one port mapper."""

    def __init__(self, number, mapper_port):
        self.number, self.mapper_port = number, mapper_port
        figures.Broker.__init__(self)

    def environment(self):
        cookie = pathlib.Path(self.home) / ".erlang.cookie"
        cookie.write_text("SECRET")
        cookie.chmod(0o400)
        return {**super().environment(), "RABBITMQ_NODENAME": self.nodename()}

    def nodename(self):
        return f"mirrors{self.port}@localhost"

    def ctl(self, *words):
        environment = {**os.environ, "HOME": self.home, "ERL_EPMD_PORT": str(self.mapper_port)}
        command = [RABBITMQCTL, "-n", self.nodename(), *words]
        subprocess.run(command, env=environment, capture_output=True, check=True, timeout=120)

    def stop(self):
        figures.Broker.stop(self)


class RabbitCluster:
    name = "RabbitMQ"

    def __init__(self):
        self.mapper_port = figures.free_port()
        self.members = []
        for number in range(3):
            self.members.append(RabbitNode(number, self.mapper_port))
        first, *others = self.members
        for other in others:
            for words in (["stop_app"], ["reset"], ["join_cluster", first.nodename()], ["start_app"]):
                other.ctl(*words)
        first.ctl("set_policy", "ha", "^m", MIRRORS)
        self.port = first.port

    def pid(self):
        return self.members[0].pid()

    def stop(self):
        for member in self.members:
            member.stop()
        subprocess.run(["epmd", "-port", str(self.mapper_port), "-kill"], capture_output=True, check=False)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bin", type=pathlib.Path, default=nodes.programs, help="folder of the programs")
    options.add_argument("--reps", type=int, default=3, help="repetitions, of which the median counts")
    options.add_argument("--seconds", type=float, default=4, help="of each measurement")
    options.add_argument("--no-peer", action="store_true", help="Warren alone")
    options = options.parse_args()
    nodes.programs = options.bin
    figures.PERF = options.bin / "warren-perf"
    kinds = [WarrenCluster] if options.no_peer else [WarrenCluster, RabbitCluster]
    table, clusters = figures.Table([kind.name for kind in kinds]), {}
    try:
        for kind in kinds:
            clusters[kind] = kind()
        for scenario in SCENARIOS:
            once = lambda kind, scenario=scenario: figures.measure(clusters[kind], scenario, options.seconds)  # noqa: E731
            table.row(f"{scenario.name}: {scenario.meaning}", scenario.unit, figures.take_turns(kinds, options.reps, once))
    finally:
        for cluster in clusters.values():
            cluster.stop()
    return 1 if figures.take_turns.failures else 0


if __name__ == "__main__":
    sys.exit(main())
