"""Frames as bytes."""

import collections
import struct

from harness import codec, methods

METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
FRAME_END = b"\xce"

Frame = collections.namedtuple("Frame", "type channel payload")


def frame_bytes(kind, channel, payload, end=FRAME_END):
    return struct.pack(">BHI", kind, channel, len(payload)) + payload + end


def method_bytes(channel, name, **arguments):
    return frame_bytes(METHOD, channel, methods.encode(name, **arguments))


def header_bytes(channel, size, properties=b"\x00\x00", class_id=60, weight=0):
    """A content header; `properties` is a dict, or bytes that begin with the flags."""
    if isinstance(properties, dict):
        properties = codec.encode_properties(properties)
    return frame_bytes(HEADER, channel, struct.pack(">HHQ", class_id, weight, size) + properties)


def plain_response(user="guest", password="guest"):
    return f"\0{user}\0{password}"
