#include "amqp/frame_writer.hpp"

#include <doctest/doctest.h>

#include <string>

#include "amqp/codec.hpp"
#include "amqp/properties.hpp"
#include "tests/amqp/octets.hpp"

namespace warren::frame_writer_test {

using namespace warren::amqp;
using warren::ByteBuffer;

TEST_CASE("A heartbeat is an empty frame of type 8 on channel 0") {
  ByteBuffer out;
  append_heartbeat(out);
  CHECK(out.view() == frame_bytes(8, 0, ""));
}

TEST_CASE("A content header frame carries class, weight, size and raw properties") {
  ByteBuffer out;
  append_content_header_frame(out, 258, 0x0102030405, octets({0x10, 0, 2}));
  CHECK(out.view() == frame_bytes(2, 258, octets({0, 60, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 0x10, 0, 2})));
}

TEST_CASE("A body frame written in three steps equals one written whole") {
  ByteBuffer steps;
  append_body_frame_head(steps, 9, 4);
  steps.append("body");
  append_frame_end(steps);
  ByteBuffer whole;
  append_body_frame(whole, 9, "body");
  CHECK(steps.view() == whole.view());
  CHECK(whole.view() == frame_bytes(3, 9, "body"));
}

TEST_CASE("Bodies are split into frames of at most frame-max bytes with their overhead") {
  const std::string body(10000, 'b');
  ByteBuffer out;
  append_body_frames(out, 1, body, 4096);
  CHECK(out.view() == frame_bytes(3, 1, body.substr(0, 4088)) + frame_bytes(3, 1, body.substr(0, 4088)) +
                          frame_bytes(3, 1, body.substr(0, 1824)));
}

TEST_CASE("With a frame-max of 0 the body is one frame, and an empty body has none") {
  const std::string body(10000, 'b');
  ByteBuffer out;
  append_body_frames(out, 1, body, 0);
  CHECK(out.view() == frame_bytes(3, 1, body));
  out.clear();
  append_body_frames(out, 1, "", 0);
  append_body_frames(out, 1, "", 4096);
  CHECK(out.empty());
}

TEST_CASE("A delivery written in one go equals its method and header written by the general way") {
  const std::string properties = octets({0x10, 0, 2});
  for (bool redelivered : {false, true}) {
    ByteBuffer fast;
    append_deliver(fast, 3, "ctag", 77, redelivered, short_string("amq.topic") + short_string("a.b"), properties, 16);
    ByteBuffer general;
    append_method_frame(general, 3,
                        BasicDeliver{.consumer_tag = "ctag",
                                     .delivery_tag = 77,
                                     .redelivered = redelivered,
                                     .exchange = "amq.topic",
                                     .routing_key = "a.b"});
    append_content_header_frame(general, 3, 16, properties);
    CHECK(fast.view() == general.view());
  }
}

TEST_CASE("A delivery may have empty names and no properties") {
  ByteBuffer fast;
  append_deliver(fast, 1, "", 1, false, octets({0, 0}), kNoProperties, 0);
  ByteBuffer general;
  append_method_frame(general, 1, BasicDeliver{.delivery_tag = 1});
  append_content_header_frame(general, 1, 0, kNoProperties);
  CHECK(fast.view() == general.view());
}

}  // namespace warren::frame_writer_test
