#include "persist/lmdb/environment.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <cstring>

#include "tests/persist/lmdb/temporary_folder.hpp"

namespace warren::environment_test {

using namespace warren::persist;
using namespace warren::persist::lmdb;

TEST_CASE("an environment that was created is opened with its commit base, and knows where its map lies") {
  const TemporaryFolder folder;
  {
    auto created = Environment::create(folder.file("store"), 1 << 20, 17);
    REQUIRE(created.ok());
    CHECK((*created)->commit_base() == 17);
    CHECK((*created)->rebase(18).ok());
    CHECK((*created)->sync().ok());
  }
  auto opened = Environment::open(folder.file("store"), 1 << 20);
  REQUIRE(opened.ok());
  CHECK((*opened)->commit_base() == 18);
  CHECK((*opened)->map_bytes() == 1 << 20);
  // The magic number of the first meta page.
  std::uint32_t magic = 0;
  std::memcpy(&magic, (*opened)->map() + 16, sizeof magic);
  CHECK(magic == 0xBEEFC0DE);
}

TEST_CASE("a transaction that is not committed has not happened") {
  const TemporaryFolder folder;
  auto created = Environment::create(folder.file("store"), 1 << 20, 0);
  REQUIRE(created.ok());
  Environment& environment = **created;
  const auto count = [&environment] {
    MDB_stat figures{};
    const auto reading = environment.begin(MDB_RDONLY);
    REQUIRE(reading.ok());
    REQUIRE(mdb_stat(reading->get(), environment.table(Table::queues), &figures) == 0);
    return figures.ms_entries;
  };
  for (const bool committed : {false, true}) {
    auto writing = environment.begin(0);
    REQUIRE(writing.ok());
    MDB_val key = as_lmdb("key");
    MDB_val value = as_lmdb("value");
    REQUIRE(mdb_put(writing->get(), environment.table(Table::queues), &key, &value, 0) == 0);
    if (committed) REQUIRE(environment.commit(std::move(*writing)).ok());
    *writing = nullptr;
    CHECK(count() == (committed ? 1 : 0));
  }
}

TEST_CASE("what cannot be opened is told in one sentence") {
  const TemporaryFolder folder;
  const auto nowhere = Environment::create(folder.file("no/store"), 0, 0);
  REQUIRE_FALSE(nowhere.ok());
  CHECK(nowhere.error().text == "cannot create " + folder.file("no/store") + ": No such file or directory");
  CHECK(lmdb_trouble(MDB_MAP_FULL, "write to", "x").kind == TroubleKind::full);
  CHECK(lmdb_trouble(ENOSPC, "write to", "x").kind == TroubleKind::full);
  CHECK(lmdb_trouble(MDB_PANIC, "write to", "x").kind == TroubleKind::failed);
}

}  // namespace warren::environment_test
