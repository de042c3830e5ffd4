#include "persist/lmdb/schema.hpp"

#include <doctest/doctest.h>

namespace warren::schema_test {

using namespace warren::persist::lmdb;

TEST_CASE("a schema record reads as it was written, and a longer one of a newer program as well") {
  const std::string bytes = encode_schema({3, 0x0123456789abcdef});
  for (const std::string& read : {bytes, bytes + "more"}) {
    const auto schema = decode_schema(read);
    REQUIRE(schema);
    CHECK(schema->number == 3);
    CHECK(schema->commit_base == 0x0123456789abcdef);
  }
}

TEST_CASE("a schema record that is too short is none") {
  const std::string bytes = encode_schema({});
  for (std::size_t length = 0; length < bytes.size(); ++length) CHECK_FALSE(decode_schema(bytes.substr(0, length)));
}

}  // namespace warren::schema_test
