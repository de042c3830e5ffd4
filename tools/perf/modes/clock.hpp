// The monotonic clock, in which every time of a run is told.
#pragma once

#include <chrono>
#include <cstdint>

namespace warren::perf {

inline constexpr double kSecond_ns = 1e9;

inline std::uint64_t clock_ns() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count());
}

inline std::uint64_t as_ns(double seconds) { return static_cast<std::uint64_t>(seconds * kSecond_ns); }

inline double seconds_between(std::uint64_t from_ns, std::uint64_t to_ns) {
  return to_ns <= from_ns ? 0 : static_cast<double>(to_ns - from_ns) / kSecond_ns;
}

}  // namespace warren::perf
