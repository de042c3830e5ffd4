"""nowait: no answer when all is well, the usual error when not. Reference section 3."""

from harness.expectations import same, unique
from harness.registry import line


@line("8.3/176", "nowait suppresses the answer of every method that has it")
def no_answers(t):
    channel = t.channel()
    queue, exchange, other = unique("q"), unique("x"), unique("x")
    for method, arguments in (
        ("queue.declare", {"queue": queue}),
        ("exchange.declare", {"exchange": exchange, "type": "fanout"}),
        ("exchange.declare", {"exchange": other, "type": "fanout"}),
        ("exchange.bind", {"source": exchange, "destination": other}),
        ("exchange.unbind", {"source": exchange, "destination": other}),
        ("queue.bind", {"queue": queue, "exchange": exchange}),
        ("queue.purge", {"queue": queue}),
        ("basic.consume", {"queue": queue, "consumer_tag": "c", "no_ack": True}),
        ("confirm.select", {}),
    ):
        channel.send(method, nowait=True, **arguments)
    channel.call("basic.qos")
    channel.publish(exchange=exchange, body=b"m")
    same({channel.next().name for _ in range(2)}, {"basic.deliver", "basic.ack"})
    channel.send("basic.cancel", consumer_tag="c", nowait=True)
    channel.send("exchange.delete", exchange=exchange, nowait=True)
    channel.send("queue.delete", queue=queue, nowait=True)
    channel.call("basic.qos")
    same((channel.exists("exchange", exchange), channel.exists("queue", queue)), (False, False))


@line("8.3/176", "nowait does not suppress errors")
def errors(t):
    channel, missing = t.channel(), unique("none")
    for method, arguments in (
        ("queue.declare", {"queue": missing, "passive": True}),
        ("exchange.declare", {"exchange": missing, "type": "direct", "passive": True}),
        ("queue.bind", {"queue": missing, "exchange": "amq.direct"}),
        ("queue.purge", {"queue": missing}),
        ("basic.consume", {"queue": missing}),
        ("exchange.bind", {"source": missing, "destination": "amq.direct"}),
    ):
        channel.expect_refusal(method, 404, nowait=True, **arguments)
