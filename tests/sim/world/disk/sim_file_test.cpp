#include "tests/sim/world/disk/sim_file.hpp"

#include <doctest/doctest.h>

namespace warren::sim_file_test {

using namespace warren::sim;

namespace {

constexpr std::uint64_t kFileSeeds = 200;

std::string content(persist::File& file) {
  std::string bytes(file.size(), '\0');
  const auto read = file.read(0, bytes.data(), bytes.size());
  REQUIRE(read.ok());
  REQUIRE(*read == bytes.size());
  return bytes;
}

std::string content(Disk& disk, std::string_view name) {
  auto file = disk.folder("f")->open(name);
  REQUIRE(file.ok());
  return content(**file);
}

bool has(Disk& disk, std::string_view name) { return disk.folder("f")->open(name).ok(); }

}  // namespace

TEST_CASE("a new file has its size, holds zeros, and survives every crash") {
  for (const CrashKind kind : {CrashKind::process, CrashKind::power})
    for (std::uint64_t seed = 1; seed <= kFileSeeds; ++seed) {
      Disk disk(seed, {});
      REQUIRE(disk.folder("f")->create("a", 1000).ok());
      disk.crash(kind);
      CHECK(content(disk, "a") == std::string(1000, '\0'));
    }
}

TEST_CASE("a file is not made twice, and what is missing is not opened") {
  Disk disk(1, {});
  const auto folder = disk.folder("f");
  REQUIRE(folder->create("a", 10).ok());
  CHECK(!folder->create("a", 20).ok());
  CHECK(!folder->open("b").ok());
  CHECK(!folder->rename("b", "c").ok());
  CHECK(!folder->remove("b").ok());
  CHECK(content(disk, "a").size() == 10);
}

TEST_CASE("what was synced survives power loss, whatever was written beside it") {
  for (std::uint64_t seed = 1; seed <= kFileSeeds; ++seed) {
    Disk disk(seed, {});
    auto file = disk.folder("f")->create("a", 4096);
    REQUIRE(file.ok());
    REQUIRE((*file)->write(0, std::string(1000, 's')).ok());
    REQUIRE((*file)->sync().ok());
    REQUIRE((*file)->write(1024, std::string(3000, 'u')).ok());
    disk.crash(CrashKind::power);
    CHECK(content(disk, "a").substr(0, 1000) == std::string(1000, 's'));
  }
}

TEST_CASE("renaming replaces, and is durable at once") {
  for (std::uint64_t seed = 1; seed <= kFileSeeds; ++seed) {
    Disk disk(seed, {});
    const auto folder = disk.folder("f");
    REQUIRE(folder->create("a", 10).ok());
    REQUIRE(folder->create("b", 20).ok());
    REQUIRE(folder->rename("a", "b").ok());
    disk.crash(CrashKind::power);
    CHECK(!has(disk, "a"));
    CHECK(content(disk, "b").size() == 10);
  }
}

TEST_CASE("a removed file may come back after power loss until the folder changes durably") {
  bool back = false;
  bool gone = false;
  for (std::uint64_t seed = 1; seed <= kFileSeeds; ++seed) {
    Disk disk(seed, {});
    auto folder = disk.folder("f");
    REQUIRE(folder->create("a", 10).ok());
    REQUIRE(folder->create("b", 10).ok());
    REQUIRE(folder->remove("a").ok());
    REQUIRE(folder->create("c", 10).ok());
    REQUIRE(folder->remove("b").ok());
    disk.crash(CrashKind::power);
    CHECK(!has(disk, "a"));
    CHECK(has(disk, "c"));
    (has(disk, "b") ? back : gone) = true;
  }
  CHECK(back);
  CHECK(gone);
}

TEST_CASE("a removed file stays away after a process crash") {
  Disk disk(1, {});
  REQUIRE(disk.folder("f")->create("a", 10).ok());
  REQUIRE(disk.folder("f")->remove("a").ok());
  disk.crash(CrashKind::process);
  disk.crash(CrashKind::power);
  CHECK(!has(disk, "a"));
}

TEST_CASE("a write that fails leaves an unknown part, and its neighbours alone") {
  bool part = false;
  for (std::uint64_t seed = 1; seed <= kFileSeeds; ++seed) {
    Disk disk(seed, {});
    auto file = disk.folder("f")->create("a", 30);
    REQUIRE(file.ok());
    disk.set({.write_error_each = 1});
    CHECK(!(*file)->write(10, "xxxxxxxxxx").ok());
    const std::string now = content(**file);
    CHECK(now.substr(0, 10) == std::string(10, '\0'));
    CHECK(now.substr(20) == std::string(10, '\0'));
    part |= now.find('x') != std::string::npos && now.substr(10, 10).find('\0') != std::string::npos;
  }
  CHECK(part);
}

TEST_CASE("who trusts a later sync after a failed one loses data with the power") {
  bool lost = false;
  for (std::uint64_t seed = 1; seed <= kFileSeeds; ++seed) {
    Disk disk(seed, {});
    auto file = disk.folder("f")->create("a", 2048);
    REQUIRE(file.ok());
    REQUIRE((*file)->write(0, std::string(2048, 'x')).ok());
    disk.set({.sync_error_each = 1});
    CHECK(!(*file)->sync().ok());
    disk.set({});
    CHECK((*file)->sync().ok());
    disk.crash(CrashKind::power);
    lost |= content(disk, "a") != std::string(2048, 'x');
  }
  CHECK(lost);
}

TEST_CASE("creating that is interrupted leaves no file, or one of at most its size") {
  bool none = false;
  bool some = false;
  for (std::uint64_t seed = 1; seed <= kFileSeeds; ++seed) {
    Disk disk(seed, {});
    disk.crash_after_operations(0);
    CHECK(!disk.folder("f")->create("a", 1000).ok());
    disk.crash(CrashKind::process);
    if (has(disk, "a")) CHECK(content(disk, "a").size() <= 1000);
    (has(disk, "a") ? some : none) = true;
  }
  CHECK(none);
  CHECK(some);
}

TEST_CASE("creating that is refused leaves no file") {
  Disk disk(1, {.write_error_each = 1});
  CHECK(!disk.folder("f")->create("a", 1000).ok());
  CHECK(disk.folder("f")->list().value().empty());
}

TEST_CASE("names are listed in order") {
  Disk disk(1, {});
  const auto folder = disk.folder("f");
  for (const char* name : {"c", "a", "b"}) REQUIRE(folder->create(name, 1).ok());
  CHECK(folder->list().value() == std::vector<std::string>{"a", "b", "c"});
}

}  // namespace warren::sim_file_test
