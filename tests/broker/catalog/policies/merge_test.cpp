#include "broker/catalog/policies/merge.hpp"

#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

std::string merged(std::vector<std::pair<std::string, amqp::Value>> user,
                   std::vector<std::pair<std::string, amqp::Value>> operators) {
  return amqp::print(merge_policies(table(std::move(user)), table(std::move(operators))));
}

amqp::Value value_of(std::int64_t value) { return value; }

}  // namespace

TEST_CASE("8.6/246 of limits that users and operators set the lower counts") {
  CHECK(merged({{"max-length", value_of(3)}}, {{"max-length", value_of(2)}}) == "{max-length=2}");
  CHECK(merged({{"max-length", value_of(2)}}, {{"max-length", value_of(3)}}) == "{max-length=2}");
}

TEST_CASE("what only one of them says is taken as it is") {
  CHECK(merged({{"message-ttl", value_of(5)}}, {{"expires", value_of(7)}}) == "{expires=7, message-ttl=5}");
  CHECK(merged({}, {{"expires", value_of(7)}}) == "{expires=7}");
}

TEST_CASE("where there is no lower one, operators have their way") {
  CHECK(merged({{"overflow", "drop-head"}}, {{"overflow", "reject-publish"}}) == "{overflow=reject-publish}");
  CHECK(merged({{"queue-version", value_of(1)}}, {{"queue-version", value_of(2)}}) == "{queue-version=2}");
}

TEST_CASE("a delivery limit without end is above every other") {
  CHECK(merged({{"delivery-limit", value_of(-1)}}, {{"delivery-limit", value_of(5)}}) == "{delivery-limit=5}");
  CHECK(merged({{"delivery-limit", value_of(9)}}, {{"delivery-limit", value_of(5)}}) == "{delivery-limit=5}");
}

TEST_CASE("where both say how many copies there are, it is the more") {
  const auto mode = [](std::string_view user, std::string_view operators) {
    return merged({{"ha-mode", user}}, {{"ha-mode", operators}});
  };
  CHECK(mode("all", "exactly") == "{ha-mode=all}");
  CHECK(mode("nodes", "exactly") == "{ha-mode=exactly}");
  CHECK(mode("nodes", "all") == "{ha-mode=all}");
  const amqp::Value one = amqp::Array{"a"};
  const amqp::Value two = amqp::Array{"b", "c"};
  const auto params = [](const amqp::Value& user, const amqp::Value& operators) {
    return merged({{"ha-params", user}}, {{"ha-params", operators}});
  };
  CHECK(params(value_of(3), value_of(2)) == "{ha-params=3}");
  CHECK(params(value_of(2), value_of(3)) == "{ha-params=3}");
  CHECK(params(two, value_of(1)) == "{ha-params=1}");
  CHECK(params(value_of(1), two) == "{ha-params=1}");
  CHECK(params(two, one) == params(one, two));
  CHECK(merged({{"ha-sync-mode", "automatic"}}, {{"ha-sync-mode", "manual"}}) == "{ha-sync-mode=manual}");
}

}  // namespace warren::broker
