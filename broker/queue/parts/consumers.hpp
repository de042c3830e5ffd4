// The consumers of one queue, and whose turn it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/ids.hpp"
#include "base/plant.hpp"
#include "base/ring.hpp"
#include "broker/message.hpp"
#include "broker/queue/messages.hpp"

namespace warren::broker {

struct Consumer {
  SessionRef session;
  ChannelRef channel;
  ConsumerId id;
  ConsumerSlot slot;  // none: this place is free
  std::int64_t window_bytes = 0;
  std::int32_t priority = 0;
  std::uint32_t unsettled = 0;
  std::uint32_t unsettled_max = 0;
  bool no_ack = false;
  bool exclusive = false;
  bool paused = false;
  bool listed = false;  // stands in the round of its priority

  // A consumer takes deliveries while anything is left of its window: the last one may overdraw it.
  bool can_receive() const {
    return !paused && window_bytes > 0 && unsettled < std::uint64_t{unsettled_max} + (planted(4) ? 1 : 0);
  }
};

// Round robin, one message each, among the consumers that can receive; higher priorities first (amqp.md 3.15, 5.8).
// Who cannot receive leaves the round and rejoins it at its end, so finding the next takes no search.
class Consumers {
 public:
  // With single_active one consumer receives alone: the first, and when it goes the longest attached one of the highest
  // priority.
  // Slots are counted from first_serial on: those of a queue that lives again after a restart must not be those that it
  // gave before.
  explicit Consumers(bool single_active, std::uint32_t first_serial = 0)
      : attached_ever_(first_serial), single_active_(single_active) {}

  std::size_t size() const { return size_; }
  // Whether one more may attach (amqp.md 3.10, exclusivity).
  bool admits(bool exclusive) const;
  // Requires: admits(). The slot names the consumer from now on and is not used again.
  ConsumerSlot attach(const Attach& attach);
  // Returns whether it was here. Without a slot the consumer is looked up by its session's names for it.
  bool detach(const Detach& detach);
  // All consumers of sessions on a node leave. Returns whether there were any.
  bool detach_all_of(NodeId node);

  // Whose turn it is, or null. Valid until the next call.
  Consumer* next();
  // Counts a delivery to the consumer that next() has just returned, and ends its turn.
  void delivered(Consumer& consumer, const Message& message);

  // A message of the consumer's is settled. These forgive a slot whose consumer is gone.
  void settled(ConsumerSlot slot);
  void replenish(ConsumerSlot slot, std::int64_t bytes);
  // Returns the consumer, or null.
  const Consumer* pause(ConsumerSlot slot, bool paused);

  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Consumer& consumer : places_)
      if (consumer.slot) visit(consumer);
  }
  std::size_t heap_bytes() const { return places_.capacity() * (sizeof(Consumer) + sizeof(ConsumerSlot)); }

 private:
  // The consumers of one priority that stand in line. May hold slots whose consumer has left or cannot receive now.
  struct Round {
    std::int32_t priority = 0;
    std::uint32_t members = 0;  // consumers of this priority, in line or not
    Ring<ConsumerSlot> line;
  };

  Consumer* find(ConsumerSlot slot);
  Consumer* find_by_names(const Detach& detach);
  Round& round_of(std::int32_t priority);
  // Puts the consumer at the end of its round if it belongs there.
  void enlist(Consumer& consumer);
  void leave_round(const Consumer& consumer);
  void remove(Consumer& consumer);
  void choose_active();

  std::vector<Consumer> places_;
  std::vector<std::uint32_t> free_places_;
  std::vector<Round> rounds_;    // highest priority first
  std::size_t first_round_ = 0;  // all rounds before it are empty
  std::size_t size_ = 0;
  std::uint32_t attached_ever_ = 0;
  std::uint32_t replenished_ever_ = 0;  // counted for a planted bug only
  ConsumerSlot active_;                 // with single_active: who receives
  ConsumerSlot exclusive_;
  bool single_active_;
};

}  // namespace warren::broker
