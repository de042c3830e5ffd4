#include "manage/operations/rows/policy_rows.hpp"

#include <doctest/doctest.h>

#include "manage/operations/rows/catalog_rows.hpp"
#include "manage/operations/rows/queue_row.hpp"
#include "manage/operations/words/columns.hpp"
#include "tests/manage/operations/rows/surroundings.hpp"

namespace warren::manage::testing {
namespace {

broker::SetPolicy length(broker::PolicyKind kind, std::string name, std::int64_t most) {
  return {"/", {{}, kind, std::move(name), "^q|topic", broker::ApplyTo::all, 1, {{{"max-length", most}}}}};
}

}  // namespace

TEST_CASE("policies are listed with every column") {
  Rig rig;
  rig.apply(length(broker::PolicyKind::user, "b", 3));
  rig.apply(length(broker::PolicyKind::user, "a", 2));
  const List rows = policy_rows(rig.catalog, "/", broker::PolicyKind::user);
  REQUIRE(rows.size() == 2);
  std::vector<std::string_view> names;
  for (const auto& [name, value] : rows[0].get<Map>()->entries) names.push_back(name);
  CHECK(names == kPolicyColumns.all);
  CHECK(
      json(rows[0]) ==
      R"({"vhost":"/","name":"a","pattern":"^q|topic","apply-to":"all","definition":"{\"max-length\":2}","priority":1})");
  CHECK(policy_rows(rig.catalog, "nowhere", broker::PolicyKind::user).empty());
}

TEST_CASE("queues and exchanges tell what is in force for them") {
  Rig rig;
  rig.declare_on(NodeId(1), "q");
  rig.declare_on(NodeId(1), "free");
  rig.apply(length(broker::PolicyKind::user, "u", 3));
  rig.apply(length(broker::PolicyKind::operators, "o", 2));
  const auto told = [&](std::string_view queue) {
    return text_of(queue_row(about(Subject::queues, {"policy", "operator_policy", "effective_policy_definition"}),
                             {rig.catalog, rig.queue(queue), nullptr}));
  };
  CHECK(told("q") == R"({"policy":"u","operator_policy":"o","effective_policy_definition":{"max-length":2}})");
  CHECK(told("free") == R"({"policy":null,"operator_policy":null,"effective_policy_definition":{}})");
  CHECK(json(exchange_rows(rig.catalog, "/", {"name", "policy"})[6]) ==
        R"({"name":"amq.rabbitmq.trace","policy":null})");
  CHECK(json(exchange_rows(rig.catalog, "/", {"name", "policy"})[7]) == R"({"name":"amq.topic","policy":"u"})");
}

}  // namespace warren::manage::testing
