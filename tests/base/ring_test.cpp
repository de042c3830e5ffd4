#include "base/ring.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <utility>

#include "base/rng.hpp"

namespace warren::ring_test {

TEST_CASE("what goes in first comes out first") {
  Ring<int> ring;
  for (int i = 0; i < 100; ++i) ring.push_back(i);
  for (int i = 0; i < 100; ++i) CHECK(ring.pop_front() == i);
  CHECK(ring.empty());
}

TEST_CASE("a ring agrees with a deque through a random life") {
  Rng rng(2);
  Ring<int> ring;
  std::deque<int> model;
  for (int step = 0; step < 50'000; ++step) {
    const std::uint64_t what = rng.below(step / 5000 % 2 == 0 ? 5 : 8);
    if (what < 2) {
      ring.push_back(step);
      model.push_back(step);
    } else if (what == 2) {
      ring.push_front(step);
      model.push_front(step);
    } else if (!model.empty() && what % 2 == 0) {
      REQUIRE(ring.pop_front() == model.front());
      model.pop_front();
    } else if (!model.empty()) {
      REQUIRE(ring.pop_back() == model.back());
      model.pop_back();
    }
    REQUIRE(ring.size() == model.size());
    if (model.empty()) continue;
    REQUIRE(ring.front() == model.front());
    REQUIRE(ring.back() == model.back());
    const std::size_t place = rng.below(model.size());
    REQUIRE(ring[place] == model[place]);
  }
}

TEST_CASE("a ring destroys what it holds exactly once") {
  const auto witness = std::make_shared<int>(1);
  {
    Ring<std::shared_ptr<int>> ring;
    for (int i = 0; i < 20; ++i) ring.push_back(witness);
    CHECK(witness.use_count() == 21);
    ring.pop_front();
    ring.pop_back();
    CHECK(witness.use_count() == 19);
    Ring<std::shared_ptr<int>> other(std::move(ring));
    CHECK(witness.use_count() == 19);
    other.push_back(witness);
    other.clear();
    CHECK(witness.use_count() == 1);
    other.push_back(witness);
  }
  CHECK(witness.use_count() == 1);
}

TEST_CASE("a ring that was large works again after it has emptied") {
  Ring<int> ring;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 10'000; ++i) ring.push_back(i);
    for (int i = 0; i < 10'000; ++i) REQUIRE(ring.pop_front() == i);
  }
  CHECK(ring.empty());
}

}  // namespace warren::ring_test
