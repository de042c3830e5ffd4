"""One channel of a connection, with shorthand for what most tests need."""

from harness import methods
from harness.expectations import QUIET, WITHIN, Failure, check_error, same, unique
from harness.frames import BODY, frame_bytes, header_bytes, method_bytes


class Channel:
    def __init__(self, connection, number):
        self.connection = connection
        self.number = number

    def send(self, name, **arguments):
        self.connection.send_method(self.number, name, **arguments)

    def call(self, name, **arguments):
        """Sends a method and gives its -ok."""
        self.send(name, **arguments)
        return self.expect(f"{name}-ok")

    def next(self, within=WITHIN, waiting_for="a method"):
        return self.connection.next_on(self.number, within, waiting_for)

    def expect(self, name, within=WITHIN):
        return self.connection.expect(name, self.number, within)

    def expect_silence(self, seconds=QUIET):
        self.connection.expect_silence(self.number, seconds)

    def expect_channel_error(self, code, text=None, of=None, within=WITHIN):
        """channel.close with this code, text and (class, method), which is answered; the channel is opened anew."""
        check_error(self.next(within, f"channel error {code}"), "channel.close", code, text, of)
        self.send("channel.close-ok")
        self.call("channel.open")

    def expect_connection_error(self, code, text=None, of=None):
        self.connection.expect_connection_error(code, text, of)

    def expect_refusal(self, name, code, text=None, **arguments):
        """Sends a method that must end in this channel error, which must name the method."""
        self.send(name, **arguments)
        self.expect_channel_error(code, text, methods.BY_NAME[name].id)

    def close(self):
        self.call("channel.close", reply_code=200, reply_text="bye")

    # Shorthand for what most tests need

    def queue(self, **declare):
        """Declares a queue with a name of its own and gives the name."""
        declare.setdefault("queue", unique("q"))
        return self.call("queue.declare", **declare).queue

    def exchange(self, type, **declare):
        name = declare.setdefault("exchange", unique("x"))
        self.call("exchange.declare", type=type, **declare)
        return name

    def bind(self, queue, exchange, routing_key="", **arguments):
        self.call("queue.bind", queue=queue, exchange=exchange, routing_key=routing_key, arguments=arguments)

    def publish(self, routing_key="", body=b"", exchange="", mandatory=False, immediate=False, **properties):
        data = method_bytes(
            self.number, "basic.publish",
            exchange=exchange, routing_key=routing_key, mandatory=mandatory, immediate=immediate,
        ) + header_bytes(self.number, len(body), properties)  # fmt: skip
        room = self.connection.frame_max - 8
        for start in range(0, len(body), room):
            data += frame_bytes(BODY, self.number, body[start : start + room])
        self.connection.send(data)

    def publish_confirmed(self, *arguments, **options):
        """On a channel in confirm mode: publishes and waits for the ack."""
        self.publish(*arguments, **options)
        self.expect("basic.ack")

    def outcomes(self, count):
        """The confirms of publishes 1 to `count`, in that order: True for ack, False for nack."""
        settled = {}
        while len(settled) < count:
            method = self.next(waiting_for=f"{count - len(settled)} confirms")
            if method.name not in ("basic.ack", "basic.nack"):
                raise Failure(f"{method} instead of a confirm")
            first = min(set(range(1, count + 1)) - set(settled)) if method.multiple else method.delivery_tag
            for number in range(first, method.delivery_tag + 1):
                settled.setdefault(number, method.name == "basic.ack")
        same(sorted(settled), list(range(1, count + 1)))
        return [settled[number] for number in sorted(settled)]

    def get(self, queue, no_ack=True):
        """A message, or None when the queue is empty."""
        self.send("basic.get", queue=queue, no_ack=no_ack)
        method = self.next(waiting_for="basic.get-ok")
        if method.name not in ("basic.get-ok", "basic.get-empty"):
            raise Failure(f"{method} instead of the answer to basic.get")
        return method if method.name == "basic.get-ok" else None

    def drain(self, queue):
        """The bodies of all messages in the queue, which is empty afterwards."""
        return [message.body for message in iter(lambda: self.get(queue), None)]

    def consume(self, queue, **options):
        return self.call("basic.consume", queue=queue, **options).consumer_tag

    def expect_bodies(self, *bodies):
        """The next deliveries, which are returned."""
        messages = [self.expect("basic.deliver") for _ in bodies]
        same([message.body for message in messages], list(bodies))
        return messages

    def exists(self, kind, name):
        """Whether a passive declare of this queue or exchange succeeds; the channel is opened anew if not."""
        self.send(f"{kind}.declare", passive=True, **{kind: name})
        answer = self.next(waiting_for=f"{kind}.declare-ok")
        if answer.name == f"{kind}.declare-ok":
            return True
        check_error(answer, "channel.close", 404, f"no {kind} '{name}' in vhost '/'", None)
        self.send("channel.close-ok")
        self.call("channel.open")
        return False

    def ready(self, queue):
        """How many messages are ready. The answer may overtake publishes that are not confirmed yet."""
        return self.call("queue.declare", queue=queue, passive=True).message_count
