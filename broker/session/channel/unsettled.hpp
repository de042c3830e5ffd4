// Deliveries of one channel that the client has not settled yet, by delivery tag (amqp.md 3.14).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/ids.hpp"
#include "base/ring.hpp"
#include "base/time.hpp"
#include "broker/queue/messages.hpp"

namespace warren::broker::session {

struct UnsettledDelivery {
  std::uint64_t tag = 0;
  QueueRef queue;
  Position position = 0;
  Instant delivered_ms = 0;
  ConsumerId consumer;    // none: taken with basic.get
  bool held = true;       // false: settled, waiting to be forgotten
  bool buffered = false;  // settled in a transaction that has not ended
  bool orphan = false;    // the queue that delivered it is lost: settling it tells nobody
};

// Tags grow; entries stand in their order. Settled entries in the middle are swept out once they outnumber the held
// ones, so that one delivery that is never settled does not keep the memory of all later ones.
class Unsettled {
 public:
  std::size_t held() const { return held_; }
  bool empty() const { return held_ == 0; }

  void add(const UnsettledDelivery& delivery) {
    entries_.push_back(delivery);
    ++held_;
  }

  // The delivery with this tag, if the client may still settle it.
  UnsettledDelivery* find(std::uint64_t tag) {
    const std::optional<std::size_t> place = place_of(tag);
    if (!place) return nullptr;
    UnsettledDelivery& entry = entries_[*place];
    return entry.held && !entry.buffered ? &entry : nullptr;
  }

  // The delivery with this tag, if a transaction has used it up and not ended.
  UnsettledDelivery* find_buffered(std::uint64_t tag) {
    const std::optional<std::size_t> place = place_of(tag);
    if (!place) return nullptr;
    UnsettledDelivery& entry = entries_[*place];
    return entry.held && entry.buffered ? &entry : nullptr;
  }

  // Oldest first.
  template <class Visit>
  void for_each_held(Visit&& visit) const {
    for (std::size_t i = 0; i < entries_.size(); ++i)
      if (entries_[i].held) visit(entries_[i]);
  }

  // Marks a delivery that find() or for_each_up_to() gave as settled.
  void settle(UnsettledDelivery& entry) {
    entry.held = false;
    --held_;
  }

  // Forgets what has been settled. Call after a round of settle(); pointers into the store end here.
  void sweep() {
    while (!entries_.empty() && !entries_.front().held) entries_.pop_front();
    if (entries_.size() > kSweepEntriesMin && entries_.size() > held_ * 2) compact();
  }

  // Calls visit(entry) for each delivery held with a tag up to `tag`, oldest first; zero means all.
  template <class Visit>
  void for_each_up_to(std::uint64_t tag, Visit&& visit) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      UnsettledDelivery& entry = entries_[i];
      if (tag != 0 && entry.tag > tag) return;
      if (entry.held) visit(entry);
    }
  }

 private:
  static constexpr std::size_t kSweepEntriesMin = 1024;

  std::optional<std::size_t> place_of(std::uint64_t tag) const;
  void compact();

  Ring<UnsettledDelivery> entries_;
  std::size_t held_ = 0;
};

}  // namespace warren::broker::session
