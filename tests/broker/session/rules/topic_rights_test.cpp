#include "broker/session/rules/topic_rights.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/broker/session/surroundings.hpp"

namespace warren::broker::session::testing {

namespace {

struct TopicAsked : Surroundings {
  bool allow(Right right, std::string_view key, std::string_view exchange = "amq.topic") {
    return rights.allow(catalog, {catalog.find_vhost("/")->id, "/", "guest", exchange}, right, key);
  }
  void set(const std::string& write, const std::string& read) {
    apply(SetTopicPermission{"/", "guest", "amq.topic", write, read});
  }

  TopicRights rights;
};

}  // namespace

TEST_CASE("without a topic permission for the exchange every key is allowed") {
  TopicAsked asked;
  CHECK(asked.allow(Right::write, "a.b"));
  asked.set("^a", "^b");
  CHECK(asked.allow(Right::write, "c", "other"));
  asked.apply(ClearTopicPermission{"/", "guest", ""});
  CHECK(asked.allow(Right::write, "c"));
}

TEST_CASE("writing and reading go by their own patterns, and changes count at once") {
  TopicAsked asked;
  asked.set("^a\\.", "^b\\.");
  CHECK(asked.allow(Right::write, "a.x"));
  CHECK_FALSE(asked.allow(Right::write, "b.x"));
  CHECK(asked.allow(Right::read, "b.x"));
  CHECK_FALSE(asked.allow(Right::read, "a.x"));
  asked.set("^b\\.", ".*");
  CHECK(asked.allow(Right::write, "b.x"));
  CHECK(asked.allow(Right::read, "anything"));
}

TEST_CASE("an empty pattern allows the empty key alone, one that cannot be read nothing") {
  TopicAsked asked;
  asked.set("", "(");
  CHECK(asked.allow(Right::write, ""));
  CHECK_FALSE(asked.allow(Right::write, "a"));
  CHECK_FALSE(asked.allow(Right::read, ""));
}

TEST_CASE("the names of the user and the vhost stand for themselves in a pattern") {
  CHECK(with_variables("^{username}\\.{vhost}$", "a.b", "/") == "^a\\.b\\./$");
  CHECK(with_variables("{username}", "{vhost}", "v") == "\\{vhost\\}");
  CHECK(with_variables("{client_id}", "u", "v") == "{client_id}");
  TopicAsked asked;
  asked.set("^{username}\\.", ".*");
  CHECK(asked.allow(Right::write, "guest.key"));
  CHECK_FALSE(asked.allow(Right::write, "other.key"));
}

TEST_CASE("many patterns in turn are each what they say") {
  TopicAsked asked;
  for (int round = 0; round < 2; ++round)
    for (int number = 10; number < 30; ++number) {
      const std::string exchange = "x" + std::to_string(number);
      asked.apply(SetTopicPermission{"/", "guest", exchange, "^" + exchange, ".*"});
      CHECK(asked.allow(Right::write, exchange, exchange));
      CHECK_FALSE(asked.allow(Right::write, "y", exchange));
    }
}

}  // namespace warren::broker::session::testing
