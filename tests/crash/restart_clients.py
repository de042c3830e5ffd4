#!/usr/bin/python3
"""Restarts a broker under real clients and lets them find out what is still there."""

import itertools
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

from nodes import HERE, Node, Reference, Tally, parser, watched

BASE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
CACHE = pathlib.Path(os.environ.get("WARREN_TEST_CACHE", BASE / "warren-tests"))
CLIENTS = {"pika": ["/usr/bin/python3", "restart/pika_client.py"], "amqplib": ["node", "restart/amqplib.js"]}
WITHIN = 90  # seconds


def arguments():
    options = parser(__doc__)
    options.add_argument("--only", default="", metavar="PATTERN", help="runs whose name matches, such as 'pika.*kill'")
    options.add_argument("--reference", action="store_true", help="test Debian's rabbitmq-server instead")
    return options.parse_args()


def converse(client, broker, restart):
    """Runs a client: when it says RESTART the broker is restarted, then the client goes on. Gives its other lines."""
    address = {"AMQP_HOST": broker.host, "AMQP_PORT": str(broker.port), "NODE_PATH": f"{CACHE}/node/node_modules"}
    process = subprocess.Popen(
        CLIENTS[client], cwd=HERE, env={**os.environ, **address}, text=True, errors="replace",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    guard = threading.Timer(WITHIN, process.kill)
    guard.start()
    lines = []
    try:
        for line in process.stdout:
            if line.strip() == "RESTART":
                restart()
                process.stdin.write("again\n")
                process.stdin.flush()
            else:
                lines.append(line.rstrip())
    finally:
        guard.cancel()
        process.kill()
        process.wait()
    return lines


def run(tally, name, client, how, broker):
    def restart():
        (broker.kill if how == "kill" else broker.terminate)()
        broker.start()

    lines = converse(client, broker, restart)
    outcomes = [line for line in lines if re.match("(PASS|FAIL) ", line)]
    for outcome, what in (line.split(" ", 1) for line in outcomes):
        sentence, _, why = what.partition(" -- ")
        tally.check(f"{name}: {sentence}", (why or "no reason told") if outcome == "FAIL" else None)
    if not outcomes:
        tally.check(f"{name}: the client runs", f"last line: {lines[-1] if lines else 'none'}")


def main():
    options = arguments()
    tally = Tally()

    def make():
        if options.reference:
            return Reference(pathlib.Path(tempfile.mkdtemp(prefix="rabbit-")))
        return Node(options.bin, "restart", {}, options.shards)

    for client, how in itertools.product(CLIENTS, ("kill", "stop")):
        if re.search(options.only, f"{client} {how}"):
            with watched(tally, f"{client} over {how}", make) as broker:
                run(tally, f"{client} over {how}", client, how, broker)
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
