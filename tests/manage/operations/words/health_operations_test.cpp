#include <doctest/doctest.h>

#include "manage/operations/words/operations_of.hpp"

namespace warren::manage {

TEST_CASE("whoever may watch may ask for alarms; limits are for administrators") {
  for (const Operation& operation : health_operations()) {
    CAPTURE(operation.name);
    const bool sets = operation.name.starts_with("set_");
    CHECK(operation.right == (sets ? Right::administrator : Right::monitoring));
    CHECK(operation.shape == (sets ? Shape::nothing : Shape::sentence));
    CHECK(operation.app == App::running);
  }
}

}  // namespace warren::manage
