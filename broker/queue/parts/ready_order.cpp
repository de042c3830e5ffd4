#include "broker/queue/parts/ready_order.hpp"

#include <algorithm>
#include <bit>

namespace warren::broker {

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
    if (plain_.next_deadline() > now) return std::nullopt;
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

std::size_t ReadyOrder::hot_bytes() const {
  if (levels_ == nullptr) return plain_.hot_bytes();
  std::size_t bytes = 0;
  for (const ReadyLevel& level : levels_->by_priority) bytes += level.hot_bytes();
  return bytes;
}

void ReadyOrder::restore_cold(Level at, std::vector<ColdRun> runs) {
  for (const ColdRun& run : runs) {
    size_ += run.count;
    body_bytes_ += run.body_bytes;
  }
  if (levels_ != nullptr && !runs.empty()) levels_->mark(at);
  level(at).restore_cold(std::move(runs));
}

ReadyLevel::Lost ReadyOrder::loaded(Level at, Position chunk, std::vector<Queued> messages) {
  const ReadyLevel::Lost lost = level(at).loaded(chunk, std::move(messages));
  size_ -= lost.messages;
  body_bytes_ -= lost.body_bytes;
  if (levels_ != nullptr && level(at).empty()) levels_->occupied[at / 64] &= ~(std::uint64_t{1} << (at % 64));
  return lost;
}

ReadyLevel& ReadyOrder::Levels::enter(const Message& message) {
  const std::size_t level = std::min<std::size_t>(message.traits().priority, by_priority.size() - 1);
  mark(level);
  return by_priority[level];
}

void ReadyOrder::Levels::mark(std::size_t level) { occupied[level / 64] |= std::uint64_t{1} << (level % 64); }

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
  for (const ReadyLevel& level : by_priority) first = std::min(first, level.next_deadline());
  return first;
}

std::optional<unsigned> ReadyOrder::Levels::expired(Instant now) const {
  for (unsigned level = 0; level < by_priority.size(); ++level)
    if (by_priority[level].next_deadline() <= now) return level;
  return std::nullopt;
}

}  // namespace warren::broker
