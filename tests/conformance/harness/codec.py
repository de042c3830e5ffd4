"""Values on the wire: integers, strings, field tables, content properties.

Encoding takes plain Python values, or Typed when the test cares about the wire type.
Decoding gives plain Python values; a Table remembers the wire types it was made of.
Strings are str on both sides; bytes that are not UTF-8 survive as surrogate escapes.
"""

import struct


class Typed:
    """A field value with an explicit wire type, such as Typed("s", -2). Raw payloads go in as bytes."""

    def __init__(self, tag, value=None):
        self.tag = tag
        self.value = value


class Table(dict):
    """A decoded field table: plain values, the wire type of each in `tags`, the order of the keys kept."""

    def __init__(self):
        super().__init__()
        self.tags = {}


FIXED = {
    "b": ">b",
    "B": ">B",
    "s": ">h",
    "u": ">H",
    "I": ">i",
    "i": ">I",
    "l": ">q",
    "L": ">q",
    "f": ">f",
    "d": ">d",
    "T": ">Q",
}


def to_bytes(text):
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def to_text(data):
    return data.decode("utf-8", "surrogateescape")


def shortstr(text):
    data = to_bytes(text)
    return struct.pack(">B", len(data)) + data


def longstr(text):
    data = to_bytes(text)
    return struct.pack(">I", len(data)) + data


def natural_type(value):
    """The wire type a client library would choose for a plain value."""
    if value is None:
        return Typed("V")
    if isinstance(value, bool):
        return Typed("t", value)
    if isinstance(value, int):
        return Typed("I" if -(2**31) <= value < 2**31 else "l", value)
    if isinstance(value, float):
        return Typed("d", value)
    if isinstance(value, dict):
        return Typed("F", value)
    if isinstance(value, (list, tuple)):
        return Typed("A", value)
    return Typed("S", value)


def encode_value(value):
    typed = value if isinstance(value, Typed) else natural_type(value)
    return typed.tag.encode() + encode_payload(typed.tag, typed.value)


def encode_payload(tag, value):
    if tag in FIXED:
        return struct.pack(FIXED[tag], value)
    if tag == "t":
        return struct.pack(">B", int(value))
    if tag == "D":
        return struct.pack(">BI", *value)
    if tag in "Sx":
        return longstr(value)
    if tag == "F":
        return encode_table(value)
    if tag == "A":
        return longstr(b"".join(encode_value(item) for item in value))
    return value or b""


def encode_table(entries):
    """`entries` is a dict, a list of (name, value) pairs where order or repeats matter, or ready-made bytes."""
    if isinstance(entries, bytes):
        return longstr(entries)
    pairs = entries.items() if isinstance(entries, dict) else entries
    return longstr(b"".join(shortstr(name) + encode_value(value) for name, value in pairs))


class Reader:
    """Takes values off the front of a byte string; a short string is an error."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise ValueError(f"{count} bytes wanted at {self.at} of {len(self.data)}")
        self.at += count
        return self.data[self.at - count : self.at]

    def unpack(self, layout):
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def shortstr(self):
        return to_text(self.take(self.unpack(">B")))

    def longstr(self):
        return to_text(self.take(self.unpack(">I")))

    def rest(self):
        return self.take(len(self.data) - self.at)

    def done(self):
        return self.at == len(self.data)

    def table(self):
        inner = Reader(self.take(self.unpack(">I")))
        table = Table()
        while not inner.done():
            name = inner.shortstr()
            table.tags[name], table[name] = inner.value()
        return table

    def value(self):
        tag = self.take(1).decode()
        return tag, self.payload(tag)

    def payload(self, tag):
        if tag in FIXED:
            return self.unpack(FIXED[tag])
        if tag == "t":
            return self.unpack(">B") != 0
        if tag == "D":
            return self.unpack(">B"), self.unpack(">I")
        if tag == "S":
            return self.longstr()
        if tag == "x":
            return self.take(self.unpack(">I"))
        if tag == "F":
            return self.table()
        if tag == "A":
            return self.array()
        if tag == "V":
            return None
        raise ValueError(f"unknown field type {tag!r}")

    def array(self):
        inner = Reader(self.take(self.unpack(">I")))
        values = []
        while not inner.done():
            values.append(inner.value()[1])
        return values


# Name and wire type of each content property, in the order of the flag bits from bit 15 down.
PROPERTIES = [
    ("content_type", "shortstr"),
    ("content_encoding", "shortstr"),
    ("headers", "table"),
    ("delivery_mode", "octet"),
    ("priority", "octet"),
    ("correlation_id", "shortstr"),
    ("reply_to", "shortstr"),
    ("expiration", "shortstr"),
    ("message_id", "shortstr"),
    ("timestamp", "longlong"),
    ("type", "shortstr"),
    ("user_id", "shortstr"),
    ("app_id", "shortstr"),
    ("cluster_id", "shortstr"),
]

INTEGERS = {"octet": ">B", "short": ">H", "long": ">I", "longlong": ">Q"}


def encode_field(kind, value):
    if kind in INTEGERS:
        return struct.pack(INTEGERS[kind], value)
    return {"shortstr": shortstr, "longstr": longstr, "table": encode_table}[kind](value)


def decode_field(kind, reader):
    if kind in INTEGERS:
        return reader.unpack(INTEGERS[kind])
    return {"shortstr": reader.shortstr, "longstr": reader.longstr, "table": reader.table}[kind]()


def encode_properties(properties):
    flags, data = 0, b""
    for bit, (name, kind) in enumerate(PROPERTIES):
        if name in properties:
            flags |= 0x8000 >> bit
            data += encode_field(kind, properties[name])
    return struct.pack(">H", flags) + data


def decode_properties(data):
    reader = Reader(data)
    flags = reader.unpack(">H")
    found = {}
    for bit, (name, kind) in enumerate(PROPERTIES):
        if flags & (0x8000 >> bit):
            found[name] = decode_field(kind, reader)
    return found
