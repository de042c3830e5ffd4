"""Mirrored queues: made, looked at, filled and emptied."""

import contextlib
import json
import re
import time

from clients import PERSISTENT, confirming
from harness.expectations import QUIET, Timeout
from nodes import PATIENCE, same, wait_for

SOON = 10.0  # seconds; for what comes by itself
AUTOMATIC = {"ha-sync-mode": "automatic"}
# What may come of a publish that waits for its confirm.
ANSWERS = ("basic.ack", "basic.nack")


def policy(node, mode="all", params=None, pattern="^m", **keys):
    """Mirrors all queues whose name begins with m in this way; keys are ha_sync_mode and the like."""
    settings = {"ha-mode": mode, **{key.replace("_", "-"): value for key, value in keys.items()}}
    if params is not None:
        settings["ha-params"] = params
    node.ctl("set_policy", "ha", pattern, json.dumps(settings))


def names(*nodes):
    return [node.name for node in nodes]


def copies(node, queue="m"):
    """Short names as this node tells them: the owner, its mirrors and those in sync, each in a row; None without a queue."""
    columns = ("name", "node", "slave_pids", "synchronised_slave_pids")
    for row in node.rows("list_queues", *columns):
        if row["name"] == queue:
            return row["node"].split("@")[0], shorts(row["slave_pids"]), shorts(row["synchronised_slave_pids"])
    return None


def shorts(pids):
    return "".join(sorted(re.findall(r"<(\w+)@", str(pids))))


def await_copies(node, owner, mirrors, in_sync=None, queue="m", within=SOON):
    """Until this node tells just this; without `in_sync`: all mirrors are."""
    wanted = (owner, mirrors, mirrors if in_sync is None else in_sync)
    try:
        wait_for(lambda: copies(node, queue) == wanted, within)
    except AssertionError:
        same(copies(node, queue), wanted, f"what {node.short} tells of {queue} after {within} s")


def await_owner(node, *owners, queue="m", within=SOON):
    """Until one of these owns the queue; which of them."""
    wanted = [owner.short for owner in owners]

    def found():
        name = (copies(node, queue) or ("",))[0]
        return owners[wanted.index(name)] if name in wanted else None

    return wait_for(found, within, f"{queue} has one of {wanted} as owner")


def mirrored(of, *kinds, queue="m", options=(), **keys):
    """Nodes of one cluster, of which the first owns a durable queue that all have in sync."""
    members = of.form(*(kinds or ("disc",) * 3), options=options)
    return declared(members, queue, **keys)


def declared(members, queue="m", **keys):
    first, *others = members
    policy(first, **{"ha_sync_mode": "automatic", **keys})
    first.declare(queue=queue, durable=True)
    await_copies(first, first.short, "".join(node.short for node in others), queue=queue)
    return members


def fill(node, bodies, queue="m"):
    """Publishes these, each persistent and confirmed."""
    channel = confirming(node.channel())
    for body in bodies:
        channel.publish(queue, body, **PERSISTENT)
    outcomes = channel.outcomes(len(bodies)) if bodies else []
    same(outcomes, [True] * len(bodies), "the confirms")
    channel.connection.close()


def numbered(count, prefix="x"):
    return [f"{prefix}{number}".encode() for number in range(count)]


def drained(node, queue="m"):
    """All bodies of the queue, in order; waits until it serves."""
    channel = node.channel()
    wait_for(lambda: serves(channel, queue), SOON, f"{queue} serves")
    count, bodies = channel.ready(queue), []
    channel.consume(queue, no_ack=True)
    with contextlib.suppress(Timeout):
        while True:
            bodies.append(channel.expect("basic.deliver", within=QUIET if len(bodies) >= count else SOON).body)
    channel.connection.close()
    return bodies


def serves(channel, queue="m"):
    """Whether a passive declare finds the queue; the channel is opened anew if not."""
    channel.send("queue.declare", queue=queue, passive=True)
    answer = channel.next(waiting_for="queue.declare-ok", within=20)
    if answer.name == "queue.declare-ok":
        return True
    same((answer.name, answer.reply_code), ("channel.close", 404), "the answer")
    channel.send("channel.close-ok")
    channel.call("channel.open")
    return False


def refused_within_a_second(channel, method, **arguments):
    """404, soon; the channel is opened anew."""
    began = time.monotonic()
    channel.expect_refusal(method, 404, **arguments)
    took = time.monotonic() - began
    assert took < 1.0 * PATIENCE, f"{method} was refused after {took:.2f} s"


def confirmed(channel, within=20):
    """On a channel in confirm mode with one publish under way: whether it was confirmed."""
    answer = channel.next(within=within, waiting_for="a confirm")
    assert answer.name in ANSWERS, answer
    return answer.name == "basic.ack"


@contextlib.contextmanager
def measured(what, limit):
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    assert took < limit * PATIENCE, f"{what} took {took:.2f} s"
