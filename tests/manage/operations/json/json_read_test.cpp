#include <doctest/doctest.h>

#include "base/rng.hpp"
#include "manage/operations/json/json.hpp"

namespace warren::manage {
namespace {

Value read(std::string_view text) {
  auto value = read_json(text);
  CAPTURE(text);
  REQUIRE(value.ok());
  return *value;
}

std::string refusal(std::string_view text) {
  auto value = read_json(text);
  CAPTURE(text);
  REQUIRE_FALSE(value.ok());
  return value.error();
}

}  // namespace

TEST_CASE("what was written is read back the same") {
  const Value value = Map{}
                          .add("null", Null{})
                          .add("flags", List{true, false})
                          .add("numbers", List{0, -1, 1.5, 2.0, 1e300})
                          .add("text", "quote \" backslash \\ line \n gr\xc3\xbc\xc3\x9f")
                          .add("nested", Map{}.add("list", List{List{}, Map{}}));
  CHECK(read(json(value)) == value);
}

TEST_CASE("blanks are allowed between all parts") {
  CHECK(read(" { \"a\" :\t[ 1 ,\n2 ] }\r\n") == Value(Map{}.add("a", List{1, 2})));
}

TEST_CASE("escapes are read, pairs of surrogates too") {
  CHECK(read(R"("\"\\\/\b\f\n\r\tA\u00fc\u20ac\ud83d\udc07")") ==
        Value("\"\\/\b\f\n\r\tA\xc3\xbc\xe2\x82\xac\xf0\x9f\x90\x87"));
}

TEST_CASE("integers stay integers as long as 64 bits hold them") {
  CHECK(read("9223372036854775807") == Value(std::int64_t{9223372036854775807}));
  CHECK(read("9223372036854775808").get<double>() != nullptr);
  CHECK(read("1e2") == Value(100.0));
  CHECK(read("-0.5") == Value(-0.5));
}

TEST_CASE("of equal names the last counts") { CHECK(read(R"({"a":1,"a":2})") == Value(Map{}.add("a", 2))); }

TEST_CASE("what is no JSON is refused with the place") {
  CHECK(refusal("") == "no JSON: the text ends too early at byte 1");
  CHECK(refusal("{\"a\":}") == "no JSON: no value at byte 6");
  for (const char* bad :
       {"tru",         "01",          "1.",       ".5",        "+1",         "1e",    "-",       "nul",
        "[1,]",        "[1",          "{a:1}",    "{\"a\" 1}", "{\"a\":1,}", "\"abc", "\"\\x\"", "\"\\u12\"",
        "\"\\ud800\"", "\"\\udc00\"", "\"a\nb\"", "1 2",       "1e999",      "'a'"})
    refusal(bad);
}

TEST_CASE("nesting is bounded") {
  CHECK(read_json(std::string(60, '[') + std::string(60, ']')).ok());
  CHECK_FALSE(read_json(std::string(100'000, '[')).ok());
}

TEST_CASE("random bytes and cut texts are refused or read, and never crash") {
  Rng rng(7);
  const std::string text = json(Map{}.add("name", "q\n").add("list", List{1, 2.5, Null{}, true}));
  for (int round = 0; round < 20'000; ++round) {
    std::string broken = text.substr(0, rng.below(text.size() + 1));
    for (int change = 0; change < 3 && !broken.empty(); ++change)
      broken[rng.below(broken.size())] = static_cast<char>(rng.below(256));
    (void)read_json(broken);
  }
}

}  // namespace warren::manage
