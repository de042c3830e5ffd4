// Deadlines of many machines, the earliest first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/time.hpp"

namespace warren::node {

// Deadlines move more often than they come, mostly to later. So an entry is only a reminder to ask its machine: a
// machine is put in when its deadline is earlier than the reminder that stands, and asked again when the reminder
// comes.
class Timers {
 public:
  enum class Kind : std::uint8_t { session, queue };
  struct Reminder {
    Instant at_ms;
    std::uint64_t number;
    Kind kind;
  };

  Instant next_ms() const { return heap_.empty() ? kNever : heap_.front().at_ms; }

  void remind(Instant at_ms, Kind kind, std::uint64_t number) {
    heap_.push_back({at_ms, number, kind});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }

  // Requires: next_ms() is not kNever.
  Reminder take() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Reminder reminder = heap_.back();
    heap_.pop_back();
    return reminder;
  }

 private:
  static bool later(const Reminder& a, const Reminder& b) { return a.at_ms > b.at_ms; }

  std::vector<Reminder> heap_;
};

}  // namespace warren::node
