// Time as machines see it: an input, never a clock.
#pragma once

#include <cstdint>
#include <limits>

namespace warren {

// Milliseconds since an arbitrary start, never going back. Deadlines and intervals are measured with it.
using Instant = std::int64_t;

// Seconds since 1970, for time stamps that users see.
using WallSeconds = std::int64_t;

// Milliseconds since 1970, for deadlines that outlive the process.
using WallMs = std::int64_t;

// A deadline that never comes.
inline constexpr Instant kNever = std::numeric_limits<Instant>::max();

// The two clocks, read once per input by the driver.
struct Now {
  Instant instant_ms = 0;
  WallSeconds wall_s = 0;
  std::int32_t wall_fraction_ms = 0;  // of the second that has begun

  constexpr WallMs wall_ms() const { return wall_s * 1000 + wall_fraction_ms; }
};

// A deadline as the disk keeps it, and back. kNever stays kNever.
constexpr WallMs to_wall(Instant deadline, const Now& now) {
  return deadline == kNever ? kNever : deadline - now.instant_ms + now.wall_ms();
}
constexpr Instant to_instant(WallMs deadline, const Now& now) {
  return deadline == kNever ? kNever : deadline - now.wall_ms() + now.instant_ms;
}

}  // namespace warren
