// Hashes that are the same on every machine: some of them decide where messages go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace warren::broker {

// Spreads the bits of a number over all 64 (the finisher of MurmurHash3, Appleby 2011).
constexpr std::uint64_t hash_number(std::uint64_t number) {
  number ^= number >> 33;
  number *= 0xff51afd7ed558ccdull;
  number ^= number >> 33;
  number *= 0xc4ceb9fe1a85ec53ull;
  return number ^ (number >> 33);
}

// Multiplies to 128 bits and folds: every bit of both factors reaches every bit of the result.
inline std::uint64_t fold_product(std::uint64_t a, std::uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Hash of bytes, eight at a time. `seed` keeps the same text under different owners apart.
inline std::uint64_t hash_text(std::string_view text, std::uint64_t seed = 0) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15ull;
  constexpr std::uint64_t kOther = 0xe7037ed1a0b428dbull;
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  std::uint64_t state = fold_product(seed ^ kOdd, text.size() ^ kOther);
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t word = 0;
  for (; left >= kWord; left -= kWord, at += kWord) {
    std::memcpy(&word, at, kWord);
    state = fold_product(state ^ word ^ kOther, kOdd);
  }
  if (left != 0) {
    word = 0;
    std::memcpy(&word, at, left);
    state = fold_product(state ^ word ^ kOther, kOdd);
  }
  return state;
}

}  // namespace warren::broker
