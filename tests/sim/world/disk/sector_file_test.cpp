#include "tests/sim/world/disk/sector_file.hpp"

#include <doctest/doctest.h>

#include <set>

namespace warren::sector_file_test {

using namespace warren::sim;

namespace {

constexpr std::uint64_t kSectorSeeds = 300;

std::string content(const SectorFile& file) {
  std::string bytes(file.size(), '\0');
  bytes.resize(file.read(0, bytes.data(), bytes.size()));
  return bytes;
}

// Whether every sector of `bytes` is, whole, as in one of the given states.
bool mixed_of(const std::string& bytes, const std::vector<std::string>& states) {
  for (std::size_t at = 0; at < bytes.size(); at += kSectorBytes) {
    bool known = false;
    for (const std::string& state : states)
      known |= at < state.size() && bytes.substr(at, kSectorBytes) == state.substr(at, kSectorBytes);
    if (!known) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("a write is seen at once and lies on the platter after a sync") {
  SectorFile file(2000);
  file.write(700, "hello");
  char seen[5];
  CHECK(file.read(700, seen, 5) == 5);
  CHECK(std::string_view(seen, 5) == "hello");
  CHECK(file.platter() == std::string(2000, '\0'));
  file.sync();
  CHECK(file.platter().substr(700, 5) == "hello");
}

TEST_CASE("reads end where the file ends") {
  SectorFile file(10);
  char seen[20];
  CHECK(file.read(4, seen, 20) == 6);
  CHECK(file.read(10, seen, 20) == 0);
  CHECK(file.read(50, seen, 1) == 0);
}

TEST_CASE("a process crash keeps every write") {
  for (std::uint64_t seed = 1; seed <= kSectorSeeds; ++seed) {
    Rng rng(seed);
    SectorFile file(3000);
    file.write(100, std::string(2000, 'a'));
    file.write(600, std::string(100, 'b'));
    const std::string before = content(file);
    file.crash(CrashKind::process, rng);
    CHECK(content(file) == before);
    file.sync();
    CHECK(file.platter() == before);
  }
}

TEST_CASE("a power loss keeps what was synced, and of later writes any sectors in any of their states") {
  std::set<std::string> outcomes;
  bool all = false;
  bool none = false;
  for (std::uint64_t seed = 1; seed <= kSectorSeeds; ++seed) {
    Rng rng(seed);
    SectorFile file(4 * kSectorBytes);
    file.write(0, std::string(4 * kSectorBytes, 'a'));
    file.sync();
    std::vector<std::string> states{content(file)};
    file.write(300, std::string(1000, 'b'));
    states.push_back(content(file));
    file.write(800, std::string(700, 'c'));
    states.push_back(content(file));
    file.crash(CrashKind::power, rng);
    CHECK(mixed_of(content(file), states));
    CHECK(content(file) == file.platter());
    outcomes.insert(content(file));
    all |= content(file) == states.back();
    none |= content(file) == states.front();
  }
  CHECK(all);
  CHECK(none);
  CHECK(outcomes.size() > 5);
}

TEST_CASE("a failed sync drops sectors that later syncs do not bring back, and writing them again does") {
  bool dropped = false;
  for (std::uint64_t seed = 1; seed <= kSectorSeeds; ++seed) {
    Rng rng(seed);
    SectorFile file(4 * kSectorBytes);
    file.write(0, std::string(4 * kSectorBytes, 'a'));
    file.fail_sync(rng);
    CHECK(content(file) == std::string(4 * kSectorBytes, 'a'));
    file.sync();
    dropped |= file.platter() != content(file);
    file.write(0, std::string(4 * kSectorBytes, 'a'));
    file.sync();
    CHECK(file.platter() == content(file));
  }
  CHECK(dropped);
}

TEST_CASE("after a process crash the system has forgotten what a failed sync dropped, but no later write") {
  bool forgotten = false;
  for (std::uint64_t seed = 1; seed <= kSectorSeeds; ++seed) {
    Rng rng(seed);
    SectorFile file(4 * kSectorBytes);
    file.write(0, std::string(4 * kSectorBytes, 'a'));
    file.fail_sync(rng);
    file.write(kSectorBytes, std::string(kSectorBytes, 'b'));
    file.crash(CrashKind::process, rng);
    const std::string now = content(file);
    CHECK(now.substr(kSectorBytes, kSectorBytes) == std::string(kSectorBytes, 'b'));
    forgotten |= now.find('\0') != std::string::npos;
    CHECK(now == std::string(file.platter()).replace(kSectorBytes, kSectorBytes, std::string(kSectorBytes, 'b')));
  }
  CHECK(forgotten);
}

TEST_CASE("a write in part leaves old or new bytes and nothing else") {
  std::set<std::string> outcomes;
  for (std::uint64_t seed = 1; seed <= kSectorSeeds; ++seed) {
    Rng rng(seed);
    SectorFile file(100);
    file.write_in_part(10, std::string(50, 'x'), rng);
    const std::string now = content(file);
    CHECK(now.substr(0, 10) == std::string(10, '\0'));
    CHECK(now.substr(60) == std::string(40, '\0'));
    for (const char byte : now.substr(10, 50)) CHECK((byte == 'x' || byte == '\0'));
    outcomes.insert(now);
  }
  CHECK(outcomes.size() > 20);
}

TEST_CASE("a file that grew without a sync may be any shorter after a power loss") {
  std::set<std::uint64_t> sizes;
  for (std::uint64_t seed = 1; seed <= kSectorSeeds; ++seed) {
    Rng rng(seed);
    SectorFile file(0);
    file.write(0, std::string(3 * kSectorBytes, 'a'));
    file.crash(CrashKind::power, rng);
    sizes.insert(file.size());
  }
  CHECK(sizes.size() == 4);
}

TEST_CASE("a turned bit is seen and lies on the platter") {
  Rng rng(7);
  SectorFile file(100);
  file.flip_bit(rng);
  int ones = 0;
  for (const char byte : file.platter()) ones += __builtin_popcount(static_cast<unsigned char>(byte));
  CHECK(ones == 1);
  CHECK(content(file) == file.platter());
}

}  // namespace warren::sector_file_test
