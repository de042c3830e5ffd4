"""Source files as the rules see them."""

import dataclasses
import pathlib
import re

# Comments, strings and characters of C++, in the order in which they must be tried.
_OPAQUE = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""",
    re.DOTALL,
)
_INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Violation:
    path: str
    rule: str
    line: int
    text: str

    def __str__(self):
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"FAIL {where}: {self.rule}: {self.text}"


@dataclasses.dataclass(frozen=True)
class Include:
    name: str
    own: bool  # in quotes: of this house
    line: int


class Source:
    """One file: its path inside the tree, its text, and its text without what is no code."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.splitlines()
        self.is_cpp = path.endswith((".cpp", ".hpp"))
        self._code = None

    @property
    def code(self):
        """The text with comments and literals blanked out, line by line as before."""
        if self._code is None:
            self._code = _OPAQUE.sub(_blank, self.text)
        return self._code

    def includes(self):
        for match in _INCLUDE.finditer(self.text):
            yield Include(match[1] or match[2], match[1] is not None, self.line_at(match.start(0)))

    def line_at(self, offset):
        # An include's match may begin with the newlines before it.
        rest = self.text[offset:]
        return self.text.count("\n", 0, offset + len(rest) - len(rest.lstrip())) + 1

    def violation(self, rule, line, text):
        return Violation(self.path, rule, line, text)


def _blank(match):
    kept = re.sub(r"[^\n]", " ", match[0])
    return kept if match["comment"] or len(kept) < 2 else '"' + kept[1:-1] + '"'


def read_tree(root, folders):
    """Every text file of these folders, and those that lie at the root itself."""
    root = pathlib.Path(root)
    found = [path for path in root.iterdir() if path.is_file()]
    for folder in folders:
        found += [path for path in (root / folder).rglob("*") if path.is_file()]
    for path in sorted(found):
        name = str(path.relative_to(root))
        if "__pycache__" in name or "/corpus/" in name or "node_modules" in name:
            continue
        try:
            yield Source(name, path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue
