#include "manage/http/http_words.hpp"

#include <doctest/doctest.h>

namespace warren::manage {

TEST_CASE("credentials come out of a header as they went in") {
  for (const Credentials& one : {Credentials{"guest", "guest"}, Credentials{"a", ""}, Credentials{"u", "with:colon"},
                                 Credentials{"\xc3\xbc", std::string(100, 'x')}}) {
    const auto read = read_basic(basic_header(one));
    REQUIRE(read.has_value());
    CHECK(read->user == one.user);
    CHECK(read->password == one.password);
  }
  CHECK(read_basic("basic Z3Vlc3Q6Z3Vlc3Q=")->user == "guest");
}

TEST_CASE("headers that make no sense hold no credentials") {
  for (const char* header : {"", "Basic", "Basic ", "Bearer Z3Vlc3Q6Z3Vlc3Q=", "Basic Z3Vlc3Q", "Basic ????",
                             "Basic Z3Vlc3Q=", "Basic ===="}) {
    CAPTURE(header);
    CHECK_FALSE(read_basic(header).has_value());
  }
  CHECK_FALSE(read_basic("Basic " + std::string(4100, 'A')).has_value());
  CHECK_FALSE(read_basic(basic_header({std::string("a\0b", 3), "c"})).has_value());
}

TEST_CASE("the status tells how an operation ended") {
  CHECK(status_of(Value("done")) == 200);
  CHECK(status_of(Failure{"no such option", kUsage, {}, {}}) == 400);
  CHECK(status_of(Failure{"no such user", kNoUser, {}, {}}) == 404);
  CHECK(status_of(Failure{"still running", kUnavailable, {}, {}}) == 409);
  CHECK(status_of(Failure{"in time", kTemporary, {}, {}}) == 503);
}

TEST_CASE("a refusal is an object with two texts") {
  CHECK(refusal_body("not_authorized", "Login \"failed\"") ==
        R"({"error":"not_authorized","reason":"Login \"failed\""})");
}

}  // namespace warren::manage
