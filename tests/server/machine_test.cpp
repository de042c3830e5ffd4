#include "server/machine.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

namespace warren::machine_test {

using namespace warren::server;

TEST_CASE("the machine has cores and memory, and this process occupies some of it") {
  CHECK(cores() >= 1);
  CHECK(memory_resident_bytes() > 100'000);
  CHECK(memory_total_bytes() > memory_resident_bytes());
}

TEST_CASE("memory that is used is seen") {
  const std::uint64_t before = memory_resident_bytes();
  constexpr std::size_t kBytes = 64 << 20;
  std::vector<char> used(kBytes);
  std::memset(used.data(), 1, used.size());
  CHECK(memory_resident_bytes() > before + kBytes / 2);
  CHECK(used.back() == 1);
}

}  // namespace warren::machine_test
