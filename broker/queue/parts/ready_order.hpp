// The messages that wait for a consumer, in the order in which they are to be delivered.
#pragma once

#include <bitset>
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
  void push(Queued queued);
  // Requires: the message was popped from here.
  void put_back(Queued queued);

  // The next to be delivered. Requires: not empty.
  const Queued& head() const { return levels_ == nullptr ? plain_.head() : levels_->top().head(); }
  Queued pop();
  // The first to go when there are too many: the oldest of the lowest priority. Requires: not empty.
  Queued pop_surplus();
  // The oldest of some priority whose deadline has passed, if there is one (amqp.md 5.3: only heads expire).
  std::optional<Queued> pop_expired(Instant now);
  // The first deadline among the heads.
  Instant next_deadline() const;
  void clear();

 private:
  struct Levels {
    std::vector<ReadyLevel> by_priority;
    std::bitset<256> occupied;
    unsigned top_level = 0;  // the highest that is occupied, when any is

    const ReadyLevel& top() const { return by_priority[top_level]; }
    ReadyLevel& top() { return by_priority[top_level]; }
    ReadyLevel& of(const Message& message);
    void note_removal(unsigned level);
  };

  Queued count_out(Queued queued);
  Queued pop_from(unsigned level);

  std::size_t size_ = 0;
  std::uint64_t body_bytes_ = 0;
  ReadyLevel plain_;
  std::unique_ptr<Levels> levels_;
};

}  // namespace warren::broker
