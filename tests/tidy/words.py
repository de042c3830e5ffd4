"""Words that must not stand where they stand, and some that must."""

import re

import rooms

# Put together here, so that this file does not break its own rule.
LEFTOVER = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
CONFLICT = re.compile(r"^(<{7}|>{7}) .*$", re.MULTILINE)
WAITING = re.compile(
    r"\b(std::(?:\w+_)?mutex|std::lock_guard|std::unique_lock|std::scoped_lock|std::condition_variable\w*|pthread_mutex\w*|"
    r"sleep_for|sleep_until|u?sleep\s*\(|nanosleep|"
    r"(?:system|steady|high_resolution)_clock|clock_gettime|gettimeofday|time\s*\(\s*(?:nullptr|NULL|0)\s*\)|random_device)"
)
THROWING = re.compile(r"\b(throw|try|catch)\b")
# Where waiting is allowed: the driver, the tools, and what tests them.
LOUD_PLACES = ("server/", "tools/", "persist/disk/", "persist/lmdb/", "manage/http/", "tests/bench/", "tests/tools/", "tests/server/")

# Keys of events, as the code spells them and as users read of them.
EVENT_ROOM, EVENT_LIST = "node/registrar/", "docs/events.md"
EVENT_TOLD = re.compile(r'"([a-z]+(?:\.[a-z]+)+)"')
EVENT_LISTED = re.compile(r"^\| (`[^|]*)\|", re.MULTILINE)


def check(source):
    yield from find(source, LEFTOVER, source.text, "leftover", "a leftover")
    yield from find(source, CONFLICT, source.text, "leftover", "a merge that was not finished")
    if not source.is_cpp:
        return
    if not source.path.startswith(LOUD_PLACES):
        yield from find(source, WAITING, source.code, "waiting", "mutexes, sleeps, clocks and devices belong into server/")
    if rooms.room_of(source.path) not in (None, "tools") and source.path != "server/main.cpp":
        yield from find(source, THROWING, source.code, "throw", "exceptions are for server/main only")


def find(source, words, text, rule, why):
    for match in words.finditer(text):
        yield source.violation(rule, text.count("\n", 0, match.start()) + 1, f"'{match[0]}': {why}")


def check_tree(sources):
    """The list of events has every key that there is, and no other."""
    told, listed = {}, {}
    for source in sources:
        if source.path.startswith(EVENT_ROOM) and source.path.endswith(".cpp"):
            told |= dict.fromkeys(EVENT_TOLD.findall(source.text), source)
        elif source.path == EVENT_LIST:
            cells = " ".join(EVENT_LISTED.findall(source.text))
            listed = dict.fromkeys(re.findall(r"`([^`]+)`", cells), source)
    for key in sorted(told.keys() - listed.keys()):
        yield told[key].violation("events", 0, f"'{key}' is not in {EVENT_LIST}")
    for key in sorted(listed.keys() - told.keys()):
        yield listed[key].violation("events", 0, f"nothing tells '{key}'")
