#include "broker/queue/queue.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/plant.hpp"

namespace warren::broker {
namespace {

// A planted bug: which messages are confirmed and not kept.
constexpr Position kLostConfirmedEvery = 64;
// A planted bug: which messages are lost when they are requeued.
constexpr Position kLostRequeuedEvery = 16;

// Differs from one life of a queue to the next, so that mail for consumers of the last one finds nobody. The highest
// bit stays free for counting on.
std::uint32_t first_serial(QueueId queue, const Now& born) {
  std::uint64_t mixed = queue.value * 0x9e3779b97f4a7c15ull + static_cast<std::uint64_t>(born.wall_s);
  mixed = (mixed ^ mixed >> 29) * 0xbf58476d1ce4e5b9ull + static_cast<std::uint64_t>(born.instant_ms);
  mixed = (mixed ^ mixed >> 32) * 0x94d049bb133111ebull;
  return static_cast<std::uint32_t>(mixed >> 33);
}

std::uint32_t as_count(std::size_t size) { return static_cast<std::uint32_t>(size); }

}  // namespace

Queue::Queue(QueueRef ref, const QueueSettings& settings, Now now)
    : ref_(ref),
      next_position_(first_position(ref.epoch)),
      ready_(settings.max_priority),
      limits_(LimitsPolicy::make(settings, now.instant_ms)),
      first_slot_serial_(first_serial(ref.id, now)),
      durable_(settings.durable),
      auto_delete_(settings.auto_delete),
      single_active_(settings.single_active_consumer),
      has_dead_letter_(settings.dead_letter.has_value()) {}

void Queue::step(QueueCommand& command, const Now& now, QueueEffects& effects) {
  std::visit([&](auto& one) { on(one, now, effects); }, command);
}

void Queue::end_batch(const Now& now, QueueEffects& effects) {
  if (requeued_) {
    requeued_ = false;
    // What expired while it was with a client goes before anybody gets it again (amqp.md 8.6/243).
    expire_heads(now.instant_ms, effects);
    dispatch(now, effects);
  }
  // What was with clients is ready again after a restart.
  drop_surplus(effects);
  expire_heads(now.instant_ms, effects);
  // Something came back, or all is gone: then no chunk is read for their sake.
  if (!waiting_gets_.empty()) answer_waiting_gets(now, effects);
  confirms_.flush(effects.mail);
  settle_with_storage(effects);
}

void Queue::tick(const Now& now, QueueEffects& effects) {
  if (closed_) return;
  expire_heads(now.instant_ms, effects);
  if (limits_ != nullptr && consumers() == 0 && limits_->expiry() <= now.instant_ms) farewell(effects);
}

void Queue::adopt(const QueueSettings& settings, const Now& now, QueueEffects& effects) {
  if (closed_) return;
  std::unique_ptr<LimitsPolicy> limits = LimitsPolicy::make(settings, now.instant_ms);
  if (limits != nullptr && limits_ != nullptr) limits->used_like(*limits_);
  limits_ = std::move(limits);
  has_dead_letter_ = settings.dead_letter.has_value();
  expire_heads(now.instant_ms, effects);
  drop_surplus(effects);
}

Instant Queue::next_deadline() const {
  const Instant head = ready_.next_deadline();
  return limits_ == nullptr || consumers() > 0 ? head : std::min(head, limits_->expiry());
}

bool Queue::peer_lost(NodeId node, const Now& now, QueueEffects& effects) {
  confirms_.forget(node);
  durable_confirms_.forget(node);
  std::erase_if(waiting_gets_, [&](const Get& get) { return get.session.node == node; });
  // Consumers leave first: what goes back must not come again to them.
  const bool left = consumers_ != nullptr && consumers_->detach_all_of(node);
  const std::size_t held_before = unsettled_.size();
  unsettled_.take_all_of(
      node, [&](UnsettledDelivery&& delivery) { take_back(std::move(delivery), Outcome::requeued, effects); });
  const bool came_back = unsettled_.size() != held_before;
  if (came_back) {
    requeued_ = true;
    drop_surplus(effects);
  }
  if (left && !closed_) consumers_left(now, effects);
  return left || came_back;
}

void Queue::retire(QueueEffects& effects) {
  close(effects);
  if (consumers_ != nullptr) {
    consumers_->for_each([&](const Consumer& consumer) {
      effects.mail.push_back({consumer.session, ConsumerLost{ref_, consumer.channel, consumer.id}});
    });
    consumers_.reset();
  }
  confirms_.flush(effects.mail);
  settle_with_storage(effects);
}

QueueStats Queue::stats() const {
  QueueStats stats;
  stats.ready = ready_.size();
  stats.unsettled = unsettled_.size();
  stats.consumers = consumers();
  stats.ready_body_bytes = ready_.body_bytes();
  stats.footprint_bytes = sizeof(Queue) + held_bytes_ + ready_.size() * sizeof(Queued) + unsettled_.heap_bytes() +
                          confirms_.heap_bytes() + durable_confirms_.heap_bytes() +
                          (limits_ == nullptr ? 0 : sizeof(LimitsPolicy)) +
                          (keeper_ == nullptr ? 0 : keeper_->heap_bytes());
  if (consumers_ != nullptr) stats.footprint_bytes += sizeof(Consumers) + consumers_->heap_bytes();
  return stats;
}

void Queue::on(Enqueue& enqueue, const Now& now, QueueEffects& effects) {
  if (closed_) return confirms_.confirm(enqueue);
  if (leaving_ != nullptr) return leaving_->push_back(std::move(enqueue));
  std::int64_t ttl_ms = kUnlimited;
  if (limits_ != nullptr) {
    ttl_ms = limits_->message_ttl_ms();
    expire_heads(now.instant_ms, effects);
    if (limits_->refuses(*enqueue.message, ready_.size(), ready_.body_bytes())) return refuse(enqueue, effects);
  }
  const Instant deadline = message_deadline(*enqueue.message, ttl_ms, now.instant_ms);
  const bool stored = journals(*enqueue.message);
  const bool told = stored || copied_;
  Consumer* const consumer = ready_.empty() && !requeued_ && consumers_ != nullptr ? consumers_->next() : nullptr;
  // What is with a client that acknowledges nothing is settled: the disk need not hear of it.
  const bool confirmed_now = !told || (consumer != nullptr && consumer->no_ack);
  (confirmed_now || planted(6) ? confirms_ : durable_confirms_).confirm(enqueue);
  const bool wants_confirm = enqueue.sequence != 0;
  Queued queued{std::move(enqueue.message), next_position_++, enqueue.redelivered, deadline};
  if (!confirmed_now) {
    keeper();
    if (stored) effects.journal.enqueue(ref_.id, queued.position, queued.message, to_wall(deadline, now));
    if (copied_) effects.copies->enqueue(ref_.id, queued.position, queued.message, to_wall(deadline, now));
    // Records have no room for the flag. What waits before it is flagged too when it comes back: better than not to be.
    if (queued.redelivered != 0) note_delivered(queued);
  }
  if (consumer != nullptr) {
    held_bytes_ += queued.message->footprint_bytes();
    return hand_over(*consumer, std::move(queued), effects, confirmed_now);
  }
  if (planted(2) && wants_confirm && queued.position % kLostConfirmedEvery == 0) return;
  keep(std::move(queued), now, effects);
}

void Queue::refuse(Enqueue& enqueue, QueueEffects& effects) {
  confirms_.reject(enqueue);
  if (has_dead_letter_ && limits_->refused_are_dead_letters())
    effects.dead_letters.push_back({std::move(enqueue.message), ref_.id, DeathReason::maxlen});
}

void Queue::on(const Attach& attach, const Now& now, QueueEffects& effects) {
  if (!closed_ && consumers_ == nullptr) consumers_ = std::make_unique<Consumers>(single_active_, first_slot_serial_);
  if (closed_ || !consumers_->admits(attach.exclusive)) {
    effects.mail.push_back({attach.session, AttachRefused{ref_, attach.channel, attach.consumer, closed_}});
    return;
  }
  const ConsumerSlot slot = consumers_->attach(attach);
  effects.mail.push_back({attach.session, Attached{ref_, attach.channel, attach.consumer, slot}});
  dispatch(now, effects);
}

void Queue::on(const Detach& detach, const Now& now, QueueEffects& effects) {
  const bool left = consumers_ != nullptr && consumers_->detach(detach);
  effects.mail.push_back({detach.session, Detached{ref_, detach.channel, detach.consumer}});
  if (left && !closed_) consumers_left(now, effects);
}

void Queue::consumers_left(const Now& now, QueueEffects& effects) {
  if (consumers_->size() > 0) return dispatch(now, effects);  // Another may be the active one now.
  touch(now.instant_ms);
  if (ready_.empty()) ready_.clear();  // Nobody listens and nothing waits: room for a backlog is not kept.
  if (auto_delete_) farewell(effects);
}

void Queue::on(const Get& get, const Now& now, QueueEffects& effects) {
  touch(now.instant_ms);
  expire_heads(now.instant_ms, effects);
  if (!ready_.empty() && (!ready_.available() || !waiting_gets_.empty()))
    waiting_gets_.push_back(get);
  else
    answer(get, effects);
}

void Queue::answer(const Get& get, QueueEffects& effects) {
  GetAnswer answer;
  answer.queue = ref_;
  answer.channel = get.channel;
  answer.no_ack = get.no_ack;
  answer.gone = closed_;
  if (!ready_.empty()) {
    Queued queued = ready_.pop();
    answer.position = queued.position;
    answer.redelivered = queued.redelivered;
    answer.remaining = as_count(ready_.size());
    answer.message = queued.message;
    if (get.no_ack) {
      forget(queued);
    } else {
      note_delivered(queued);
      unsettled_.hold({std::move(queued), {}, {get.session, get.channel}});
    }
  }
  effects.mail.push_back({get.session, std::move(answer)});
}

void Queue::on(const Settle& settle, const Now& now, QueueEffects& effects) {
  const bool goes_back = settle.outcome == Outcome::requeued || settle.outcome == Outcome::returned;
  const Holder holder{settle.session, settle.channel};
  const std::size_t held_before = unsettled_.size();
  unsettled_.take(settle.first, settle.last, holder, [&](UnsettledDelivery&& delivery) {
    if (delivery.consumer) consumers_->settled(delivery.consumer);
    take_back(std::move(delivery), settle.outcome, effects);
  });
  if (unsettled_.size() == held_before) return;
  if (!goes_back) return dispatch(now, effects);
  requeued_ = true;
  drop_surplus(effects);
}

void Queue::on(const Replenish& replenish, const Now& now, QueueEffects& effects) {
  if (consumers_ == nullptr) return;
  consumers_->replenish(replenish.slot, replenish.bytes);
  dispatch(now, effects);
}

void Queue::on(const Pause& pause, const Now& now, QueueEffects& effects) {
  if (consumers_ == nullptr) return;
  const Consumer* consumer = consumers_->pause(pause.slot, pause.paused);
  if (consumer != nullptr && pause.paused)
    effects.mail.push_back({consumer->session, Paused{ref_, consumer->channel, consumer->id}});
  dispatch(now, effects);
}

void Queue::on(const Inspect& inspect, const Now& now, QueueEffects& effects) {
  if (inspect.declared) touch(now.instant_ms);
  expire_heads(now.instant_ms, effects);
  effects.mail.push_back(
      {inspect.session, Counted{ref_, inspect.channel, as_count(ready_.size()), as_count(consumers()), closed_}});
}

void Queue::on(const Purge& purge, const Now& now, QueueEffects& effects) {
  expire_heads(now.instant_ms, effects);
  const std::uint32_t messages = as_count(ready_.size());
  drop_ready();
  effects.mail.push_back({purge.session, Purged{ref_, purge.channel, messages, closed_}});
}

void Queue::on(const Delete& del, const Now& now, QueueEffects& effects) {
  using Verdict = DeleteAnswer::Verdict;
  expire_heads(now.instant_ms, effects);
  DeleteAnswer answer{ref_, del.channel, Verdict::may_go, as_count(ready_.size())};
  // In use is told before not empty (amqp.md 3.5).
  if (closed_ || leaving_ != nullptr)
    answer.verdict = Verdict::gone;
  else if (del.if_unused && consumers() > 0)
    answer.verdict = Verdict::in_use;
  else if (del.if_empty && !ready_.empty())
    answer.verdict = Verdict::not_empty;
  effects.mail.push_back({del.session, answer});
  // Nothing goes before the group has agreed.
  if (answer.verdict == Verdict::may_go) leaving_ = std::make_unique<std::vector<Enqueue>>();
}

void Queue::on(const Stay&, const Now& now, QueueEffects& effects) {
  const std::unique_ptr<std::vector<Enqueue>> waiting = std::move(leaving_);
  if (waiting == nullptr) return;
  for (Enqueue& enqueue : *waiting) on(enqueue, now, effects);
}

void Queue::keep(Queued queued, const Now& now, QueueEffects& effects) {
  held_bytes_ += queued.message->footprint_bytes();
  ready_.push(std::move(queued));
  drop_surplus(effects);
  // A time to live of 0 ends here unless older messages hide it (amqp.md 5.3).
  expire_heads(now.instant_ms, effects);
}

void Queue::hand_over(Consumer& consumer, Queued queued, QueueEffects& effects, bool unstored) {
  consumers_->delivered(consumer, *queued.message);
  if (consumer.no_ack) {
    if (unstored)
      held_bytes_ -= queued.message->footprint_bytes();
    else
      forget(queued);
    effects.mail.emplace_back(consumer.session, Delivery{std::move(queued.message), ref_, queued.position,
                                                         consumer.channel, consumer.id, queued.redelivered != 0});
    return;
  }
  note_delivered(queued);
  effects.mail.emplace_back(consumer.session, Delivery{queued.message, ref_, queued.position, consumer.channel,
                                                       consumer.id, queued.redelivered != 0});
  unsettled_.hold({std::move(queued), consumer.slot, {consumer.session, consumer.channel}});
}

void Queue::dispatch(const Now& now, QueueEffects& effects) {
  if (requeued_ || consumers_ == nullptr) return;
  while (ready_.available()) {
    Consumer* consumer = consumers_->next();
    if (consumer == nullptr) return;
    Queued queued = ready_.pop();
    if (queued.deadline <= now.instant_ms)
      bury(std::move(queued), DeathReason::expired, effects);
    else
      hand_over(*consumer, std::move(queued), effects);
  }
}

void Queue::take_back(UnsettledDelivery&& delivery, Outcome outcome, QueueEffects& effects) {
  Queued& queued = delivery.queued;
  switch (outcome) {
    case Outcome::accepted: return forget(queued);
    case Outcome::discarded: return bury(std::move(queued), DeathReason::rejected, effects);
    case Outcome::requeued: queued.redelivered = 1; break;
    case Outcome::returned: break;
  }
  if (planted(1) && queued.position % kLostRequeuedEvery == 0) return forget(queued);
  ready_.put_back(std::move(queued));
}

void Queue::drop_surplus(QueueEffects& effects) {
  if (limits_ == nullptr) return;
  while (ready_.available() && limits_->surplus(ready_.size(), ready_.body_bytes()))
    bury(ready_.pop(), DeathReason::maxlen, effects);
}

void Queue::expire_heads(Instant now, QueueEffects& effects) {
  if (ready_.next_deadline() > now) return;
  while (std::optional<Queued> dead = ready_.pop_expired(now)) bury(std::move(*dead), DeathReason::expired, effects);
}

void Queue::bury(Queued queued, DeathReason reason, QueueEffects& effects) {
  forget(queued);
  if (has_dead_letter_) effects.dead_letters.push_back({std::move(queued.message), ref_.id, reason});
}

void Queue::touch(Instant now) {
  if (limits_ != nullptr) limits_->touch(now);
}

void Queue::close(QueueEffects& effects) {
  closed_ = true;
  if (const auto waiting = std::move(leaving_); waiting != nullptr)
    for (Enqueue& enqueue : *waiting) confirms_.confirm(enqueue);
  requeued_ = false;
  ready_.clear();
  unsettled_.clear();
  limits_.reset();
  held_bytes_ = 0;
  for (const Get& get : std::exchange(waiting_gets_, {})) answer(get, effects);
  if (keeper_ == nullptr) return;
  keeper_->shelf().clear();
  keeper_->shelf().take_erased(ref_.id, effects.erased_chunks);
  keeper_.reset();
}

void Queue::farewell(QueueEffects& effects) {
  effects.farewells.push_back({ref_});
  close(effects);
}

}  // namespace warren::broker
