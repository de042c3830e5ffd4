#include "persist/disk/folder_lock.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/persist/disk/temporary_folder.hpp"

namespace warren::folder_lock_test {

using namespace warren::persist;

TEST_CASE("a folder is locked once, until the lock is gone") {
  TemporaryFolder temporary;
  {
    const auto lock = FolderLock::take(temporary.path());
    REQUIRE(lock.ok());
    const auto second = FolderLock::take(temporary.path());
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().text == "the data folder " + temporary.path() +
                                     " is in use by another running node: stop that one, or give this one a folder of "
                                     "its own");
  }
  CHECK(FolderLock::take(temporary.path()).ok());
}

TEST_CASE("a folder that is not there cannot be locked") {
  const auto lock = FolderLock::take("/nowhere/at/all");
  REQUIRE_FALSE(lock.ok());
  CHECK(lock.error().text == "cannot open /nowhere/at/all/lock: No such file or directory");
}

}  // namespace warren::folder_lock_test
