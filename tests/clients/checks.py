"""What the Python clients share: where the broker is, and how a check is counted."""

import os
import sys
import time
import uuid

HOST = os.environ.get("AMQP_HOST", "127.0.0.1")
PORT = int(os.environ.get("AMQP_PORT", "5672"))
TEN_MB = bytes(range(256)) * 40960

CHECKS = []


def check(sentence):
    """Makes a function without arguments a check of this name."""

    def register(function):
        CHECKS.append((sentence, function))
        return function

    return register


def unique(prefix):
    return f"{prefix}.{uuid.uuid4().hex[:12]}"


def same(got, wanted):
    if got != wanted:
        raise AssertionError(f"{got!r:.200} instead of {wanted!r:.200}")


def eventually(condition, within=15.0):
    deadline = time.monotonic() + within
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not true within {within} s")
        time.sleep(0.05)
    return value


def run_checks():
    """Runs all checks, prints PASS or FAIL for each, and ends the program."""
    failures = 0
    for sentence, function in CHECKS:
        try:
            function()
            print(f"PASS {sentence}", flush=True)
        except Exception as trouble:
            failures += 1
            why = f"{type(trouble).__name__}: {trouble}".splitlines()[0]
            print(f"FAIL {sentence} -- {why:.300}", flush=True)
    sys.exit(1 if failures else 0)
