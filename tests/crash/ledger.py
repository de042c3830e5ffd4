"""What was published, confirmed, seen and acked, and what of that must never happen."""

import collections
import threading

import bodies

KEPT = 5  # examples of each kind of trouble


class View:
    """What one consumer has seen: its deliveries of each publisher come in order."""

    def __init__(self, queue):
        self.queue = queue
        self.last = {}


class Ledger:
    def __init__(self, size_of):
        self.size_of = size_of
        self.lock = threading.Lock()
        self.queues_of = {}  # of each publish that was begun
        self.confirmed = set()
        self.seen = collections.defaultdict(collections.Counter)
        self.acked = collections.defaultdict(set)
        self.counts = collections.Counter()
        self.troubles = collections.defaultdict(list)

    def trouble(self, kind, what):
        self.counts[kind] += 1
        if len(self.troubles[kind]) < KEPT:
            self.troubles[kind].append(what)

    def told(self, kind):
        """All about one kind of trouble; None when there was none."""
        return f"{self.counts[kind]}: {'; '.join(self.troubles[kind])}" if self.counts[kind] else None

    def publish(self, identity, queues):
        self.queues_of[identity] = queues
        self.counts["published"] += len(queues)

    def confirm(self, identity):
        self.confirmed.add(identity)

    def backlog(self):
        return self.counts["published"] - self.counts["acked"]

    def take(self, view, body, redelivered, in_order=True):
        """A delivery; gives its identity, None when it has none. `in_order`: a repeat must be in order, too."""
        with self.lock:
            identity = bodies.identify(body, self.size_of)
            if identity is None:
                self.trouble("wrong body", f"{len(body)} bytes {body[:24]!r} on {view.queue}")
            elif view.queue not in self.queues_of.get(identity, ()):
                self.trouble("never published", f"{identity} on {view.queue}")
            else:
                self.note(view, identity, redelivered, in_order)
            return identity

    def note(self, view, identity, redelivered, in_order):
        seen = self.seen[view.queue]
        seen[identity] += 1
        if seen[identity] > 1:
            self.counts["repeats"] += 1
            if not redelivered:
                self.trouble("repeat without the flag", f"{identity} on {view.queue}")
        elif redelivered:
            self.counts["flagged at first sight"] += 1
        if identity in self.acked[view.queue]:
            self.counts["acked and back"] += 1
        if in_order or not redelivered:
            publisher, number = identity
            if number <= view.last.get(publisher, -1):
                self.trouble("out of order", f"{identity} after {view.last[publisher]} on {view.queue}")
            view.last[publisher] = number

    def ack(self, queue, identity):
        with self.lock:
            self.acked[queue].add(identity)
            self.counts["acked"] += 1

    def settle_losses(self):
        """After all queues were drained: what was confirmed and never seen is lost."""
        for identity in self.confirmed:
            for queue in self.queues_of[identity]:
                if identity not in self.seen[queue]:
                    self.trouble("lost", f"{identity} of {self.size_of(*identity)} bytes on {queue}")
