"""What a user may do: reference section 6.1. Users and permissions are made with the command line tool."""

import re

from harness.expectations import eventually, same, unique
from harness.frames import plain_response
from harness.registry import line


class User:
    """A user with permissions, and a channel of his."""

    def __init__(self, t, configure=".*", write=".*", read=".*"):
        self.t, self.name = t, unique("u")
        t.broker.ctl("add_user", self.name, "secret")
        self.may(configure, write, read)
        self.channel = t.channel(response=plain_response(self.name, "secret"))

    def may(self, configure, write, read, vhost="/"):
        self.t.broker.ctl("set_permissions", "-p", vhost, self.name, configure, write, read)

    def is_refused(self, kind, name, method, **arguments):
        """The method ends in 403 that names this queue or exchange, which may be a pattern."""
        name = name.pattern if isinstance(name, re.Pattern) else re.escape(name)
        text = re.compile(f"access to {kind} '{name}' in vhost '/' refused for user '{re.escape(self.name)}'")
        self.channel.expect_refusal(method, 403, text, **arguments)


@line("8.1/33", "opening a vhost without permission is refused with 530", target_only=True)
def vhost_without_permission(t):
    name = unique("u")
    t.broker.ctl("add_user", name, "secret")
    connection = t.raw()
    connection.login(response=plain_response(name, "secret"))
    connection.tune()
    connection.send_method(0, "connection.open", virtual_host="/")
    connection.expect_connection_error(530, f"access to vhost '/' refused for user '{name}'")


@line("8.1/79", "connections of a deleted vhost end with 320 `vhost 'v2' is deleted`", target_only=True)
def deleted_vhost(t):
    vhost = unique("v")
    t.broker.ctl("add_vhost", vhost)
    t.broker.ctl("set_permissions", "-p", vhost, "guest", ".*", ".*", ".*")
    connection = t.connect(vhost=vhost)
    t.broker.ctl("delete_vhost", vhost)
    connection.expect_connection_error(320, f"vhost '{vhost}' is deleted")


@line("8.1/80", "connections of a deleted user end with 320 `user 'bob' is deleted`", target_only=True)
def deleted_user(t):
    user = User(t)
    t.broker.ctl("delete_user", user.name)
    user.channel.expect_connection_error(320, f"user '{user.name}' is deleted")


@line("8.4/186", "an impersonator may set any user-id", target_only=True)
def impersonator(t):
    user = User(t)
    queue = user.channel.queue()
    t.broker.ctl("set_user_tags", user.name, "impersonator")
    channel = t.channel(response=plain_response(user.name, "secret"))
    channel.call("confirm.select")
    channel.publish_confirmed(queue, user_id="somebody else")
    same(channel.get(queue).properties["user_id"], "somebody else")


@line("8.7/259", "declaring and deleting without configure permission is 403", target_only=True)
def declare_without_configure(t):
    user = User(t, configure="^mine")
    queue, exchange = unique("yours"), unique("yours")
    user.is_refused("queue", queue, "queue.declare", queue=queue)
    user.is_refused("exchange", exchange, "exchange.declare", exchange=exchange, type="fanout")
    t.channel().queue(queue=queue)
    user.is_refused("queue", queue, "queue.declare", queue=queue)
    user.is_refused("queue", queue, "queue.delete", queue=queue)
    user.is_refused("exchange", exchange, "exchange.delete", exchange=exchange)
    user.channel.queue(queue=unique("mine"))


@line("8.7/260", "a server-named queue without configure permission is 403 naming it", target_only=True)
def server_named_without_configure(t):
    User(t, configure="^mine").is_refused("queue", re.compile(r"amq\.gen-[^']+"), "queue.declare")


@line("8.7/261", "a passive declare needs no permission (as before 4.2.7)", target_only=True)
def passive_declare(t):
    queue = t.channel().queue()
    user = User(t, "", "", "")
    user.channel.call("queue.declare", queue=queue, passive=True)
    user.channel.call("exchange.declare", exchange="amq.fanout", passive=True)


@line("8.7/262", "a dead-letter exchange needs read on the queue, write on the exchange", target_only=True)
def dead_letter_exchange(t):
    user = User(t, write="^mine")
    queue = unique("mine")
    user.is_refused(
        "exchange", "amq.fanout", "queue.declare", queue=queue, arguments={"x-dead-letter-exchange": "amq.fanout"}
    )
    user.may(".*", ".*", "^yours")
    user.is_refused("queue", queue, "queue.declare", queue=queue, arguments={"x-dead-letter-exchange": "amq.fanout"})
    user.channel.queue(queue=queue)


@line("8.7/263", "an alternate exchange needs read on the exchange, write on the alternate", target_only=True)
def alternate_exchange(t):
    user = User(t, write="^mine")
    arguments = {"alternate-exchange": "amq.fanout"}
    exchange = unique("mine")
    user.is_refused(
        "exchange", "amq.fanout", "exchange.declare", exchange=exchange, type="fanout", arguments=arguments
    )
    user.may(".*", ".*", "^yours")
    user.is_refused("exchange", exchange, "exchange.declare", exchange=exchange, type="fanout", arguments=arguments)
    user.channel.exchange("fanout", exchange=exchange)


@line("8.7/264", "bind and unbind need write on the destination, read on the source", target_only=True)
def binding(t):
    user = User(t, write="^mine", read=r"^amq\.direct")
    mine, yours = t.channel().queue(queue=unique("mine")), t.channel().queue(queue=unique("yours"))
    user.channel.bind(mine, "amq.direct")
    for method in ("queue.bind", "queue.unbind"):
        user.is_refused("exchange", "amq.fanout", method, queue=mine, exchange="amq.fanout")
        user.is_refused("queue", yours, method, queue=yours, exchange="amq.direct")
    user.is_refused("exchange", "amq.topic", "exchange.bind", destination="amq.topic", source="amq.direct")


@line("8.7/265", "publishing to the default exchange is checked as amq.default", target_only=True)
def default_exchange(t):
    channel = t.channel()
    queue = channel.queue()
    user = User(t, write=r"^amq\.default$")
    user.channel.publish(queue, b"in")
    eventually(lambda: channel.drain(queue) == [b"in"])
    user.may(".*", "^other", ".*")
    user.channel.publish(queue, b"out")
    user.channel.expect_channel_error(
        403, re.compile("access to exchange '.*' in vhost '/' refused for user .*"), of=(60, 40)
    )


@line("8.7/266", "without permission a missing resource is 403, not 404", target_only=True)
def missing_without_permission(t):
    user = User(t, "^mine", "^mine", "^mine")
    missing = unique("missing")
    for method in ("basic.consume", "basic.get", "queue.purge", "queue.delete"):
        user.is_refused("queue", missing, method, queue=missing)
    user.channel.publish("key", exchange=missing)
    user.channel.expect_channel_error(
        403, f"access to exchange '{missing}' in vhost '/' refused for user '{user.name}'", of=(60, 40)
    )


@line("8.7/267", "an empty pattern denies everything", target_only=True)
def empty_patterns(t):
    user = User(t, "", "", "")
    queue = t.channel().queue()
    user.is_refused("queue", queue, "queue.declare", queue=queue)
    user.is_refused("queue", re.compile(r"amq\.gen-[^']+"), "queue.declare")
    user.is_refused("queue", queue, "queue.purge", queue=queue)
    user.is_refused("queue", queue, "queue.bind", queue=queue, exchange="amq.direct")
    user.channel.publish(queue)
    user.channel.expect_channel_error(403, None, of=(60, 40))


def refuses_topic(user, key, exchange="amq.topic"):
    """The publish before it ends in 403 that names the key."""
    text = f"access to topic '{key}' in exchange '{exchange}' in vhost '/' refused for user '{user.name}'"
    user.channel.expect_channel_error(403, text)


@line("8.7/268", "topic permissions for write and read, with {username}", target_only=True)
def topic_permissions(t):
    user = User(t)
    t.broker.ctl("set_topic_permissions", user.name, "amq.topic", "^{username}[.]", "^mine")
    queue = user.channel.queue()
    user.channel.bind(queue, "amq.topic", "mine")
    t.channel().bind(queue, "amq.topic", f"{user.name}.key")
    user.channel.publish(f"{user.name}.key", b"in", exchange="amq.topic")
    user.channel.publish("other", exchange="amq.direct")
    eventually(lambda: user.channel.drain(queue) == [b"in"])
    user.channel.publish("other", exchange="amq.topic")
    refuses_topic(user, "other")
    user.channel.send("queue.bind", queue=queue, exchange="amq.topic", routing_key="yours")
    refuses_topic(user, "yours")
    t.broker.ctl("clear_topic_permissions", user.name)
    user.channel.bind(queue, "amq.topic", "yours")


@line("8.7/269", "CC keys are checked for topic permission", target_only=True)
def topic_permission_of_copies(t):
    user = User(t)
    t.broker.ctl("set_topic_permissions", user.name, "amq.topic", "^mine", ".*")
    user.channel.publish("mine", exchange="amq.topic", headers={"CC": ["mine.too", "yours"]})
    refuses_topic(user, "yours")


@line("8.1/34", "a vhost limited to 0 connections refuses with 530", target_only=True)
def limit_of_connections(t):
    vhost = unique("v")
    t.broker.ctl("add_vhost", vhost)
    t.broker.ctl("set_permissions", "-p", vhost, "guest", ".*", ".*", ".*")
    t.broker.ctl("set_vhost_limits", "-p", vhost, '{"max-connections":0}')
    connection = t.raw()
    connection.login()
    connection.tune()
    connection.send_method(0, "connection.open", virtual_host=vhost)
    text = f"access to vhost '{vhost}' refused for user 'guest': connection limit (0) is reached"
    connection.expect_connection_error(530, text, of=(10, 40))
    t.broker.ctl("clear_vhost_limits", "-p", vhost)
    t.connect(vhost=vhost)


@line("8.3/175", "a vhost at the limit of queues refuses new ones with 406; what is there may be declared again", target_only=True)
def limit_of_queues(t):
    vhost = unique("v")
    t.broker.ctl("add_vhost", vhost)
    t.broker.ctl("set_permissions", "-p", vhost, "guest", ".*", ".*", ".*")
    t.broker.ctl("set_vhost_limits", "-p", vhost, '{"max-queues":1}')
    channel = t.channel(vhost=vhost)
    channel.queue(queue="a")
    text = f"cannot declare queue 'b': queue limit in vhost '{vhost}' (1) is reached"
    channel.expect_refusal("queue.declare", 406, text, queue="b")
    channel.queue(queue="a")
    t.broker.ctl("clear_vhost_limits", "-p", vhost)
    channel.queue(queue="b")
