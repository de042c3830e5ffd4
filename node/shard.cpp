#include "node/shard.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/check.hpp"
#include "broker/session/bounce.hpp"

namespace warren::node {

using broker::session::SessionContext;

namespace {

// A read of the store that failed is tried again after that.
constexpr Instant kLoadRetry_ms = 100;
// Output buffers kept for sessions to come, and how large each may be.
constexpr std::size_t kSpareOutputsMax = 64;
constexpr std::size_t kSpareOutputBytesMax = 512 << 10;

}  // namespace

Shard::Shard(ShardSettings settings)
    : settings_(std::move(settings)),
      router_(catalog_, settings_.node),
      rng_(settings_.seed),
      post_office_(settings_.shard, settings_.shards),
      ledger_(settings_.storage),
      host_(catalog_, router_, timers_, settings_.storage, settings_.shard),
      planner_(ledger_, host_, settings_.shard),
      context_{settings_.session, catalog_,   router_,  rng_,      now_, broker::session::kNoAlarm, false,
               queue_mail_,       proposals_, letters_, memories_, log_},
      inside_publisher_(router_, rng_, queue_mail_, memories_),
      history_(catalog_, inside_publisher_, queue_mail_),
      events_(catalog_, inside_publisher_),
      early_(settings_.shards),
      acknowledged_(settings_.shards) {
  restore();
  acknowledged_.assign(settings_.shards, catalog_.revision());
}

void Shard::step(ShardInput input, const Now& now, ShardEffects& effects) {
  now_ = now;
  ledger_.want_blank();
  if (!std::exchange(started_, true)) start_queues();
  std::visit([this](auto& any) { on(any); }, input);
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
  const SessionRef ref{input.session, settings_.node, settings_.shard};
  auto fresh = std::make_unique<Seat>(ref, std::move(input.peer), settings_.session, now_);
  Seat& seat = *fresh;
  sessions_.insert(input.session, std::move(fresh));
  last_id_ = {};
  touch(input.session, seat);
  if (stopping_) seat.session.force_close("", context_);
}

void Shard::on(Received& input) {
  Seat* at = seat(input.session);
  if (at == nullptr) return;
  touch(input.session, *at);
  at->session.receive(input.bytes, context_);
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
  sessions_.erase(input.session);
  last_id_ = {};
}

void Shard::on(Arrived& input) {
  MailBatch& batch = input.batch;
  for (const broker::Command& command : batch.applied) {
    Result<broker::Applied, broker::Refusal> applied = catalog_.apply(command);
    WARREN_CHECK(applied.ok(), "what the registrar applied applies everywhere");
    follow(*applied);
  }
  if (!batch.applied.empty()) post_office_.acknowledge(kRegistrarShard);
  acknowledged_[batch.from] = std::max(acknowledged_[batch.from], batch.seen);
  if (!held_answers_.empty()) answer_decided();
  post_office_.returned(batch.from, batch.returned_bytes);
  if (batch.seen > catalog_.revision() || !early_[batch.from].empty())
    early_[batch.from].push_back(std::move(batch));
  else
    take_in(batch);
  take_in_waiting();
  reconsider_held();
}

void Shard::take_in(MailBatch& batch) {
  // Own mail made earlier in this step goes first; what is new goes behind it.
  for (auto& mail : batch.queue_mail) queue_mail_.push_back(std::move(mail));
  for (auto& mail : batch.session_mail) session_mail_.push_back(std::move(mail));
  for (auto& memory : batch.memories) memories_.push_back(std::move(memory));
  for (auto& letter : batch.letters) letters_.push_back(std::move(letter));
  for (auto& proposal : batch.proposals) proposals_.push_back(std::move(proposal));
  if (batch.publish_bytes != 0) post_office_.return_bytes(batch.from, batch.publish_bytes);
}

void Shard::take_in_waiting() {
  for (Ring<MailBatch>& line : early_)
    while (!line.empty() && line.front().seen <= catalog_.revision()) {
      MailBatch batch = line.pop_front();
      take_in(batch);
    }
}

void Shard::on(const Tick&) {
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
  memory_short_ =
      input.memory_used_bytes > settings_.memory_high_watermark_bytes || settings_.memory_high_watermark_bytes == 0;
  disk_short_ = input.disk_free_bytes < settings_.disk_free_limit_bytes;
  set_alarms();
}

void Shard::set_alarms() {
  using namespace broker::session;
  const bool disk = disk_short_ || journal_ill_ || planner_.trouble();
  const std::uint8_t alarms =
      static_cast<std::uint8_t>((memory_short_ ? kMemoryAlarm : kNoAlarm) | (disk ? kDiskAlarm : kNoAlarm));
  const std::uint8_t changed = alarms ^ context_.alarms;
  if (changed == 0) return;
  context_.alarms = alarms;
  const bool speaker = settings_.shard == kRegistrarShard;  // one line per node, not per shard
  if (speaker && (changed & kMemoryAlarm) != 0)
    log_.push_back(memory_short_ ? "memory alarm set: publishers are blocked" : "memory alarm cleared");
  if (speaker && (changed & kDiskAlarm) != 0)
    log_.push_back(disk ? "disk alarm set: publishers are blocked" : "disk alarm cleared");
  reconsider_held();
}

void Shard::on(const Stop&) {
  stopping_ = true;
  sessions_.for_each([this](SessionId id, std::unique_ptr<Seat>& seat) {
    touch(id, *seat);
    seat->session.force_close("broker forced connection closure with reason 'shutdown'", context_);
  });
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
    while (carry_mail()) {}
    if (!std::exchange(any_dirty_, false)) return;
    for (std::size_t i = 0; i < busy_.size(); ++i)
      if (Seat* at = seat(busy_[i]); at != nullptr && std::exchange(at->dirty, false)) at->session.end_step(context_);
  }
}

bool Shard::carry_mail() {
  if (queue_mail_.empty() && session_mail_.empty() && letters_.empty() && proposals_.empty() && memories_.empty() &&
      !host_.busy())
    return false;
  carry_queue_mail();
  // Before proposals: a binding made after a publish gets what was published.
  if (!memories_.empty()) carry_memories();
  carry_session_mail();
  carry_letters();
  carry_proposals();
  return true;
}

void Shard::carry_queue_mail() {
  carried_queue_mail_.swap(queue_mail_);
  for (broker::QueueMail& mail : carried_queue_mail_) {
    if (host_.step(mail.to, mail.command, now_, lanes())) continue;
    const broker::QueueDefinition* queue = catalog_.queue(mail.to.id);
    if (queue == nullptr)
      broker::session::bounce(mail.to, mail.command, session_mail_);
    else
      post_office_.send(post_office_.shard_of(*queue), std::move(mail));
  }
  carried_queue_mail_.clear();
  host_.end_batch(now_, rng_, lanes());
  context_.publish_lane_full = congested();
}

void Shard::carry_session_mail() {
  carried_session_mail_.swap(session_mail_);
  for (broker::SessionMail& mail : carried_session_mail_) {
    if (mail.to.shard != settings_.shard) {
      post_office_.send(mail.to.shard, std::move(mail));
    } else if (Seat* at = seat(mail.to.id)) {
      touch(mail.to.id, *at);
      at->session.deliver(mail.event, context_);
    } else {
      broker::session::bounce(mail.event, mail.to, queue_mail_, proposals_);
    }
  }
  carried_session_mail_.clear();
}

void Shard::carry_memories() {
  for (broker::Remember& memory : std::exchange(memories_, {})) {
    if (settings_.shard == kRegistrarShard)
      history_.remember(std::move(memory));
    else
      post_office_.send(kRegistrarShard, std::move(memory));
  }
  context_.publish_lane_full = congested();
}

void Shard::carry_letters() {
  for (broker::Letter& letter : std::exchange(letters_, {})) {
    if (letter.to.shard >= settings_.shards) continue;  // an address that a client made up
    if (letter.to.shard != settings_.shard) {
      post_office_.send(letter.to.shard, std::move(letter));
    } else if (Seat* at = seat(letter.to.id)) {
      touch(letter.to.id, *at);
      at->session.deliver(letter, context_);
    } else if (const auto* question = std::get_if<broker::ReplyConsumerQuestion>(&letter.content)) {
      letters_.push_back({question->asker, broker::ReplyConsumerAnswer{question->asking_channel, false}});
    }
  }
}

void Shard::carry_proposals() {
  for (broker::Propose& proposal : std::exchange(proposals_, {})) {
    if (settings_.shard == kRegistrarShard)
      decide(proposal);
    else
      post_office_.send(kRegistrarShard, std::move(proposal));
  }
}

// ---- the end of a step ----

void Shard::conclude(ShardEffects& effects) {
  std::vector<SessionId> held;
  for (const SessionId id : held_)
    if (Seat* at = seat(id); at != nullptr && !at->session.wants_reading()) held.push_back(id);
  held_ = std::move(held);
  for (const SessionId id : busy_)
    if (Seat* at = seat(id)) conclude(id, *at, effects);
  busy_.clear();
  conclude_storage(effects);
  post_office_.post(catalog_.revision(), effects.posts);
  for (std::string& line : log_) effects.log.push_back(std::move(line));
  log_.clear();
  effects.wake_at_ms = std::min(timers_.next_ms(), planner_.deadline());
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
