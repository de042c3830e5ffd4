"""Dead letters: reference section 5.6."""

import time

from harness.expectations import Failure, same, unique
from harness.registry import line

QUIET = 0.6  # seconds in which a dead letter would have come


class Grave:
    """A queue whose dead letters go to an exchange, from there to another queue, and to this consumer of it."""

    def __init__(self, t, **arguments):
        self.channel = t.channel()
        self.exchange = self.channel.exchange("fanout")
        self.consumer = t.channel()
        self.dead = self.consumer.queue()
        self.consumer.bind(self.dead, self.exchange)
        self.consumer.consume(self.dead, no_ack=True)
        names = {key.replace("_", "-"): value for key, value in arguments.items()}
        self.queue = self.channel.queue(arguments={"x-dead-letter-exchange": self.exchange, **names})

    def publish(self, body=b"m", **properties):
        self.channel.publish(self.queue, body, **properties)

    def reject(self):
        tag = self.channel.get(self.queue, no_ack=False).delivery_tag
        self.channel.send("basic.reject", delivery_tag=tag)

    def letter(self):
        return self.consumer.expect("basic.deliver")

    def expect_none(self):
        self.consumer.expect_silence(QUIET)


def deaths(message):
    return message.properties["headers"]["x-death"]


def check_death(death, reason, queue, keys, count=1, exchange="", **more):
    time_of_death = death["time"]
    wanted = {
        "count": count, "reason": reason, "queue": queue, "time": time_of_death, "exchange": exchange,
        "routing-keys": keys, **more,
    }  # fmt: skip
    same(dict(death), wanted)
    if abs(time.time() - time_of_death) > 60:
        raise Failure(f"died at {time_of_death}")


@line("8.6/247", "a rejected message is dead-lettered with its history")
def rejected(t):
    grave = Grave(t)
    for method in ("basic.reject", "basic.nack"):
        grave.publish(b"m", headers={"mine": 1}, message_id="id")
        tag = grave.channel.get(grave.queue, no_ack=False).delivery_tag
        grave.channel.send(method, delivery_tag=tag)
        letter = grave.letter()
        same((letter.exchange, letter.routing_key, letter.redelivered), (grave.exchange, grave.queue, False))
        same((letter.body, letter.properties["message_id"]), (b"m", "id"))
        same(letter.properties["headers"]["mine"], 1)
        [death] = deaths(letter)
        check_death(death, "rejected", grave.queue, [grave.queue])
        wanted = {"count": "l", "reason": "S", "queue": "S", "time": "T", "exchange": "S", "routing-keys": "A"}
        same(death.tags, wanted)


@line("8.6/247", "expired messages are dead-lettered with their history")
def expired(t):
    grave = Grave(t, x_message_ttl=100)
    grave.publish()
    check_death(deaths(grave.letter())[0], "expired", grave.queue, [grave.queue])


@line("8.6/242", "a message of age 0 that nobody takes is dead-lettered")
def expired_at_once(t):
    grave = Grave(t)
    grave.publish(expiration="0")
    check_death(deaths(grave.letter())[0], "expired", grave.queue, [grave.queue], **{"original-expiration": "0"})


@line("8.6/247", "what a full queue drops is dead-lettered with its history")
def maxlen(t):
    grave = Grave(t, x_max_length=1)
    grave.publish(b"1")
    grave.publish(b"2")
    letter = grave.letter()
    same(letter.body, b"1")
    check_death(deaths(letter)[0], "maxlen", grave.queue, [grave.queue])


@line("8.6/248", "the expiration is taken off a dead letter and told in its history")
def original_expiration(t):
    grave = Grave(t)
    grave.publish(expiration="100")
    letter = grave.letter()
    same("expiration" in letter.properties, False)
    check_death(deaths(letter)[0], "expired", grave.queue, [grave.queue], **{"original-expiration": "100"})


def death_loop(channel):
    """Two queues that dead-letter into each other."""
    first, second = unique("q"), unique("q")
    for queue, other in ((first, second), (second, first)):
        arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": other}
        channel.queue(queue=queue, arguments=arguments)
        channel.consume(queue, consumer_tag=queue)
    return first, second


def next_and_reject(channel, queue):
    message = channel.expect("basic.deliver")
    same(message.consumer_tag, queue)
    channel.send("basic.reject", delivery_tag=message.delivery_tag)
    return message


@line("8.6/249", "a repeated death counts, and the latest is first; the rest of its entry stays")
def repeated(t):
    channel = t.channel()
    first, second = death_loop(channel)
    channel.publish(first)
    for queue in (first, second, first, second):
        next_and_reject(channel, queue)
    history = deaths(channel.expect("basic.deliver"))
    same([(death["queue"], death["count"]) for death in history], [(second, 2), (first, 2)])
    check_death(history[0], "rejected", second, [second], count=2)


@line("8.6/250", "the headers of the first death stay")
def first_death(t):
    channel = t.channel()
    first, second = death_loop(channel)
    channel.publish(first)
    for queue in (first, second):
        next_and_reject(channel, queue)
    headers = channel.expect("basic.deliver").properties["headers"]
    wanted = {"x-first-death-queue": first, "x-first-death-reason": "rejected", "x-first-death-exchange": ""}
    same({key: headers.get(key) for key in wanted}, wanted)


@line("8.6/250", "the headers of the last death change with each", target_only=True)
def last_death(t):
    channel = t.channel()
    first, second = death_loop(channel)
    channel.publish(first)
    for queue in (first, second):
        next_and_reject(channel, queue)
    headers = channel.expect("basic.deliver").properties["headers"]
    wanted = {"x-last-death-queue": second, "x-last-death-reason": "rejected", "x-last-death-exchange": ""}
    same({key: headers.get(key) for key in wanted}, wanted)


@line("5.6", "an x-death header of the client's own is not believed", target_only=True)
def forged_history(t):
    grave = Grave(t)
    grave.publish(headers={"x-death": [{"queue": grave.queue, "reason": "rejected", "count": 9}]})
    grave.reject()
    [death] = deaths(grave.letter())
    check_death(death, "rejected", grave.queue, [grave.queue])


@line("8.6/251", "without a key of its own a dead letter keeps the key, and CC keys with it, but not BCC keys")
def routing_keys(t):
    channel = t.channel()
    exchange = channel.exchange("direct")
    by_key, by_cc = unique("k"), unique("k")
    source = channel.queue(queue=by_key, arguments={"x-dead-letter-exchange": exchange, "x-max-length": 0})
    for key in (by_key, by_cc):
        queue = channel.queue()
        channel.bind(queue, exchange, key)
        channel.consume(queue, consumer_tag=key, no_ack=True)
    channel.publish(source, headers={"CC": [by_cc], "BCC": [unique("k")]})
    letters = {letter.consumer_tag: letter for letter in channel.expect_bodies(b"", b"")}
    same(sorted(letters), sorted([by_key, by_cc]))
    for letter in letters.values():
        check_death(deaths(letter)[0], "maxlen", source, [by_key, by_cc])
        same(letter.routing_key, by_key)


@line("5.6", "with x-dead-letter-routing-key the dead letter has that key")
def own_key(t):
    grave = Grave(t, x_dead_letter_routing_key="new key")
    grave.publish()
    grave.reject()
    letter = grave.letter()
    same((letter.exchange, letter.routing_key), (grave.exchange, "new key"))
    check_death(deaths(letter)[0], "rejected", grave.queue, [grave.queue])


@line("5.6", "with x-dead-letter-routing-key the CC header stays", target_only=True)
def own_key_keeps_cc(t):
    grave = Grave(t, x_dead_letter_routing_key="new key")
    grave.publish(headers={"CC": ["other"]})
    grave.reject()
    same(grave.letter().properties["headers"]["CC"], ["other"])


@line("8.6/252", "a dead letter for a missing exchange is dropped, and the queue works on")
def missing_exchange(t):
    channel = t.channel()
    queue = channel.queue(arguments={"x-dead-letter-exchange": unique("x")})
    channel.publish(queue, b"dropped")
    channel.send("basic.reject", delivery_tag=channel.get(queue, no_ack=False).delivery_tag)
    channel.publish(queue, b"next")
    same(channel.drain(queue), [b"next"])


@line("8.6/253", "reject-publish-dlx nacks the excess and dead-letters it")
def reject_publish_dlx(t):
    grave = Grave(t, x_max_length=1, x_overflow="reject-publish-dlx")
    grave.channel.call("confirm.select")
    grave.publish(b"kept")
    grave.publish(b"excess")
    same(grave.channel.outcomes(2), [True, False])
    letter = grave.letter()
    same(letter.body, b"excess")
    check_death(deaths(letter)[0], "maxlen", grave.queue, [grave.queue])
    same(grave.channel.drain(grave.queue), [b"kept"])


@line("8.6/254", "a message that would expire in a circle is dropped")
def expiry_cycle(t):
    grave = Grave(t, x_message_ttl=100)
    grave.channel.bind(grave.queue, grave.exchange)
    grave.publish()
    grave.letter()
    grave.expect_none()
    same(grave.channel.get(grave.queue), None)


@line("8.6/254", "a message that is rejected in a circle goes round")
def rejection_cycle(t):
    channel, queue = t.channel(), unique("q")
    channel.queue(queue=queue, arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": queue})
    channel.consume(queue, consumer_tag=queue)
    channel.publish(queue)
    for _ in range(5):
        message = next_and_reject(channel, queue)
    same(deaths(message)[0]["count"], 4)


@line("8.6/255", "deleting or purging a queue dead-letters nothing")
def delete_and_purge(t):
    grave = Grave(t)
    grave.publish()
    same(grave.channel.call("queue.purge", queue=grave.queue).message_count, 1)
    grave.publish()
    same(grave.channel.call("queue.delete", queue=grave.queue).message_count, 1)
    grave.expect_none()


@line("5.6", "a queue that expires dead-letters nothing")
def expired_queue(t):
    grave = Grave(t, x_expires=200)
    grave.publish()
    grave.consumer.expect_silence(1.0)
    same(grave.channel.exists("queue", grave.queue), False)
