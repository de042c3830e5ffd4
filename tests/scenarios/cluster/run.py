#!/usr/bin/python3
"""Runs the scenarios of clusters; the last line is 'N passed, N failed, N skipped'.

Other folders of scenarios are run by the same `main`.
"""

import argparse
import ast
import concurrent.futures
import importlib
import os
import pathlib
import re
import signal
import sys
import time
import traceback

import nodes

ROOMS = (nodes.HERE, nodes.HERE / "cut")
SCENARIOS = nodes.HERE.parent
sys.path.append(str(ROOMS[1]))


def scenarios(rooms):
    """The public functions with the argument `cluster` of every file there, in order of file and line."""
    for path in sorted(path for room in rooms for path in room.glob("*.py")):
        for statement in ast.parse(path.read_text()).body:
            if isinstance(statement, ast.FunctionDef) and [a.arg for a in statement.args.args] == ["cluster"]:
                yield getattr(importlib.import_module(path.stem), statement.name)


def run(scenario):
    """PASS, FAIL or SKIP and why."""
    cluster = nodes.Cluster()
    try:
        with cluster:
            running.append(cluster)
            scenario(cluster)
        return "PASS", ""
    except nodes.Impossible as reason:
        return "SKIP", f" -- {reason}"
    except Exception as trouble:  # whatever it is, the next scenario has its chance
        frames = [frame for frame in traceback.extract_tb(trouble.__traceback__) if frame.filename != __file__]
        mine = [frame for frame in frames if pathlib.Path(frame.filename).is_relative_to(SCENARIOS)] or frames
        where = f"{pathlib.Path(mine[0].filename).name}:{mine[0].lineno}"
        return "FAIL", f" -- {type(trouble).__name__}: {trouble} ({where}, logs in {cluster.folder})"


def timed(scenario):
    began = time.monotonic()
    return scenario, *run(scenario), time.monotonic() - began


running = []


def give_up(*_):
    """Leaves no process behind."""
    for cluster in running:
        for node in cluster.nodes:
            if node.alive():
                node.process.kill()
    os._exit(1)


def arguments(about):
    options = argparse.ArgumentParser(description=about)
    options.add_argument("--bin", type=pathlib.Path, default=nodes.programs, help="where warren and warrenctl are")
    options.add_argument("--only", default="", metavar="PATTERN", help="scenarios whose file or name matches")
    options.add_argument("--jobs", type=int, default=2, help="scenarios at a time; most of them only wait")
    options.add_argument("--list", action="store_true", help="name the scenarios and stop")
    return options.parse_args()


def main(rooms=ROOMS, about=__doc__):
    options = arguments(about)
    nodes.programs = options.bin
    chosen = [one for one in scenarios(rooms) if re.search(options.only, f"{one.__module__} {one.__name__}")]
    if options.list:
        for one in chosen:
            print(f"{one.__module__:12} {one.__name__:48} {one.__doc__}")
        return 0
    signal.signal(signal.SIGTERM, give_up)
    count = {"PASS": 0, "FAIL": 0, "SKIP": 0}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for future in concurrent.futures.as_completed([pool.submit(timed, one) for one in chosen]):
            scenario, outcome, why, seconds = future.result()
            count[outcome] += 1
            print(f"{outcome} {scenario.__module__}.{scenario.__name__} ({seconds:.1f} s){why}", flush=True)
    print("{PASS} passed, {FAIL} failed, {SKIP} skipped".format_map(count))
    return 1 if count["FAIL"] else 0


if __name__ == "__main__":
    sys.exit(main())
