#!/usr/bin/python3
"""Damages the data of a killed broker bit by bit, byte by byte, and compares what it serves with what it should serve.

The messages are published in batches of known number, the next one only when the last was confirmed. So one record on
disk belongs to one batch, and one flipped bit may cost messages of one batch and no others. A file cut short may cost
what stood behind the cut: of the batches before it, nothing.
"""

import collections
import concurrent.futures
import multiprocessing
import os
import pathlib
import random
import re
import shutil
import sys
import tempfile
import time

from content import BATCHES, Content
from image import Damage, Image
from nodes import Node, Tally, parser
from serving import serve

ROOT = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
SHOWN = 20  # failures of a kind
PROMISES = [
    ("start", "the broker starts and serves whatever is damaged"),
    ("wrong", "no wrong body and no unknown message is served"),
    ("repeat", "what is served again says so"),
    ("order", "messages stay in order"),
    ("bound", "what is missing belongs to the damaged place"),
]


def arguments():
    options = parser(__doc__)
    options.add_argument("--flips", type=int, default=10000, help="bits flipped, over all kinds of files")
    options.add_argument(
        "--truncations", type=int, default=65536, help="last bytes of the newest journal at which it is cut"
    )
    options.add_argument("--sample", type=int, metavar="N", help="try only N of the flips and N of the truncations")
    options.add_argument("--only", default="", metavar="PATTERN", help="kinds of files whose name matches")
    options.add_argument(
        "--ballast", type=int, default=0, metavar="MB", help="passed through, so that the first messages go cold"
    )
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--case", type=Damage.parse, metavar="FILE@OFFSET[^BIT]", help="try this one and tell all")
    options.add_argument("--keep", type=pathlib.Path, help="where to leave the folder that was prepared")
    return options.parse_args()


def prepare(options):
    """The image of a folder with known content, and the content."""
    node = Node(options.bin, "damage", {}, options.shards)
    content = Content(options.seed, options.ballast)
    content.publish(node)
    node.kill()
    if options.keep:
        shutil.copytree(node.data, options.keep)
    return Image(node.data), content


def cases(options, image, content):
    """All damages to try, in the order of their kind."""
    choose = random.Random(options.seed)
    kinds = {kind: names for kind, names in image.kinds().items() if re.search(options.only, kind)}
    flips = []
    for names in kinds.values():
        spots = [(name, image.written(name)) for name in names if image.written(name)]
        for _ in range(options.flips // len(kinds) if spots else 0):
            name, end = choose.choices(spots, [written for _, written in spots])[0]
            flips.append(Damage(name, choose.randrange(end), choose.randrange(8)))
    cuts = []
    if name := content.newest_journal(image):
        end = image.written(name)
        cuts = [Damage(name, offset) for offset in range(max(0, end - options.truncations), end + 1)]
    if options.sample is not None:
        flips = choose.sample(flips, min(options.sample, len(flips)))
        cuts = choose.sample(cuts, min(options.sample, len(cuts)))
    return flips + cuts


class Bench:
    """One place where damaged folders are tried, in a process of its own."""

    here = None

    def __init__(self, options, image, content):
        self.image, self.content = image, content
        self.node = Node(options.bin, "damage", {}, options.shards)
        self.node.kill()

    @classmethod
    def open(cls, *arguments):
        cls.here = cls(*arguments)

    def attempt(self, damage):
        self.image.put_down(self.node.data, damage)
        self.node.launch()
        try:
            served = serve(self.node)
        except (AssertionError, OSError, RuntimeError) as trouble:
            why = f"{type(trouble).__name__}: {trouble}"
            if self.node.process.poll() is not None:
                why = f"ended with {self.node.process.returncode}: {self.node.last_words()[-300:]}"
            return collections.Counter(), [("start", why)]
        finally:
            self.node.kill()
            (self.node.folder / "log").unlink(missing_ok=True)
        return self.content.judge(served, damage, self.image)


def attempt(damage):
    return damage, *Bench.here.attempt(damage)


class Report:
    def __init__(self):
        self.troubles = collections.defaultdict(list)
        self.rows = collections.defaultdict(collections.Counter)

    def add(self, damage, counts, troubles):
        row = self.rows["cut" if damage.bit is None else "flip", re.sub(r"\d+", "#", damage.name)]
        row["tried"] += 1
        row["with loss"] += counts["missing"] > 0
        row["most missing"] = max(row["most missing"], counts["missing"])
        row["missing"] += counts["missing"]
        row["acked and back"] += counts["back"]
        for kind, why in troubles:
            row["bad"] += 1
            self.troubles[kind].append(f"{damage}: {why}")
            if len(self.troubles[kind]) <= SHOWN:
                print(f"BAD {kind}: {damage}: {why:.400}", flush=True)

    def close(self):
        for (what, name), row in self.rows.items():
            print(f"{what} {name}: {', '.join(f'{key} {value}' for key, value in row.items())}")
        tally = Tally()
        for kind, sentence in PROMISES:
            found = self.troubles[kind]
            tally.check(sentence, f"{len(found)} times, first {found[0]}" if found else None)
        tried = sum(row["tried"] for row in self.rows.values())
        tally.check("something was damaged", None if tried else "no file has content")
        return tally


def run_all(options, image, content, due):
    report, began = Report(), time.monotonic()
    context = multiprocessing.get_context("fork")
    pool = concurrent.futures.ProcessPoolExecutor(options.jobs, context, Bench.open, (options, image, content))
    with pool:
        for done, outcome in enumerate(pool.map(attempt, due, chunksize=4), 1):
            report.add(*outcome)
            if done % 2000 == 0:
                print(f"{done} of {len(due)} in {time.monotonic() - began:.0f} s", flush=True)
    took = time.monotonic() - began
    print(f"{len(due)} damages in {took:.1f} s, {took * 1000 / max(1, len(due)):.1f} ms each, seed {options.seed}")
    return report


def run(options):
    image, content = prepare(options)
    sizes = {kind: sum(map(image.written, names)) for kind, names in image.kinds().items()}
    print(f"{len(content.alive)} messages of {BATCHES} batches; written bytes: {sizes}", flush=True)
    bench = Bench(options, image, content)
    counts, troubles = bench.attempt(options.case)
    if options.case:
        print(f"{options.case}: {dict(counts)}", *troubles, sep="\n")
        return Tally()
    tally = run_all(options, image, content, cases(options, image, content)).close()
    whole = f"{counts['missing']} missing" if counts["missing"] else "; ".join(map(str, troubles))
    tally.check("all is served when nothing is damaged", whole)
    return tally


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="warren-damage-", dir=ROOT) as folder:
        tempfile.tempdir = folder
        return run(options).close()


if __name__ == "__main__":
    sys.exit(main())
