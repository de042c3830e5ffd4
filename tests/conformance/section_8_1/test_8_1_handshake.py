"""Protocol header, login and tuning: reference sections 1.1, 1.5, 2.1 to 2.4."""

import time

import wire
from harness import codec
from harness.expectations import Failure, same
from harness.frames import plain_response
from harness.registry import line

OUR_HEADER = b"AMQP\x00\x00\x09\x01"
SASL_HEADER = b"AMQP\x03\x01\x00\x00"


def answer_to(connection, header):
    """The eight bytes that answer a header which is refused."""
    connection.send(header)
    answer = connection.read_bytes(8)
    connection.expect_eof()
    return answer


@line("8.1/1", "the header of 0-9-1 is answered with connection.start 0.9 and nine capabilities")
def header(t):
    start = t.raw().start()
    same((start.version_major, start.version_minor, start.locales), (0, 9, "en_US"))
    capabilities = start.server_properties["capabilities"]
    same(
        list(capabilities),
        ["publisher_confirms", "exchange_exchange_bindings", "basic.nack", "consumer_cancel_notify", "connection.blocked",
         "consumer_priorities", "authentication_failure_close", "per_consumer_qos", "direct_reply_to"],
    )  # fmt: skip
    same(set(capabilities.values()), {True})


@line("2.1", "connection.start names product, version and platform, sorted, and offers PLAIN and AMQPLAIN")
def server_properties(t):
    start = t.raw().start()
    properties = start.server_properties
    same(properties["product"], "RabbitMQ")
    same(list(properties), sorted(properties))
    for key in ("cluster_name", "copyright", "information", "platform", "version"):
        same(properties.tags[key], "S")
    same({"PLAIN", "AMQPLAIN"} <= set(start.mechanisms.split(" ")), True)


@line("8.1/2", "the header of 0-9 is answered with connection.start")
def header_0_9(t):
    t.raw().start(b"AMQP\x01\x01\x00\x09")


@line("8.1/3", "the header of 0-9-2 is answered with the header of 0-9-1, then the end")
def header_0_9_2(t):
    same(answer_to(t.raw(), b"AMQP\x00\x00\x09\x02"), OUR_HEADER)


@line("8.1/4", "an HTTP request is answered with a header of eight bytes, then the end")
def http_request(t):
    same(answer_to(t.raw(), b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")[:4], b"AMQP")


@line("8.1/5", "a TLS hello on the plain port is answered with a header of eight bytes, then the end")
def tls_hello(t):
    same(answer_to(t.raw(), b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(32))[:4], b"AMQP")


@line(
    "1.1",
    "whatever is not spoken here is answered with what is: 0-9-1, not AMQP 1.0, which is not spoken either",
    target_only=True,
)
def other_headers(t):
    for header in (
        b"GET / HT",
        b"\x16\x03\x01\x00\xa5\x01\x00\x00",
        bytes(8),
        b"AMQP\x00\x01\x00\x00",
        b"AMQP\x01\x01\x08\x00",
    ):
        same(answer_to(t.raw(), header), OUR_HEADER)


@line("8.1/6", "the SASL header of AMQP 1.0 is answered with the header of 0-9-1")
def sasl_header(t):
    same(answer_to(t.raw(), SASL_HEADER), OUR_HEADER)


@line("8.1/7", "part of a header, then nothing, is closed without a byte after the handshake timeout")
def partial_header(t):
    connection = t.raw()
    connection.send(b"AMQ")
    connection.expect_eof(within=15, at_least=9)


@line("8.1/8", "a client that never answers connection.start is closed without a frame after 10 s")
def no_start_ok(t):
    connection = t.raw()
    connection.start()
    connection.expect_eof(within=15, at_least=9)


def refused_login(number, sentence, **start_ok):
    @line(f"8.1/{number}", sentence)
    def login_refused(t):
        connection = t.raw()
        connection.start()
        connection.send_start_ok(**start_ok)
        connection.expect_silent_close()


refused_login(9, "an unknown mechanism is closed in silence after 3 s", mechanism="FOO")
refused_login(10, "EXTERNAL, which is not offered, is closed in silence after 3 s", mechanism="EXTERNAL")
refused_login(11, "a PLAIN response without NULs is closed in silence after 3 s", response="guestguest")
refused_login(12, "a PLAIN response with an authzid is closed in silence after 3 s", response="me\0guest\0guest")
refused_login(12, "a PLAIN response with a third NUL is closed in silence after 3 s", response="\0guest\0guest\0")
refused_login(
    14,
    "a wrong password without the capability is closed in silence after 3 s",
    response=plain_response(password="wrong"),
    capabilities={},
)
refused_login(
    16,
    "AMQPLAIN without PASSWORD is closed in silence after 3 s",
    mechanism="AMQPLAIN",
    response=codec.encode_table({"LOGIN": "guest"})[4:],
)


@line("8.1/13", "a wrong password is told at once with 403, 0/0, and the end comes 3 s later")
def wrong_password(t):
    connection = t.raw()
    connection.start()
    connection.send_start_ok(response=plain_response(password="wrong"))
    connection.expect_connection_error(
        403,
        "Login was refused using authentication mechanism PLAIN. For details see the broker logfile.",
        of=(0, 0),
        within=2,
    )


@line("8.1/36", "guest is refused like a bad password when it comes from elsewhere")
def guest_from_elsewhere(t):
    connection = t.raw(host=t.outer_address())
    connection.start()
    connection.send_start_ok()
    connection.expect_connection_error(403, of=(0, 0))


@line("8.1/15", "AMQPLAIN with LOGIN and PASSWORD leads to tune")
def amqplain(t):
    entries = {"EXTRA": 1, "LOGIN": "guest", "PASSWORD": codec.Typed("x", "guest")}
    t.raw().login(mechanism="AMQPLAIN", response=codec.encode_table(entries)[4:])


@line("8.1/17", "RABBIT-CR-DEMO asks for the password and takes it", instance="cr_demo")
def cr_demo(t):
    connection = t.raw()
    connection.start()
    connection.send_start_ok(mechanism="RABBIT-CR-DEMO", response="guest")
    same(connection.expect("connection.secure").challenge, "Please tell me your password")
    connection.send_method(0, "connection.secure-ok", response="My password is guest")
    connection.expect("connection.tune")


@line("8.1/18", "any locale is accepted")
def locale(t):
    t.connect(locale="xx_YY")


@line("8.1/19", "the broker proposes 2047 channels, frames of 131072 bytes and a heartbeat of 60 s")
def tune(t):
    tune = t.raw().login()
    same((tune.channel_max, tune.frame_max, tune.heartbeat), (2047, 131072, 60))


def refused_tune(number, sentence, target_only=False, **tune_ok):
    @line(f"8.1/{number}", sentence, target_only=target_only)
    def tune_refused(t):
        connection = t.raw()
        connection.login()
        connection.tune(**tune_ok)
        connection.send_method(0, "connection.open", virtual_host="/")
        connection.expect_silent_close()


refused_tune(20, "no limit of channels, where the broker has one, is refused in silence", channel_max=0)
refused_tune(21, "more channels than proposed are refused in silence", channel_max=2048)
refused_tune(22, "no limit of frames, where the broker has one, is refused in silence", frame_max=0)
refused_tune(23, "a frame-max of 4095 is refused in silence", frame_max=4095)
refused_tune(24, "a frame-max of 4096 is refused in silence", target_only=True, frame_max=4096)
refused_tune(24, "a frame-max of 8191 is refused in silence", target_only=True, frame_max=8191)
refused_tune(25, "a frame-max above the proposed one is refused in silence", frame_max=200000)


@line("8.1/24", "a frame-max of 8192 is accepted")
def smallest_frame_max(t):
    t.connect(frame_max=8192)


@line("8.1/26", "with heartbeat 0 none is sent and none is asked for")
def no_heartbeat(t):
    connection = t.connect(heartbeat=0)
    connection.expect_silence(seconds=5)
    connection.channel()
    same(connection.heartbeats, [])


@line("8.1/27", "with heartbeat 1 one comes each half second, and a silent client is cut after two to three")
def heartbeats(t):
    connection = t.connect(heartbeat=1)
    try:
        connection.expect_silence(seconds=8)
        raise Failure("a silent client is not cut")
    except wire.Closed:
        took = time.monotonic() - connection.sent_at
    if not 1.8 < took < 6:
        raise Failure(f"cut after {took:.1f} s")
    if len(connection.heartbeats) < 3:
        raise Failure(f"{len(connection.heartbeats)} heartbeats in {took:.1f} s")


@line("1.6", "any bytes from the client count as a sign of life")
def traffic_is_life(t):
    connection = t.connect(heartbeat=1)
    channel = connection.channel()
    for _ in range(10):
        channel.call("basic.qos")
        channel.expect_silence(0.5)


@line("8.1/29", "tune-ok before start-ok is closed in silence after 3 s")
def early_tune_ok(t):
    connection = t.raw()
    connection.start()
    connection.tune()
    connection.expect_silent_close()


@line("8.1/30", "channel.open before tune-ok is closed in silence after 3 s")
def early_channel(t):
    connection = t.raw()
    connection.login()
    connection.send_method(1, "channel.open")
    connection.expect_silent_close()


@line("1.4", "channel.open between tune-ok and connection.open is refused with 505")
def channel_before_open(t):
    connection = t.raw()
    connection.login()
    connection.tune()
    connection.send_method(1, "channel.open")
    connection.expect_connection_error(505, "type 1, all octets = <<0,20,0,10,0>>", of=(0, 0))


@line("1.4", "another method between tune-ok and connection.open is refused with 504")
def method_before_open(t):
    connection = t.raw()
    connection.login()
    connection.tune()
    connection.tune()
    connection.expect_connection_error(504, "unexpected method in connection state opening", of=(10, 31))


@line("8.1/31", "a frame above the smallest frame-max is closed in silence after 3 s before tuning")
def early_large_frame(t):
    connection = t.raw()
    connection.start()
    connection.send_start_ok(properties={"padding": "x" * 9000})
    connection.expect_silent_close()


@line("8.1/32", "a missing vhost is refused with 530 and named without quotes")
def missing_vhost(t):
    connection = t.raw()
    connection.login()
    connection.tune()
    connection.send_method(0, "connection.open", virtual_host="nope")
    connection.expect_connection_error(530, "vhost nope not found", of=(10, 40))


@line("8.1/82", "update-secret is answered")
def update_secret(t):
    connection = t.connect()
    connection.send_method(0, "connection.update-secret", new_secret="new", reason="because")
    connection.expect("connection.update-secret-ok")
