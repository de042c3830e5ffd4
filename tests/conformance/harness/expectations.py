"""What a test may expect, and how it says that something else happened."""

import itertools
import os
import re
import time

WITHIN = 10.0  # seconds; a deadline for what should come at once, generous for a busy machine
QUIET = 0.3  # seconds without a frame that count as silence

ERROR_NAMES = {
    311: "CONTENT_TOO_LARGE", 312: "NO_ROUTE", 313: "NO_CONSUMERS", 320: "CONNECTION_FORCED", 402: "INVALID_PATH",
    403: "ACCESS_REFUSED", 404: "NOT_FOUND", 405: "RESOURCE_LOCKED", 406: "PRECONDITION_FAILED", 501: "FRAME_ERROR",
    502: "SYNTAX_ERROR", 503: "COMMAND_INVALID", 504: "CHANNEL_ERROR", 505: "UNEXPECTED_FRAME", 506: "RESOURCE_ERROR",
    530: "NOT_ALLOWED", 540: "NOT_IMPLEMENTED", 541: "INTERNAL_ERROR",
}  # fmt: skip


class Failure(AssertionError):
    """An expectation was not met."""


class Closed(Failure):
    """The broker closed the TCP connection."""


class Timeout(Failure):
    """Nothing came before the deadline."""


_numbers = itertools.count(1)
_run = f"{os.getpid():x}{int(time.time()) & 0xFFFFFF:x}"


def unique(prefix="t"):
    """A name that no other test, in this run or another, uses."""
    return f"{prefix}.{_run}.{next(_numbers)}"


def eventually(condition, within=WITHIN):
    """Waits until `condition()` is true: for what the broker does without telling the client."""
    deadline = time.monotonic() + within
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise Failure(f"not true within {within} s")
        time.sleep(0.02)
    return value


def same(got, wanted):
    if got != wanted:
        raise Failure(f"{got!r:.300} instead of {wanted!r:.300}")


def check_error(method, name, code, text, of):
    """`text` is the explanation after the error's name: a string, a compiled pattern, "" for none, or None for any."""
    if method.name != name or method.reply_code != code:
        raise Failure(f"{method} instead of {name} {code}")
    if of is not None:
        same((method.class_id, method.method_id), of)
    if text is None:
        return
    if text == "":
        same(method.reply_text, ERROR_NAMES[code])
        return
    prefix = f"{ERROR_NAMES[code]} - "
    if not method.reply_text.startswith(prefix):
        raise Failure(f"text {method.reply_text!r} does not begin with {prefix!r}")
    got = method.reply_text[len(prefix) :]
    if isinstance(text, re.Pattern):
        if not text.fullmatch(got):
            raise Failure(f"text {got!r} does not match {text.pattern!r}")
    else:
        same(got, text)
