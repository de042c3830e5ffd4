"""What a test case is given: connections to its broker, closed again when the case ends."""

import socket

import wire


class Context:
    def __init__(self, broker):
        self.broker = broker
        self.connections = []

    def raw(self, host=None):
        """A TCP connection on which nothing has been said."""
        connection = wire.Connection((host or self.broker.host, self.broker.port))
        self.connections.append(connection)
        return connection

    def connect(self, **options):
        """An open connection."""
        return self.raw().open(**options)

    def channel(self, **options):
        """Channel 1 of a connection of its own."""
        return self.connect(**options).channel()

    def outer_address(self):
        """The address by which other machines know this one; nothing is sent to find it."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("198.51.100.1", 9))
            return probe.getsockname()[0]

    def close(self):
        for connection in self.connections:
            connection.close_socket()
