"""The list of test cases, filled by the decorator @line."""

import dataclasses
import importlib
import pathlib
import re


@dataclasses.dataclass(eq=False)
class Case:
    where: str  # "8.3/155", "8.1/20-23", "8.2/101,102", or a section of the reference without checklist line
    sentence: str
    function: object
    target_only: bool
    instance: str

    @property
    def name(self):
        return self.function.__name__

    @property
    def section(self):
        return self.where.split("/")[0]

    def lines(self):
        """The numbers of the checklist that this case covers."""
        if not self.section.startswith("8."):
            return []
        return list(numbers(self.where.split("/")[1]))

    def matches(self, pattern):
        about = f"{self.where} {self.name} {self.function.__module__} {self.sentence}"
        return re.search(pattern, about) is not None


CASES = []


def numbers(text):
    """The numbers in a list such as "20-23,25"."""
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def line(where, sentence, target_only=False, instance="plain"):
    """Makes a function of one Context a test case.

    target_only: the reference broker of an older version answers otherwise.
    instance: the broker it runs against, by its name in harness/instances.py.
    """

    def register(function):
        CASES.append(Case(where, sentence, function, target_only, instance))
        return function

    return register


def load(folder):
    for path in sorted(pathlib.Path(folder).glob("*/test_*.py")):
        importlib.import_module(f"{path.parent.name}.{path.stem}")
    return CASES
