// How the simulated network behaves: delays, pieces, stalls.
#pragma once

#include <algorithm>
#include <cstddef>

#include "base/rng.hpp"
#include "tests/sim/scene.hpp"

namespace warren::sim {

struct NetworkSettings {
  Micros mail_delay_max = 2 * kMilli;
  Micros byte_delay_max = 3 * kMilli;
  std::uint64_t tiny_pieces_each = 4;  // one piece in so many is tiny
  std::uint64_t stall_each = 0;        // one piece in so many comes late; 0: none
  std::size_t kernel_bytes_max = 64 << 10;
};

inline Micros below(Rng& rng, Micros bound) {
  return static_cast<Micros>(rng.below(static_cast<std::uint64_t>(std::max<Micros>(bound, 1))));
}

// How many of `pending` bytes travel at once: all of them, some, or hardly any.
inline std::size_t piece_of(std::size_t pending, const NetworkSettings& network, Rng& rng) {
  constexpr std::size_t kTiny = 3;
  constexpr std::size_t kSome = 300;
  // A long way in tiny steps teaches nothing more.
  constexpr std::size_t kTinyPendingMax = 2000;
  if (pending <= kTinyPendingMax && rng.one_in(network.tiny_pieces_each))
    return std::min(pending, 1 + rng.below(kTiny));
  switch (rng.below(3)) {
    case 0: return std::min<std::size_t>(pending, 1 + rng.below(kSome));
    case 1: return 1 + rng.below(pending);
    default: return pending;
  }
}

}  // namespace warren::sim
