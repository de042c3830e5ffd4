#include <doctest/doctest.h>

#include <string>

#include "amqp/table.hpp"
#include "tests/amqp/octets.hpp"

namespace warren::table_encode_test {

using namespace warren::amqp;
using warren::ByteBuffer;

namespace {

std::string written(const Table& table) {
  ByteBuffer out;
  encode_table(table, out);
  CHECK(out.size() == encoded_size(table));
  return std::string(out.view());
}

Table one_of_each() {
  Table inner;
  inner.set("deep", "er");
  Table table;
  table.set("V", Value(Void{}));
  table.set("t", Value(true));
  table.set("b", Value(std::int8_t{-1}));
  table.set("B", Value(std::uint8_t{255}));
  table.set("s", Value(std::int16_t{-2}));
  table.set("u", Value(std::uint16_t{65534}));
  table.set("I", Value(std::int32_t{-3}));
  table.set("i", Value(std::uint32_t{4294967293u}));
  table.set("l", Value(std::int64_t{-4}));
  table.set("f", Value(1.5f));
  table.set("d", Value(-2.25));
  table.set("D", Value(Decimal{2, 314}));
  table.set("S", "long string");
  table.set("x", Value(ByteArray{octets({0, 255})}));
  table.set("A", Value(Array{Value("in array"), Value(Array{}), Value(std::int64_t{1}), Value(inner)}));
  table.set("T", Value(Timestamp{1'700'000'000}));
  table.set("F", Value(inner));
  return table;
}

}  // namespace

TEST_CASE("An empty table is its length alone") { CHECK(written(Table{}) == octets({0, 0, 0, 0})); }

TEST_CASE("A table is written with its length, and each value with its tag") {
  Table table;
  table.set("a", Value(true));
  table.set("bc", "x");
  CHECK(written(table) == octets({0, 0, 0, 13, 1, 'a', 't', 1, 2, 'b', 'c', 'S', 0, 0, 0, 1, 'x'}));
}

TEST_CASE("Every type comes back as it was written") {
  const Table table = one_of_each();
  const std::string raw = written(table);
  const auto back = decode_table(std::string_view(raw).substr(4));
  REQUIRE(back.ok());
  CHECK(*back == table);
  for (const auto& [name, value] : back->entries) {
    Table alone;
    alone.set("k", value);
    CHECK(written(alone)[6] == name[0]);
  }
}

TEST_CASE("Long-long by its other tag is written with the usual one, and any truth as 1") {
  const auto table = decode_table(octets({1, 'a', 'L', 0, 0, 0, 0, 0, 0, 0, 7, 1, 'b', 't', 9}));
  REQUIRE(table.ok());
  CHECK(written(*table) == octets({0, 0, 0, 15, 1, 'a', 'l', 0, 0, 0, 0, 0, 0, 0, 7, 1, 'b', 't', 1}));
}

}  // namespace warren::table_encode_test
