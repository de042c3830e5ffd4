#include "base/pool.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

namespace warren::pool_test {

TEST_CASE("memory is counted while it is held") {
  const std::int64_t before = pool::live_bytes();
  void* small = pool::allocate(100);
  void* large = pool::allocate(100'000);
  CHECK(pool::live_bytes() - before == 100'100);
  pool::release(small, 100);
  CHECK(pool::live_bytes() - before == 100'000);
  pool::release(large, 100'000);
  CHECK(pool::live_bytes() == before);
}

TEST_CASE("memory is whole, aligned and nobody else's") {
  std::vector<std::pair<unsigned char*, std::size_t>> blocks;
  for (std::size_t bytes = 1; bytes <= 5000; bytes += 37) {
    auto* block = static_cast<unsigned char*>(pool::allocate(bytes));
    CHECK(reinterpret_cast<std::uintptr_t>(block) % alignof(std::max_align_t) == 0);
    std::memset(block, static_cast<int>(bytes % 251), bytes);
    blocks.emplace_back(block, bytes);
  }
  for (const auto& [block, bytes] : blocks) {
    CHECK(block[0] == bytes % 251);
    CHECK(block[bytes - 1] == bytes % 251);
    pool::release(block, bytes);
  }
}

TEST_CASE("small memory is given out again") {
  void* first = pool::allocate(200);
  pool::release(first, 200);
  void* second = pool::allocate(220);  // of the same class
  CHECK(second == first);
  pool::release(second, 220);
}

TEST_CASE("what one thread allocates another may release") {
  const std::int64_t before = pool::live_bytes();
  std::vector<void*> blocks;
  for (int i = 0; i < 10'000; ++i) blocks.push_back(pool::allocate(64));
  std::thread other([&] {
    for (void* block : blocks) pool::release(block, 64);
  });
  other.join();
  CHECK(pool::live_bytes() == before);
}

}  // namespace warren::pool_test
