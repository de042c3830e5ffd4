#include "persist/lmdb/rebuild/replacement.hpp"

#include <doctest/doctest.h>

#include "tests/persist/lmdb/temporary_folder.hpp"

namespace warren::replacement_test {

using namespace warren::persist;
using namespace warren::persist::lmdb;

TEST_CASE("a store is replaced by a filled one, and nothing else is left") {
  const TemporaryFolder folder;
  const std::string path = folder.file("store");
  write_file(path, "old");
  write_file(replacement_path(path), "left from a crash");
  CHECK(replace_store(path, 0, 41, [](Environment& made) { return made.rebase(42); }).ok());
  CHECK(folder.files() == 1);
  auto opened = Environment::open(path, 0);
  REQUIRE(opened.ok());
  CHECK((*opened)->commit_base() == 42);
}

TEST_CASE("when a replacement cannot be filled the old file stays as it was") {
  const TemporaryFolder folder;
  const std::string path = folder.file("store");
  write_file(path, "old");
  const auto outcome = replace_store(path, 0, 0, [](Environment&) {
    return Outcome(Trouble{TroubleKind::full, "no"});
  });
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().text == "no");
  CHECK(read_file(path) == "old");
  CHECK(folder.files() == 1);
}

}  // namespace warren::replacement_test
