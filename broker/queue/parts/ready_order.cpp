#include "broker/queue/parts/ready_order.hpp"

#include <algorithm>
#include <bit>

#include "base/plant.hpp"

namespace warren::broker {
namespace {

// Room for messages that come back which is kept when there are none.
constexpr std::size_t kReturnedKept = 16;

// Makes std's heaps, which keep the greatest in front, keep the lowest position there.
bool later(const Queued& a, const Queued& b) { return a.position > b.position; }

}  // namespace

void ReadyLevel::put_back(Queued queued) {
  if (planted(3)) return fifo_.push_back(std::move(queued));
  returned_.push_back(std::move(queued));
  std::push_heap(returned_.begin(), returned_.end(), later);
}

Queued ReadyLevel::pop_returned() {
  std::pop_heap(returned_.begin(), returned_.end(), later);
  Queued queued = std::move(returned_.back());
  returned_.pop_back();
  if (returned_.empty() && returned_.capacity() > kReturnedKept) returned_ = std::vector<Queued>();
  return queued;
}

void ReadyLevel::clear() {
  fifo_ = {};
  returned_ = std::vector<Queued>();
}

ReadyOrder::ReadyOrder(std::optional<std::uint8_t> max_priority) {
  if (!max_priority) return;
  levels_ = std::make_unique<Levels>();
  // A highest priority of 0 counts as 1 (amqp.md 5.5).
  levels_->by_priority.resize(std::max<std::size_t>(*max_priority, 1) + 1);
}

void ReadyOrder::put_back(Queued queued) {
  count_in(queued);
  if (levels_ == nullptr) return plain_.put_back(std::move(queued));
  levels_->enter(*queued.message).put_back(std::move(queued));
}

std::optional<Queued> ReadyOrder::pop_expired(Instant now) {
  if (empty()) return std::nullopt;
  if (levels_ == nullptr) {
    if (plain_.head().deadline > now) return std::nullopt;
    return count_out(plain_.pop());
  }
  const std::optional<unsigned> level = levels_->expired(now);
  if (!level) return std::nullopt;
  return count_out(levels_->pop_from(*level));
}

void ReadyOrder::clear() {
  plain_.clear();
  if (levels_ != nullptr) {
    for (ReadyLevel& level : levels_->by_priority) level.clear();
    levels_->occupied = {};
  }
  size_ = 0;
  body_bytes_ = 0;
}

ReadyLevel& ReadyOrder::Levels::enter(const Message& message) {
  const std::size_t level = std::min<std::size_t>(message.traits().priority, by_priority.size() - 1);
  occupied[level / 64] |= std::uint64_t{1} << (level % 64);
  return by_priority[level];
}

unsigned ReadyOrder::Levels::highest() const {
  unsigned word = 3;
  while (occupied[word] == 0) --word;
  return word * 64 + static_cast<unsigned>(std::bit_width(occupied[word])) - 1;
}

Queued ReadyOrder::Levels::pop_from(unsigned level) {
  Queued queued = by_priority[level].pop();
  if (by_priority[level].empty()) occupied[level / 64] &= ~(std::uint64_t{1} << (level % 64));
  return queued;
}

Instant ReadyOrder::Levels::next_deadline() const {
  Instant first = kNever;
  for (const ReadyLevel& level : by_priority)
    if (!level.empty()) first = std::min(first, level.head().deadline);
  return first;
}

std::optional<unsigned> ReadyOrder::Levels::expired(Instant now) const {
  for (unsigned level = 0; level < by_priority.size(); ++level)
    if (!by_priority[level].empty() && by_priority[level].head().deadline <= now) return level;
  return std::nullopt;
}

}  // namespace warren::broker
