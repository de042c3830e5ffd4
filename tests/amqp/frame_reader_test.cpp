#include "amqp/frame_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/amqp/octets.hpp"

namespace warren::frame_reader_test {

using namespace warren::amqp;
using warren::ChannelNumber;
using Next = FrameReader::Next;

namespace {

// A frame with its parts put together again.
struct Whole {
  int type = 0;
  ChannelNumber channel = 0;
  std::string payload;
  friend bool operator==(const Whole&, const Whole&) = default;
};

struct Reading {
  std::vector<Whole> frames;
  std::string error;
  bool open = false;  // within a body frame
};

void collect(FrameReader& reader, Reading& reading) {
  Frame frame;
  Next next;
  while ((next = reader.next(frame)) == Next::frame) {
    CHECK(frame.first == !reading.open);
    if (frame.first) reading.frames.push_back({frame.type, frame.channel, {}});
    reading.frames.back().payload += frame.payload;
    CHECK((frame.last || frame.is(FrameType::body)));
    reading.open = !frame.last;
  }
  if (next == Next::error) reading.error = reader.error();
}

// Feeds pieces of memory of their own, so that a view kept too long is found by the sanitizers.
Reading read_in_pieces(const std::vector<std::string>& pieces, std::uint32_t frame_max = 8192) {
  FrameReader reader;
  reader.set_frame_max(frame_max);
  Reading reading;
  for (const std::string& piece : pieces) {
    const std::vector<char> own(piece.begin(), piece.end());
    reader.feed({own.data(), own.size()});
    collect(reader, reading);
  }
  return reading;
}

Reading read(const std::string& input, std::uint32_t frame_max = 8192) { return read_in_pieces({input}, frame_max); }

std::vector<std::string> one_by_one(const std::string& input) {
  std::vector<std::string> pieces;
  for (char byte : input) pieces.emplace_back(1, byte);
  return pieces;
}

std::string stream_of_all_kinds() {
  return frame_bytes(1, 1, octets({0, 60, 0, 40, 1, 2, 3})) + frame_bytes(2, 1, std::string(14, 'h')) +
         frame_bytes(3, 1, "a body") + frame_bytes(8, 0, "") + frame_bytes(3, 513, "") +
         frame_bytes(9, 65535, "strange") + frame_bytes(3, 2, std::string(300, 'b')) + frame_bytes(1, 7, "last");
}

}  // namespace

TEST_CASE("Frames lying whole in the input are handed out in order and not copied") {
  const std::string input = frame_bytes(1, 3, "method") + frame_bytes(3, 3, "body") + frame_bytes(8, 0, "");
  FrameReader reader;
  reader.feed(input);
  Frame frame;
  REQUIRE(reader.next(frame) == Next::frame);
  CHECK(frame.is(FrameType::method));
  CHECK(frame.channel == 3);
  CHECK(frame.payload == "method");
  CHECK(frame.payload.data() == input.data() + kFrameHeadBytes);
  REQUIRE(reader.next(frame) == Next::frame);
  CHECK(frame.is(FrameType::body));
  CHECK((frame.first && frame.last));
  REQUIRE(reader.next(frame) == Next::frame);
  CHECK(frame.is(FrameType::heartbeat));
  CHECK(reader.next(frame) == Next::wait);
  CHECK(reader.kept_bytes() == 0);
}

TEST_CASE("Input split at any byte gives the same frames") {
  const std::string input = stream_of_all_kinds();
  const Reading whole = read(input);
  REQUIRE(whole.frames.size() == 8);
  REQUIRE(whole.error.empty());
  for (std::size_t at = 0; at <= input.size(); ++at) {
    const Reading split = read_in_pieces({input.substr(0, at), input.substr(at)});
    REQUIRE(split.frames == whole.frames);
    REQUIRE(split.error.empty());
  }
  CHECK(read_in_pieces(one_by_one(input)).frames == whole.frames);
}

TEST_CASE("Errors are the same however the input is split") {
  for (const std::string& broken :
       {frame_bytes(1, 1, octets({0, 20, 0, 10, 0}), 0), frame_bytes(3, 1, "a body that is somewhat long", 'x'),
        frame_bytes(3, 1, "", 1), frame_bytes(2, 1, std::string(9000, 'h'))}) {
    const Reading whole = read(frame_bytes(8, 0, "") + broken);
    CHECK(!whole.error.empty());
    CHECK(read_in_pieces(one_by_one(frame_bytes(8, 0, "") + broken)).error == whole.error);
  }
}

TEST_CASE("A wrong end octet is an error that shows the payload") {
  CHECK(read(frame_bytes(1, 0, octets({0, 20, 0, 10, 0}), 0)).error ==
        "type 1, all octets = <<0,20,0,10,0>>: {invalid_frame_end_marker,0}");
  CHECK(read(frame_bytes(3, 1, "abc", '\xCD')).error ==
        "type 3, all octets = <<\"abc\">>: {invalid_frame_end_marker,205}");
  CHECK(read(frame_bytes(3, 1, "0123456789abcdefg", 0)).error ==
        "type 3, first 16 octets = <<\"0123456789abcdef\">>: {invalid_frame_end_marker,0}");
}

TEST_CASE("A payload of frame-max octets passes and one more does not, on the head alone") {
  CHECK(read(frame_bytes(1, 1, std::string(4096, 'x')), 4096).frames.size() == 1);
  const std::string head = frame_bytes(1, 1, std::string(4097, 'x')).substr(0, kFrameHeadBytes);
  CHECK(read(head, 4096).error == "type 1, all octets = <<>>: {frame_too_large,4097,4088}");
  CHECK(read_in_pieces(one_by_one(head), 4096).error == "type 1, all octets = <<>>: {frame_too_large,4097,4088}");
}

TEST_CASE("Before tune the limit is that of frame-min-size") {
  FrameReader reader;
  const std::string large = frame_bytes(3, 1, std::string(8193, 'x'));
  reader.feed(large);
  Frame frame;
  CHECK(reader.next(frame) == Next::error);
  CHECK(reader.error() == "type 3, all octets = <<>>: {frame_too_large,8193,8184}");
}

TEST_CASE("A frame-max of 0 allows any size") {
  CHECK(read(frame_bytes(1, 1, std::string(1 << 20, 'x')), 0).frames.size() == 1);
}

TEST_CASE("A new frame-max holds for the frames after it") {
  FrameReader reader;
  reader.set_frame_max(16);
  const std::string input = frame_bytes(1, 1, "small") + frame_bytes(1, 1, std::string(40, 'x'));
  reader.feed(input);
  Frame frame;
  REQUIRE(reader.next(frame) == Next::frame);
  reader.set_frame_max(64);
  CHECK(reader.next(frame) == Next::frame);
}

TEST_CASE("Parts of a large body are handed out as they arrive and never kept") {
  FrameReader reader;
  reader.set_frame_max(1 << 20);
  const std::string input = frame_bytes(3, 5, std::string(100'000, 'b'));
  std::size_t seen = 0;
  bool last = false;
  for (std::size_t at = 0; at < input.size(); at += 1000) {
    reader.feed(std::string_view(input).substr(at, 1000));
    Frame frame;
    while (reader.next(frame) == Next::frame) {
      CHECK(frame.channel == 5);
      CHECK(frame.first == (seen == 0));
      seen += frame.payload.size();
      last = frame.last;
    }
    CHECK(reader.kept_bytes() == 0);
  }
  CHECK(seen == 100'000);
  CHECK(last);
}

TEST_CASE("A body frame is not ended before its end octet has come") {
  FrameReader reader;
  const std::string input = frame_bytes(3, 1, "body");
  reader.feed(std::string_view(input).substr(0, input.size() - 1));
  Frame frame;
  REQUIRE(reader.next(frame) == Next::frame);
  CHECK(frame.payload == "body");
  CHECK(!frame.last);
  CHECK(reader.next(frame) == Next::wait);
  reader.feed(std::string_view(input).substr(input.size() - 1));
  REQUIRE(reader.next(frame) == Next::frame);
  CHECK(frame.payload.empty());
  CHECK((frame.last && !frame.first));
}

TEST_CASE("What is kept of a frame is what has arrived, and it is given back") {
  FrameReader reader;
  reader.set_frame_max(0);
  const std::string head = octets({1, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF});
  reader.feed(head);
  Frame frame;
  CHECK(reader.next(frame) == Next::wait);
  CHECK(reader.kept_bytes() == head.size());

  FrameReader other;
  const std::string input = frame_bytes(1, 1, "method");
  other.feed(std::string_view(input).substr(0, 9));
  CHECK(other.next(frame) == Next::wait);
  CHECK(other.kept_bytes() == 9);
  other.feed(std::string_view(input).substr(9));
  REQUIRE(other.next(frame) == Next::frame);
  CHECK(frame.payload == "method");
  CHECK(other.next(frame) == Next::wait);
  CHECK(other.kept_bytes() == 0);
}

TEST_CASE("An error is final and hands out nothing after it") {
  FrameReader reader;
  const std::string broken = frame_bytes(1, 1, "x", 0);
  reader.feed(broken);
  Frame frame;
  CHECK(reader.next(frame) == Next::error);
  const std::string good = frame_bytes(1, 1, "x");
  reader.feed(good);
  CHECK(reader.next(frame) == Next::error);
}

}  // namespace warren::frame_reader_test
