// Time as machines see it: an input, never a clock.
#pragma once

#include <cstdint>
#include <limits>

namespace warren {

// Milliseconds since an arbitrary start, never going back. Deadlines and intervals are measured with it.
using Instant = std::int64_t;

// Seconds since 1970, for time stamps that users see.
using WallSeconds = std::int64_t;

// A deadline that never comes.
inline constexpr Instant kNever = std::numeric_limits<Instant>::max();

// The two clocks, read once per input by the driver.
struct Now {
  Instant instant_ms = 0;
  WallSeconds wall_s = 0;
};

}  // namespace warren
