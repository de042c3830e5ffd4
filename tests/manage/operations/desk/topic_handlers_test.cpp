#include <doctest/doctest.h>

#include "tests/manage/operations/desk/ask.hpp"

namespace warren::manage::testing {
namespace {

Map rule(std::string user, std::string exchange, std::string write) {
  return Map{}
      .add("username", std::move(user))
      .add("exchange", std::move(exchange))
      .add("write", std::move(write))
      .add("read", ".*");
}

}  // namespace

TEST_CASE("topic permissions want a user, a vhost, an exchange's name and patterns") {
  const Rig rig;
  const auto set = proposal<broker::SetTopicPermission>(rig, "set_topic_permissions", rule("guest", "amq.topic", "^a"));
  CHECK(set.vhost == "/");
  CHECK(set.exchange == "amq.topic");
  CHECK(set.write == "^a");
  CHECK(failure(rig, "set_topic_permissions", rule("nobody", "x", "a")).code == kNoUser);
  CHECK(failure(rig, "set_topic_permissions", rule("guest", "x", "a").add("vhost", "w")).code == kDataError);
  CHECK(failure(rig, "set_topic_permissions", rule("guest", "", "a")).code == kDataError);
  CHECK(failure(rig, "set_topic_permissions", rule("guest", std::string(256, 'x'), "a")).code == kDataError);
  CHECK(failure(rig, "set_topic_permissions", rule("guest", "x", "(")).kind == "invalid_regexp");
}

TEST_CASE("topic permissions are cleared for one exchange or for all") {
  const Rig rig;
  const Map all = Map{}.add("username", "guest");
  CHECK(proposal<broker::ClearTopicPermission>(rig, "clear_topic_permissions", all).exchange.empty());
  const Map one = Map{}.add("username", "guest").add("exchange", "x");
  CHECK(proposal<broker::ClearTopicPermission>(rig, "clear_topic_permissions", one).exchange == "x");
  CHECK(failure(rig, "clear_topic_permissions", Map{}.add("username", "nobody")).code == kNoUser);
  CHECK(failure(rig, "list_user_topic_permissions", Map{}.add("username", "nobody")).code == kNoUser);
}

}  // namespace warren::manage::testing
