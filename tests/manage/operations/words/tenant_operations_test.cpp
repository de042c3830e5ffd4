#include <doctest/doctest.h>

#include "manage/operations/words/operations_of.hpp"

namespace warren::manage {

TEST_CASE("users, vhosts and permissions are for administrators and need a broker that runs") {
  for (const Operation& operation : tenant_operations()) {
    CAPTURE(operation.name);
    CHECK(operation.right == Right::administrator);
    CHECK(operation.app == App::running);
  }
}

TEST_CASE("permissions are of a vhost") {
  for (const Operation& operation : tenant_operations())
    CHECK(operation.of_vhost == (operation.name == "set_permissions" || operation.name == "clear_permissions" ||
                                 operation.name == "list_permissions"));
}

}  // namespace warren::manage
