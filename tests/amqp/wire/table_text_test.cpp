#include <doctest/doctest.h>

#include <string>

#include "amqp/table.hpp"

namespace warren::table_text_test {

using namespace warren::amqp;

TEST_CASE("Values print as error texts show them") {
  CHECK(print(Value(std::int8_t{-5})) == "-5");
  CHECK(print(Value(std::uint8_t{65})) == "65");
  CHECK(print(Value(std::int64_t{1000})) == "1000");
  CHECK(print(Value(1000.0)) == "1.0e3");
  CHECK(print(Value(true)) == "true");
  CHECK(print(Value("plain text")) == "plain text");
  CHECK(print(Value()) == "undefined");
  CHECK(print(Value(Decimal{2, 314})) == "{2,314}");
  CHECK(print(Value(Timestamp{7})) == "7");
  CHECK(print(Value(Array{Value("a"), Value(std::int8_t{1})})) == "[a, 1]");
}

TEST_CASE("Tables print their entries in order") {
  Table table;
  CHECK(print(table) == "{}");
  table.set("x-max-length", Value(std::int32_t{10}));
  table.set("list", Value(Array{}));
  CHECK(print(table) == "{x-max-length=10, list=[]}");
}

TEST_CASE("Text of a large table is cut") {
  Array values(100'000, Value("some text"));
  CHECK(print(Value(std::move(values))).size() < 5000);
}

}  // namespace warren::table_text_test
