#!/usr/bin/python3
"""Runs the conformance tests against a broker it starts, or against a RabbitMQ that runs already."""

import argparse
import collections
import concurrent.futures
import pathlib
import sys
import traceback

from harness import broker, registry, report
from harness.context import Context

HERE = pathlib.Path(__file__).resolve().parent


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", default=str(HERE.parents[1] / "build/release/warren"), help="the broker to start")
    parser.add_argument("--shards", type=int, help="passed on to the broker")
    parser.add_argument("--reference", type=int, metavar="PORT", help="a running RabbitMQ to test instead")
    parser.add_argument(
        "--reference-instance", action="append", default=[], metavar="NAME=PORT",
        help="a running RabbitMQ with the settings of that instance",
    )  # fmt: skip
    parser.add_argument(
        "--only", default="", metavar="PATTERN", help="cases whose line, name, file or sentence matches"
    )
    parser.add_argument("--jobs", type=int, default=24, help="cases at a time; most of them only wait")
    parser.add_argument("--list", action="store_true", help="name the cases and stop")
    parser.add_argument("--report", type=pathlib.Path, metavar="PAGE", help="write the conformance page")
    return parser.parse_args()


def reference_ports(options):
    pairs = (pair.split("=") for pair in options.reference_instance)
    return {"plain": options.reference, **{name: int(port) for name, port in pairs}}


def run_case(case, brokers):
    """The outcome of one case, and why it is not a pass."""
    try:
        instance = brokers.get(case.instance)
        if instance is None:
            return "skipped", f"no instance {case.instance}"
        context = Context(instance)
        try:
            case.function(context)
        finally:
            context.close()
        return "passed", ""
    except Exception as trouble:
        return "failed", explain(trouble)


def explain(trouble):
    """What went wrong, and the line of the test where."""
    own = [frame for frame in traceback.extract_tb(trouble.__traceback__) if "/test_" in frame.filename]
    where = f" ({pathlib.Path(own[-1].filename).name}:{own[-1].lineno})" if own else ""
    kind = "" if isinstance(trouble, AssertionError) else f"{type(trouble).__name__}: "
    return f"{kind}{trouble}{where}"


def run_all(cases, brokers, jobs):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = {pool.submit(run_case, case, brokers): case for case in cases}
        for future in concurrent.futures.as_completed(futures):
            yield futures[future], *future.result()


class Run:
    """One run: the outcome of each case, the total, and what was printed about the failures."""

    def __init__(self):
        self.outcomes = {}
        self.total = collections.Counter()

    def settle(self, case, outcome, why):
        self.outcomes[case] = outcome
        self.total[outcome] += 1
        if outcome == "failed":
            print(f"FAIL {case.where} {case.name} -- {why}", flush=True)

    def fail(self, what, why):
        self.total["failed"] += 1
        print(f"FAIL {what} -- {why}", flush=True)

    def close(self):
        print("{passed} passed, {failed} failed, {skipped} skipped".format_map(self.total))
        return 1 if self.total["failed"] else 0


def run_chosen(run, options, chosen):
    if options.reference:
        brokers = broker.running(reference_ports(options))
    else:
        brokers = broker.started(options.bin, options.shards)
    for case in chosen:
        if options.reference and case.target_only:
            run.settle(case, "skipped", "")
    due = [case for case in chosen if case not in run.outcomes]
    try:
        for result in run_all(due, brokers, options.jobs):
            run.settle(*result)
    finally:
        for name, trouble in brokers.stop():
            run.fail(f"broker {name}", trouble)


def main():
    options = arguments()
    everything = registry.load(HERE)
    chosen = [case for case in everything if case.matches(options.only)]
    if options.list:
        for case in chosen:
            print(f"{case.where} {case.name} -- {case.sentence}")
        return 0
    run = Run()
    run_chosen(run, options, chosen)
    for number in report.missing(everything):
        run.fail(f"line {number}", "MISSING: neither tested nor pending")
    if options.report:
        report.write(options.report, everything, run.outcomes)
    return run.close()


if __name__ == "__main__":
    sys.exit(main())
