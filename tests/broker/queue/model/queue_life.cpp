#include "tests/broker/queue/model/queue_life.hpp"

#include <iterator>
#include <optional>
#include <utility>

namespace warren::broker::testing {
namespace {

SessionRef session(std::uint64_t number) { return {SessionId(number + 1), NodeId(1), 0}; }
ChannelRef channel(std::uint64_t number) { return {1, static_cast<ChannelNumber>(number + 1)}; }

QueueSettings random_settings(Rng& rng, LifeKind kind) {
  QueueSettings settings;
  if (rng.one_in(4)) settings.message_ttl_ms = static_cast<std::int64_t>(rng.below(4)) * 10;
  if (rng.one_in(6)) settings.expires_ms = 1 + static_cast<std::int64_t>(rng.below(60));
  if (rng.one_in(4)) settings.max_length = static_cast<std::int64_t>(rng.below(6));
  if (rng.one_in(6)) settings.max_length_bytes = static_cast<std::int64_t>(rng.below(400));
  if (rng.one_in(4)) settings.max_priority = static_cast<std::uint8_t>(rng.below(4));
  if (rng.one_in(2)) settings.dead_letter = DeadLetterTarget{"dlx", {}};
  settings.overflow = static_cast<Overflow>(rng.below(3));
  settings.single_active_consumer = rng.one_in(5);
  settings.auto_delete = rng.one_in(8);
  if (kind == LifeKind::in_memory) return settings;
  // What dies of age or of being too much may be cold when its time comes, and goes later than foretold.
  settings.message_ttl_ms = settings.max_length = settings.max_length_bytes = std::nullopt;
  settings.overflow = Overflow::drop_head;
  settings.durable = kind == LifeKind::durable;
  return settings;
}

}  // namespace

QueueLife::QueueLife(std::uint64_t seed, LifeKind kind)
    : rng_(seed),
      kind_(kind),
      settings_(random_settings(rng_, kind)),
      queue_({QueueId(1), Epoch(1)}, settings_, Now{}),
      model_(settings_, 0),
      disk_(queue_, rng_) {}

std::string QueueLife::run(int steps) {
  for (int step = 0; step < steps; ++step)
    if (std::string wrong = this->step(); !wrong.empty()) return wrong + " at step " + std::to_string(step);
  return "";
}

std::string QueueLife::step() {
  model_.be_patient(kind_ != LifeKind::in_memory);
  rested_ = rng_.one_in(4);
  std::string wrong = rested_ ? rest() : command();
  if (wrong.empty() && kind_ != LifeKind::in_memory) wrong = rng_.one_in(10) ? catch_up() : disk_step();
  if (wrong.empty()) wrong = model_.compare(queue_);
  if (wrong.empty() && farewells_.size() != model_.farewells()) wrong = "other farewells";
  return wrong;
}

std::string QueueLife::command() {
  QueueCommand command = random_command();
  const QueueCommand copy = command;
  mail_.clear();
  const bool deletes = std::holds_alternative<Delete>(command);
  queue_.step(command, now_, effects_);
  // The group refuses it at once.
  QueueCommand stay = Stay{};
  if (deletes) queue_.step(stay, now_, effects_);
  return model_.follow(copy, now_.instant_ms, mail_, dead_letters_);
}

// The end of a batch, and perhaps time passing.
std::string QueueLife::rest() {
  mail_.clear();
  queue_.end_batch(now_, effects_);
  std::string wrong = model_.follow_end_of_batch(now_.instant_ms, mail_, dead_letters_);
  if (wrong.empty()) wrong = model_.follow_durable(mail_when_durable_);
  mail_when_durable_.clear();
  disk_.take(journal_, erased_chunks_);
  if (!wrong.empty() || rng_.one_in(2)) return wrong;
  now_.instant_ms += static_cast<Instant>(rng_.below(15));
  if (queue_.next_deadline() > now_.instant_ms) return "";
  mail_.clear();
  queue_.tick(now_, effects_);
  wrong = model_.follow_tick(now_.instant_ms, mail_, dead_letters_);
  if (wrong.empty()) queue_.end_batch(now_, effects_);
  disk_.take(journal_, erased_chunks_);
  return wrong;
}

std::string QueueLife::disk_step() {
  // Jobs are made when batches have ended.
  if (rested_ && rng_.one_in(2)) disk_.begin_job(now_);
  switch (rng_.below(6)) {
    case 1: disk_.finish_job(); break;
    case 2: disk_.ask(); break;
    case 3: return load_one();
    default: break;
  }
  return "";
}

std::string QueueLife::load_one() {
  const std::optional<ChunkLoad> load = disk_.next_load();
  if (!load) return "";
  rested_ = false;
  mail_.clear();
  const std::uint32_t lost = queue_.loaded(load->level, load->first, disk_.read(*load), now_, effects_);
  if (lost != 0) return "messages are lost";
  return model_.follow_loaded(now_.instant_ms, mail_, dead_letters_);
}

std::string QueueLife::catch_up() {
  for (disk_.finish_job(), disk_.ask(); disk_.loads(); disk_.ask())
    if (std::string wrong = load_one(); !wrong.empty()) return wrong;
  // Gets that wait for nothing are answered when the batch ends.
  std::string wrong = rest();
  rested_ = true;
  model_.be_patient(false);
  if (disk_.ask(); disk_.loads()) model_.be_patient(true);
  return wrong;
}

QueueCommand QueueLife::random_command() {
  const std::uint64_t die = rng_.below(100);
  if (die < 40) return enqueue();
  if (die < 48) return attach();
  if (die < 52) return detach();
  if (die < 60) return Get{session(rng_.below(2)), channel(rng_.below(2)), rng_.one_in(2)};
  if (die < 80) return settle();
  if (die < 88) return Replenish{any_slot(), static_cast<std::int64_t>(rng_.below(200'000))};
  if (die < 93) return Pause{any_slot(), rng_.one_in(2)};
  if (die < 96) return Inspect{session(0), channel(0), rng_.one_in(2)};
  if (die < 98 && (kind_ == LifeKind::in_memory || rng_.one_in(4))) return Purge{session(0), channel(0)};
  return Delete{session(0), channel(0), !rng_.one_in(40), !rng_.one_in(20)};
}

Enqueue QueueLife::enqueue() {
  static constexpr std::array<std::size_t, 4> kSizes = {0, 10, 100, 150'000};
  MessageTraits traits;
  // Heads that are cold expire late: that is not foretold.
  if (rng_.one_in(5) && kind_ == LifeKind::in_memory)
    traits.expiration_ms = static_cast<std::int64_t>(rng_.below(3)) * 7;
  traits.priority = static_cast<std::uint8_t>(rng_.below(5));
  traits.persistent = kind_ == LifeKind::durable && !rng_.one_in(4);
  const std::string key = std::to_string(++messages_);
  const std::string body(kSizes[rng_.below(kSizes.size())], 'x');
  MessageDraft draft("", key, std::string_view("\0\0", 2), body.size(), traits);
  draft.append(body);
  const std::uint64_t publisher = rng_.below(3);
  if (rng_.one_in(4)) return {draft.finish(), session(publisher), channel(0), 0};
  sequences_[publisher] += rng_.one_in(6) ? 2 : 1;
  return {draft.finish(), session(publisher), channel(0), sequences_[publisher]};
}

Attach QueueLife::attach() {
  const auto priority = static_cast<std::int32_t>(rng_.below(3)) - 1;
  return {session(rng_.below(2)),
          channel(rng_.below(2)),
          ConsumerId(++consumers_),
          "",
          {},
          priority,
          static_cast<std::uint16_t>(rng_.below(4)),
          rng_.one_in(3),
          rng_.one_in(12),
          rng_.one_in(6)};
}

Detach QueueLife::detach() {
  if (model_.consumers().empty()) return {session(0), channel(0), ConsumerId(9999), any_slot()};
  auto at = model_.consumers().begin();
  std::advance(at, rng_.below(model_.consumers().size()));
  const Attach& attach = at->second.attach;
  return {attach.session, attach.channel, attach.consumer, rng_.one_in(4) ? ConsumerSlot{} : at->second.slot};
}

Settle QueueLife::settle() {
  static constexpr std::array kOutcomes = {Outcome::accepted, Outcome::accepted, Outcome::requeued, Outcome::discarded,
                                           Outcome::returned};
  Settle settle{session(rng_.below(2)), channel(rng_.below(2)), rng_.below(80), 0, kOutcomes[rng_.below(5)]};
  if (!model_.held().empty() && !rng_.one_in(4)) {
    auto at = model_.held().begin();
    std::advance(at, rng_.below(model_.held().size()));
    settle.first = at->first;
    settle.session = at->second.session;
    settle.channel = at->second.channel;
  }
  settle.last = settle.first + (rng_.one_in(2) ? 0 : rng_.one_in(4) ? 1'000'000'000 : rng_.below(40));
  return settle;
}

// Mostly that of a living consumer.
ConsumerSlot QueueLife::any_slot() {
  if (model_.consumers().empty() || rng_.one_in(10)) return ConsumerSlot(rng_.below(3));
  auto at = model_.consumers().begin();
  std::advance(at, rng_.below(model_.consumers().size()));
  return at->second.slot;
}

}  // namespace warren::broker::testing
