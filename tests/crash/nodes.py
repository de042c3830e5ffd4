"""Nodes that are killed and started again on the same data, and what all programs here share."""

import argparse
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "conformance"))

from harness.broker import Running, Warren, free_port

REFERENCE_STARTS_WITHIN = 90.0  # seconds


class Node(Warren):
    """A Warren that may be killed and started again."""

    def kill(self):
        self.process.kill()
        self.process.wait()

    def terminate(self):
        self.ask_to_stop()
        if trouble := self.wait_for_end():
            raise RuntimeError(trouble)

    def start(self):
        self.launch()
        self.wait_until_listening()

    def take_shards(self, shards):
        """From the next start on."""
        if "--shards" in self.command:
            del self.command[self.command.index("--shards") :]
        self.command += ["--shards", str(shards)]

    def pid(self):
        return self.process.pid

    def end(self):
        """The last of it; gives what was wrong, None when nothing."""
        self.ask_to_stop()
        return self.stop()


class Reference(Running):
    """Debian's rabbitmq-server on data of its own: what these tests are themselves tested with."""

    def __init__(self, folder):
        super().__init__(free_port())
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        os.chmod(self.folder, 0o777)
        config = self.folder / "rabbitmq.conf"
        config.write_text("vm_memory_high_watermark.relative = 0.6\n")
        self.environment = {
            **os.environ,
            "HOME": str(self.folder),
            "RABBITMQ_NODENAME": f"crash{self.port}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "ERL_EPMD_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(config),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
        }
        self.start()

    def launch(self):
        with open(self.folder / "out", "ab") as out:
            self.process = subprocess.Popen(
                "/usr/lib/rabbitmq/bin/rabbitmq-server", env=self.environment, stdout=out, stderr=out
            )

    def start(self):
        self.launch()
        deadline = time.monotonic() + REFERENCE_STARTS_WITHIN
        ready = b"Starting broker... completed"
        before = (self.folder / "out").read_bytes().count(ready)
        while (self.folder / "out").read_bytes().count(ready) == before:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError(f"rabbitmq-server does not start; see {self.folder}/out")
            time.sleep(0.05)

    def pid(self):
        return int((self.folder / "pid").read_text())

    def kill(self):
        os.kill(self.pid(), signal.SIGKILL)
        self.process.wait()

    def terminate(self):
        os.kill(self.pid(), signal.SIGTERM)
        self.process.wait()

    def end(self):
        self.kill()
        subprocess.run(["epmd", "-kill"], env=self.environment, capture_output=True, check=False)


def parser(description):
    """The options that all programs here have."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--bin", default=str(HERE.parents[1] / "build/release/warren"), help="the broker to start")
    options.add_argument("--shards", type=int, help="passed on to the broker")
    options.add_argument("--seed", type=int, default=1, help="what happens when, as far as it can be told")
    return options


class Tally:
    """Counts checks and prints those that fail."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, sentence, trouble):
        """`trouble` says what is wrong; nothing (None, empty) is a pass."""
        if trouble:
            self.failed += 1
            print(f"FAIL {sentence} -- {trouble:.600}", flush=True)
        else:
            self.passed += 1
            print(f"PASS {sentence}", flush=True)

    def skip(self, sentence, why):
        self.skipped += 1
        print(f"SKIP {sentence} -- {why}", flush=True)

    def close(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped", flush=True)
        return 1 if self.failed else 0


@contextlib.contextmanager
def watched(tally, name, make):
    """A broker for the time of a `with`. Trouble that ends it early, and a bad end of the broker, count as failures."""
    broker = None
    try:
        broker = make()
        yield broker
    except (AssertionError, OSError, RuntimeError) as trouble:
        tally.check(f"{name}: went through", f"{type(trouble).__name__}: {trouble}")
    finally:
        if broker:
            tally.check(f"{name}: the broker ends in peace", broker.end())
