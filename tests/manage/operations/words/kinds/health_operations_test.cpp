#include <doctest/doctest.h>

#include "manage/operations/words/kinds/operations_of.hpp"

namespace warren::manage {

TEST_CASE("whoever may watch may ask whether all is well; limits are for administrators") {
  for (const Operation& operation : health_operations()) {
    CAPTURE(operation.name);
    const bool sets = operation.name.starts_with("set_");
    const bool asks_of_life = operation.name.ends_with("_running");
    CHECK(operation.right == (sets ? Right::administrator : asks_of_life ? Right::none : Right::monitoring));
    CHECK(operation.shape == (sets ? Shape::nothing : Shape::sentence));
    CHECK(operation.app == (asks_of_life ? App::any : App::running));
  }
}

}  // namespace warren::manage
