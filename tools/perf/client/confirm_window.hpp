// Publishes that wait for their confirms.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace warren::perf {

// Knows for each publish in flight when it was sent. Confirms may come in any order.
class ConfirmWindow {
 public:
  // `most`: publishes in flight; more than 0.
  explicit ConfirmWindow(std::uint64_t most) : most_(most), slots_(std::bit_ceil(most * kSpread)) {}

  // Publishes that may be sent now.
  std::uint64_t room() const {
    const std::uint64_t in_flight = next_ - 1 - answered_;
    // One that is overtaken by many others holds its place, and with it the window.
    const std::uint64_t places = slots_.size() - (next_ - oldest_);
    return in_flight >= most_ ? 0 : std::min(most_ - in_flight, places);
  }

  // The next publish is sent. Requires: room.
  void sent(std::uint64_t at_ns) { slot(next_++) = {at_ns, true}; }

  // Answers that tag, or all up to it (0: all there are), and calls each(tag, sent_at_ns). False: the broker answered
  // what does not wait for an answer.
  template <class Each>
  bool answer(std::uint64_t tag, bool multiple, Each each) {
    if (multiple && tag == 0) tag = next_ - 1;
    if (tag == 0 || tag >= next_ || tag < oldest_) return false;
    if (!multiple && !slot(tag).waiting) return false;
    for (std::uint64_t at = multiple ? oldest_ : tag; at <= tag; ++at) {
      if (!slot(at).waiting) continue;
      slot(at).waiting = false;
      ++answered_;
      each(at, slot(at).sent_ns);
    }
    while (oldest_ < next_ && !slot(oldest_).waiting) ++oldest_;
    return true;
  }

  std::uint64_t in_flight() const { return next_ - 1 - answered_; }

 private:
  static constexpr std::uint64_t kSpread = 4;

  struct Slot {
    std::uint64_t sent_ns = 0;
    bool waiting = false;
  };
  Slot& slot(std::uint64_t tag) { return slots_[tag & (slots_.size() - 1)]; }

  std::uint64_t most_;
  std::vector<Slot> slots_;
  std::uint64_t oldest_ = 1;  // every tag before it has its answer
  std::uint64_t next_ = 1;
  std::uint64_t answered_ = 0;
};

}  // namespace warren::perf
