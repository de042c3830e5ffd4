// How fast something goes that should leave room for others.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace warren::mirror {

// A bucket that fills with time. Who was allowed something may take more than there is, and waits longer for it.
class Pace {
 public:
  // Whether something may go now, at so many bytes per second (zero: any number). It is asked again at next().
  bool allows(std::uint64_t bytes_per_s, Instant now) {
    const std::int64_t passed = std::clamp<std::int64_t>(now - looked_, 0, kMsPerSecond);
    looked_ = now;
    if (bytes_per_s == 0) {
      room_ = kRoomMax;
    } else {
      const auto rate = static_cast<std::int64_t>(std::min<std::uint64_t>(bytes_per_s, kRateMax));
      room_ = std::min(kRoomMax, room_ + passed * rate / kMsPerSecond);
      next_ = now + 1 - room_ * kMsPerSecond / rate;
    }
    if (room_ > 0) next_ = kNever;
    return room_ > 0;
  }
  void sent(std::size_t bytes) { room_ -= static_cast<std::int64_t>(std::min(bytes, kSentMax)); }
  // Nothing is to go for a while.
  void rest() { next_ = kNever; }
  // When it allows more; kNever: it has not been asked in vain.
  Instant next() const { return next_; }

 private:
  static constexpr std::int64_t kMsPerSecond = 1000;
  static constexpr std::int64_t kRoomMax = 256 << 10;  // what may go at once after a rest
  static constexpr std::uint64_t kRateMax = std::uint64_t{1} << 40;
  static constexpr std::size_t kSentMax = std::size_t{1} << 40;

  Instant looked_ = 0;
  std::int64_t room_ = kRoomMax;
  Instant next_ = kNever;
};

}  // namespace warren::mirror
