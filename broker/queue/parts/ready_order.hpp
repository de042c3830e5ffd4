// The messages that wait for a consumer, in the order in which they are to be delivered.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/ring.hpp"
#include "base/time.hpp"
#include "broker/message.hpp"

namespace warren::broker {

// A message and its place in the queue.
struct Queued {
  MessageRef message;
  std::uint64_t position : 63 = 0;
  std::uint64_t redelivered : 1 = 0;  // has been with a client before
  Instant deadline = kNever;          // dead from then on
};
static_assert(sizeof(Queued) <= 24, "a backlog of a hundred million messages is memory");

// Messages of one priority: those that came, in the order of coming, and those that came back, by position.
class ReadyLevel {
 public:
  bool empty() const { return fifo_.empty() && returned_.empty(); }
  std::size_t size() const { return fifo_.size() + returned_.size(); }
  void push(Queued queued) { fifo_.push_back(std::move(queued)); }
  void put_back(Queued queued);
  // Requires: not empty.
  const Queued& head() const { return returned_.empty() ? fifo_.front() : returned_.front(); }
  Queued pop() { return returned_.empty() ? fifo_.pop_front() : pop_returned(); }
  void clear();

 private:
  Queued pop_returned();

  Ring<Queued> fifo_;
  // A heap, the lowest position first. Whatever came back was delivered before anything in fifo_ could be, so it is
  // older than all of that.
  std::vector<Queued> returned_;
};

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

  // The next to be delivered. Requires: not empty.
  const Queued& head() const {
    return levels_ == nullptr ? plain_.head() : levels_->by_priority[levels_->highest()].head();
  }
  Queued pop() { return count_out(levels_ == nullptr ? plain_.pop() : levels_->pop_from(levels_->highest())); }
  // The oldest of some priority whose deadline has passed, if there is one (amqp.md 5.3: only heads expire).
  std::optional<Queued> pop_expired(Instant now);
  // The first deadline among the heads.
  Instant next_deadline() const {
    if (empty()) return kNever;
    return levels_ == nullptr ? plain_.head().deadline : levels_->next_deadline();
  }
  // Forgets all messages and gives the memory back.
  void clear();

 private:
  // One order per priority, and which of them have messages.
  struct Levels {
    std::vector<ReadyLevel> by_priority;
    std::array<std::uint64_t, 4> occupied{};

    // The level of a message, marked as occupied.
    ReadyLevel& enter(const Message& message);
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
