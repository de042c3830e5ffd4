#include "base/flat_map.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <memory>

#include "base/rng.hpp"

namespace warren::flat_map_test {

TEST_CASE("an empty map finds nothing and erases nothing") {
  FlatMap<int, int> map;
  CHECK(map.empty());
  CHECK(map.find(1) == nullptr);
  CHECK_FALSE(map.contains(0));
  CHECK_FALSE(map.erase(1));
}

TEST_CASE("the first value of a key stays") {
  FlatMap<int, int> map;
  CHECK(map.insert(1, 10).second);
  const auto [held, inserted] = map.insert(1, 11);
  CHECK_FALSE(inserted);
  CHECK(*held == 10);
  CHECK(map.size() == 1);
}

TEST_CASE("the index operator makes a value where there is none") {
  FlatMap<QueueId, int> map;
  CHECK(map[QueueId(7)] == 0);
  map[QueueId(7)] = 3;
  CHECK(*map.find(QueueId(7)) == 3);
}

TEST_CASE("a value can be taken out, even one that cannot be copied") {
  FlatMap<int, std::unique_ptr<int>> map;
  map.insert(5, std::make_unique<int>(50));
  const std::unique_ptr<int> taken = map.take(5);
  CHECK(*taken == 50);
  CHECK(map.empty());
}

TEST_CASE("zero is a key like any other") {
  FlatMap<std::uint64_t, int> map;
  map.insert(0, 1);
  CHECK(*map.find(0) == 1);
  CHECK(map.erase(0));
  CHECK_FALSE(map.contains(0));
}

TEST_CASE("a map agrees with an ordinary one through a random life") {
  Rng rng(1);
  FlatMap<std::uint32_t, std::uint32_t> map;
  std::map<std::uint32_t, std::uint32_t> model;
  for (std::uint32_t step = 0; step < 50'000; ++step) {
    // Grows and shrinks by turns, over keys in a row as over scattered ones.
    const bool growing = step / 5000 % 2 == 0;
    std::uint32_t key = static_cast<std::uint32_t>(rng.below(4000));
    if (key % 2 == 0) key *= 0x10001;
    if (rng.below(10) < (growing ? 7u : 3u))
      REQUIRE(map.insert(key, step).second == model.emplace(key, step).second);
    else
      REQUIRE(map.erase(key) == (model.erase(key) == 1));
    REQUIRE(map.size() == model.size());
  }
  std::size_t visited = 0;
  map.for_each([&](std::uint32_t key, std::uint32_t value) {
    ++visited;
    CHECK(model.at(key) == value);
  });
  CHECK(visited == model.size());
  for (const auto& [key, value] : model) REQUIRE(*map.find(key) == value);
}

TEST_CASE("keys in a row do not fill slots in a row") {
  // Neighbours land far apart, so that taking one out touches few others.
  for (std::uint64_t key = 1; key < 100; ++key) {
    const std::uint64_t distance = (spread(key + 1) - spread(key)) & 1023;
    CHECK(distance > 1);
    CHECK(distance < 1023);
  }
}

TEST_CASE("a cleared map can be used again") {
  FlatMap<int, int> map;
  for (int i = 0; i < 100; ++i) map.insert(i, i);
  map.clear();
  CHECK(map.empty());
  map.insert(3, 4);
  CHECK(*map.find(3) == 4);
}

}  // namespace warren::flat_map_test
