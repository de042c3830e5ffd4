// The clocks of this machine.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.hpp"

namespace warren::server {

inline Now read_clocks() {
  using namespace std::chrono;
  const std::int64_t wall_ms = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  return {duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count(), wall_ms / 1000,
          static_cast<std::int32_t>(wall_ms % 1000)};
}

}  // namespace warren::server
