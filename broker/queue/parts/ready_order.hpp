// The messages that wait for a consumer, in the order in which they are to be delivered.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "broker/message.hpp"
#include "broker/queue/parts/ready_level.hpp"
#include "broker/queue/stored/values.hpp"

namespace warren::broker {

// First in, first out, within each priority; higher priorities first. A message that comes back takes its old place.
class ReadyOrder {
 public:
  // Without a highest priority all messages are equal.
  explicit ReadyOrder(std::optional<std::uint8_t> max_priority);

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  // Bodies of all that is here.
  std::uint64_t body_bytes() const { return body_bytes_; }

  // Requires: a position above all that were ever pushed.
  void push(Queued queued) {
    count_in(queued);
    if (levels_ == nullptr) return plain_.push(std::move(queued));
    levels_->enter(*queued.message).push(std::move(queued));
  }
  // Requires: the message was popped from here.
  void put_back(Queued queued);

  // Whether the next to be delivered is in memory.
  bool available() const {
    return size_ != 0 &&
           (levels_ == nullptr ? plain_.available() : levels_->by_priority[levels_->highest()].available());
  }
  // The next to be delivered. Require: available().
  const Queued& head() const {
    return levels_ == nullptr ? plain_.head() : levels_->by_priority[levels_->highest()].head();
  }
  Queued pop() { return count_out(levels_ == nullptr ? plain_.pop() : levels_->pop_from(levels_->highest())); }
  // The oldest of some priority whose deadline has passed, if there is one (amqp.md 5.3: only heads expire).
  std::optional<Queued> pop_expired(Instant now);
  // The first deadline among the heads.
  Instant next_deadline() const {
    if (empty()) return kNever;
    return levels_ == nullptr ? plain_.next_deadline() : levels_->next_deadline();
  }
  // Forgets all messages and gives the memory back.
  void clear();

  // ---- cold storage ----

  // The level of a message, and the number of levels.
  Level level_of(const Message& message) const {
    if (levels_ == nullptr) return 0;
    return static_cast<Level>(std::min<std::size_t>(message.traits().priority, levels_->by_priority.size() - 1));
  }
  std::size_t level_count() const { return levels_ == nullptr ? 1 : levels_->by_priority.size(); }
  ReadyLevel& level(Level level) { return levels_ == nullptr ? plain_ : levels_->by_priority[level]; }
  const ReadyLevel& level(Level level) const { return levels_ == nullptr ? plain_ : levels_->by_priority[level]; }
  std::size_t hot_bytes() const;
  // Puts runs behind everything that the level holds. Requires: a level of this order.
  void restore_cold(Level level, std::vector<ColdRun> runs);
  // See ReadyLevel::loaded.
  ReadyLevel::Lost loaded(Level level, Position chunk, std::vector<Queued> messages);

 private:
  // One order per priority, and which of them have messages.
  struct Levels {
    std::vector<ReadyLevel> by_priority;
    std::array<std::uint64_t, 4> occupied{};

    // The level of a message, marked as occupied.
    ReadyLevel& enter(const Message& message);
    void mark(std::size_t level);
    // Require: some level is occupied.
    unsigned highest() const;
    Queued pop_from(unsigned level);
    Instant next_deadline() const;
    // An occupied level whose head has passed its deadline.
    std::optional<unsigned> expired(Instant now) const;
  };

  void count_in(const Queued& queued) {
    ++size_;
    body_bytes_ += queued.message->body_bytes();
  }
  Queued count_out(Queued queued) {
    --size_;
    body_bytes_ -= queued.message->body_bytes();
    return queued;
  }

  std::size_t size_ = 0;
  std::uint64_t body_bytes_ = 0;
  ReadyLevel plain_;
  std::unique_ptr<Levels> levels_;  // none: all messages are equal and lie in plain_
};

}  // namespace warren::broker
