#include "broker/queue/parts/consumers.hpp"

#include <algorithm>
#include <limits>

#include "base/check.hpp"
#include "base/limits.hpp"

namespace warren::broker {
namespace {

constexpr std::uint32_t kNoMaximum = std::numeric_limits<std::uint32_t>::max();
std::int64_t first_window_bytes() { return planted(5) ? 2048 : limits::kConsumerWindowBytes; }

// A slot is a serial number, never used again, over the place in the vector.
ConsumerSlot make_slot(std::uint32_t serial, std::size_t place) {
  return ConsumerSlot(std::uint64_t{serial} << 32 | place);
}
std::uint32_t serial_of(ConsumerSlot slot) { return static_cast<std::uint32_t>(slot.value >> 32); }
std::uint32_t place_of(ConsumerSlot slot) { return static_cast<std::uint32_t>(slot.value); }

}  // namespace

bool Consumers::admits(bool exclusive) const {
  if (exclusive_) return false;
  return !exclusive || (size_ == 0 && !single_active_);
}

ConsumerSlot Consumers::attach(const Attach& attach) {
  WARREN_CHECK(admits(attach.exclusive), "a consumer attaches where it is admitted");
  std::size_t place = places_.size();
  if (free_places_.empty()) {
    places_.emplace_back();
  } else {
    place = free_places_.back();
    free_places_.pop_back();
  }
  Consumer& consumer = places_[place];
  consumer = Consumer{attach.session, attach.channel, attach.consumer, make_slot(++attached_ever_, place)};
  consumer.window_bytes = first_window_bytes();
  consumer.priority = attach.priority;
  // Auto-acknowledged deliveries are settled when sent, so no limit on unsettled ones applies (amqp.md 3.10).
  consumer.unsettled_max = attach.no_ack || attach.prefetch == 0 ? kNoMaximum : attach.prefetch;
  consumer.no_ack = attach.no_ack;
  consumer.exclusive = attach.exclusive;
  consumer.paused = attach.paused;
  ++size_;
  ++round_of(attach.priority).members;
  if (attach.exclusive) exclusive_ = consumer.slot;
  if (single_active_ && !active_) active_ = consumer.slot;
  enlist(consumer);
  return consumer.slot;
}

bool Consumers::detach(const Detach& detach) {
  Consumer* consumer = detach.slot ? find(detach.slot) : find_by_names(detach);
  if (consumer == nullptr || consumer->session != detach.session) return false;
  remove(*consumer);
  return true;
}

bool Consumers::detach_all_of(NodeId node) {
  std::vector<ConsumerSlot> slots;
  for_each([&](const Consumer& consumer) {
    if (consumer.session.node == node) slots.push_back(consumer.slot);
  });
  for (const ConsumerSlot slot : slots) remove(*find(slot));
  return !slots.empty();
}

void Consumers::remove(Consumer& consumer) {
  const Consumer left = consumer;
  consumer = Consumer{};
  free_places_.push_back(place_of(left.slot));
  --size_;
  leave_round(left);
  if (exclusive_ == left.slot) exclusive_ = {};
  if (active_ == left.slot) choose_active();
  if (size_ == 0) {
    places_ = std::vector<Consumer>();
    free_places_ = std::vector<std::uint32_t>();
  }
}

Consumer* Consumers::next() {
  for (; first_round_ < rounds_.size(); ++first_round_) {
    Ring<ConsumerSlot>& line = rounds_[first_round_].line;
    while (!line.empty()) {
      Consumer* consumer = find(line.front());
      if (consumer != nullptr) {
        if (consumer->can_receive()) return consumer;
        consumer->listed = false;
      }
      line.pop_front();
    }
  }
  return nullptr;
}

void Consumers::delivered(Consumer& consumer, const Message& message) {
  Ring<ConsumerSlot>& line = rounds_[first_round_].line;
  WARREN_CHECK(line.front() == consumer.slot, "a delivery goes to the consumer whose turn it is");
  consumer.window_bytes -= delivery_window_bytes(message);
  if (!consumer.no_ack) ++consumer.unsettled;
  if (!consumer.can_receive()) {
    consumer.listed = false;
    line.pop_front();
  } else if (line.size() > 1) {
    line.push_back(line.pop_front());
  }
}

void Consumers::settled(ConsumerSlot slot) {
  Consumer* consumer = find(slot);
  if (consumer == nullptr) return;
  WARREN_CHECK(consumer->unsettled > 0, "a consumer settles what it was sent");
  --consumer->unsettled;
  enlist(*consumer);
}

void Consumers::replenish(ConsumerSlot slot, std::int64_t bytes) {
  if (planted(5) && ++replenished_ever_ % 4 == 0) return;
  Consumer* consumer = find(slot);
  if (consumer == nullptr) return;
  consumer->window_bytes += bytes;
  enlist(*consumer);
}

const Consumer* Consumers::pause(ConsumerSlot slot, bool paused) {
  Consumer* consumer = find(slot);
  if (consumer == nullptr) return nullptr;
  consumer->paused = paused;
  enlist(*consumer);
  return consumer;
}

Consumer* Consumers::find(ConsumerSlot slot) {
  const std::size_t place = place_of(slot);
  if (!slot || place >= places_.size() || places_[place].slot != slot) return nullptr;
  return &places_[place];
}

Consumer* Consumers::find_by_names(const Detach& detach) {
  for (Consumer& consumer : places_)
    if (consumer.slot && consumer.id == detach.consumer && consumer.channel == detach.channel &&
        consumer.session == detach.session)
      return &consumer;
  return nullptr;
}

Consumers::Round& Consumers::round_of(std::int32_t priority) {
  const auto comes_before = [](const Round& round, std::int32_t wanted) { return round.priority > wanted; };
  auto at = std::lower_bound(rounds_.begin(), rounds_.end(), priority, comes_before);
  if (at == rounds_.end() || at->priority != priority) {
    at = rounds_.insert(at, Round{});
    at->priority = priority;
    first_round_ = 0;
  }
  return *at;
}

void Consumers::enlist(Consumer& consumer) {
  if (consumer.listed || !consumer.can_receive() || (single_active_ && active_ != consumer.slot)) return;
  Round& round = round_of(consumer.priority);
  round.line.push_back(consumer.slot);
  consumer.listed = true;
  first_round_ = std::min(first_round_, static_cast<std::size_t>(&round - rounds_.data()));
}

void Consumers::leave_round(const Consumer& consumer) {
  Round& round = round_of(consumer.priority);
  if (--round.members == 0) {
    rounds_.erase(rounds_.begin() + (&round - rounds_.data()));
    first_round_ = 0;
    return;
  }
  // The slot stays in line until its turn comes; where many have left without a turn, sweep.
  if (round.line.size() <= std::size_t{2} * round.members + 8) return;
  for (std::size_t left = round.line.size(); left > 0; --left) {
    const ConsumerSlot slot = round.line.pop_front();
    if (find(slot) != nullptr) round.line.push_back(slot);
  }
}

void Consumers::choose_active() {
  Consumer* best = nullptr;
  for (Consumer& consumer : places_) {
    if (!consumer.slot) continue;
    const bool better = best == nullptr || consumer.priority > best->priority ||
                        (consumer.priority == best->priority && serial_of(consumer.slot) < serial_of(best->slot));
    if (better) best = &consumer;
  }
  active_ = best == nullptr ? ConsumerSlot{} : best->slot;
  if (best != nullptr) enlist(*best);
}

}  // namespace warren::broker
