// The C library librabbitmq.
#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

enum { TEN_MB = 10 << 20, CHANNELS = 200 };

static char why[512];

static int failed(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(why, sizeof why, format, arguments);
  va_end(arguments);
  return 0;
}

#define REQUIRE(condition)                                                \
  do {                                                                    \
    if (!(condition)) return failed("line %d: %s", __LINE__, #condition); \
  } while (0)

static const char* setting(const char* name, const char* otherwise) {
  const char* value = getenv(name);
  return value ? value : otherwise;
}

// The reply to the handshake; the connection is given even when the broker refuses.
static amqp_rpc_reply_t dial(amqp_connection_state_t* connection, const char* vhost, const char* password) {
  amqp_rpc_reply_t none = {.reply_type = AMQP_RESPONSE_NONE};
  *connection = amqp_new_connection();
  amqp_socket_t* socket = amqp_tcp_socket_new(*connection);
  if (amqp_socket_open(socket, setting("AMQP_HOST", "127.0.0.1"), atoi(setting("AMQP_PORT", "5672")))) return none;
  return amqp_login(*connection, vhost, 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", password);
}

static amqp_connection_state_t connect_with_channel(void) {
  amqp_connection_state_t connection;
  if (dial(&connection, "/", "guest").reply_type != AMQP_RESPONSE_NORMAL) exit(2);
  amqp_channel_open(connection, 1);
  return connection;
}

static void disconnect(amqp_connection_state_t connection) {
  amqp_connection_close(connection, AMQP_REPLY_SUCCESS);
  amqp_destroy_connection(connection);
}

static amqp_bytes_t temporary_queue(amqp_connection_state_t connection, amqp_channel_t channel) {
  amqp_queue_declare_ok_t* ok = amqp_queue_declare(connection, channel, amqp_empty_bytes, 0, 0, 1, 1, amqp_empty_table);
  return ok ? amqp_bytes_malloc_dup(ok->queue) : amqp_empty_bytes;
}

static int publish(amqp_connection_state_t connection, amqp_channel_t channel, amqp_bytes_t exchange, amqp_bytes_t key,
                   int mandatory, amqp_bytes_t body) {
  return amqp_basic_publish(connection, channel, exchange, key, mandatory, 0, NULL, body) == AMQP_STATUS_OK;
}

static int same_bytes(amqp_bytes_t one, amqp_bytes_t other) {
  return one.len == other.len && memcmp(one.bytes, other.bytes, one.len) == 0;
}

// Gets a message and compares its body.
static int got(amqp_connection_state_t connection, amqp_channel_t channel, amqp_bytes_t queue, amqp_bytes_t wanted) {
  amqp_rpc_reply_t reply = amqp_basic_get(connection, channel, queue, 1);
  if (reply.reply_type != AMQP_RESPONSE_NORMAL || reply.reply.id != AMQP_BASIC_GET_OK_METHOD) return 0;
  amqp_message_t message;
  if (amqp_read_message(connection, channel, &message, 0).reply_type != AMQP_RESPONSE_NORMAL) return 0;
  int same = same_bytes(message.body, wanted);
  amqp_destroy_message(&message);
  return same;
}

static int error_code(amqp_rpc_reply_t reply) {
  if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION) return 0;
  if (reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) return ((amqp_channel_close_t*)reply.reply.decoded)->reply_code;
  return ((amqp_connection_close_t*)reply.reply.decoded)->reply_code;
}

static int publish_and_get(amqp_connection_state_t connection) {
  amqp_bytes_t queue = temporary_queue(connection, 1), body = amqp_cstring_bytes("body");
  REQUIRE(publish(connection, 1, amqp_empty_bytes, queue, 0, body));
  REQUIRE(got(connection, 1, queue, body));
  REQUIRE(amqp_basic_get(connection, 1, queue, 1).reply.id == AMQP_BASIC_GET_EMPTY_METHOD);
  return 1;
}

static int consume(amqp_connection_state_t connection) {
  amqp_bytes_t queue = temporary_queue(connection, 1);
  REQUIRE(amqp_basic_qos(connection, 1, 0, 20, 0));
  REQUIRE(amqp_basic_consume(connection, 1, queue, amqp_empty_bytes, 0, 0, 0, amqp_empty_table));
  for (int number = 0; number < 1000; number++) {
    REQUIRE(publish(connection, 1, amqp_empty_bytes, queue, 0, (amqp_bytes_t){sizeof number, &number}));
  }
  for (int number = 0; number < 1000; number++) {
    amqp_envelope_t envelope;
    struct timeval within = {.tv_sec = 10};
    REQUIRE(amqp_consume_message(connection, &envelope, &within, 0).reply_type == AMQP_RESPONSE_NORMAL);
    REQUIRE(same_bytes(envelope.message.body, (amqp_bytes_t){sizeof number, &number}));
    REQUIRE(amqp_basic_ack(connection, 1, envelope.delivery_tag, 0) == AMQP_STATUS_OK);
    amqp_destroy_envelope(&envelope);
    amqp_maybe_release_buffers(connection);
  }
  return 1;
}

// The next method frame must be this one.
static int next_is(amqp_connection_state_t connection, amqp_method_number_t id, amqp_frame_t* frame) {
  struct timeval within = {.tv_sec = 10};
  REQUIRE(amqp_simple_wait_frame_noblock(connection, frame, &within) == AMQP_STATUS_OK);
  REQUIRE(frame->frame_type == AMQP_FRAME_METHOD && frame->payload.method.id == id);
  return 1;
}

static int confirm_and_return(amqp_connection_state_t connection) {
  amqp_bytes_t body = amqp_cstring_bytes("m");
  amqp_frame_t frame;
  amqp_message_t message;
  REQUIRE(amqp_confirm_select(connection, 1));
  REQUIRE(publish(connection, 1, amqp_empty_bytes, temporary_queue(connection, 1), 1, body));
  REQUIRE(next_is(connection, AMQP_BASIC_ACK_METHOD, &frame));
  REQUIRE(publish(connection, 1, amqp_empty_bytes, amqp_cstring_bytes("no such queue"), 1, body));
  if (!next_is(connection, AMQP_BASIC_RETURN_METHOD, &frame)) return 0;
  REQUIRE(((amqp_basic_return_t*)frame.payload.method.decoded)->reply_code == 312);
  REQUIRE(amqp_read_message(connection, 1, &message, 0).reply_type == AMQP_RESPONSE_NORMAL);
  REQUIRE(same_bytes(message.body, body));
  amqp_destroy_message(&message);
  return next_is(connection, AMQP_BASIC_ACK_METHOD, &frame);
}

static int topology(amqp_connection_state_t connection) {
  amqp_bytes_t queue = temporary_queue(connection, 1), body = amqp_cstring_bytes("through");
  amqp_bytes_t source = amqp_cstring_bytes("c.source"), target = amqp_cstring_bytes("c.target");
  amqp_bytes_t key = amqp_cstring_bytes("a.#");
  REQUIRE(amqp_exchange_declare(connection, 1, source, amqp_cstring_bytes("topic"), 0, 0, 0, 0, amqp_empty_table));
  REQUIRE(amqp_exchange_declare(connection, 1, target, amqp_cstring_bytes("fanout"), 0, 0, 1, 0, amqp_empty_table));
  REQUIRE(amqp_exchange_bind(connection, 1, target, source, key, amqp_empty_table));
  REQUIRE(amqp_queue_bind(connection, 1, queue, target, amqp_empty_bytes, amqp_empty_table));
  REQUIRE(publish(connection, 1, source, amqp_cstring_bytes("a.b"), 0, body));
  REQUIRE(got(connection, 1, queue, body));
  REQUIRE(amqp_exchange_unbind(connection, 1, target, source, key, amqp_empty_table));
  REQUIRE(amqp_queue_unbind(connection, 1, queue, target, amqp_empty_bytes, amqp_empty_table));
  REQUIRE(amqp_exchange_delete(connection, 1, source, 0));
  REQUIRE(amqp_queue_purge(connection, 1, queue));
  REQUIRE(amqp_queue_delete(connection, 1, queue, 0, 0));
  return 1;
}

static int errors(amqp_connection_state_t connection) {
  amqp_queue_declare(connection, 1, amqp_cstring_bytes("no such queue"), 1, 0, 0, 0, amqp_empty_table);
  REQUIRE(error_code(amqp_get_rpc_reply(connection)) == 404);
  amqp_channel_close_ok_t close_ok = {0};  // the library leaves this to its user
  REQUIRE(amqp_send_method(connection, 1, AMQP_CHANNEL_CLOSE_OK_METHOD, &close_ok) == AMQP_STATUS_OK);
  amqp_channel_open(connection, 1);
  REQUIRE(temporary_queue(connection, 1).len > 0);
  amqp_connection_state_t other;
  REQUIRE(error_code(dial(&other, "nope", "guest")) == 530);
  amqp_destroy_connection(other);
  REQUIRE(error_code(dial(&other, "/", "wrong")) == 403);
  amqp_destroy_connection(other);
  return 1;
}

static int large_body(amqp_connection_state_t connection) {
  amqp_bytes_t queue = temporary_queue(connection, 1), body = amqp_bytes_malloc(TEN_MB);
  for (size_t at = 0; at < body.len; at++) ((unsigned char*)body.bytes)[at] = at * 31;
  REQUIRE(publish(connection, 1, amqp_empty_bytes, queue, 0, body));
  REQUIRE(got(connection, 1, queue, body));
  amqp_bytes_free(body);
  return 1;
}

static int many_channels(amqp_connection_state_t connection) {
  for (int channel = 2; channel <= CHANNELS; channel++) REQUIRE(amqp_channel_open(connection, channel));
  for (int channel = 1; channel <= CHANNELS; channel++) {
    amqp_bytes_t queue = temporary_queue(connection, channel);
    REQUIRE(publish(connection, channel, amqp_empty_bytes, queue, 0, queue));
    REQUIRE(got(connection, channel, queue, queue));
  }
  return 1;
}

static int check(const char* sentence, int (*body)(amqp_connection_state_t)) {
  amqp_connection_state_t connection = connect_with_channel();
  int passed = body(connection);
  if (passed) printf("PASS %s\n", sentence);
  if (!passed) printf("FAIL %s -- %s\n", sentence, why);
  disconnect(connection);
  return passed;
}

int main(void) {
  int passed = check("a message is published and got", publish_and_get);
  passed &= check("a thousand messages are consumed in order with prefetch and acks", consume);
  passed &= check("publishes are confirmed, and an unroutable one comes back before", confirm_and_return);
  passed &= check("exchanges and queues are declared, bound, unbound and deleted", topology);
  passed &=
      check("after a channel error a channel is opened; a missing vhost and a wrong password are refused", errors);
  passed &= check("a body of 10 MB comes back whole", large_body);
  passed &= check("200 channels work on one connection", many_channels);
  return !passed;
}
