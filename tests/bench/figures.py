#!/usr/bin/env python3
"""Measures Warren and RabbitMQ in turns with warren-perf and prints medians and their ratio as a markdown table."""
import argparse
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WARREN = ROOT / "build/release/warren"
PERF = ROOT / "build/release/warren-perf"
RABBITMQ = "/usr/lib/rabbitmq/bin/rabbitmq-server"
START_TIMEOUT_S = 90
STOP_TIMEOUT_S = 30
RUN_TIMEOUT_S = 180


class Scenario:
    """One row: what warren-perf is asked, and which figure of its result counts."""

    def __init__(self, name, meaning, unit, key, arguments, timed=True):
        self.name, self.meaning, self.unit, self.key = name, meaning, unit, key
        self.arguments = arguments.split()
        self.timed = timed  # takes --duration


ACKED = "--acks 100 --prefetch 1000"
SAFE = "--persistent --durable --body 1024 " + ACKED
SCENARIOS = [
    Scenario("a16", "16 B transient, auto-ack", "delivered/s", "delivered_per_s", "--body 16"),
    Scenario("b16c", "16 B, acks, prefetch 1000, backlog 50,000", "delivered/s", "delivered_per_s",
             ACKED + " --backlog 50000"),
    Scenario("b1kack1c", "1 KiB, each acked, backlog 20,000", "delivered/s", "delivered_per_s",
             "--body 1024 --acks 1 --prefetch 1000 --backlog 20000"),
    Scenario("c100", "persistent 1 KiB, 100 confirms in flight", "confirmed/s", "confirmed_per_s",
             SAFE + " --confirms 100"),
    Scenario("c1000", "persistent 1 KiB, 1,000 confirms in flight", "confirmed/s", "confirmed_per_s",
             SAFE + " --confirms 1000"),
    Scenario("d100k", "100 KiB bodies, backlog 200", "delivered/s", "delivered_per_s",
             "--body 102400 --backlog 200 --no-check"),
    Scenario("e10", "fanout to 10 queues", "delivered/s", "delivered_per_s",
             "--exchange fanout --queues 10 --consumers 10 --backlog 100000"),
    Scenario("f1000", "topic, 1,000 bindings", "delivered/s", "delivered_per_s",
             "--exchange topic --bindings 1000 --queues 4 --consumers 4 --backlog 50000"),
    Scenario("h5k_p50", "end to end at 5,000/s, p50", "µs", "latency_us/p50", "--rate 5000"),
    Scenario("h5k_p99", "end to end at 5,000/s, p99", "µs", "latency_us/p99", "--rate 5000"),
    Scenario("k_chan", "channel open, close", "cycles/s", "cycles_per_s", "--churn channel"),
    Scenario("k_conn", "connect, open, close", "cycles/s", "cycles_per_s", "--churn connection"),
    Scenario("j10k", "declare 10,000 transient queues, one connection", "/s", "declares_per_s",
             "--declare-queues 10000 --duration 1", timed=False),
    Scenario("j_mem", "memory per idle queue, of 10,000", "KiB", "resident_kb_each",
             "--declare-queues 10000 --duration 1", timed=False),
    Scenario("i1000", "memory per idle connection with a channel, of 1,000", "KiB", "resident_kb_each",
             "--idle-connections 1000 --duration 1", timed=False),
]
# Figures that fresh processes give, so they are taken before any load, each with a broker of its own.
FRESH = ("j_mem", "i1000")
STARTS = [("l", "start to first accept", "s"), ("idle", "resident memory when idle", "MB")]
# Small figures are good figures.
SMALL_IS_GOOD = {"µs", "KiB", "s", "MB"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def resident_mb(pid):
    pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / (1 << 20)


def children_of(pid):
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]


class Broker:
    """A broker of our own: its port, its data, its process."""

    def __init__(self):
        self.port = free_port()
        self.home = tempfile.mkdtemp(prefix="bench-")
        self.log = open(os.path.join(self.home, "log"), "wb")
        begin = time.monotonic()
        self.process = subprocess.Popen(self.command(), env=self.environment(), stdout=self.log, stderr=self.log,
                                        start_new_session=True)
        try:
            self.wait_until_it_answers()
        except BaseException:
            self.stop()
            raise
        self.start_s = time.monotonic() - begin

    def environment(self):
        return dict(os.environ)

    def wait_until_it_answers(self):
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as client:
                    client.settimeout(2)
                    client.sendall(b"AMQP\0\0\x09\x01")
                    if client.recv(8):
                        return
            except OSError:
                time.sleep(0.005)
        raise RuntimeError(f"{self.name} does not start; see {self.log.name}")

    def pid(self):
        return self.process.pid

    def stop(self):
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        except ProcessLookupError:
            pass
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)


class Warren(Broker):
    name = "Warren"

    def command(self):
        return [str(WARREN), "--data-dir", self.home, "--amqp-port", str(self.port)]


class RabbitMQ(Broker):
    name = "RabbitMQ"

    def __init__(self):
        # The port mapper that it starts outlives it, so it gets one of its own.
        self.mapper_port = free_port()
        super().__init__()

    def command(self):
        return [RABBITMQ]

    def stop(self):
        super().stop()
        subprocess.run(["epmd", "-port", str(self.mapper_port), "-kill"], capture_output=True, check=False)

    def environment(self):
        port = self.port
        return dict(os.environ, HOME=self.home, ERL_EPMD_PORT=str(self.mapper_port),
                    RABBITMQ_NODENAME=f"bench{port}@localhost", RABBITMQ_NODE_PORT=str(port),
                    RABBITMQ_NODE_IP_ADDRESS="127.0.0.1", RABBITMQ_DIST_PORT=str(free_port()),
                    RABBITMQ_MNESIA_BASE=self.home + "/data", RABBITMQ_LOG_BASE=self.home + "/logs",
                    RABBITMQ_ENABLED_PLUGINS_FILE=self.home + "/plugins")

    def pid(self):
        """The virtual machine, which the start script runs as a child or has become."""
        for pid in [self.process.pid] + children_of(self.process.pid):
            if "beam" in pathlib.Path(f"/proc/{pid}/comm").read_text():
                return pid
        return self.process.pid


def figure(result, key):
    for part in key.split("/"):
        result = result[part]
    return result


def measure(broker, scenario, seconds):
    command = [str(PERF), "--quiet", "--port", str(broker.port), "--pid", str(broker.pid())] + scenario.arguments
    if scenario.timed:
        command += ["--duration", str(seconds)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=RUN_TIMEOUT_S, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"{broker.name}, {scenario.name}: {run.stderr.strip() or run.returncode}")
    return figure(json.loads(run.stdout), scenario.key)


def show(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


class Table:
    def __init__(self, names):
        self.names = names
        print(f"| scenario | unit | {' | '.join(names)} |" + (" ratio |" if len(names) > 1 else ""))
        print("| --- | --- |" + " ---: |" * (len(names) + (len(names) > 1)))

    def row(self, meaning, unit, figures):
        medians = [statistics.median(figures[name]) if figures[name] else None for name in self.names]
        line = f"| {meaning} | {unit} | {' | '.join(show(median) for median in medians)} |"
        if len(medians) > 1:
            good = None not in medians and 0 not in medians
            ratio = (medians[1] / medians[0] if unit in SMALL_IS_GOOD else medians[0] / medians[1]) if good else None
            line += f" {show(ratio)} × |" if good else " - |"
        print(line, flush=True)


def take_turns(kinds, reps, once):
    """Calls once(kind) for each, `reps` times over, in turns. What fails is told and left out."""
    figures = {kind.name: [] for kind in kinds}
    for _ in range(reps):
        for kind in kinds:
            try:
                figures[kind.name].append(once(kind))
            except (RuntimeError, OSError, subprocess.TimeoutExpired, KeyError) as error:
                print(f"figures: {error}", file=sys.stderr)
                take_turns.failures += 1
    return figures


take_turns.failures = 0


def of_fresh_broker(kind, look):
    broker = kind()
    try:
        return look(broker)
    finally:
        broker.stop()


def idle_memory(broker):
    time.sleep(3)  # until start-up has settled
    return resident_mb(broker.pid())


def measure_starts(kinds, table, options):
    looks = {"l": lambda broker: broker.start_s, "idle": idle_memory}
    for name, meaning, unit in STARTS:
        if options.only and name not in options.only:
            continue
        figures = take_turns(kinds, options.reps, lambda kind: of_fresh_broker(kind, looks[name]))
        table.row(f"{name}: {meaning}", unit, figures)


def measure_scenarios(kinds, table, options):
    wanted = [one for one in SCENARIOS if not options.only or one.name in options.only]
    for scenario in [one for one in wanted if one.name in FRESH]:
        figures = take_turns(
            kinds, options.reps,
            lambda kind: of_fresh_broker(kind, lambda broker: measure(broker, scenario, options.seconds)))
        table.row(f"{scenario.name}: {scenario.meaning}", scenario.unit, figures)
    steady = [one for one in wanted if one.name not in FRESH]
    if not steady:
        return
    brokers = {}
    try:
        for kind in kinds:
            brokers[kind] = kind()
        for scenario in steady:
            figures = take_turns(kinds, options.reps, lambda kind: measure(brokers[kind], scenario, options.seconds))
            table.row(f"{scenario.name}: {scenario.meaning}", scenario.unit, figures)
    finally:
        for broker in brokers.values():
            broker.stop()


def main():
    names = [one.name for one in SCENARIOS] + [name for name, _, _ in STARTS]
    parser = argparse.ArgumentParser(prog="run.sh", description=__doc__)
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help="one of " + ", ".join(names))
    parser.add_argument("--reps", type=int, default=3, help="repetitions, of which the median counts (3)")
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement (4)")
    parser.add_argument("--no-peer", action="store_true", help="Warren alone")
    options = parser.parse_args()
    kinds = [Warren] if options.no_peer else [Warren, RabbitMQ]
    missing = [str(path) for path in (WARREN, PERF) if not path.exists()]
    if not options.no_peer and not os.path.exists(RABBITMQ):
        missing.append(RABBITMQ + " (package rabbitmq-server; or --no-peer)")
    if missing:
        sys.exit("figures: missing: " + ", ".join(missing))
    table = Table([kind.name for kind in kinds])
    measure_starts(kinds, table, options)
    measure_scenarios(kinds, table, options)
    return 1 if take_turns.failures else 0


if __name__ == "__main__":
    sys.exit(main())
