#include "tests/sim/world/disk/disk.hpp"

#include <doctest/doctest.h>

namespace warren::disk_test {

using namespace warren::sim;
using persist::Table;

namespace {

constexpr std::uint64_t kDiskSeeds = 100;

persist::StoreBatch batch_of(std::string key, std::string_view value) {
  persist::StoreBatch batch;
  ByteBuffer bytes;
  bytes.append(value);
  batch.puts.push_back({Table::meta, std::move(key), std::move(bytes)});
  return batch;
}

// Some work with every kind of change; how many of its steps were told to be done.
int work(Disk& disk) {
  int done = 0;
  const auto folder = disk.folder("f");
  auto file = folder->create("a", 2048);
  done += file.ok();
  if (file) {
    done += (*file)->write(0, "abc").ok();
    done += (*file)->sync().ok();
  }
  done += folder->rename("a", "b").ok();
  done += disk.store()->commit(batch_of("k", "v")).ok();
  done += folder->remove("b").ok();
  return done;
}

}  // namespace

TEST_CASE("the countdown interrupts one operation and lets everything after it fail") {
  constexpr std::uint64_t kSteps = 6;
  for (std::uint64_t steps = 0; steps < kSteps; ++steps) {
    Disk disk(steps + 1, {});
    disk.crash_after_operations(steps);
    CHECK(work(disk) == static_cast<int>(steps));
    CHECK(disk.crashed());
    CHECK(!disk.store()->commit(batch_of("k", "v")).ok());
    CHECK(!disk.folder("f")->list().ok());
    ByteBuffer value;
    const auto got = disk.store()->get(Table::meta, "k", value);
    REQUIRE(!got.ok());
    CHECK(got.error().text.find("crashed") != std::string::npos);
    disk.crash(CrashKind::process);
    CHECK(!disk.crashed());
    CHECK(disk.store()->commit(batch_of("k", "v")).ok());
  }
  Disk disk(1, {});
  disk.crash_after_operations(kSteps);
  CHECK(work(disk) == static_cast<int>(kSteps));
  CHECK(!disk.crashed());
}

TEST_CASE("handles from before a crash are dead") {
  Disk disk(1, {});
  const auto folder = disk.folder("f");
  const auto store = disk.store();
  auto file = folder->create("a", 10);
  REQUIRE(file.ok());
  disk.crash(CrashKind::process);
  CHECK(!(*file)->write(0, "x").ok());
  CHECK(!(*file)->sync().ok());
  CHECK(!folder->list().ok());
  CHECK(!store->commit(batch_of("k", "v")).ok());
  CHECK(disk.folder("f")->open("a").ok());
}

TEST_CASE("a disk without room refuses what grows, and takes it again once there is room") {
  Disk disk(1, {.capacity_bytes = 3000});
  const auto folder = disk.folder("f");
  const auto store = disk.store();
  auto file = folder->create("a", 2900);
  REQUIRE(file.ok());
  const auto other = folder->create("b", 101);
  REQUIRE(!other.ok());
  CHECK(other.error().kind == persist::TroubleKind::full);
  CHECK(folder->list().value().size() == 1);
  CHECK((*file)->write(0, std::string(2900, 'x')).ok());
  CHECK(!(*file)->write(2900, std::string(101, 'x')).ok());
  const auto commit = store->commit(batch_of("k", std::string(100, 'v')));
  REQUIRE(!commit.ok());
  CHECK(commit.error().kind == persist::TroubleKind::full);
  CHECK(store->commit(batch_of("k", "v")).ok());
  CHECK(disk.used_bytes() == 2902);
  disk.set({});
  CHECK(folder->create("b", 101).ok());
}

TEST_CASE("faults come as often as they are set") {
  Disk disk(1, {.write_error_each = 4, .sync_error_each = 4, .commit_error_each = 4, .read_error_each = 4});
  disk.set({});
  const auto folder = disk.folder("f");
  auto file = folder->create("a", 4096);
  REQUIRE(file.ok());
  disk.set({.write_error_each = 4, .sync_error_each = 4, .commit_error_each = 4, .read_error_each = 4});
  int writes = 0;
  int syncs = 0;
  int commits = 0;
  int reads = 0;
  constexpr int kTries = 1000;
  for (int i = 0; i < kTries; ++i) {
    char byte = 0;
    writes += (*file)->write(0, "x").ok();
    syncs += (*file)->sync().ok();
    commits += disk.store()->commit(batch_of("k", "v")).ok();
    reads += (*file)->read(0, &byte, 1).ok();
  }
  for (const int good : {writes, syncs, commits, reads}) {
    CHECK(good > kTries / 2);
    CHECK(good < kTries * 9 / 10);
  }
}

TEST_CASE("the same seed gives the same faults") {
  const auto run = [](std::uint64_t seed) {
    Disk disk(seed, {.write_error_each = 3});
    std::string story;
    const auto folder = disk.folder("f");
    for (int i = 0; i < 40; ++i) story += folder->create("f" + std::to_string(i), 600).ok() ? 'y' : 'n';
    disk.crash(CrashKind::power);
    return story;
  };
  CHECK(run(5) == run(5));
  CHECK(run(5) != run(6));
}

TEST_CASE("a bit turns in a file or in the store, and what turned is counted") {
  bool in_file = false;
  bool in_store = false;
  for (std::uint64_t seed = 1; seed <= kDiskSeeds; ++seed) {
    Disk disk(seed, {});
    CHECK(!disk.flip());
    REQUIRE(disk.folder("f")->create("a", 100).ok());
    REQUIRE(disk.store()->commit(batch_of("k", "v")).ok());
    CHECK(disk.flip());
    CHECK(disk.flips() == 1);
    const bool damaged = disk.values().begin()->second.damaged;
    in_store |= damaged;
    in_file |= !damaged;
    CHECK(damaged == (disk.folders().begin()->second.present.begin()->second->platter() == std::string(100, '\0')));
  }
  CHECK(in_file);
  CHECK(in_store);
}

}  // namespace warren::disk_test
