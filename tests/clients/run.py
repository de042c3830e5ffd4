#!/usr/bin/python3
"""Runs real clients in many languages against one broker, which it starts, or against a RabbitMQ that runs already."""

import argparse
import collections
import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "conformance"))

from harness.broker import Running, Warren

PYTHON = "/usr/bin/python3"
BASE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
CACHE = pathlib.Path(os.environ.get("WARREN_TEST_CACHE", BASE / "warren-tests"))
JARS = f"{CACHE}/java/*"
CLASSES = CACHE / "java-classes"
BUILD_WITHIN, RUN_WITHIN = 180, 90  # seconds


@dataclasses.dataclass
class Client:
    name: str
    command: list
    build: list = dataclasses.field(default_factory=list)
    folder: str = "."


CLIENTS = [
    Client("pika", [PYTHON, "pika_client.py"]),
    Client("py-amqp", [PYTHON, "pyamqp_client.py"]),
    Client("celery", [PYTHON, "celery_client.py"]),
    Client("amqplib", ["node", "amqplib_client.js"]),
    Client("amqp-tools", ["./amqp_tools.sh"]),
    Client(
        "librabbitmq",
        [f"{CACHE}/c-client"],
        ["cc", "-Wno-deprecated-declarations", "client.c", "-lrabbitmq", "-o", f"{CACHE}/c-client"],
        "c",
    ),
    Client("amqp091-go", [f"{CACHE}/go-client"], ["go", "build", "-o", f"{CACHE}/go-client", "."], "go"),
    Client("php-amqplib", ["php", "php_client.php"]),
    Client(
        "java",
        ["java", "-cp", f"{JARS}:{CLASSES}", "Client"],
        ["javac", "-cp", JARS, "-d", str(CLASSES), "Check.java", "Client.java"],
        "java",
    ),
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", default=str(HERE.parents[1] / "build/release/warren"), help="the broker to start")
    parser.add_argument("--shards", type=int, help="passed on to the broker")
    parser.add_argument("--reference", type=int, metavar="PORT", help="a running RabbitMQ to test instead")
    parser.add_argument("--only", default="", metavar="PATTERN", help="clients whose name matches")
    parser.add_argument("--no-install", action="store_true", help="take it that everything is installed")
    parser.add_argument("--verbose", action="store_true", help="list what passes, too")
    return parser.parse_args()


class Run:
    """Counts checks, and prints those that fail."""

    def __init__(self, verbose):
        self.verbose = verbose
        self.total = collections.Counter()

    def settle(self, outcome, what):
        self.total[outcome] += 1
        if outcome != "PASS" or self.verbose:
            print(f"{outcome} {what}", flush=True)

    def settle_output(self, client, output):
        """Counts the PASS and FAIL lines of a client; gives whether there were any."""
        lines = [line.split(" ", 1) for line in output.splitlines() if re.match("(PASS|FAIL) ", line)]
        for outcome, what in lines:
            self.settle(outcome, f"{client.name}: {what}")
        return bool(lines)

    def close(self):
        print(f"{self.total['PASS']} passed, {self.total['FAIL']} failed, {self.total['SKIP']} skipped")
        return 1 if self.total["FAIL"] else 0


def execute(command, folder, within, environment):
    """The exit code, or a word for it, and all output. What the command leaves running when it is late is ended too."""
    try:
        process = subprocess.Popen(
            command, cwd=HERE / folder, env=environment, text=True, errors="replace", start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except OSError as missing:
        return str(missing), ""
    try:
        output, _ = process.communicate(timeout=within)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return f"not ended after {within} s", process.communicate()[0]


def last_line(output):
    return output.strip().splitlines()[-1] if output.strip() else "no output"


def run_client(run, client, environment):
    if client.build:
        code, output = execute(client.build, client.folder, BUILD_WITHIN, environment)
        if code != 0:
            run.settle("FAIL", f"{client.name}: does not build ({code}) -- {last_line(output)}")
            return
    code, output = execute(client.command, ".", RUN_WITHIN, environment)
    failed = run.total["FAIL"]
    counted = run.settle_output(client, output)
    if not counted or (code != 0 and run.total["FAIL"] == failed):
        run.settle("FAIL", f"{client.name}: ends with {code} -- {last_line(output)}")


def install(run):
    code, output = execute(["./install.sh"], ".", BUILD_WITHIN * 5, None)
    if code != 0:
        run.settle("FAIL", f"install.sh ends with {code} -- {last_line(output)}")


def run_clients(run, broker, pattern):
    address = {"AMQP_HOST": broker.host, "AMQP_PORT": str(broker.port)}
    environment = {**os.environ, **address, "NODE_PATH": f"{CACHE}/node/node_modules"}
    try:
        for client in CLIENTS:
            if re.search(pattern, client.name):
                run_client(run, client, environment)
    finally:
        broker.ask_to_stop()
        trouble = broker.stop()
    if trouble:
        run.settle("FAIL", f"broker: {trouble}")


def main():
    options = arguments()
    run = Run(options.verbose)
    if not options.no_install:
        install(run)
    try:
        broker = Running(options.reference) if options.reference else Warren(options.bin, "clients", {}, options.shards)
    except (OSError, RuntimeError) as trouble:
        run.settle("FAIL", f"broker: {trouble}")
    else:
        run_clients(run, broker, options.only)
    return run.close()


if __name__ == "__main__":
    sys.exit(main())
