#include <doctest/doctest.h>

#include "manage/operations/words/kinds/operations_of.hpp"

namespace warren::manage {

TEST_CASE("what is done to the copies of a queue needs a broker that runs, and changes are for administrators") {
  for (const Operation& operation : mirror_operations()) {
    CAPTURE(operation.name);
    CHECK(operation.app == App::running);
    const bool looks = operation.name == "sync_state" || operation.name == "verify_queue" ||
                       operation.name.starts_with("check_") || operation.name.starts_with("await_");
    CHECK((operation.right != Right::administrator) == looks);
    CHECK(operation.of_vhost == (!operation.arguments.empty() && operation.arguments.front().name == "queue"));
  }
}

}  // namespace warren::manage
