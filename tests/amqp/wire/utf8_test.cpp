#include "amqp/wire/utf8.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/amqp/octets.hpp"

namespace warren::utf8_test {

using namespace warren::amqp;

TEST_CASE("ASCII and well-formed sequences are UTF-8") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("a queue name of more than eight bytes"));
  CHECK(is_utf8("gr\xC3\xBC\xC3\x9F"));
  CHECK(is_utf8("\xE2\x82\xAC"));
  CHECK(is_utf8("\xED\x9F\xBF\xEE\x80\x80"));
  CHECK(is_utf8("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"));
  CHECK(is_utf8(octets({0, 0xC2, 0x80})));
}

TEST_CASE("A single byte with the high bit is found wherever it stands") {
  for (std::size_t at = 0; at < 20; ++at) {
    std::string text(20, 'x');
    text[at] = '\xFF';
    CHECK(!is_utf8(text));
  }
}

TEST_CASE("Long forms, surrogates, numbers too large and broken sequences are not UTF-8") {
  for (const char* text :
       {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "\xE2\x82x", "\xF0\x90\x80", "\xF0\x90x\x80", "\xC3\xC3"})
    CHECK(!is_utf8(text));
}

}  // namespace warren::utf8_test
