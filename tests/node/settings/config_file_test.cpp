#include "node/settings/config_file.hpp"

#include <doctest/doctest.h>

#include <string>

namespace warren::config_file_test {

using namespace warren::node;

namespace {

Settings applied(std::string_view text) {
  Settings settings;
  const auto outcome = apply_config(text, "file", settings);
  CAPTURE(text);
  REQUIRE(outcome.ok());
  return settings;
}

std::string complaint(std::string_view text) {
  Settings settings;
  const auto outcome = apply_config(text, "file", settings);
  CAPTURE(text);
  REQUIRE_FALSE(outcome.ok());
  return outcome.error();
}

}  // namespace

TEST_CASE("lines set what they name") {
  const Settings settings = applied("heartbeat = 10\nlisteners.tcp.default=5673\n");
  CHECK(settings.session.heartbeat_s == 10);
  CHECK(settings.amqp_port == 5673);
}

TEST_CASE("comments, blanks and line ends of any kind do not matter") {
  CHECK(applied("").session.heartbeat_s == 60);
  CHECK(applied("# only a comment").session.heartbeat_s == 60);
  CHECK(applied("\n\n \t heartbeat \t=  7  # seconds\r\n").session.heartbeat_s == 7);
  CHECK(applied("heartbeat = 8").session.heartbeat_s == 8);
}

TEST_CASE("a later line wins") { CHECK(applied("heartbeat = 1\nheartbeat = 2\n").session.heartbeat_s == 2); }

TEST_CASE("a complaint names the file and the line") {
  CHECK(complaint("heartbeat = 1\nnonsense\n") == "file:2: expected 'name = value'");
  CHECK(complaint("\n\nno.such = 1") == "file:3: unknown setting 'no.such'");
  CHECK(complaint("heartbeat = fast") == "file:1: 'fast' is not a valid value of heartbeat: expected seconds");
}

}  // namespace warren::config_file_test
