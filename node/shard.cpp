#include "node/shard.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/check.hpp"
#include "node/cluster/state/alarm_words.hpp"

namespace warren::node {

using broker::session::SessionContext;

namespace {

// A read of the store that failed is tried again after that.
constexpr Instant kLoadRetry_ms = 100;
// Room in the lanes, or the certainty to be the owner, may have come back.
constexpr Instant kOffersEach_ms = 20;
// Others may have agreed that this node is down, and gone on without it.
constexpr Instant kStoodStill_ms = 600;
// Output buffers kept for sessions to come, and how large each may be.
constexpr std::size_t kSpareOutputsMax = 64;
constexpr std::size_t kSpareOutputBytesMax = 512 << 10;

}  // namespace

Shard::Shard(ShardSettings settings)
    : settings_(std::move(settings)),
      router_(catalog_, settings_.identity.self),
      rng_(settings_.seed),
      post_office_(settings_.identity.self, settings_.shard, settings_.shards),
      ledger_(settings_.storage),
      host_(catalog_, router_, timers_, settings_.storage, settings_.shard),
      planner_(ledger_, host_, settings_.shard),
      context_{settings_.session, catalog_,   router_,  rng_,      now_, broker::session::kNoAlarm, false,
               own_queue_mail_,   proposals_, letters_, memories_, log_},
      inside_publisher_(router_, rng_, own_queue_mail_, memories_),
      history_(catalog_, inside_publisher_, own_queue_mail_),
      events_(catalog_, inside_publisher_),
      acknowledged_(settings_.shards),
      counted_(settings_.shards) {
  context_.connections = &connections_;
  restore();
  acknowledged_.assign(settings_.shards, catalog_.revision());
}

void Shard::step(ShardInput input, const Now& now, ShardEffects& effects) {
  // With others about, the registrar looks around far more often than that.
  if (registrar_ && ready_ && now.instant_ms - now_.instant_ms > kStoodStill_ms)
    registrar_->stood_still(now.instant_ms);
  now_ = now;
  ledger_.want_blank();
  if (!std::exchange(started_, true)) start_agreement();
  std::visit([this](auto& any) { on(any); }, input);
  if (registrar_) turn_away(registrar_->turns_away());
  run();
  conclude(effects);
}

// ---- inputs ----

Shard::Seat* Shard::seat(SessionId id) {
  if (id == last_id_ && last_id_) return last_;
  std::unique_ptr<Seat>* found = sessions_.find(id);
  if (found == nullptr) return nullptr;
  last_id_ = id;
  last_ = found->get();
  return last_;
}

void Shard::touch(SessionId id, Seat& seat) {
  seat.dirty = any_dirty_ = true;
  if (seat.busy) return;
  seat.busy = true;
  busy_.push_back(id);
  if (seat.session.output().bytes().capacity() != 0 || spare_outputs_.empty()) return;
  seat.session.output() = std::move(spare_outputs_.back());
  spare_outputs_.pop_back();
}

void Shard::on(Accepted& input) {
  const SessionRef ref{input.session, settings_.identity.self, settings_.shard};
  auto fresh = std::make_unique<Seat>(ref, std::move(input.peer), settings_.session, now_);
  Seat& seat = *fresh;
  sessions_.insert(input.session, std::move(fresh));
  last_id_ = {};
  touch(input.session, seat);
  if (stopping_ || turned_away_) seat.session.force_close("", context_);
}

void Shard::on(Received& input) {
  Seat* at = seat(input.session);
  if (at == nullptr) return;
  touch(input.session, *at);
  const broker::session::SessionCore& core = at->session.core();
  const bool was_open = static_cast<bool>(core.vhost);
  at->session.receive(input.bytes, context_);
  if (!was_open && core.vhost) connections_.enter(core.vhost);
}

void Shard::on(Sent& input) {
  keep_spare(std::move(input.emptied));
  Seat* at = seat(input.session);
  if (at == nullptr) return;
  touch(input.session, *at);
  at->session.sent(input.bytes, context_);
}

void Shard::on(const Closed& input) {
  Seat* at = seat(input.session);
  if (at == nullptr) return;
  at->session.peer_gone(context_);
  if (const VhostId vhost = at->session.core().vhost) connections_.leave(vhost);
  sessions_.erase(input.session);
  last_id_ = {};
}

void Shard::on(const Tick&) {
  if (registrar_) registrar_->tick(now_.instant_ms);
  hear_alarms();
  if (now_.instant_ms >= heard_by_ms_) forget_given_up();
  if (!fences_.idle()) fences_.expire(now_.instant_ms), free_fenced();
  for (const broker::ChunkLoad& load : std::exchange(failed_loads_, {})) loads_.push_back(load);
  while (timers_.next_ms() <= now_.instant_ms) {
    const Timers::Reminder reminder = timers_.take();
    if (reminder.kind == Timers::Kind::queue) {
      host_.tick(QueueId(reminder.number), now_, lanes());
      continue;
    }
    const SessionId id(reminder.number);
    Seat* at = seat(id);
    if (at == nullptr) continue;
    at->reminded_ms = kNever;
    touch(id, *at);
    if (at->session.next_deadline() <= now_.instant_ms) at->session.tick(context_);
  }
}

void Shard::on(const Resources& input) {
  if (input.limits) {
    settings_.memory_high_watermark_bytes = input.limits->memory_high_watermark_bytes;
    settings_.disk_free_limit_bytes = input.limits->disk_free_limit_bytes;
  }
  memory_short_ =
      input.memory_used_bytes > settings_.memory_high_watermark_bytes || settings_.memory_high_watermark_bytes == 0;
  disk_short_ = input.disk_free_bytes < settings_.disk_free_limit_bytes;
  if (registrar_) registrar_->count_clients(input.connections);
  set_alarms();
}

void Shard::set_alarms() {
  using namespace broker::session;
  const bool disk = disk_short_ || journal_ill_ || planner_.trouble();
  const auto own =
      static_cast<std::uint8_t>((memory_short_ ? kMemoryAlarm : kNoAlarm) | (disk ? kDiskAlarm : kNoAlarm));
  const auto alarms = static_cast<std::uint8_t>(own | alarms_elsewhere_);
  const std::uint8_t changed = std::exchange(own_alarms_, own) ^ own;
  const std::uint8_t before = std::exchange(context_.alarms, alarms);
  if (registrar_) {  // one line per node, not per shard
    if (changed != 0) registrar_->tell_alarms(own);
    for (const bool set : {true, false})
      for (std::string& type : alarm_names(changed & (set ? own : ~own))) note(AlarmChange{std::move(type), set});
    for (std::string& line : alarm_news(settings_.identity.name, changed, own)) log_.push_back(std::move(line));
    for (std::string& line : all_clear_news(before, alarms)) log_.push_back(std::move(line));
  }
  if (before != alarms) reconsider_held();
}

void Shard::hear_alarms() {
  if (!registrar_) return;
  if (broker::session::VhostCounts counts = registrar_->connections_elsewhere(); counts != counted_elsewhere_) {
    counted_elsewhere_ = std::move(counts);
    share_connections();
  }
  const std::uint8_t elsewhere = registrar_->alarms_elsewhere();
  if (std::exchange(alarms_elsewhere_, elsewhere) == elsewhere) return;
  post_office_.announce_alarms(elsewhere);
  set_alarms();
}

void Shard::on(const Stop&) {
  stopping_ = true;
  host_.hand_over_all(now_, lanes());
  if (registrar_) registrar_->leave(now_.instant_ms);
  close_sessions("broker forced connection closure with reason 'shutdown'");
}

void Shard::reconsider_held() {
  context_.publish_lane_full = congested();
  for (const SessionId id : held_)
    if (Seat* at = seat(id)) {
      touch(id, *at);
      at->session.reconsider_reading(context_);
    }
}

// ---- what follows ----

void Shard::run() {
  // A session that ends its step may send mail, and mail may give sessions more to do.
  while (true) {
    while (carry_happenings() || carry_mail() || carry_agreement()) {}
    if (!std::exchange(any_dirty_, false)) return;
    for (std::size_t i = 0; i < busy_.size(); ++i)
      if (Seat* at = seat(busy_[i]); at != nullptr && std::exchange(at->dirty, false)) at->session.end_step(context_);
  }
}

// ---- the end of a step ----

void Shard::conclude(ShardEffects& effects) {
  count_connections();
  std::vector<SessionId> held;
  for (const SessionId id : held_)
    if (Seat* at = seat(id); at != nullptr && !at->session.wants_reading()) held.push_back(id);
  held_ = std::move(held);
  for (const SessionId id : busy_)
    if (Seat* at = seat(id)) conclude(id, *at, effects);
  busy_.clear();
  conclude_storage(effects);
  post_office_.post(catalog_.revision(), effects);
  conclude_agreement(effects);
  for (std::string& line : log_) effects.log.push_back(std::move(line));
  log_.clear();
  effects.wake_at_ms = std::min(timers_.next_ms(), planner_.deadline());
  if (registrar_) effects.wake_at_ms = std::min(effects.wake_at_ms, registrar_->deadline());
  effects.wake_at_ms = std::min({effects.wake_at_ms, heard_by_ms_, fences_.deadline()});
  if (!offers_.idle() && !given_up_)
    effects.wake_at_ms = std::min(effects.wake_at_ms, std::max(offers_.deadline(), now_.instant_ms + kOffersEach_ms));
  if (!failed_loads_.empty()) effects.wake_at_ms = std::min(effects.wake_at_ms, now_.instant_ms + kLoadRetry_ms);
}

void Shard::conclude(SessionId id, Seat& seat, ShardEffects& effects) {
  seat.busy = false;
  Session& session = seat.session;
  write(id, session, effects);
  if (seat.reading != session.wants_reading()) {
    seat.reading = session.wants_reading();
    effects.readings.push_back({id, seat.reading});
    if (!seat.reading) held_.push_back(id);
  }
  if ((session.wants_close() && !seat.closing) || (session.wants_cut() && !seat.cutting)) {
    seat.closing = true;
    seat.cutting = session.wants_cut();
    effects.closes.push_back({id, seat.cutting});
  }
  const Instant deadline = session.next_deadline();
  if (deadline >= seat.reminded_ms) return;
  seat.reminded_ms = deadline;
  timers_.remind(deadline, Timers::Kind::session, id.value);
}

void Shard::write(SessionId id, Session& session, ShardEffects& effects) {
  if (session.output().empty()) {
    keep_spare(std::move(session.output()));
  } else if (session.core().unsent_bytes == 0) {
    session.output_taken(session.output().size(), now_);
    effects.writes.push_back({id, std::move(session.output())});
  }
}

void Shard::keep_spare(broker::session::Output output) {
  const std::size_t capacity = output.bytes().capacity();
  if (capacity == 0 || capacity > kSpareOutputBytesMax || spare_outputs_.size() >= kSpareOutputsMax) {
    output.release();
    return;
  }
  output.clear();
  spare_outputs_.push_back(std::move(output));
}

}  // namespace warren::node
