"""Brokers under test: Warren processes started here, or a RabbitMQ that runs already."""

import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from harness.instances import INSTANCES

START_WITHIN = 20.0
STOP_WITHIN = 10.0


class Running:
    """A broker somebody else started and looks after."""

    host = "127.0.0.1"

    def __init__(self, port):
        self.port = port

    def memory(self):
        """Resident bytes; None when that cannot be told."""

    def ctl(self, *words):
        """What an operator asks of it with the command line tool; that must succeed."""
        raise NotImplementedError("only a broker of ours can be asked")

    def ask_to_stop(self):
        """Begins the end, if it is ours to end."""

    def stop(self):
        """What was wrong with its life or its end; None when nothing."""


class Warren(Running):
    """A broker process of ours, with a data directory of its own unless it is given one."""

    def __init__(self, binary, name, settings, shards, data=None):
        super().__init__(free_port())
        self.name = name
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"warren-{name}-"))
        self.data = data or self.folder / "data"
        config = self.folder / "warren.conf"
        config.write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
        self.command = [binary, "--name", f"{name}@localhost", "--data-dir", str(self.data)]
        # The default of the second, 20000 above the first, is among the ports that outgoing connections take.
        self.command += ["--amqp-port", str(self.port), "--cluster-port", str(free_port())]
        self.command += ["--config", str(config)]
        self.command += ["--shards", str(shards)] if shards else []
        # Operators of other brokers on this machine are not disturbed.
        self.environment = {**os.environ, "WARREN_RUN_DIR": str(self.folder)}
        self.launch()
        self.wait_until_listening()

    def launch(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=subprocess.STDOUT, env=self.environment
            )

    def ctl(self, *words):
        command = [str(pathlib.Path(self.command[0]).with_name("warrenctl")), "-n", f"{self.name}@localhost", *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=30, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"warrenctl {' '.join(words)} ended with {done.returncode}: {done.stderr}{done.stdout}")
        return done.stdout

    def wait_until_listening(self):
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"broker {self.name} ended at once: {self.last_words()}")
            try:
                socket.create_connection((self.host, self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.005)
        self.process.kill()
        raise RuntimeError(f"broker {self.name} does not listen after {START_WITHIN} s: {self.last_words()}")

    def memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(row.split()[1]) * 1024 for row in status.splitlines() if row.startswith("VmRSS:"))

    def last_words(self):
        return (self.folder / "log").read_text(errors="replace")[-600:].strip()

    def ask_to_stop(self):
        self.ended_early = self.process.poll() is not None
        self.process.send_signal(signal.SIGTERM)

    def stop(self):
        trouble = self.wait_for_end()
        if trouble:
            return f"{trouble}; log in {self.folder}: {self.last_words()}"
        shutil.rmtree(self.folder)
        return None

    def wait_for_end(self):
        try:
            code = self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return f"still running {STOP_WITHIN} s after SIGTERM"
        if self.ended_early:
            return f"ended during the tests with {code}"
        return None if code in (0, -signal.SIGTERM) else f"ended with {code} after SIGTERM"


def _shuffled_ports():
    """Below the ports that the system hands to outgoing connections, which could take one in the meantime."""
    return iter(random.Random().sample(range(20000, 32000), 1000))


def _shuffle_again():
    global _ports
    _ports = _shuffled_ports()


_ports = _shuffled_ports()
os.register_at_fork(after_in_child=_shuffle_again)


def free_port():
    """A port nobody listens on, and that was not given before."""
    for port in _ports:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError("no free port")


class Brokers:
    """The named instances, each made when it is first asked for."""

    def __init__(self, make):
        self.make = make
        self.locks = {name: threading.Lock() for name in INSTANCES}
        self.made = {}

    def get(self, name):
        """The instance, or None when this run has none of that name. One that did not start is not tried again."""
        with self.locks[name]:
            if name not in self.made:
                self.made[name] = self.try_to_make(name)
        if isinstance(self.made[name], Exception):
            raise self.made[name]
        return self.made[name]

    def try_to_make(self, name):
        try:
            return self.make(name)
        except (OSError, RuntimeError) as trouble:
            return trouble

    def stop(self):
        """Ends all; gives (name, trouble) of each that did not live and end well."""
        running = {name: broker for name, broker in self.made.items() if isinstance(broker, Running)}
        for broker in running.values():
            broker.ask_to_stop()
        ends = [(name, broker.stop()) for name, broker in running.items()]
        return [(name, trouble) for name, trouble in ends if trouble]


def started(binary, shards):
    return Brokers(lambda name: Warren(binary, name, INSTANCES[name], shards))


def running(ports):
    return Brokers(lambda name: Running(ports[name]) if name in ports else None)
