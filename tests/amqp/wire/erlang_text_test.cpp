#include "amqp/wire/erlang_text.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/amqp/octets.hpp"

namespace warren::erlang_text_test {

using namespace warren::amqp;

TEST_CASE("Binaries print as text when they can be read and as numbers otherwise") {
  CHECK(erlang_binary("") == "<<>>");
  CHECK(erlang_binary("abc") == "<<\"abc\">>");
  CHECK(erlang_binary("say \"hi\"\n") == "<<\"say \\\"hi\\\"\\n\">>");
  CHECK(erlang_binary(octets({0, 20, 0, 10, 0})) == "<<0,20,0,10,0>>");
  CHECK(erlang_binary(octets({'a', 200})) == "<<97,200>>");
  CHECK(erlang_octets("ab") == "<<97,98>>");
}

TEST_CASE("Payloads are shown whole up to 16 octets and by their first 16 beyond") {
  CHECK(octets_text("0123456789abcdef") == "all octets = <<\"0123456789abcdef\">>");
  CHECK(octets_text("0123456789abcdefg") == "first 16 octets = <<\"0123456789abcdef\">>");
  CHECK(octets_text("") == "all octets = <<>>");
}

TEST_CASE("Arguments that do not decode are shown as numbers, even when they could be read") {
  CHECK(cannot_decode_text(octets({0, 0})) == "cannot decode <<0,0>>");
  CHECK(cannot_decode_text("ab") == "cannot decode <<97,98>>");
  CHECK(cannot_decode_text(std::string(1 << 20, 'x')).size() < 2000);
}

TEST_CASE("Floats print in their shortest form, without exponent when that is no longer") {
  CHECK(erlang_float(0.0) == "0.0");
  CHECK(erlang_float(-0.0) == "-0.0");
  CHECK(erlang_float(1.0) == "1.0");
  CHECK(erlang_float(-1.5) == "-1.5");
  CHECK(erlang_float(100.0) == "100.0");
  CHECK(erlang_float(1000.0) == "1.0e3");
  CHECK(erlang_float(1234.0) == "1234.0");
  CHECK(erlang_float(12340.0) == "12340.0");
  CHECK(erlang_float(123400.0) == "1.234e5");
  CHECK(erlang_float(0.1) == "0.1");
  CHECK(erlang_float(0.0001) == "0.0001");
  CHECK(erlang_float(0.00001) == "1.0e-5");
  CHECK(erlang_float(12345678900.0) == "12345678900.0");
  CHECK(erlang_float(9007199254740992.0) == "9.007199254740992e15");
  CHECK(erlang_float(1.7976931348623157e308) == "1.7976931348623157e308");
  CHECK(erlang_float(5e-324) == "5.0e-324");
}

}  // namespace warren::erlang_text_test
