"""Who may include what (ARCHITECTURE.md, rooms and doors)."""

# Longer names first: a folder belongs to the first that fits.
DOORS = {
    "persist/lmdb": {"persist", "base"},
    "persist/disk": {"persist", "base"},
    "manage/operations": {"manage/operations", "broker", "cluster", "amqp", "base"},
    "manage/socket": {"manage/socket", "base"},
    "manage/http": {"manage", "base"},
    "base": {"base"},
    "amqp": {"amqp", "base"},
    "mirror": {"mirror", "broker", "amqp", "base"},
    "cluster": {"cluster", "base"},
    "persist": {"persist", "base"},
    "broker": {"broker", "amqp", "base"},
    "node": {"node", "manage/operations", "broker", "mirror", "cluster", "persist", "amqp", "base"},
    "server": {"server", "node", "manage", "broker", "mirror", "cluster", "persist", "amqp", "base"},
    "tools/logdump": {"tools/logdump", "node/storage", "broker", "persist", "amqp", "base"},
    "tools": {"tools", "persist", "manage", "amqp", "base"},
}
LOUD_ROOMS = {"persist/disk", "persist/lmdb", "manage/http", "manage/socket", "server", "tools", "tools/logdump"}
FOLDERS = ["amqp", "base", "broker", "cluster", "manage", "mirror", "node", "persist", "server", "tools"]

# Of the standard library, what touches the world or waits for it.
LOUD_HEADERS = set(
    "thread mutex shared_mutex condition_variable future semaphore latch barrier stop_token coroutine "
    "chrono ctime random filesystem fstream iostream csignal csetjmp clocale locale".split()
)
# Libraries that a quiet room may use beside the standard library and fmt.
QUIET_LIBRARIES = {"base/password": "openssl/"}


def room_of(path):
    return next((room for room in DOORS if path.startswith(room + "/")), None)


def check(source):
    room = room_of(source.path)
    if room is None or not source.is_cpp:
        return
    for include in source.includes():
        if include.own:
            if not any(include.name.startswith(door + "/") for door in DOORS[room]):
                yield source.violation("include", include.line, f"{room} may not include {include.name}")
        elif room not in LOUD_ROOMS and not is_quiet(source.path, include.name):
            yield source.violation("loud", include.line, f"<{include.name}> in a quiet room")


def is_quiet(path, header):
    library = QUIET_LIBRARIES.get(path.rsplit(".", 1)[0])
    if header.startswith("fmt/") or (library and header.startswith(library)):
        return True
    return "/" not in header and "." not in header and header not in LOUD_HEADERS
