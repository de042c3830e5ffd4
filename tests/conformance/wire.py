"""A blocking AMQP client that does exactly what a test tells it, well-formed or not.

Connection is one TCP connection, Channel one channel on it. Every wait has a deadline; a
wait that ends badly raises Failure with what came instead. Sending never fails: when the
broker has cut the connection, the next expectation says so.
"""

import collections
import socket
import struct
import time

from harness import codec, methods
from harness.channel import Channel
from harness.expectations import QUIET, WITHIN, Closed, Failure, Timeout, check_error
from harness.frames import FRAME_END, HEADER, HEARTBEAT, METHOD, Frame, frame_bytes, method_bytes, plain_response

PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"

CAPABILITIES = {
    "publisher_confirms": True,
    "exchange_exchange_bindings": True,
    "basic.nack": True,
    "consumer_cancel_notify": True,
    "connection.blocked": True,
    "authentication_failure_close": True,
}


class Connection:
    def __init__(self, address):
        self.socket = socket.create_connection(address, timeout=WITHIN)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.input = b""
        self.at_end = False
        self.frame_max = 131072
        self.inbox = collections.defaultdict(collections.deque)
        self.partial = {}
        self.heartbeats = []
        self.sent_at = time.monotonic()

    # Sending

    def send(self, data):
        self.sent_at = time.monotonic()
        try:
            self.socket.settimeout(WITHIN)
            self.socket.sendall(data)
        except ConnectionError:
            pass
        except TimeoutError:
            raise Timeout("the broker does not read") from None

    def send_frame(self, kind, channel, payload, end=FRAME_END):
        self.send(frame_bytes(kind, channel, payload, end))

    def send_method(self, channel, name, **arguments):
        self.send(method_bytes(channel, name, **arguments))

    def close_socket(self):
        self.socket.close()

    def reset(self):
        """Ends the TCP connection the hard way."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    # Receiving

    def receive_more(self, deadline, waiting_for):
        left = deadline - time.monotonic()
        if left <= 0:
            raise Timeout(f"nothing came, waiting for {waiting_for}")
        self.socket.settimeout(left)
        try:
            data = self.socket.recv(1 << 16)
        except TimeoutError:
            raise Timeout(f"nothing came, waiting for {waiting_for}") from None
        except ConnectionError:
            data = b""
        if not data:
            self.at_end = True
            raise Closed(f"TCP connection closed, waiting for {waiting_for}")
        self.input += data

    def read_bytes(self, count, within=WITHIN):
        deadline = time.monotonic() + within
        while len(self.input) < count:
            self.receive_more(deadline, f"{count} bytes, have {self.input!r:.60}")
        data, self.input = self.input[:count], self.input[count:]
        return data

    def read_frame(self, within=WITHIN, waiting_for="a frame"):
        """The next frame of any kind, as it is."""
        deadline = time.monotonic() + within
        while len(self.input) < 7 or len(self.input) < 8 + struct.unpack(">I", self.input[3:7])[0]:
            self.receive_more(deadline, waiting_for)
        kind, channel, size = struct.unpack(">BHI", self.input[:7])
        payload, end = self.input[7 : 7 + size], self.input[7 + size : 8 + size]
        self.input = self.input[8 + size :]
        if end != FRAME_END:
            raise Failure(f"frame ends with {end!r}")
        return Frame(kind, channel, payload)

    def sort_frame(self, frame):
        """Adds a frame to what its channel has received; a message is added when it is complete."""
        if frame.type == HEARTBEAT:
            self.heartbeats.append(time.monotonic())
        elif frame.type == METHOD:
            method = methods.decode(frame.payload)
            if method.name in methods.WITH_CONTENT:
                self.partial[frame.channel] = method
            else:
                self.inbox[frame.channel].append(method)
        else:
            self.add_content(frame)

    def add_content(self, frame):
        method = self.partial[frame.channel]
        if frame.type == HEADER:
            method.size = struct.unpack(">Q", frame.payload[4:12])[0]
            method.properties = codec.decode_properties(frame.payload[12:])
            method.chunks = []
        else:
            method.chunks.append(frame.payload)
        if sum(map(len, method.chunks)) == method.size:
            method.body = b"".join(method.chunks)
            self.inbox[frame.channel].append(self.partial.pop(frame.channel))

    def next_on(self, channel, within=WITHIN, waiting_for="a method"):
        """The next method or whole message on a channel; heartbeats and other channels are set aside."""
        deadline = time.monotonic() + within
        while not self.inbox[channel]:
            for method in self.inbox[0] if channel else ():
                if method.name == "connection.close":
                    raise Failure(f"{method} instead of {waiting_for}")
            self.sort_frame(self.read_frame(max(0, deadline - time.monotonic()), waiting_for))
        return self.inbox[channel].popleft()

    # Expectations

    def expect(self, name, channel=0, within=WITHIN):
        method = self.next_on(channel, within, name)
        if method.name != name:
            raise Failure(f"{method} instead of {name}")
        return method

    def expect_silence(self, channel=0, seconds=QUIET):
        try:
            method = self.next_on(channel, seconds, "silence")
        except Timeout:
            return
        raise Failure(f"{method} instead of silence")

    def expect_eof(self, within=WITHIN, at_least=0.0):
        """The TCP connection ends, this long after the last that was sent, and no frame but heartbeats comes before."""
        deadline = time.monotonic() + within
        try:
            while not self.at_end:
                frame = self.read_frame(max(0, deadline - time.monotonic()), "the end of the TCP connection")
                if frame.type != HEARTBEAT:
                    raise Failure(f"{frame} instead of the end of the TCP connection")
        except Closed:
            pass
        if self.input:
            raise Failure(f"{self.input!r} before the end of the TCP connection")
        took = time.monotonic() - self.sent_at
        if took < at_least:
            raise Failure(f"TCP connection closed after {took:.2f} s, not before {at_least} s was expected")

    def expect_silent_close(self):
        """What a refusal in the handshake looks like: three seconds of silence, then the end."""
        return self.expect_eof(within=8, at_least=2.5)

    def expect_connection_error(self, code, text=None, of=None, within=WITHIN):
        """connection.close with this code, text and (class, method), which is answered; then the end of TCP."""
        deadline = time.monotonic() + within
        while not self.inbox[0]:
            self.sort_frame(self.read_frame(max(0, deadline - time.monotonic()), f"connection error {code}"))
        check_error(self.inbox[0].popleft(), "connection.close", code, text, of)
        self.send_method(0, "connection.close-ok")
        self.expect_eof()

    # Opening and closing

    def start(self, header=PROTOCOL_HEADER):
        self.send(header)
        return self.expect("connection.start")

    def send_start_ok(self, mechanism="PLAIN", response=None, capabilities=None, locale="en_US", properties=None):
        known = CAPABILITIES if capabilities is None else capabilities
        self.send_method(
            0,
            "connection.start-ok",
            client_properties={"product": "conformance", "capabilities": known, **(properties or {})},
            mechanism=mechanism,
            response=plain_response() if response is None else response,
            locale=locale,
        )

    def login(self, **start_ok):
        """Everything up to tune, which is the result."""
        self.start()
        self.send_start_ok(**start_ok)
        return self.expect("connection.tune")

    def tune(self, channel_max=2047, frame_max=131072, heartbeat=0):
        self.send_method(0, "connection.tune-ok", channel_max=channel_max, frame_max=frame_max, heartbeat=heartbeat)
        self.frame_max = frame_max or 1 << 31

    def open(self, vhost="/", channel_max=2047, frame_max=131072, heartbeat=0, **start_ok):
        self.login(**start_ok)
        self.tune(channel_max, frame_max, heartbeat)
        self.send_method(0, "connection.open", virtual_host=vhost)
        self.expect("connection.open-ok")
        return self

    def channel(self, number=1):
        channel = Channel(self, number)
        channel.call("channel.open")
        return channel

    def close(self):
        self.send_method(0, "connection.close", reply_code=200, reply_text="bye")
        self.expect("connection.close-ok")
        self.close_socket()
