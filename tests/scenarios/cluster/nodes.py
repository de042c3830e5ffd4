"""Real nodes of a cluster: started, joined, killed, frozen, cut off from each other. What all scenarios stand on."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "conformance"))

import wire
from harness import broker

NO_DISC = "no disc node is running: definitions cannot be changed"
NO_MAJORITY = "no majority of the cluster is reachable: definitions cannot be changed"
WITHIN = 15.0  # seconds; for what should come soon, generous for a busy machine

programs = HERE.parents[2] / "build/release"  # where warren and warrenctl are
_ports = threading.Lock()


# Times that are promised are promised on a machine that has nothing else to do; elsewhere this many times as long will do.
PATIENCE = float(os.environ.get("CLUSTER_PATIENCE", "1"))


class Impossible(Exception):
    """This machine cannot show it: the scenario is skipped."""


def free_port():
    with _ports:
        return broker.free_port()


def wait_for(condition, within=WITHIN, what="it"):
    """The first true value that the condition gives."""
    deadline = time.monotonic() + within
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {within} s")
        time.sleep(0.01)
    return value


def same(got, wanted, what="it"):
    assert got == wanted, f"{what} is {got!r}, not {wanted!r}"


class Node:
    """One process with a data folder of its own."""

    host = "localhost"
    address = "127.0.0.1"  # for clients
    prefix = ()  # what starts the program

    def __init__(self, cluster, name, options):
        self.cluster = cluster
        self.short = name
        self.name = f"{name}@{self.host}"
        self.folder = cluster.folder / name
        self.folder.mkdir()
        self.environment = dict(cluster.environment)
        self.port, self.cluster_port = free_port(), free_port()
        self.ports = ["--amqp-port", str(self.port), "--cluster-port", str(self.cluster_port)]
        self.options = list(options)
        self.process = None

    # Its life

    def launch(self, *options):
        """Starts the process and waits for nothing."""
        command = [*self.prefix, str(programs / "warren"), "--name", self.name, "--data-dir", str(self.folder / "data")]
        command += [*self.ports, *self.options, *options]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=self.environment)
        return self

    def start(self, *options, within=WITHIN):
        return self.launch(*options).await_serving(within)

    def await_operators(self):
        """Until warrenctl reaches it; it may not let clients in yet."""
        wait_for(lambda: self.alive() and self.ctl_code("ping") == 0, what=f"{self.name} answers operators")
        return self

    def serves(self):
        with contextlib.suppress(OSError):
            socket.create_connection((self.address, self.port), timeout=1).close()
            return True
        return False

    def await_serving(self, within=WITHIN):
        def ready():
            assert self.process.poll() is None, f"{self.name} ended: {self.log()[-800:]}"
            return self.serves()

        wait_for(ready, within, f"{self.name} serves clients")
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        same(self.process.wait(WITHIN), 0, f"the exit code of {self.name}")

    def restart(self):
        self.stop()
        return self.start()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)
        wait_for(lambda: set(self.thread_states()) == {"T"}, what=f"{self.name} stands still")

    def thread_states(self):
        for about in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/stat"):
            yield about.read_text().rsplit(")", 1)[1].split()[0]

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def end(self):
        if self.alive():
            self.thaw()
            self.kill()

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    # Operators

    def ctl(self, *words, fails=0, says="", within=60):
        """What warrenctl prints. It must end with the code `fails` and, if it complains, say so."""
        done = subprocess.run(
            [str(programs / "warrenctl"), "-n", self.name, *map(str, words)],
            env=self.environment, capture_output=True, text=True, timeout=within, check=False,
        )  # fmt: skip
        text = done.stdout + done.stderr if fails else done.stdout
        told = f"'warrenctl {' '.join(map(str, words))}' of {self.short}"
        assert done.returncode == fails, f"{told} ended with {done.returncode}, not {fails}: {(done.stderr + done.stdout)[:600]}"
        assert says in text, f"{told} said {text!r}, not {says!r}"
        return text

    def ctl_code(self, *words):
        command = [str(programs / "warrenctl"), "-n", self.name, *words]
        return subprocess.run(command, env=self.environment, capture_output=True, check=False).returncode

    def rows(self, *words):
        return json.loads(self.ctl(*words, "--formatter", "json"))

    def status(self):
        return self.rows("cluster_status")

    def members(self, kind):
        """Short names of the members that are disc_nodes, ram_nodes, witness_nodes or running_nodes, in a row."""
        return "".join(sorted(name.split("@")[0] for name in self.status()[kind]))

    def running(self):
        """As `members`; empty while this node cannot say."""
        try:
            return self.members("running_nodes")
        except AssertionError:
            return ""

    def queues(self, *options, columns=("name",)):
        rows = self.rows("list_queues", *options, *columns)
        values = [tuple(row[column] for column in columns) for row in rows]
        return sorted(value[0] if len(value) == 1 else value for value in values)

    def join(self, other, *options):
        """As operators do it."""
        self.ctl("stop_app")
        self.ctl("join_cluster", *options, other.name)
        self.ctl("start_app")
        return self.await_serving()

    # Clients

    def dial(self):
        """A connection on which nothing was said yet."""
        connection = wire.Connection((self.address, self.port))
        self.cluster.sockets.append(connection.socket)
        return connection

    def connect(self, **open):
        return self.dial().open(**open)

    def channel(self):
        """The first channel of a connection of its own."""
        return self.connect().channel()

    def declare(self, **queue):
        """Once, by a client that does not stay."""
        channel = self.channel()
        channel.call("queue.declare", **queue)
        channel.connection.close()


class Cluster:
    """Nodes in one folder, with one secret and one run directory."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="warren-cluster-"))
        (self.folder / "run").mkdir(mode=0o700)
        self.environment = {**os.environ, "WARREN_RUN_DIR": str(self.folder / "run"), "HOME": str(self.folder)}
        self.environment.pop("WARREN_NODENAME", None)
        self.nodes, self.sockets = [], []
        self.at_the_end = contextlib.ExitStack()

    def node(self, name, *options):
        self.nodes.append(Node(self, name, options))
        return self.nodes[-1]

    def alone(self, names):
        """Nodes that serve, each in a cluster of its own."""
        nodes = [self.node(name).launch() for name in names]
        return [node.await_serving() for node in nodes]

    def form(self, *kinds, options=()):
        """Nodes a, b, c, ... of these kinds in one cluster, which the first founds."""
        first, *others = [self.node(name, *options) for name in "abcdefg"[: len(kinds)]]
        first.start()
        for node, kind in zip(others, kinds[1:]):
            node.start("--join", f"localhost:{first.cluster_port}", "--node-type", kind)
        return self.agree(first, *others)

    def agree(self, *nodes):
        """Waits until each of these sees all of them run, and nobody else."""
        names = "".join(sorted(node.short for node in nodes))
        for node in nodes:
            wait_for(lambda node=node: node.running() == names, what=f"{node.name} sees {names} run")
        return list(nodes)

    def __enter__(self):
        return self

    def __exit__(self, trouble, *_):
        for client in self.sockets:
            client.close()
        for node in self.nodes:
            node.end()
        self.at_the_end.close()
        if trouble is None:
            shutil.rmtree(self.folder)
