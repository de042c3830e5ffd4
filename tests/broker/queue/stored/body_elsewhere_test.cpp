// Messages whose bodies lie elsewhere.
#include <doctest/doctest.h>

#include <string>

#include "base/limits.hpp"
#include "broker/queue/stored/message_record.hpp"

namespace warren::body_elsewhere_test {

using namespace warren::broker;

namespace {

std::string record_of(BodyId elsewhere) {
  const MessageTraits traits{.expiration_ms = 300, .priority = 7, .persistent = true};
  ByteBuffer out;
  append_message(out, *make_message("ex", "key", std::string_view("\0\0", 2), std::string(5000, 'b'), traits),
                 elsewhere);
  return std::string(out.view());
}

}  // namespace

TEST_CASE("a record may name its body instead of holding it") {
  const std::string bytes = record_of(BodyId(42));
  CHECK(bytes == std::string("\x0d\x07\xac\x02\x02\x88\x27\x2a\x02"
                             "ex\x03key\x00\x00",
                             17));
  RecordReader reader(bytes);
  MessageParts parts;
  REQUIRE(read_message_parts(reader, parts));
  CHECK(reader.at_end());
  CHECK(parts.elsewhere == BodyId(42));
  CHECK(parts.body_bytes == 5000);
  CHECK(parts.body.empty());
  CHECK(parts.exchange == "ex");
  CHECK(parts.routing_key == "key");
  CHECK(parts.properties.size() == 2);
  CHECK(parts.traits.priority == 7);
  CHECK(parts.traits.expiration_ms == 300);
  CHECK(parts.traits.persistent);
}

TEST_CASE("where a message must have its body with it, one without makes no sense") {
  const std::string bytes = record_of(BodyId(42));
  RecordReader reader(bytes);
  CHECK_FALSE(read_message(reader));
  CHECK_FALSE(reader.ok());
  RecordReader other(bytes);
  MessageGlance glance;
  CHECK_FALSE(skip_message(other, glance));
  CHECK_FALSE(other.ok());
}

TEST_CASE("a body elsewhere has a name, and no more than the ceiling of bytes") {
  std::string nameless = record_of(BodyId(42));
  nameless[7] = 0;
  RecordReader reader(nameless);
  MessageParts parts;
  CHECK_FALSE(read_message_parts(reader, parts));
  ByteBuffer huge;
  huge.append(std::string_view("\x08\x00\x02", 3));
  append_varint(huge, limits::kBodyBytesCeiling + 1);
  huge.append(std::string_view("\x2a\x00\x00\x00\x00", 5));
  RecordReader too_much(huge.view());
  CHECK_FALSE(read_message_parts(too_much, parts));
}

TEST_CASE("a record with its body elsewhere that ends early makes no message") {
  const std::string bytes = record_of(BodyId(42));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    RecordReader reader(std::string_view(bytes).substr(0, length));
    MessageParts parts;
    CHECK_FALSE(read_message_parts(reader, parts));
    CHECK_FALSE(reader.ok());
  }
}

}  // namespace warren::body_elsewhere_test
