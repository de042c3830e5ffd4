// Randomness as machines see it: a generator that the driver seeds.
#pragma once

#include <cstdint>

namespace warren {

// SplitMix64 (Steele, Lea, Flood 2014): small, fast, the same on every machine. Not for secrets.
class Rng {
 public:
  explicit constexpr Rng(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ull;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }

  // A number below `bound`, which must not be zero. The bias is below 2^-32 for the bounds used here.
  constexpr std::uint64_t below(std::uint64_t bound) { return next() % bound; }

  // True once in `n` on average.
  constexpr bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace warren
