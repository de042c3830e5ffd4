#include "amqp/wire/frame_rules.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/amqp/octets.hpp"

namespace warren::frame_rules_test {

using namespace warren::amqp;

namespace {

Frame frame(int type, warren::ChannelNumber channel, std::string_view payload) {
  return {static_cast<std::uint8_t>(type), true, true, channel, payload};
}

void check_misplaced(const Frame& frame, ReplyCode code, const std::string& text) {
  REQUIRE(!is_well_placed(frame));
  const ProtocolError error = misplaced_frame(frame);
  CHECK(error.code == code);
  CHECK(error.text == text);
  CHECK(error.method == MethodId{});
}

}  // namespace

TEST_CASE("Methods anywhere, content on channels and heartbeats on channel 0 are well placed") {
  CHECK(is_well_placed(frame(1, 0, "1234")));
  CHECK(is_well_placed(frame(1, 9, "1234")));
  CHECK(is_well_placed(frame(2, 1, std::string(12, 'h'))));
  CHECK(is_well_placed(frame(3, 1, "")));
  CHECK(is_well_placed(frame(8, 0, "")));
}

TEST_CASE("Unknown types are unknown frames on any channel") {
  check_misplaced(frame(9, 0, "abc"), ReplyCode::frame_error, "type 9, all octets = <<\"abc\">>: unknown_frame");
  check_misplaced(frame(0, 7, ""), ReplyCode::frame_error, "type 0, all octets = <<>>: unknown_frame");
  check_misplaced(frame(255, 7, ""), ReplyCode::frame_error, "type 255, all octets = <<>>: unknown_frame");
}

TEST_CASE("Heartbeats with a payload, short methods and short headers are unknown frames") {
  check_misplaced(frame(8, 0, octets({1})), ReplyCode::frame_error, "type 8, all octets = <<1>>: unknown_frame");
  check_misplaced(frame(8, 1, octets({1})), ReplyCode::frame_error, "type 8, all octets = <<1>>: unknown_frame");
  check_misplaced(frame(1, 1, octets({0, 10, 0})), ReplyCode::frame_error,
                  "type 1, all octets = <<0,10,0>>: unknown_frame");
  check_misplaced(frame(2, 1, octets({0, 60})), ReplyCode::frame_error, "type 2, all octets = <<0,60>>: unknown_frame");
}

TEST_CASE("A heartbeat on a channel is unexpected") {
  check_misplaced(frame(8, 1, ""), ReplyCode::unexpected_frame, "type 8, all octets = <<>>");
}

TEST_CASE("Content on channel 0 is unexpected") {
  check_misplaced(frame(3, 0, "abc"), ReplyCode::unexpected_frame, "type 3, all octets = <<\"abc\">>");
  check_misplaced(frame(2, 0, std::string(14, '\0')), ReplyCode::unexpected_frame,
                  "type 2, all octets = <<0,0,0,0,0,0,0,0,0,0,0,0,0,0>>");
}

}  // namespace warren::frame_rules_test
