#include "base/limits.hpp"
#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

SetPolicy length(std::string name, std::string pattern, std::int64_t most, PolicyKind kind = PolicyKind::user) {
  return {"/", {{}, kind, std::move(name), std::move(pattern), ApplyTo::all, 0, table({{"max-length", most}})}};
}

SetPolicy alternate(std::string pattern, std::string_view exchange) {
  return {"/",
          {{},
           PolicyKind::user,
           "ae",
           std::move(pattern),
           ApplyTo::exchanges,
           0,
           table({{"alternate-exchange", exchange}})}};
}

std::string in_force(const World& world, std::string_view queue) {
  const auto policy = world.catalog().policy_of(world.queue_id(queue));
  return policy == nullptr ? "none" : amqp::print(policy->settings);
}

}  // namespace

TEST_CASE("a policy is in force for queues that are there and for those that come") {
  World world;
  world.queue("q1");
  world.queue("other");
  CHECK(in_force(world, "q1") == "none");
  CHECK(count_changes<PolicySet>(world.apply(length("p", "^q", 3))) == 1);
  world.queue("q2");
  CHECK(in_force(world, "q1") == "{max-length=3}");
  CHECK(in_force(world, "q2") == "{max-length=3}");
  CHECK(in_force(world, "other") == "none");
  world.apply(length("o", "q1", 2, PolicyKind::operators));
  CHECK(in_force(world, "q1") == "{max-length=2}");
  CHECK(count_changes<PolicyCleared>(world.apply(ClearPolicy{"/", PolicyKind::user, "p"})) == 1);
  CHECK(in_force(world, "q1") == "{max-length=2}");
  CHECK(in_force(world, "q2") == "none");
}

TEST_CASE("a policy that is there just so, or is not there, changes nothing") {
  World world;
  world.apply(length("p", "^q", 3));
  const Revision before = world.catalog().revision();
  CHECK(world.apply(length("p", "^q", 3)).empty());
  CHECK(world.apply(ClearPolicy{"/", PolicyKind::operators, "p"}).empty());
  CHECK(world.catalog().revision() == before);
  CHECK_FALSE(world.apply(length("p", "^q", 4)).empty());
}

TEST_CASE("policies are refused that make no sense, have no vhost, or are too many") {
  World world;
  SetPolicy wanted = length("p", "^q", -1);
  CHECK(world.refusal(wanted).text == "Validation failed\n\n-1 is not a valid maximum length");
  wanted.vhost = "gone";
  CHECK(world.refusal(wanted).text == "Virtual host 'gone' does not exist");
  CHECK(world.refusal(ClearPolicy{"gone", PolicyKind::user, "p"}).text == "Virtual host 'gone' does not exist");
  for (std::size_t i = 0; i < limits::kPoliciesMax; ++i) world.apply(length("p" + std::to_string(i), "x", 1));
  CHECK(world.refusal(length("more", "x", 1)).text == "Validation failed\n\na virtual host has at most 1024 policies");
  world.apply(length("p0", "x", 2));
}

TEST_CASE("a policy gives exchanges an alternate, unless their arguments do") {
  World world;
  world.queue("q");
  world.exchange("a", "fanout");
  world.bind("a", "q");
  world.exchange("b", "fanout");
  world.exchange("x", "direct");
  world.exchange("own", "direct", table({{"alternate-exchange", "b"}}));
  CHECK(world.route("x", "k").empty());
  const Revision before = world.catalog().routes_revision();
  world.apply(alternate("^x|^own", "a"));
  CHECK(world.catalog().routes_revision() > before);
  CHECK(world.route("x", "k") == Names{"q"});
  CHECK(world.route("own", "k").empty());
  CHECK(world.route("", "nobody").empty());
  world.apply(alternate("^x|^own", "b"));
  CHECK(world.route("x", "k").empty());
  world.apply(ClearPolicy{"/", PolicyKind::user, "ae"});
  CHECK_FALSE(world.exchange_record("x").has_alternate);
  CHECK(world.exchange_record("own").alternate == "b");
}

TEST_CASE("remembered routes outlive a policy that changes none") {
  World world;
  world.exchange("x", "direct");
  const Revision before = world.catalog().routes_revision();
  world.apply(length("p", ".*", 3));
  CHECK(world.catalog().routes_revision() == before);
}

TEST_CASE("policies go with their vhost") {
  World world;
  world.apply(length("p", "x", 1));
  world.apply(length("p", "x", 1, PolicyKind::operators));
  const VhostId vhost = world.vhost();
  const auto changes = world.apply(DeleteVhost{"/"});
  CHECK(count_changes<PolicyCleared>(changes) == 2);
  CHECK(world.catalog().find_policy(vhost, PolicyKind::user, "p") == nullptr);
  world.apply(AddVhost{"/"});
  CHECK(world.catalog().find_policy(world.catalog().find_vhost("/")->id, PolicyKind::user, "p") == nullptr);
}

TEST_CASE("what would be in force is known before the queue is there") {
  World world;
  world.apply(length("p", "^q", 3));
  CHECK(world.catalog().policy_for_queue(world.vhost(), "q9")->user == "p");
  CHECK(world.catalog().policy_for_queue(world.vhost(), "x") == nullptr);
  CHECK(world.catalog().policy_for_queue(VhostId(99), "q") == nullptr);
}

}  // namespace warren::broker
