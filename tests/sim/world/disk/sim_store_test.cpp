#include "tests/sim/world/disk/sim_store.hpp"

#include <doctest/doctest.h>

namespace warren::sim_store_test {

using namespace warren::sim;
using persist::StoreBatch;
using persist::Table;

namespace {

constexpr std::uint64_t kSeeds = 200;

void put(StoreBatch& batch, Table table, std::string key, std::string_view value) {
  ByteBuffer bytes;
  bytes.append(value);
  batch.puts.push_back({table, std::move(key), std::move(bytes)});
}

// Both keys of it belong together.
StoreBatch pair_of(std::string_view value) {
  StoreBatch batch;
  put(batch, Table::meta, "a", value);
  put(batch, Table::bodies, "b", value);
  return batch;
}

std::string value_of(Disk& disk, Table table, std::string_view key) {
  ByteBuffer value;
  const auto got = disk.store()->get(table, key, value);
  REQUIRE(got.ok());
  return *got ? std::string(value.view()) : "none";
}

}  // namespace

TEST_CASE("what is committed survives every crash") {
  for (const CrashKind kind : {CrashKind::process, CrashKind::power}) {
    Disk disk(1, {});
    REQUIRE(disk.store()->commit(pair_of("x")).ok());
    disk.crash(kind);
    CHECK(value_of(disk, Table::meta, "a") == "x");
    CHECK(value_of(disk, Table::bodies, "b") == "x");
    CHECK(value_of(disk, Table::bodies, "a") == "none");
  }
}

TEST_CASE("erasing comes before putting, the last put of a key wins, and erasing nothing is no trouble") {
  Disk disk(1, {});
  REQUIRE(disk.store()->commit(pair_of("x")).ok());
  StoreBatch batch;
  batch.erases = {{Table::meta, "a"}, {Table::bodies, "b"}, {Table::meta, "nothing"}};
  put(batch, Table::meta, "a", "y");
  put(batch, Table::meta, "a", "z");
  REQUIRE(disk.store()->commit(batch).ok());
  CHECK(value_of(disk, Table::meta, "a") == "z");
  CHECK(value_of(disk, Table::bodies, "b") == "none");
}

TEST_CASE("a commit that fails leaves nothing of it") {
  Disk disk(1, {});
  REQUIRE(disk.store()->commit(pair_of("x")).ok());
  disk.set({.commit_error_each = 1});
  CHECK(!disk.store()->commit(pair_of("y")).ok());
  CHECK(value_of(disk, Table::meta, "a") == "x");
  CHECK(value_of(disk, Table::bodies, "b") == "x");
}

TEST_CASE("on a full disk nothing is put and everything can be erased") {
  Disk disk(1, {});
  REQUIRE(disk.store()->commit(pair_of("x")).ok());
  disk.set({.capacity_bytes = 1});
  const auto refused = disk.store()->commit(pair_of("y"));
  REQUIRE(!refused.ok());
  CHECK(refused.error().kind == persist::TroubleKind::full);
  CHECK(value_of(disk, Table::meta, "a") == "x");
  StoreBatch erase;
  erase.erases = {{Table::meta, "a"}};
  CHECK(disk.store()->commit(erase).ok());
  CHECK(value_of(disk, Table::meta, "a") == "none");
}

TEST_CASE("a commit that is interrupted has happened as a whole or not at all") {
  bool happened = false;
  bool nothing = false;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Disk disk(seed, {});
    REQUIRE(disk.store()->commit(pair_of("x")).ok());
    disk.crash_after_operations(0);
    CHECK(!disk.store()->commit(pair_of("y")).ok());
    disk.crash(CrashKind::power);
    const std::string value = value_of(disk, Table::meta, "a");
    CHECK((value == "x" || value == "y"));
    CHECK(value_of(disk, Table::bodies, "b") == value);
    (value == "y" ? happened : nothing) = true;
  }
  CHECK(happened);
  CHECK(nothing);
}

TEST_CASE("a scan visits the keys of its table in order, from where it is asked, until it is told to stop") {
  Disk disk(1, {});
  StoreBatch batch;
  for (const char* key : {"c", "a", "d", "b"}) put(batch, Table::queues, key, key);
  put(batch, Table::meta, "z", "z");
  put(batch, Table::chunks, "a", "z");
  REQUIRE(disk.store()->commit(batch).ok());
  std::string seen;
  const auto scanned = disk.store()->scan(Table::queues, "b", [&](std::string_view key, std::string_view value) {
    CHECK(key == value);
    seen += key;
    return seen.size() < 2;
  });
  REQUIRE(scanned.ok());
  CHECK(*scanned == 0);
  CHECK(seen == "bc");
}

TEST_CASE("a damaged value is not given out, and a scan skips and counts it") {
  Disk disk(1, {});
  StoreBatch batch;
  put(batch, Table::queues, "only", "value");
  REQUIRE(disk.store()->commit(batch).ok());
  REQUIRE(disk.flip());
  ByteBuffer value;
  const auto got = disk.store()->get(Table::queues, "only", value);
  REQUIRE(!got.ok());
  CHECK(got.error().kind == persist::TroubleKind::damaged);
  const auto scanned = disk.store()->scan(Table::queues, "", [](std::string_view, std::string_view) {
    FAIL("a damaged value was shown");
    return true;
  });
  REQUIRE(scanned.ok());
  CHECK(*scanned == 1);
  REQUIRE(disk.store()->commit(batch).ok());
  CHECK(value_of(disk, Table::queues, "only") == "value");
}

TEST_CASE("a scan of keys visits damaged values, too, and stops when told") {
  Disk disk(1, {});
  StoreBatch batch;
  put(batch, Table::chunks, "only", "value");
  REQUIRE(disk.store()->commit(batch).ok());
  REQUIRE(disk.flip());
  put(batch, Table::bodies, "a", "other");
  put(batch, Table::chunks, "p", "other");
  batch.puts.erase(batch.puts.begin());
  REQUIRE(disk.store()->commit(batch).ok());
  std::string seen;
  const auto see = [&](std::string_view key) { return (seen += key).size() < 5; };
  REQUIRE(disk.store()->scan_keys(Table::chunks, "", see).ok());
  CHECK(seen == "onlyp");
  seen = "12";
  REQUIRE(disk.store()->scan_keys(Table::chunks, "b", see).ok());
  CHECK(seen == "12only");
}

}  // namespace warren::sim_store_test
