#include "tests/broker/queue/model/queue_model.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace warren::broker::testing {
namespace {

bool alike(const Message& a, const Message& b) {
  return a.routing_key() == b.routing_key() && a.body() == b.body() && a.properties() == b.properties();
}

}  // namespace

std::string QueueModel::follow(const QueueCommand& command, Instant now, const std::vector<SessionMail>& mail,
                               std::vector<DeadLetter>& dead_letters) {
  begin(now, mail, dead_letters);
  std::visit([&](const auto& one) { on(one); }, command);
  return finish();
}

std::string QueueModel::follow_end_of_batch(Instant now, const std::vector<SessionMail>& mail,
                                            std::vector<DeadLetter>& dead_letters) {
  begin(now, mail, dead_letters);
  if (std::exchange(requeued_, false)) {
    expire();
    dispatch();
  }
  expire();
  answer_waiting_gets();
  if (take_answers(mail) != std::exchange(answers_, {})) complain("other confirms");
  return finish();
}

std::string QueueModel::follow_durable(const std::vector<SessionMail>& mail) {
  std::vector<DeadLetter> none;
  begin(now_, mail, none);
  if (take_answers(mail) != std::exchange(durable_answers_, {})) complain("other confirms of what is durable");
  return finish();
}

QueueModel::Answers QueueModel::take_answers(const std::vector<SessionMail>& mail) {
  Answers told;
  for (; at_ < mail.size(); ++at_) {
    const auto* confirmed = std::get_if<Confirmed>(&mail[at_].event);
    const auto* rejected = std::get_if<Rejected>(&mail[at_].event);
    if (confirmed == nullptr && rejected == nullptr) break;
    const ChannelRef channel = confirmed != nullptr ? confirmed->channel : rejected->channel;
    const std::uint64_t first = confirmed != nullptr ? confirmed->first : rejected->first;
    const std::uint64_t last = confirmed != nullptr ? confirmed->last : rejected->last;
    for (std::uint64_t sequence = first; sequence <= last; ++sequence)
      told[{mail[at_].to, channel}].push_back({sequence, confirmed != nullptr});
  }
  return told;
}

std::string QueueModel::follow_loaded(Instant now, const std::vector<SessionMail>& mail,
                                      std::vector<DeadLetter>& dead_letters) {
  begin(now, mail, dead_letters);
  answer_waiting_gets();
  dispatch();
  return finish();
}

std::string QueueModel::follow_tick(Instant now, const std::vector<SessionMail>& mail,
                                    std::vector<DeadLetter>& dead_letters) {
  begin(now, mail, dead_letters);
  expire();
  if (!closed_ && settings_.expires_ms && consumers_.empty() && used_at_ + *settings_.expires_ms <= now) {
    ++farewells_;
    close();
  }
  return finish();
}

std::string QueueModel::compare(const Queue& queue) const {
  const QueueStats stats = queue.stats();
  if (stats.ready != ready_.size()) return "other count of ready messages";
  if (stats.unsettled != held_.size()) return "other count of unsettled messages";
  if (stats.consumers != consumers_.size()) return "other count of consumers";
  if (stats.ready_body_bytes != ready_bytes()) return "other bytes";
  if (queue.next_deadline() != next_deadline()) return "other deadline";
  if (queue.closed() != closed_) return "one is closed";
  if (!patient_ && !waiting_gets_.empty()) return "a get waits in vain";
  if (!patient_ && !closed_ && !requeued_ && !ready_.empty() && anybody())
    return "a message and a consumer wait side by side";
  return "";
}

Instant QueueModel::next_deadline() const {
  Instant first = kNever;
  std::set<int> seen;
  for (const auto& [place, message] : ready_)
    if (seen.insert(place.first).second) first = std::min(first, message.deadline);
  if (!closed_ && settings_.expires_ms && consumers_.empty()) first = std::min(first, used_at_ + *settings_.expires_ms);
  return first;
}

void QueueModel::on(const Enqueue& enqueue) {
  const auto answer = [&](bool confirmed, bool durable = false) {
    if (enqueue.sequence == 0) return;
    (durable ? durable_answers_ : answers_)[{enqueue.publisher, enqueue.channel}].push_back(
        {enqueue.sequence, confirmed});
  };
  if (closed_) return answer(true);
  const bool limited =
      settings_.message_ttl_ms || settings_.expires_ms || settings_.max_length || settings_.max_length_bytes;
  if (limited) expire();
  if (settings_.overflow != Overflow::drop_head &&
      exceeded(ready_.size() + 1, ready_bytes() + enqueue.message->body_bytes())) {
    if (settings_.overflow == Overflow::reject_publish_dlx) die({enqueue.message}, DeathReason::maxlen);
    return answer(false);
  }
  const bool durable = settings_.durable && enqueue.message->traits().persistent;
  ModelMessage message{enqueue.message};
  if (settings_.message_ttl_ms) message.deadline = now_ + *settings_.message_ttl_ms;
  const std::int64_t own_ms = enqueue.message->traits().expiration_ms;
  if (own_ms >= 0) message.deadline = std::min(message.deadline, now_ + own_ms);
  const Position position = next_position_++;
  // What needs no acknowledgement is settled at once and never stands in the journal.
  if (ready_.empty() && !requeued_ && anybody()) return answer(true, deliver(position, message) && durable);
  answer(true, durable);
  ready_[place_of(position, *message.message)] = message;
  drop_surplus();
  expire();
}

void QueueModel::on(const Attach& attach) {
  bool exclusive = false;
  for (const auto& [id, consumer] : consumers_) exclusive |= consumer.attach.exclusive;
  const bool in_use = exclusive || (attach.exclusive && (!consumers_.empty() || settings_.single_active_consumer));
  if (closed_ || in_use) {
    if (expect<AttachRefused>("refusal of a consumer").gone != closed_) complain("other reason to refuse a consumer");
    return;
  }
  const Attached& attached = expect<Attached>("acceptance of a consumer");
  consumers_[attach.consumer.value] = {attach, attached.slot, limits::kConsumerWindowBytes};
  if (active_ == 0) active_ = attach.consumer.value;
  dispatch();
}

void QueueModel::on(const Detach& detach) {
  expect<Detached>("end of a consumer");
  if (consumers_.erase(detach.consumer.value) == 0 || closed_) return;
  if (active_ == detach.consumer.value) choose_active();
  if (!consumers_.empty()) return dispatch();
  used_at_ = now_;
  if (!settings_.auto_delete) return;
  ++farewells_;
  close();
}

void QueueModel::on(const Get& get) {
  used_at_ = now_;
  expire();
  if (patient_ && !ready_.empty() && (!next_is_get_answer() || !waiting_gets_.empty()))
    waiting_gets_.push_back(get);
  else
    answer(get);
}

void QueueModel::answer(const Get& get) {
  const GetAnswer& answer = expect<GetAnswer>("answer to get");
  if (answer.gone != closed_) complain("get disagrees on whether the queue is gone");
  if (answer.channel != get.channel) complain("another get was answered");
  if (ready_.empty()) {
    if (answer.message) complain("get found a message that is not there");
    return;
  }
  const auto [place, message] = *ready_.begin();
  ready_.erase(ready_.begin());
  if (!answer.message || !alike(*answer.message, *message.message) || answer.position != place.second ||
      answer.redelivered != message.redelivered || answer.remaining != ready_.size())
    complain("get gave something else");
  if (!get.no_ack) held_[place.second] = {message, get.session, get.channel};
}

bool QueueModel::next_is_get_answer() const {
  return at_ < mail_->size() && std::holds_alternative<GetAnswer>((*mail_)[at_].event);
}

void QueueModel::answer_waiting_gets() {
  for (; !waiting_gets_.empty() && (!patient_ || next_is_get_answer()); waiting_gets_.pop_front())
    answer(waiting_gets_.front());
}

void QueueModel::on(const Settle& settle) {
  bool back = false, any = false;
  for (auto at = held_.lower_bound(settle.first); at != held_.end() && at->first <= settle.last;) {
    ModelHeld& one = at->second;
    if (one.session != settle.session || one.channel != settle.channel) {
      ++at;
      continue;
    }
    any = true;
    if (auto consumer = consumers_.find(one.consumer); consumer != consumers_.end()) --consumer->second.unsettled;
    if (settle.outcome == Outcome::discarded) die(one.message, DeathReason::rejected);
    if (settle.outcome == Outcome::requeued) one.message.redelivered = true;
    if (settle.outcome == Outcome::requeued || settle.outcome == Outcome::returned) {
      ready_[place_of(at->first, *one.message.message)] = one.message;
      back = true;
    }
    at = held_.erase(at);
  }
  if (back) {
    requeued_ = true;
    drop_surplus();
  } else if (any) {
    dispatch();
  }
}

void QueueModel::on(const Replenish& replenish) {
  for (auto& [id, consumer] : consumers_)
    if (consumer.slot == replenish.slot) consumer.window += replenish.bytes;
  dispatch();
}

void QueueModel::on(const Pause& pause) {
  for (auto& [id, consumer] : consumers_)
    if (consumer.slot == pause.slot) {
      consumer.attach.paused = pause.paused;
      if (pause.paused && expect<Paused>("answer to a pause").consumer != consumer.attach.consumer)
        complain("other pause");
    }
  dispatch();
}

void QueueModel::on(const Inspect& inspect) {
  if (inspect.declared) used_at_ = now_;
  expire();
  const Counted& counted = expect<Counted>("count");
  if (counted.ready != ready_.size() || counted.consumers != consumers_.size() || counted.gone != closed_)
    complain("inspect counted something else");
}

void QueueModel::on(const Purge&) {
  expire();
  if (expect<Purged>("answer to purge").messages != ready_.size()) complain("purge removed another number");
  ready_.clear();
}

void QueueModel::on(const Delete& del) {
  using Verdict = DeleteAnswer::Verdict;
  expire();
  const Verdict verdict = closed_                                ? Verdict::gone
                          : del.if_unused && !consumers_.empty() ? Verdict::in_use
                          : del.if_empty && !ready_.empty()      ? Verdict::not_empty
                                                                 : Verdict::may_go;
  const DeleteAnswer& answer = expect<DeleteAnswer>("answer to delete");
  if (answer.verdict != verdict || answer.ready != ready_.size()) complain("delete was answered otherwise");
}

void QueueModel::on(const Stay&) {}  // nothing has happened

void QueueModel::begin(Instant now, const std::vector<SessionMail>& mail, std::vector<DeadLetter>& dead_letters) {
  now_ = now;
  mail_ = &mail;
  at_ = 0;
  dead_letters_ = &dead_letters;
  deaths_.clear();
  wrong_.clear();
}

std::string QueueModel::finish() {
  if (at_ != mail_->size()) complain("more mail than foretold");
  std::vector<std::pair<std::string, DeathReason>> seen;
  for (const DeadLetter& letter : *dead_letters_) seen.emplace_back(letter.message->routing_key(), letter.reason);
  // Heads of several priorities that expire together may go in any order.
  std::sort(seen.begin(), seen.end());
  std::sort(deaths_.begin(), deaths_.end());
  if (seen != deaths_) complain("other dead letters");
  dead_letters_->clear();
  return wrong_;
}

template <class Event>
const Event& QueueModel::expect(const char* kind) {
  static const Event kNone{};
  const Event* event = at_ < mail_->size() ? std::get_if<Event>(&(*mail_)[at_].event) : nullptr;
  if (event == nullptr) {
    complain(std::string("no ") + kind);
    return kNone;
  }
  ++at_;
  return *event;
}

QueueModel::Place QueueModel::place_of(Position position, const Message& message) const {
  if (!settings_.max_priority) return {0, position};
  return {-std::min<int>(message.traits().priority, std::max<int>(*settings_.max_priority, 1)), position};
}

bool QueueModel::can_receive(const ModelConsumer& consumer) const {
  const Attach& attach = consumer.attach;
  if (settings_.single_active_consumer && attach.consumer.value != active_) return false;
  if (attach.paused || consumer.window <= 0) return false;
  return attach.no_ack || attach.prefetch == 0 || consumer.unsettled < attach.prefetch;
}

bool QueueModel::anybody() const {
  return std::any_of(consumers_.begin(), consumers_.end(), [&](const auto& one) { return can_receive(one.second); });
}

bool QueueModel::deliver(Position position, ModelMessage message) {
  const Delivery& delivery = expect<Delivery>("delivery");
  if (!delivery.message || !alike(*delivery.message, *message.message) || delivery.position != position ||
      delivery.redelivered != message.redelivered) {
    complain("another message was delivered");
    return false;
  }
  auto chosen = consumers_.find(delivery.consumer.value);
  if (chosen == consumers_.end() || !can_receive(chosen->second)) {
    complain("delivered to a consumer that cannot receive");
    return false;
  }
  ModelConsumer& consumer = chosen->second;
  for (auto& [id, other] : consumers_) {
    if (id == chosen->first) continue;
    if (!can_receive(other)) {
      other.passed_by.clear();
    } else if (other.attach.priority > consumer.attach.priority) {
      complain("a higher priority was passed over");
    } else if (other.attach.priority == consumer.attach.priority && ++other.passed_by[chosen->first] > 1) {
      complain("a consumer was passed over in its turn");
    }
  }
  consumer.passed_by.clear();
  consumer.window -= message.message->body_bytes() + limits::kDeliveryOverheadBytes;
  if (consumer.attach.no_ack) return false;
  ++consumer.unsettled;
  held_[position] = {message, consumer.attach.session, consumer.attach.channel, chosen->first};
  return true;
}

void QueueModel::dispatch() {
  while (!requeued_ && !ready_.empty() && anybody() && wrong_.empty()) {
    const bool comes = at_ < mail_->size() && std::holds_alternative<Delivery>((*mail_)[at_].event);
    if (patient_ && !comes) return;
    const auto [place, message] = *ready_.begin();
    ready_.erase(ready_.begin());
    if (message.deadline <= now_)
      die(message, DeathReason::expired);
    else
      deliver(place.second, message);
  }
}

void QueueModel::die(const ModelMessage& message, DeathReason reason) {
  if (settings_.dead_letter) deaths_.emplace_back(message.message->routing_key(), reason);
}

void QueueModel::expire() {
  for (bool again = true; std::exchange(again, false);) {
    std::set<int> seen;
    for (auto at = ready_.begin(); at != ready_.end(); ++at) {
      if (!seen.insert(at->first.first).second || at->second.deadline > now_) continue;
      die(at->second, DeathReason::expired);
      ready_.erase(at);
      again = true;
      break;
    }
  }
}

void QueueModel::drop_surplus() {
  if (settings_.overflow != Overflow::drop_head) return;
  while (!ready_.empty() && exceeded(ready_.size(), ready_bytes())) {
    die(ready_.begin()->second, DeathReason::maxlen);
    ready_.erase(ready_.begin());
  }
}

bool QueueModel::exceeded(std::size_t count, std::uint64_t bytes) const {
  return (settings_.max_length && static_cast<std::int64_t>(count) > *settings_.max_length) ||
         (settings_.max_length_bytes && static_cast<std::int64_t>(bytes) > *settings_.max_length_bytes);
}

std::uint64_t QueueModel::ready_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& [place, message] : ready_) bytes += message.message->body_bytes();
  return bytes;
}

void QueueModel::choose_active() {
  active_ = 0;
  for (const auto& [id, consumer] : consumers_)
    if (active_ == 0 || consumer.attach.priority > consumers_[active_].attach.priority) active_ = id;
}

void QueueModel::close() {
  closed_ = true;
  requeued_ = false;
  ready_.clear();
  held_.clear();
  answer_waiting_gets();
}

}  // namespace warren::broker::testing
