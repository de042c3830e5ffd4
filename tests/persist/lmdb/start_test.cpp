#include "persist/lmdb/start.hpp"

#include <doctest/doctest.h>

#include "persist/lmdb/rebuild/replacement.hpp"
#include "tests/persist/lmdb/temporary_folder.hpp"

using namespace warren::persist;
using namespace warren::persist::lmdb;

TEST_CASE("what a crash left of a store in the making is removed") {
  const TemporaryFolder folder;
  const std::string path = folder.file("store");
  write_file(replacement_path(path), "half of one");
  StoreReport report;
  REQUIRE(start(path, {}, report).ok());
  CHECK(report.created);
  CHECK(read_file(replacement_path(path)).empty());
}
