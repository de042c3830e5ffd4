#include <doctest/doctest.h>

#include <string>

#include "amqp/table.hpp"
#include "tests/amqp/octets.hpp"

namespace warren::table_decode_test {

using namespace warren::amqp;

namespace {

std::string entry(char tag, const std::string& value) { return short_string("k") + tag + value; }

void check_refused(const std::string& body, DecodeError error) {
  CHECK(!validate_table(body));
  const auto table = decode_table(body);
  REQUIRE(!table.ok());
  CHECK(table.error() == error);
}

// Tables in tables, `levels` in all, the outermost without its length.
std::string nested_tables(int levels) {
  std::string body;
  for (int i = 1; i < levels; ++i) body = entry('F', long_string(body));
  return body;
}

}  // namespace

TEST_CASE("Each tag decodes to its type and value") {
  const auto value = [](char tag, const std::string& bytes) {
    const auto table = decode_table(entry(tag, bytes));
    REQUIRE(table.ok());
    REQUIRE(table->size() == 1);
    return table->entries[0].second;
  };
  CHECK(value('V', "") == Value(Void{}));
  CHECK(value('t', octets({1})) == Value(true));
  CHECK(value('t', octets({0x80})) == Value(true));
  CHECK(value('b', octets({0xFF})) == Value(std::int8_t{-1}));
  CHECK(value('B', octets({0xFF})) == Value(std::uint8_t{255}));
  CHECK(value('s', octets({0xFF, 0xFE})) == Value(std::int16_t{-2}));
  CHECK(value('u', octets({0xFF, 0xFE})) == Value(std::uint16_t{65534}));
  CHECK(value('I', octets({0xFF, 0xFF, 0xFF, 0xFD})) == Value(std::int32_t{-3}));
  CHECK(value('i', octets({0xFF, 0xFF, 0xFF, 0xFD})) == Value(std::uint32_t{4294967293u}));
  CHECK(value('l', big(std::uint64_t{5})) == Value(std::int64_t{5}));
  CHECK(value('L', big(~std::uint64_t{0})) == Value(std::int64_t{-1}));
  CHECK(value('f', octets({0x3F, 0xC0, 0, 0})) == Value(1.5f));
  CHECK(value('d', octets({0x3F, 0xF8, 0, 0, 0, 0, 0, 0})) == Value(1.5));
  CHECK(value('D', octets({2, 0xFF, 0, 0, 1})) == Value(Decimal{2, 0xFF000001u}));
  CHECK(value('S', long_string("text")) == Value("text"));
  CHECK(value('x', long_string("text")) == Value(ByteArray{"text"}));
  CHECK(value('T', big(std::uint64_t{9})) == Value(Timestamp{9}));
  CHECK(value('A', long_string(octets({'t', 0}))) == Value(Array{Value(false)}));
  CHECK(value('F', long_string(entry('V', ""))).get<Table>()->size() == 1);
}

TEST_CASE("Unknown tags are refused") {
  for (int tag = 0; tag < 256; ++tag)
    if (std::string_view("VtbBsuIilLfdDSxTAF").find(static_cast<char>(tag)) == std::string_view::npos)
      check_refused(entry(static_cast<char>(tag), std::string(16, '\0')), DecodeError::unknown_tag);
}

TEST_CASE("Tables cut anywhere within an entry are refused") {
  const std::string body =
      entry('A', long_string("S" + long_string("text") + "F" + long_string(entry('l', big(1ull)))));
  REQUIRE(validate_table(body));
  for (std::size_t size = 1; size < body.size(); ++size) check_refused(body.substr(0, size), DecodeError::truncated);
}

TEST_CASE("A length beyond the bytes takes no memory and is refused") {
  check_refused(entry('S', octets({0xFF, 0xFF, 0xFF, 0xFF, 'x'})), DecodeError::truncated);
  check_refused(entry('A', octets({0x7F, 0xFF, 0xFF, 0xFF})), DecodeError::truncated);
}

TEST_CASE("NaN and infinity are refused") {
  check_refused(entry('f', octets({0x7F, 0xC0, 0, 0})), DecodeError::not_finite);
  check_refused(entry('f', octets({0xFF, 0x80, 0, 0})), DecodeError::not_finite);
  check_refused(entry('d', octets({0x7F, 0xF0, 0, 0, 0, 0, 0, 0})), DecodeError::not_finite);
}

TEST_CASE("Nesting is accepted up to the limit and refused beyond, however deep") {
  CHECK(validate_table(nested_tables(64)));
  CHECK(decode_table(nested_tables(64)).ok());
  check_refused(nested_tables(65), DecodeError::too_deep);
  check_refused(nested_tables(10'000), DecodeError::too_deep);
  std::string arrays;
  for (int i = 0; i < 20'000; ++i) arrays = "A" + long_string(arrays);
  check_refused(short_string("k") + arrays, DecodeError::too_deep);
}

TEST_CASE("Empty names and repeated names are kept") {
  const std::string body = octets({0, 'V'}) + entry('V', "") + entry('t', octets({1}));
  const auto table = decode_table(body);
  REQUIRE(table.ok());
  CHECK(table->size() == 3);
  CHECK(table->entries[0].first.empty());
}

}  // namespace warren::table_decode_test
