#include <doctest/doctest.h>

#include "tests/manage/operations/desk/ask.hpp"

namespace warren::manage::testing {
namespace {

using broker::PolicyKind;

Map named(std::string name) { return Map{}.add("name", std::move(name)); }
Map policy(std::string definition, std::string pattern = "^q") {
  return named("p").add("pattern", std::move(pattern)).add("definition", std::move(definition));
}

}  // namespace

TEST_CASE("a policy is read from JSON, with its options") {
  const Rig rig;
  const auto set = proposal<broker::SetPolicy>(
      rig, "set_policy",
      policy(R"({"max-length":3,"overflow":"reject-publish"})").add("priority", "-7").add("apply_to", "queues"));
  CHECK(set.vhost == "/");
  CHECK(set.policy.kind == PolicyKind::user);
  CHECK(set.policy.pattern == "^q");
  CHECK(set.policy.priority == -7);
  CHECK(set.policy.apply_to == broker::ApplyTo::queues);
  CHECK(amqp::print(set.policy.definition) == "{max-length=3, overflow=reject-publish}");
  const auto usual = proposal<broker::SetPolicy>(rig, "set_operator_policy", policy(R"({"max-length":3})"));
  CHECK(usual.policy.kind == PolicyKind::operators);
  CHECK(usual.policy.priority == 0);
  CHECK(usual.policy.apply_to == broker::ApplyTo::all);
}

TEST_CASE("what is no definition is refused with the code and the words of the reference") {
  const Rig rig;
  const auto sentence = [&](Map arguments) {
    const Failure refused = failure(rig, "set_policy", arguments);
    CHECK(refused.code == kUnavailable);
    return refused.sentence;
  };
  CHECK(sentence(policy("{")).starts_with("JSON decoding error"));
  CHECK(sentence(policy("5")) == "Validation failed\n\nparse error while reading policy: 5");
  CHECK(sentence(policy("[1]")) == "Validation failed\n\ndefinition must be a dictionary: [1]");
  CHECK(sentence(policy("{}")) == "Validation failed\n\nno policy provided");
  CHECK(sentence(policy(R"({"queue-master-locator":"bogus"})")) ==
        "Validation failed\n\n<<\"bogus\">> invalid queue-master-locator value");
  CHECK(sentence(policy(R"({"max-length":1})").add("priority", "x")) ==
        "Validation failed\n\npriority should be a number, actually was <<\"x\">>");
  CHECK(sentence(policy(R"({"max-length":1})").add("apply_to", "x")) ==
        "Validation failed\n\napply-to should be one of "
        "[all,exchanges,queues,classic_queues,quorum_queues,streams], actually was <<\"x\">>");
}

TEST_CASE("a policy is in a vhost that exists, and is cleared when it is there") {
  Rig rig;
  CHECK(failure(rig, "set_policy", policy(R"({"max-length":1})").add("vhost", "gone")).code == kDataError);
  CHECK(failure(rig, "clear_policy", named("p").add("vhost", "gone")).code == kDataError);
  const Failure unknown = failure(rig, "clear_policy", named("p"));
  CHECK(unknown.sentence == "Parameter does not exist");
  CHECK(unknown.code == kUnavailable);
  rig.apply(proposal<broker::SetPolicy>(rig, "set_policy", policy(R"({"max-length":1})")));
  CHECK(proposal<broker::ClearPolicy>(rig, "clear_policy", named("p")).kind == PolicyKind::user);
  CHECK(failure(rig, "clear_operator_policy", named("p")).sentence == "Parameter does not exist");
}

TEST_CASE("policies are listed by kind") {
  Rig rig;
  rig.apply(proposal<broker::SetPolicy>(rig, "set_policy", policy(R"({"max-length":1})")));
  CHECK(json(value(rig, "list_policies", {})) ==
        R"([{"vhost":"/","name":"p","pattern":"^q","apply-to":"all","definition":"{\"max-length\":1}","priority":0}])");
  CHECK(json(value(rig, "list_operator_policies", {})) == "[]");
}

}  // namespace warren::manage::testing
