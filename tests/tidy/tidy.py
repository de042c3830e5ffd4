#!/usr/bin/python3
"""Reads the sources and names what breaks the rules of the house. Exceptions are lines of exceptions.txt."""

import fnmatch
import pathlib
import sys

import rooms
import shape
import words
from source import Violation, read_tree

HERE = pathlib.Path(__file__).resolve().parent
FOLDERS = rooms.FOLDERS + ["docs", "etc", "tests"]


def violations(sources):
    sources = list(sources)
    for source in sources:
        yield from rooms.check(source)
        yield from words.check(source)
        yield from shape.check(source)
    yield from shape.check_tree(sources)
    yield from words.check_tree(sources)


def read_exceptions(text):
    """{(path, rule): line number}; a line is 'path: rule: reason', the path may be a pattern."""
    exceptions = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        path, rule, reason = (part.strip() for part in (line.split(":", 2) + ["", ""])[:3])
        if not rule or not reason:
            raise SystemExit(f"FAIL exceptions.txt:{number}: expected 'path: rule: reason'")
        exceptions[path, rule] = number
    return exceptions


def judge(sources, exceptions):
    """What breaks a rule and is not excused, and the excuses that nothing needs."""
    used = set()
    for violation in violations(sources):
        excuses = {key for key in exceptions if key[1] == violation.rule and fnmatch.fnmatch(violation.path, key[0])}
        used |= excuses
        if not excuses:
            yield violation
    for (path, rule), number in exceptions.items():
        if (path, rule) not in used:
            yield Violation("tests/tidy/exceptions.txt", "unused", number, f"nothing needs '{path}: {rule}'")


def main():
    root = HERE.parents[1]
    exceptions = read_exceptions((HERE / "exceptions.txt").read_text())
    found = list(judge(read_tree(root, FOLDERS), exceptions))
    for violation in found:
        print(violation)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
