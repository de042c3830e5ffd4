#!/usr/bin/python3
"""Damages the data of a killed broker bit by bit, byte by byte, and compares what it serves with what it should serve.

The messages are published in batches of known number, the next one only when the last was confirmed. So one record on
disk belongs to one batch, and one flipped bit may cost messages of one batch and no others. A file cut short may cost
what stood behind the cut: of the batches before it, nothing.
"""

import collections
import concurrent.futures
import contextlib
import multiprocessing
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

from content import BATCHES, Content
from full_disk import NoDisk, mounted
from image import Damage, Image
from nodes import Node, Tally, parser
from serving import serve

DISK_MB = 96  # small, so that the files of a node are small
SETTINGS = {"disk_free_limit.absolute": "1MB"}
ENDS_WITHIN = 0.5  # seconds, when it ends at all
BALLAST_MB = 20  # passed through the broker, so that what was there before goes cold
SHOWN = 20  # failures of a kind
PROMISES = [
    ("start", "the broker starts and serves whatever is damaged"),
    ("wrong", "no wrong body and no unknown message is served"),
    ("repeat", "what is served again says so"),
    ("order", "messages stay in order"),
    ("stuck", "no queue counts messages that it does not give"),
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
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--case", type=Damage.parse, metavar="FILE@OFFSET[^BIT]", help="try this one and tell all")
    options.add_argument("--keep", type=pathlib.Path, help="where to leave the folder that was prepared")
    return options.parse_args()


def prepare(options, ballast_mb):
    """The image of a folder with known content, and the content."""
    node = Node(options.bin, "damage", SETTINGS, options.shards)
    content = Content(options.seed, ballast_mb)
    content.publish(node)
    node.kill()
    if options.keep:
        shutil.copytree(node.data, options.keep, dirs_exist_ok=True)
    image = Image(node.data)
    shutil.rmtree(node.folder)
    return image, content


def flips(choose, kinds, image, count):
    """Single bits of the written parts of these kinds of files, as many of each kind."""
    spots = [[(name, image.written(name)) for name in names if image.written(name)] for names in kinds.values()]
    spots = [files for files in spots if files]
    for files in spots:
        for _ in range(count // len(spots)):
            name, end = choose.choices(files, [written for _, written in files])[0]
            yield Damage(name, choose.randrange(end), choose.randrange(8))


def sampled(choose, damages, sample):
    return damages if sample is None else choose.sample(damages, min(sample, len(damages)))


def cases(options, image, content, cold):
    """All damages to try. What was cold is only in the store, and all else was tried when nothing was cold."""
    choose = random.Random(f"{options.seed} {cold}")
    only = "store$" if cold else options.only
    kinds = {kind: names for kind, names in image.kinds().items() if re.search(only, kind)}
    flipped = list(flips(choose, kinds, image, options.flips // 2))
    name = None if cold else content.newest_journal(image)
    end = image.written(name) if name else 0
    cuts = [Damage(name, offset) for offset in range(max(0, end - options.truncations), end + 1)] if name else []
    return sampled(choose, flipped, options.sample) + sampled(choose, cuts, options.sample)


class Bench:
    """One place where damaged folders are tried, in a process of its own."""

    here = None

    def __init__(self, options, image, content):
        self.image, self.content = image, content
        self.node = Node(options.bin, "damage", SETTINGS, options.shards)
        self.node.kill()

    @classmethod
    def open(cls, *arguments):
        cls.here = cls(*arguments)

    def attempt(self, damage):
        self.image.put_down(self.node.data, damage)
        self.node.launch()
        try:
            served, held_back = serve(self.node)
        except (AssertionError, OSError, RuntimeError) as trouble:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.node.process.wait(ENDS_WITHIN)
            state = "runs" if self.node.process.returncode is None else f"ended with {self.node.process.returncode}"
            why = f"{type(trouble).__name__}: {trouble}; the broker {state}: {self.node.last_words()[-300:]}"
            return collections.Counter(), [("start", why)]
        finally:
            self.node.kill()
            (self.node.folder / "log").unlink(missing_ok=True)
        counts, troubles = self.content.judge(served, damage, self.image)
        return counts, troubles + ([("stuck", f"{held_back} more counted")] if held_back else [])


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

    def close(self, tally):
        for (what, name), row in sorted(self.rows.items()):
            print(f"{what} {name}: {', '.join(f'{key} {value}' for key, value in row.items())}")
        for kind, sentence in PROMISES:
            found = self.troubles[kind]
            tally.check(sentence, f"{len(found)} times, first {found[0]}" if found else None)
        tried = sum(row["tried"] for row in self.rows.values())
        tally.check("something was damaged", None if tried else "no file has content")


def run_all(report, options, image, content, due):
    began = time.monotonic()
    context = multiprocessing.get_context("fork")
    pool = concurrent.futures.ProcessPoolExecutor(options.jobs, context, Bench.open, (options, image, content))
    with pool:
        for done, outcome in enumerate(pool.map(attempt, due, chunksize=4), 1):
            report.add(*outcome)
            if done % 2000 == 0:
                print(f"{done} of {len(due)} in {time.monotonic() - began:.0f} s", flush=True)
    took = time.monotonic() - began
    print(f"{len(due)} damages in {took:.1f} s, {took * 1000 / max(1, len(due)):.1f} ms each, seed {options.seed}")


def run(tally, options):
    report = Report()
    for cold in (False, True):
        image, content = prepare(options, BALLAST_MB if cold else 0)
        sizes = {kind: sum(map(image.written, names)) for kind, names in image.kinds().items()}
        print(f"{len(content.alive)} messages of {BATCHES} batches; written bytes: {sizes}", flush=True)
        bench = Bench(options, image, content)
        counts, troubles = bench.attempt(None)
        whole = f"{counts['missing']} missing" if counts["missing"] else "; ".join(map(str, troubles))
        tally.check(f"all is served when nothing is damaged{' and much is cold' if cold else ''}", whole)
        if options.case:
            print(f"{options.case}: ", *bench.attempt(options.case), sep="\n")
        else:
            run_all(report, options, image, content, cases(options, image, content, cold))
    if not options.case:
        report.close(tally)


def main():
    options, tally = arguments(), Tally()
    try:
        with mounted("tmpfs", DISK_MB) as folder:
            tempfile.tempdir = str(folder)
            run(tally, options)
    except NoDisk as trouble:
        tally.skip("damaged data", str(trouble))
    except (AssertionError, OSError, RuntimeError) as trouble:
        tally.check("went through", f"{type(trouble).__name__}: {trouble}")
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
