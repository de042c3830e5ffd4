#include "broker/catalog/policies/policy_list.hpp"

#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

PolicyDefinition policy(std::string name, std::string pattern, std::int64_t priority = 0,
                        PolicyKind kind = PolicyKind::user, ApplyTo apply_to = ApplyTo::all, std::int64_t length = 1) {
  return {{}, kind, std::move(name), std::move(pattern), apply_to, priority, table({{"max-length", length}})};
}

std::string user_of(const PolicyList::InForce& policy) { return policy == nullptr ? "none" : policy->user; }

}  // namespace

TEST_CASE("the policy of the highest priority is in force where its pattern occurs") {
  PolicyList list;
  list.set(policy("low", "^q"));
  list.set(policy("high", "^q1", 5));
  list.set(policy("below", "", -5));
  CHECK(user_of(list.for_queue("q1")) == "high");
  CHECK(user_of(list.for_queue("q2")) == "low");
  CHECK(user_of(list.for_queue("other")) == "below");
  list.clear(PolicyKind::user, "below");
  CHECK(list.for_queue("other") == nullptr);
}

TEST_CASE("of equal priorities the first name counts, in whatever order they were set") {
  PolicyList list;
  list.set(policy("b", ".*"));
  list.set(policy("a", ".*"));
  list.set(policy("c", ".*"));
  CHECK(user_of(list.for_queue("q")) == "a");
  list.set(policy("a", ".*", -1));
  CHECK(user_of(list.for_queue("q")) == "b");
}

TEST_CASE("a policy is for queues, for exchanges or for both") {
  PolicyList list;
  list.set(policy("q", ".*", 2, PolicyKind::user, ApplyTo::queues));
  list.set(policy("x", ".*", 3, PolicyKind::user, ApplyTo::exchanges));
  list.set(policy("s", ".*", 9, PolicyKind::user, ApplyTo::streams));
  list.set(policy("all", ".*", 1));
  CHECK(user_of(list.for_queue("n")) == "q");
  CHECK(user_of(list.for_exchange("n")) == "x");
  list.clear(PolicyKind::user, "q");
  CHECK(user_of(list.for_queue("n")) == "all");
}

TEST_CASE("one of users and one of operators are in force together") {
  PolicyList list;
  list.set(policy("p", ".*", 0, PolicyKind::user, ApplyTo::all, 3));
  list.set(policy("p", ".*", 0, PolicyKind::operators, ApplyTo::all, 2));
  const auto both = list.for_queue("q");
  CHECK(both->user == "p");
  CHECK(both->operators == "p");
  CHECK(amqp::print(both->settings) == "{max-length=2}");
  list.clear(PolicyKind::user, "p");
  CHECK(list.for_queue("q")->user == "");
  CHECK(list.for_queue("q")->operators == "p");
}

TEST_CASE("what is in force stays the same object until it changes") {
  PolicyList list;
  list.set(policy("a", "^a"));
  list.set(policy("b", "^b"));
  const auto a = list.for_queue("a1");
  const auto b = list.for_queue("b1");
  CHECK(list.for_queue("a2") == a);
  CHECK_FALSE(list.set(policy("a", "^a")));
  CHECK(list.for_queue("a1") == a);
  CHECK(list.set(policy("a", "^a", 0, PolicyKind::user, ApplyTo::all, 9)));
  CHECK(list.for_queue("a1") != a);
  CHECK(list.for_queue("b1") == b);
  CHECK_FALSE(list.clear(PolicyKind::operators, "a"));
}

TEST_CASE("a pattern that cannot be read is for nothing") {
  PolicyList list;
  list.set(policy("p", "("));
  CHECK(list.for_queue("(") == nullptr);
  CHECK(list.find(PolicyKind::user, "p")->pattern == "(");
  CHECK(list.size() == 1);
}

}  // namespace warren::broker
