#include <doctest/doctest.h>

#include <limits>

#include "manage/operations/json/json.hpp"

namespace warren::manage {

TEST_CASE("each kind of value is written as JSON has it") {
  CHECK(json(Null{}) == "null");
  CHECK(json(true) == "true");
  CHECK(json(false) == "false");
  CHECK(json(0) == "0");
  CHECK(json(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(json(0.5) == "0.5");
  CHECK(json(2.0) == "2.0");
  CHECK(json("text") == "\"text\"");
  CHECK(json(List{1, "a", List{}}) == "[1,\"a\",[]]");
  CHECK(json(Map{}.add("b", 1).add("a", Map{})) == "{\"b\":1,\"a\":{}}");
}

TEST_CASE("numbers that JSON does not have are null") {
  CHECK(json(std::numeric_limits<double>::infinity()) == "null");
  CHECK(json(std::numeric_limits<double>::quiet_NaN()) == "null");
}

TEST_CASE("a string is escaped where JSON or a terminal needs it") {
  CHECK(json("a\"b\\c/d") == "\"a\\\"b\\\\c/d\"");
  CHECK(json("\n\r\t\x01\x7f") == "\"\\n\\r\\t\\u0001\\u007f\"");
  CHECK(json(std::string("a\0b", 3)) == "\"a\\u0000b\"");
}

TEST_CASE("what is UTF-8 stays, what is not becomes the replacement character") {
  CHECK(json("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\x87") ==
        "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\x87\"");
  for (const char* bad : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x80\x80", "\x80"}) {
    const std::string text = json(bad);
    CAPTURE(text);
    CHECK(text.find("\xef\xbf\xbd") != std::string::npos);
    CHECK(read_json(text).ok());
  }
}

}  // namespace warren::manage
