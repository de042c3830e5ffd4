#include "broker/queue/stored/message_record.hpp"

#include <doctest/doctest.h>

#include <string>

#include "base/rng.hpp"
#include "tests/broker/queue/stored/bytes.hpp"

namespace warren::message_record_test {

using namespace warren::broker;
using namespace warren::broker::testing;

namespace {

std::string record_of(const Message& message) {
  ByteBuffer out;
  append_message(out, message);
  CHECK(out.size() <= message_record_bytes_max(message));
  return std::string(out.view());
}

}  // namespace

TEST_CASE("a message lies on the disk as the format says") {
  const MessageRef plain = make_message("ex", "key", literal("\x10\x00\x02"), "body", {});
  CHECK(record_of(*plain) == literal("\x00\x00\x03\x04\x02"
                                     "ex\x03key\x10\x00\x02"
                                     "body"));
  const MessageTraits traits{.expiration_ms = 300, .priority = 7, .persistent = true, .died_here = true};
  const MessageRef rich = make_message("", "", literal("\x00\x00"), std::string(200, 'b'), traits);
  CHECK(record_of(*rich) == literal("\x07\x07\xac\x02\x02\xc8\x01\x00\x00\x00\x00") + std::string(200, 'b'));
}

TEST_CASE("a message that is read again is the one that was written") {
  Rng rng(1);
  for (int round = 0; round < 500; ++round) {
    const MessageRef message = random_message(rng);
    const std::string bytes = record_of(*message) + "rest";
    RecordReader reader(bytes);
    const MessageRef again = read_message(reader);
    REQUIRE(again);
    CHECK(same(*again, *message));
    CHECK(reader.offset() == bytes.size() - 4);
    RecordReader other(bytes);
    MessageGlance glance;
    REQUIRE(skip_message(other, glance));
    CHECK(other.offset() == bytes.size() - 4);
    CHECK(glance.priority == message->traits().priority);
    CHECK(glance.body_bytes == message->body_bytes());
  }
}

TEST_CASE("a record that ends early makes no message") {
  const std::string bytes = record_of(*make_message("ex", "key", literal("\x00\x00"), "body", {.expiration_ms = 200}));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    RecordReader reader(std::string_view(bytes).substr(0, length));
    CHECK_FALSE(read_message(reader));
    CHECK_FALSE(reader.ok());
    RecordReader other(std::string_view(bytes).substr(0, length));
    MessageGlance glance;
    CHECK_FALSE(skip_message(other, glance));
  }
}

TEST_CASE("lengths that promise more than there is take no memory") {
  // Flags, priority, then 2^63 bytes of properties, or of body, or both together around the whole range.
  const std::string huge = literal("\xff\xff\xff\xff\xff\xff\xff\xff\x7f");
  for (const std::string& bytes :
       {literal("\x00\x00") + huge + literal("\x00\x00\x00"), literal("\x00\x00\x00") + huge + literal("\x00\x00"),
        literal("\x00\x00") + huge + huge + literal("\x00\x00"), literal("\x00\x00\x00\x00\xff\x00")}) {
    RecordReader reader(bytes);
    CHECK_FALSE(read_message(reader));
  }
}

TEST_CASE("garbage is refused or read, and never more than all of it") {
  Rng rng(2);
  int read = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string bytes = random_bytes(rng, 40);
    RecordReader reader(bytes);
    const MessageRef message = read_message(reader);
    CHECK(reader.offset() <= bytes.size());
    CHECK(static_cast<bool>(message) == reader.ok());
    read += static_cast<bool>(message);
  }
  CHECK(read > 0);
}

TEST_CASE("numbers take seven bits a byte") {
  for (const auto& [number, bytes] : {std::pair<std::uint64_t, std::string>{0, literal("\x00")},
                                      {127, "\x7f"},
                                      {128, "\x80\x01"},
                                      {300, "\xac\x02"},
                                      {~std::uint64_t{0}, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"}}) {
    ByteBuffer out;
    append_varint(out, number);
    CHECK(out.view() == bytes);
    RecordReader reader(bytes);
    CHECK(reader.varint() == number);
    CHECK((reader.ok() && reader.at_end()));
    RecordReader cut(std::string_view(bytes).substr(0, bytes.size() - 1));
    CHECK(cut.varint() == 0);
    CHECK_FALSE(cut.ok());
  }
  RecordReader endless("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01");
  CHECK(endless.varint() == 0);
  CHECK_FALSE(endless.ok());
}

}  // namespace warren::message_record_test
