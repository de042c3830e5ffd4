#include <doctest/doctest.h>

#include "manage/operations/words/kinds/operations_of.hpp"

namespace warren::manage {

TEST_CASE("policies are of a vhost, for administrators, and need a broker that runs") {
  for (const Operation& operation : policy_operations()) {
    CAPTURE(operation.name);
    CHECK(operation.of_vhost);
    CHECK(operation.right == Right::administrator);
    CHECK(operation.app == App::running);
  }
}

TEST_CASE("operators do with their policies what users do with theirs") {
  const auto all = policy_operations();
  REQUIRE(all.size() == 6);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(all[i].arguments.size() == all[i + 3].arguments.size());
    CHECK(all[i].options.size() == all[i + 3].options.size());
    CHECK(all[i].columns == all[i + 3].columns);
  }
}

}  // namespace warren::manage
