// How a simulated disk behaves: its faults, its space, its pace.
#pragma once

#include <cstdint>
#include <limits>

#include "tests/sim/scene.hpp"

namespace warren::sim {

inline constexpr std::uint64_t kUnlimitedBytes = std::numeric_limits<std::uint64_t>::max();

// One in so many fails; 0: none.
struct DiskSettings {
  std::uint64_t write_error_each = 0;  // writes, new files, renames, removals
  std::uint64_t sync_error_each = 0;
  std::uint64_t commit_error_each = 0;
  std::uint64_t read_error_each = 0;
  std::uint64_t flip_each = 0;  // one crash in so many turns a bit of what lies on the platter
  std::uint64_t capacity_bytes = kUnlimitedBytes;
  Micros latency_max = kMilli;  // of one operation, as the world plans it
};

enum class CrashKind : std::uint8_t {
  process,  // the program is gone, the system's memory is not
  power,    // what was not on the platter is gone
};

}  // namespace warren::sim
