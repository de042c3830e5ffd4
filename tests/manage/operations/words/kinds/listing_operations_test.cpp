#include <doctest/doctest.h>

#include "manage/operations/words/kinds/operations_of.hpp"

namespace warren::manage {

TEST_CASE("listings give rows of columns that can be chosen, and change nothing") {
  for (const Operation& operation : listing_operations()) {
    CAPTURE(operation.name);
    CHECK(operation.shape == Shape::rows);
    CHECK(operation.right != Right::administrator);
    REQUIRE(operation.columns != nullptr);
    CHECK(operation.arguments.back().presence == Presence::rest);
  }
}

TEST_CASE("listing queues gives up after a minute") { CHECK(find_operation("list_queues")->timeout_s == 60); }

}  // namespace warren::manage
