#include "base/rng.hpp"

#include <doctest/doctest.h>

#include <array>

namespace warren::rng_test {

TEST_CASE("the numbers are those of SplitMix64") {
  // The first outputs for seed 1234567, as published with the reference implementation.
  Rng rng(1234567);
  CHECK(rng.next() == 6457827717110365317ull);
  CHECK(rng.next() == 3203168211198807973ull);
  CHECK(rng.next() == 9817491932198370423ull);
}

TEST_CASE("numbers below a bound are below it and reach all of it") {
  Rng rng(3);
  std::array<int, 10> counts{};
  for (int i = 0; i < 10'000; ++i) ++counts.at(rng.below(10));
  for (const int count : counts) {
    CHECK(count > 800);
    CHECK(count < 1200);
  }
}

TEST_CASE("one in n comes about once in n times") {
  Rng rng(4);
  int times = 0;
  for (int i = 0; i < 10'000; ++i) times += rng.one_in(100) ? 1 : 0;
  CHECK(times > 50);
  CHECK(times < 150);
}

}  // namespace warren::rng_test
