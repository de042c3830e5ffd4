#include "manage/operations/desk/need.hpp"

#include <doctest/doctest.h>

#include "manage/operations/words/columns.hpp"
#include "tests/manage/operations/desk/ask.hpp"

namespace warren::manage::testing {

TEST_CASE("every operation has one handler, but for those that the tool does step by step") {
  for (const Operation& operation : operations()) {
    CAPTURE(operation.name);
    const int handlers = (cluster_handler(operation.name) != nullptr) + (health_handler(operation.name) != nullptr) +
                         (tenant_handler(operation.name) != nullptr) + (topic_handler(operation.name) != nullptr) +
                         (limit_handler(operation.name) != nullptr) + (policy_handler(operation.name) != nullptr) +
                         (mirror_handler(operation.name) != nullptr) + (rebalance_handler(operation.name) != nullptr) +
                         (listing_handler(operation.name) != nullptr);
    const bool of_tool =
        operation.name == "shutdown" || operation.name == "wait" || operation.name.starts_with("await_");
    CHECK(handlers == (of_tool ? 0 : 1));
  }
}

TEST_CASE("what the tool does step by step is refused by a node") {
  const Rig rig;
  CHECK(failure(rig, "shutdown", {}).code == kUsage);
}

TEST_CASE("the usual columns are shown when none are named") {
  CHECK(columns_in(kQueueColumns, {}) == std::vector<std::string>{"name", "messages"});
  CHECK(columns_in(kQueueColumns, Map{}.add("columns", List{"state"})) == std::vector<std::string>{"state"});
}

}  // namespace warren::manage::testing
