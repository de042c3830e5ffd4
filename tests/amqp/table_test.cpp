#include "amqp/table.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "tests/amqp/octets.hpp"

namespace warren::table_test {

using namespace warren::amqp;

namespace {

Table nested(int levels) {
  Table table;
  for (int i = 1; i < levels; ++i) {
    Table around;
    around.set("n", Value(std::move(table)));
    table = std::move(around);
  }
  return table;
}

}  // namespace

TEST_CASE("A table finds, replaces and erases by name") {
  Table table;
  CHECK(table.empty());
  CHECK(table.find("a") == nullptr);
  table.set("a", Value(std::int32_t{1}));
  table.set("b", "text");
  table.set("a", Value(true));
  CHECK(table.size() == 2);
  REQUIRE(table.find("a") != nullptr);
  CHECK(*table.find("a") == Value(true));
  CHECK(*table.find("b")->text() == "text");
  CHECK(table.erase("a"));
  CHECK(!table.erase("a"));
  CHECK(table.find("a") == nullptr);
}

TEST_CASE("Sorting orders by bytes and keeps the first of equal names") {
  Table table;
  for (const auto& [name, number] : {std::pair{"b", 1}, {"\xFF", 2}, {"a", 3}, {"b", 4}, {"B", 5}, {"", 6}})
    table.entries.emplace_back(name, Value(number));
  table.sort_and_dedupe();
  std::string names;
  for (const auto& [name, value] : table.entries) names += name + "=" + print(value) + " ";
  CHECK(names == "=6 B=5 a=3 b=1 \xFF=2 ");
}

TEST_CASE("Types have the names that error texts use") {
  CHECK(type_name(Value()) == "void");
  CHECK(type_name(Value(true)) == "bool");
  CHECK(type_name(Value(std::int8_t{1})) == "byte");
  CHECK(type_name(Value(std::uint8_t{1})) == "unsignedbyte");
  CHECK(type_name(Value(std::int16_t{1})) == "short");
  CHECK(type_name(Value(std::uint16_t{1})) == "unsignedshort");
  CHECK(type_name(Value(std::int32_t{1})) == "signedint");
  CHECK(type_name(Value(std::uint32_t{1})) == "unsignedint");
  CHECK(type_name(Value(std::int64_t{1})) == "long");
  CHECK(type_name(Value(1.0f)) == "float");
  CHECK(type_name(Value(1.0)) == "double");
  CHECK(type_name(Value(Decimal{})) == "decimal");
  CHECK(type_name(Value("")) == "longstr");
  CHECK(type_name(Value(ByteArray{})) == "binary");
  CHECK(type_name(Value(Timestamp{})) == "timestamp");
  CHECK(type_name(Value(Array{})) == "array");
  CHECK(type_name(Value(Table{})) == "table");
}

TEST_CASE("Integers of any width are integers, and nothing else is") {
  CHECK(as_integer(Value(std::int8_t{-5})) == -5);
  CHECK(as_integer(Value(std::uint8_t{200})) == 200);
  CHECK(as_integer(Value(std::int16_t{-300})) == -300);
  CHECK(as_integer(Value(std::uint16_t{60000})) == 60000);
  CHECK(as_integer(Value(std::int32_t{-70000})) == -70000);
  CHECK(as_integer(Value(std::uint32_t{4'000'000'000u})) == 4'000'000'000);
  CHECK(as_integer(Value(std::numeric_limits<std::int64_t>::min())) == std::numeric_limits<std::int64_t>::min());
  for (const Value& value :
       {Value(true), Value(1.0), Value(1.0f), Value("1"), Value(Timestamp{1}), Value(Decimal{0, 1}), Value()})
    CHECK(!as_integer(value).has_value());
}

TEST_CASE("Integers are equivalent by value, floats are a class of their own") {
  CHECK(equivalent(Value(std::int32_t{1000}), Value(std::int64_t{1000})));
  CHECK(equivalent(Value(std::uint8_t{7}), Value(std::int16_t{7})));
  CHECK(!equivalent(Value(std::int32_t{1000}), Value(1000.0)));
  CHECK(!equivalent(Value(1000.0), Value(std::int32_t{1000})));
  CHECK(equivalent(Value(1.5f), Value(1.5)));
  CHECK(!equivalent(Value(true), Value(std::int8_t{1})));
  CHECK(!equivalent(Value(Timestamp{5}), Value(std::int64_t{5})));
}

TEST_CASE("Strings are equivalent by bytes, arrays in order, tables in any order") {
  CHECK(equivalent(Value("ab"), Value(ByteArray{"ab"})));
  CHECK(!equivalent(Value("ab"), Value("abc")));
  CHECK(!equivalent(Value("1"), Value(std::int32_t{1})));
  CHECK(equivalent(Value(Array{Value("a"), Value(std::int8_t{1})}), Value(Array{Value("a"), Value(std::int64_t{1})})));
  CHECK(!equivalent(Value(Array{Value("a"), Value("b")}), Value(Array{Value("b"), Value("a")})));
  CHECK(!equivalent(Value(Array{Value("a")}), Value(Array{})));
  Table forwards, backwards, other;
  forwards.set("a", Value(std::int32_t{1}));
  forwards.set("b", Value(Void{}));
  backwards.set("b", Value(Void{}));
  backwards.set("a", Value(std::int64_t{1}));
  other.set("a", Value(std::int32_t{1}));
  other.set("c", Value(Void{}));
  CHECK(equivalent(forwards, backwards));
  CHECK(!(forwards == backwards));
  CHECK(!equivalent(forwards, other));
  CHECK(!equivalent(Value(forwards), Value(Array{})));
}

TEST_CASE("Large tables are compared without comparing every pair") {
  Table forwards, backwards;
  for (int i = 0; i < 50'000; ++i) forwards.entries.emplace_back(std::to_string(i), Value(i));
  backwards.entries.assign(forwards.entries.rbegin(), forwards.entries.rend());
  CHECK(equivalent(forwards, backwards));
}

TEST_CASE("What the wire cannot carry is told before it is written") {
  Table table;
  table.set(std::string(255, 'n'), Value(1.0));
  CHECK(encodable(table));
  table.set(std::string(256, 'n'), Value(1.0));
  CHECK(!encodable(table));
  for (const Value& value : {Value(std::nan("")), Value(std::numeric_limits<float>::infinity())}) {
    Table odd;
    odd.set("a", Value(Array{value}));
    CHECK(!encodable(odd));
  }
  CHECK(encodable(nested(64)));
  CHECK(!encodable(nested(65)));
}

}  // namespace warren::table_test
