#include "broker/catalog/index.hpp"

#include <doctest/doctest.h>

#include <map>
#include <memory>

#include "base/rng.hpp"
#include "broker/catalog/hash.hpp"

namespace warren::broker {
namespace {

struct Thing {
  std::uint64_t key = 0;
};

Thing* find(const Index<std::unique_ptr<Thing>>& index, std::uint64_t hash, std::uint64_t key) {
  return index.find(hash, [&](const Thing& held) { return held.key == key; });
}

// What happens to an index and to a map is the same, for this way of hashing.
template <class Hash>
void compare_with_map(Hash hash) {
  Rng rng(3);
  Index<std::unique_ptr<Thing>> index;
  std::map<std::uint64_t, bool> map;
  for (int step = 0; step < 20000; ++step) {
    const std::uint64_t key = rng.below(700);
    Thing* held = find(index, hash(key), key);
    REQUIRE((held != nullptr) == map.contains(key));
    if (held == nullptr) {
      index.insert(hash(key), std::make_unique<Thing>(Thing{key}));
      map[key] = true;
    } else {
      CHECK(index.erase(hash(key), *held)->key == key);
      map.erase(key);
    }
    REQUIRE(index.size() == map.size());
  }
  std::size_t visited = 0;
  index.for_each([&](const Thing& held) { visited += map.contains(held.key) ? 1 : 0; });
  CHECK(visited == map.size());
}

}  // namespace

TEST_CASE("an index holds what a map would hold") {
  compare_with_map([](std::uint64_t key) { return hash_number(key); });
}

TEST_CASE("an index works when all hashes collide") {
  compare_with_map([](std::uint64_t key) { return key % 3 << 40; });
}

TEST_CASE("an index that was large gives memory back and still finds") {
  Index<std::unique_ptr<Thing>> index;
  constexpr std::uint64_t kMany = 20000;
  for (std::uint64_t key = 0; key < kMany; ++key) index.insert(hash_number(key), std::make_unique<Thing>(Thing{key}));
  for (std::uint64_t key = 5; key < kMany; ++key) index.erase(hash_number(key), *find(index, hash_number(key), key));
  for (std::uint64_t key = 0; key < 5; ++key) CHECK(find(index, hash_number(key), key) != nullptr);
  CHECK(find(index, hash_number(5), 5) == nullptr);
}

}  // namespace warren::broker
