"""Policies and arguments, users and operators. Reference section 5.2."""

import contextlib
import json

from harness.expectations import eventually, same
from harness.registry import line


@contextlib.contextmanager
def policy(t, queue, kind="policy", **definition):
    """In force for the queue, and no more afterwards; keys are written with '_' for '-'."""
    keys = {key.replace("_", "-"): value for key, value in definition.items()}

    def in_force():
        rows = json.loads(t.broker.ctl("list_queues", "--formatter", "json", "name", kind))
        return next(row[kind] for row in rows if row["name"] == queue) == queue

    t.broker.ctl(f"set_{kind}", "--apply-to", "queues", queue, f"^{queue}$", json.dumps(keys))
    try:
        eventually(in_force)
        yield
    finally:
        t.broker.ctl(f"clear_{kind}", queue)
        eventually(lambda: not in_force())


def publish(channel, queue, count):
    for number in range(count):
        channel.publish_confirmed(queue, str(number).encode())


@line("8.6/245", "of a limit in policy and argument the smaller holds, on a queue that is there", target_only=True)
def smaller_limit(t):
    channel = t.channel()
    channel.call("confirm.select")
    for argument, in_policy, kept in ((2, 4, 2), (4, 2, 2)):
        queue = channel.queue(arguments={"x-max-length": argument})
        publish(channel, queue, 4)
        with policy(t, queue, max_length=in_policy):
            same(channel.ready(queue), kept)
            publish(channel, queue, 3)
            same(channel.ready(queue), kept)
        publish(channel, queue, 6)
        same(channel.ready(queue), argument)


@line("8.6/245", "the overflow of the argument holds, and that of the policy where there is none", target_only=True)
def overflow(t):
    for arguments, bodies in (({"x-overflow": "drop-head"}, [b"1"]), ({}, [b"0"])):
        channel = t.channel()
        channel.call("confirm.select")
        queue = channel.queue(arguments={"x-max-length": 1, **arguments})
        with policy(t, queue, overflow="reject-publish"):
            for number in range(2):
                channel.publish(queue, str(number).encode())
            channel.outcomes(2)
            same(channel.drain(queue), bodies)


@line("8.6/246", "of a user's and an operator's policy the lower limit holds", target_only=True)
def operators_limit(t):
    channel = t.channel()
    channel.call("confirm.select")
    for of_user, of_operators in ((3, 2), (2, 3)):
        queue = channel.queue()
        publish(channel, queue, 5)
        with policy(t, queue, max_length=of_user), policy(t, queue, "operator_policy", max_length=of_operators):
            same(channel.ready(queue), 2)
            publish(channel, queue, 3)
            same(channel.ready(queue), 2)
