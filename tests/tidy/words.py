"""Words that must not stand where they stand."""

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
