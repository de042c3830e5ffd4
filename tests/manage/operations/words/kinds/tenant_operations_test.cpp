#include <doctest/doctest.h>

#include "manage/operations/words/kinds/operations_of.hpp"

namespace warren::manage {

TEST_CASE("users, vhosts and permissions are for administrators and need a broker that runs") {
  for (const Operation& operation : tenant_operations()) {
    CAPTURE(operation.name);
    CHECK(operation.right == Right::administrator);
    CHECK(operation.app == App::running);
  }
}

TEST_CASE("permissions and limits are of a vhost, unless they are those of a user") {
  for (const Operation& operation : tenant_operations()) {
    CAPTURE(operation.name);
    const bool of_user = operation.name.starts_with("list_user");
    CHECK(operation.of_vhost ==
          (!of_user && (operation.name.ends_with("permissions") || operation.name.ends_with("vhost_limits"))));
  }
}

}  // namespace warren::manage
