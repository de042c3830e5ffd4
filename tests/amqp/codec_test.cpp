#include "amqp/codec.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/amqp/octets.hpp"

namespace warren::codec_test {

using namespace warren::amqp;
using warren::ByteBuffer;

namespace {

template <class M>
std::string written(const M& method) {
  ByteBuffer out;
  encode(method, out);
  return std::string(out.view());
}

std::string queue_declare_arguments(const std::string& name, int bits, const std::string& table) {
  return octets({0, 0}) + short_string(name) + octets({bits}) + long_string(table);
}

}  // namespace

TEST_CASE("Methods are written as the wire wants them") {
  CHECK(written(ConnectionTune{.channel_max = 2047, .frame_max = 131072, .heartbeat = 60}) ==
        octets({0, 10, 0, 30, 0x07, 0xFF, 0, 2, 0, 0, 0, 60}));
  CHECK(written(ConnectionCloseOk{}) == octets({0, 10, 0, 51}));
  CHECK(written(ChannelOpenOk{}) == octets({0, 20, 0, 11, 0, 0, 0, 0}));
  CHECK(written(AccessRequestOk{}) == octets({0, 30, 0, 11, 0, 1}));
  CHECK(written(QueueDeclareOk{.queue = "q", .message_count = 1, .consumer_count = 2}) ==
        octets({0, 50, 0, 11, 1, 'q', 0, 0, 0, 1, 0, 0, 0, 2}));
  CHECK(written(BasicAck{.delivery_tag = 0x0102, .multiple = true}) ==
        octets({0, 60, 0, 80, 0, 0, 0, 0, 0, 0, 1, 2, 1}));
  CHECK(written(ChannelClose{.reply_code = 404, .reply_text = "NOT_FOUND", .class_id = 50, .method_id = 10}) ==
        octets({0, 20, 0, 40, 0x01, 0x94}) + short_string("NOT_FOUND") + octets({0, 50, 0, 10}));
}

TEST_CASE("Consecutive bits share an octet, lowest first") {
  CHECK(written(QueueDeclare{.queue = "q", .durable = true, .nowait = true}) ==
        octets({0, 50, 0, 10, 0, 0, 1, 'q', 0b10010, 0, 0, 0, 0}));
  CHECK(written(BasicNack{.delivery_tag = 1, .requeue = true}) ==
        octets({0, 60, 0, 120, 0, 0, 0, 0, 0, 0, 0, 1, 0b10}));
  AccessRequest request;
  REQUIRE(decode(short_string("/data") + octets({0b11010}), request) == DecodeStatus::ok);
  CHECK((!request.exclusive && request.passive && !request.active && request.write && request.read));
}

TEST_CASE("Unused bits of an octet are ignored") {
  BasicAck ack;
  REQUIRE(decode(octets({0, 0, 0, 0, 0, 0, 0, 3, 0xFE}), ack) == DecodeStatus::ok);
  CHECK(ack.delivery_tag == 3);
  CHECK(!ack.multiple);
}

TEST_CASE("A method frame has head, payload and end octet") {
  ByteBuffer out;
  append_method_frame(out, 513, BasicQosOk{});
  CHECK(out.view() == frame_bytes(1, 513, octets({0, 60, 0, 11})));
  ByteBuffer any;
  append_method_frame(any, 513, Method(BasicQosOk{}));
  CHECK(any.view() == out.view());
}

TEST_CASE("A publish is decoded into views of its frame") {
  const std::string arguments = octets({0, 0}) + short_string("amq.topic") + short_string("a.b") + octets({1});
  BasicPublish publish;
  REQUIRE(decode(arguments, publish) == DecodeStatus::ok);
  CHECK(publish.exchange == "amq.topic");
  CHECK(publish.exchange.data() == arguments.data() + 3);
  CHECK(publish.routing_key == "a.b");
  CHECK((publish.mandatory && !publish.immediate));
}

TEST_CASE("Names must be UTF-8") {
  QueueDeclare declare;
  CHECK(decode(queue_declare_arguments("gr\xC3\xBCn", 0, ""), declare) == DecodeStatus::ok);
  CHECK(decode(queue_declare_arguments("gr\xFCn", 0, ""), declare) == DecodeStatus::bad_utf8);
  BasicConsume consume;
  CHECK(decode(octets({0, 0, 1, 'q', 1, 0xFF, 0, 0, 0, 0, 0}), consume) == DecodeStatus::bad_utf8);
  QueueBind bind;
  CHECK(decode(octets({0, 0, 1, 'q', 1, 'x', 1, 0xFF, 0, 0, 0, 0, 0}), bind) == DecodeStatus::bad_utf8);
}

TEST_CASE("Names in a publish, reply texts and long strings need not be UTF-8") {
  const std::string arguments = octets({0, 0, 1, 0xFE, 1, 0xFF, 0});
  BasicPublish publish;
  CHECK(decode(arguments, publish) == DecodeStatus::ok);
  CHECK(publish.routing_key == "\xFF");
  ChannelClose close;
  CHECK(decode(octets({0, 200, 1, 0xFF, 0, 0, 0, 0}), close) == DecodeStatus::ok);
  ConnectionSecureOk secure;
  CHECK(decode(octets({0, 0, 0, 1, 0xFF}), secure) == DecodeStatus::ok);
}

TEST_CASE("A wrong length is told before a wrong name") {
  QueuePurge purge;
  CHECK(decode(octets({0, 0, 1, 0xFF, 0, 0}), purge) == DecodeStatus::malformed);
  CHECK(decode(octets({0, 0, 1, 0xFF}), purge) == DecodeStatus::malformed);
}

TEST_CASE("A table that does not decode is told apart from a wrong length") {
  QueueDeclare declare;
  CHECK(decode(queue_declare_arguments("q", 0, octets({1, 'a', 'Z'})), declare) == DecodeStatus::bad_table);
  CHECK(decode(octets({0, 0, 1, 'q', 0, 0, 0, 0, 9}), declare) == DecodeStatus::malformed);
  REQUIRE(decode(queue_declare_arguments("q", 0, octets({1, 'a', 't', 1})), declare) == DecodeStatus::ok);
  CHECK(*declare.arguments.find("a") == Value(true));
}

TEST_CASE("Unknown numbers are unknown methods") {
  Method method;
  CHECK(decode_method(octets({0, 60, 0, 41}), method) == DecodeStatus::unknown_method);
  CHECK(decode_method(octets({0, 61, 0, 40}), method) == DecodeStatus::unknown_method);
  CHECK(decode_method(octets({0xFF, 0xFF, 0xFF, 0xFF}), method) == DecodeStatus::unknown_method);
  CHECK(decode_method(octets({0, 60, 0}), method) == DecodeStatus::malformed);
}

TEST_CASE("The kind of a method is known even when its arguments are malformed") {
  Method method;
  CHECK(decode_method(octets({0, 50, 0, 10, 0}), method) == DecodeStatus::malformed);
  CHECK(method_id(method) == QueueDeclare::id);
}

}  // namespace warren::codec_test
