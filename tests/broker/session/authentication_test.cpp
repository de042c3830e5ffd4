#include "broker/session/authentication.hpp"

#include <doctest/doctest.h>

#include "amqp/table.hpp"
#include "tests/broker/session/surroundings.hpp"

namespace warren::broker::session {

using namespace std::string_view_literals;

namespace {

constexpr std::string_view kGood = "\0guest\0guest"sv;

Authentication attempt(std::string_view mechanism, std::string_view response, bool loopback = true) {
  const testing::Surroundings around;
  return authenticate(mechanism, response, loopback, around.catalog, around.settings);
}

std::string amqplain(const amqp::Table& table) {
  ByteBuffer encoded;
  amqp::encode_table(table, encoded);
  return std::string(encoded.view().substr(sizeof(std::uint32_t)));
}

}  // namespace

TEST_CASE("PLAIN with the right password is let in") {
  const Authentication who = attempt("PLAIN", kGood);
  CHECK(who.result == AuthenticationResult::accepted);
  CHECK(who.user == "guest");
  CHECK(who.log.empty());
}

TEST_CASE("AMQPLAIN with the right password is let in") {
  amqp::Table table;
  table.set("LOGIN", "guest");
  table.set("PASSWORD", "guest");
  CHECK(attempt("AMQPLAIN", amqplain(table)).result == AuthenticationResult::accepted);
}

TEST_CASE("a wrong password and an unknown user are refused alike") {
  for (const std::string_view response : {"\0guest\0wrong"sv, "\0nobody\0guest"sv, "\0guest\0"sv}) {
    const Authentication who = attempt("PLAIN", response);
    CHECK(who.result == AuthenticationResult::refused);
    CHECK(who.log == "PLAIN login refused: user '" + who.user + "' - invalid credentials");
  }
}

TEST_CASE("guest comes from this machine only, unless the operator says otherwise") {
  CHECK(attempt("PLAIN", kGood, false).result == AuthenticationResult::refused);
  CHECK(attempt("PLAIN", kGood, false).log == "PLAIN login refused: user 'guest' can only connect via localhost");
  testing::Surroundings around;
  around.settings.loopback_users.clear();
  CHECK(authenticate("PLAIN", kGood, false, around.catalog, around.settings).result == AuthenticationResult::accepted);
}

TEST_CASE("a response that is none is malformed") {
  for (const std::string_view response : {""sv, "guest"sv, "\0guest"sv, "other\0guest\0guest"sv, "\0guest\0guest\0"sv})
    CHECK(attempt("PLAIN", response).result == AuthenticationResult::malformed);
  amqp::Table half;
  half.set("LOGIN", "guest");
  CHECK(attempt("AMQPLAIN", amqplain(half)).result == AuthenticationResult::malformed);
  CHECK(attempt("AMQPLAIN", "\5LOG"sv).result == AuthenticationResult::malformed);
}

TEST_CASE("a mechanism that was not offered is malformed") {
  CHECK(attempt("EXTERNAL", kGood).result == AuthenticationResult::malformed);
  CHECK(attempt("plain", kGood).result == AuthenticationResult::malformed);
}

}  // namespace warren::broker::session
