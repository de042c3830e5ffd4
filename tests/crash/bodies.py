"""Bodies that say who they are: every one can be told from its first bytes and checked to the last."""

import random
import struct

HEAD = struct.Struct(">HQ")  # publisher, number
MIB = 1 << 20
NOISE = random.Random(7).randbytes(2 * MIB + MIB // 2)


def _scatter(publisher, number):
    return (number * 2654435761 + publisher * 40503 + (number >> 7) * 97) & 0xFFFFFFFF


def mixed_size(publisher, number):
    """Mostly small, from 10 bytes; one in 30 up to 100 KiB, one in 1,000 of 1 MiB."""
    value = _scatter(publisher, number)
    share, rest = value % 1000, value // 1000
    if share == 0:
        return MIB
    if share < 30:
        return 10240 + rest % (90 * 1024 + 1)
    if share < 250:
        return 1024 + rest % 3073
    if share < 400:
        return HEAD.size
    return HEAD.size + rest % 200


def make(publisher, number, size):
    offset = _scatter(publisher, number) % MIB
    return HEAD.pack(publisher, number) + NOISE[offset : offset + size - HEAD.size]


def identify(body, size_of):
    """(publisher, number) of a whole body; None when it is not what was made."""
    if len(body) < HEAD.size:
        return None
    publisher, number = HEAD.unpack_from(body)
    size = size_of(publisher, number)
    return (publisher, number) if len(body) == size and body == make(publisher, number, size) else None
