"""A data folder held in memory, put down again and again, whole or damaged."""

import pathlib
import re
import shutil

BLOCK = 4096


class Image:
    """The files of a folder. Blocks of zeros are kept as holes, so that preallocated files cost nothing."""

    def __init__(self, folder):
        self.files = {}
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if path.is_file():
                data = path.read_bytes()
                self.files[str(path.relative_to(folder))] = (len(data), list(extents(data)))

    def written(self, name):
        """Where the last byte that is not zero ends."""
        _, pieces = self.files[name]
        return pieces[-1][0] + len(pieces[-1][1].rstrip(b"\0")) if pieces else 0

    def kinds(self):
        """The names of the files by kind: numbers in names do not make a kind."""
        kinds = {}
        for name in self.files:
            kinds.setdefault(re.sub(r"\d+|[0-9a-f]{8,}", "#", name), []).append(name)
        return kinds

    def find(self, name, text):
        """Offsets at which a text stands in a file."""
        for offset, piece in self.files[name][1]:
            at = piece.find(text)
            while at >= 0:
                yield offset + at
                at = piece.find(text, at + 1)

    def put_down(self, folder, damage=None):
        """Makes `folder` hold exactly these files, one of them damaged."""
        shutil.rmtree(folder, ignore_errors=True)
        for name, (size, pieces) in self.files.items():
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "wb", buffering=0) as file:
                for offset, piece in pieces:
                    file.seek(offset)
                    file.write(piece)
                file.truncate(size)
                if damage and damage.name == name:
                    damage.do(file)


class Damage:
    """What is done to one file: a bit flipped, or all behind an offset cut off."""

    def __init__(self, name, offset, bit=None):
        self.name, self.offset, self.bit = name, offset, bit

    def __str__(self):
        return f"{self.name}@{self.offset}" + ("" if self.bit is None else f"^{self.bit}")

    @classmethod
    def parse(cls, text):
        name, offset, bit = re.fullmatch(r"(.*)@(\d+)(?:\^(\d))?", text).groups()
        return cls(name, int(offset), None if bit is None else int(bit))

    def do(self, file):
        if self.bit is None:
            file.truncate(self.offset)
            return
        with open(file.name, "rb") as same:
            same.seek(self.offset)
            byte = same.read(1)[0]
        file.seek(self.offset)
        file.write(bytes([byte ^ (1 << self.bit)]))


def extents(data):
    """(offset, bytes) of the runs of blocks that are not all zero."""
    zeros, start = bytes(BLOCK), None
    for at in range(0, len(data), BLOCK):
        empty = data[at : at + BLOCK] == zeros[: len(data) - at]
        if not empty and start is None:
            start = at
        if empty and start is not None:
            yield start, data[start:at]
            start = None
    if start is not None:
        yield start, data[start:]
