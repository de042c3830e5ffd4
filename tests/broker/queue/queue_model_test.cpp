// Thousands of short random lives, each followed by the plain model.
#include <doctest/doctest.h>

#include <array>

#include "base/rng.hpp"
#include "tests/broker/queue/queue_model.hpp"

using namespace warren;
using namespace warren::broker;
using namespace warren::broker::testing;

namespace {

constexpr std::uint64_t kLives = 5000;
constexpr int kShortLife = 120;
constexpr int kLongLife = 800;

SessionRef session(std::uint64_t number) { return {SessionId(number + 1), NodeId(1), 0}; }
ChannelRef channel(std::uint64_t number) { return {1, static_cast<ChannelNumber>(number + 1)}; }

QueueSettings random_settings(Rng& rng) {
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
  return settings;
}

class Life {
 public:
  explicit Life(std::uint64_t seed)
      : rng_(seed),
        settings_(random_settings(rng_)),
        queue_({QueueId(1), Epoch(1)}, settings_, Now{}),
        model_(settings_, 0) {}

  // Returns what went wrong, or nothing.
  std::string run() {
    const int steps = rng_.one_in(8) ? kLongLife : kShortLife;
    for (int step = 0; step < steps; ++step) {
      std::string wrong = rng_.one_in(4) ? rest() : command();
      if (wrong.empty()) wrong = model_.compare(queue_);
      if (wrong.empty() && farewells_.size() != model_.farewells()) wrong = "other farewells";
      if (!wrong.empty()) return wrong + " at step " + std::to_string(step);
    }
    return "";
  }

 private:
  std::string command() {
    QueueCommand command = random_command();
    const QueueCommand copy = command;
    mail_.clear();
    queue_.step(command, now_, effects_);
    return model_.follow(copy, now_.instant_ms, mail_, dead_letters_);
  }

  // The end of a batch, and perhaps time passing.
  std::string rest() {
    mail_.clear();
    queue_.end_batch(now_, effects_);
    std::string wrong = model_.follow_end_of_batch(now_.instant_ms, mail_, dead_letters_);
    if (!wrong.empty() || rng_.one_in(2)) return wrong;
    now_.instant_ms += static_cast<Instant>(rng_.below(15));
    if (queue_.next_deadline() > now_.instant_ms) return "";
    queue_.tick(now_, effects_);
    return model_.follow_tick(now_.instant_ms, dead_letters_);
  }

  QueueCommand random_command() {
    const std::uint64_t die = rng_.below(100);
    if (die < 40) return enqueue();
    if (die < 48) return attach();
    if (die < 52) return detach();
    if (die < 60) return Get{session(rng_.below(2)), channel(rng_.below(2)), rng_.one_in(2)};
    if (die < 80) return settle();
    if (die < 88) return Replenish{any_slot(), static_cast<std::int64_t>(rng_.below(200'000))};
    if (die < 93) return Pause{any_slot(), rng_.one_in(2)};
    if (die < 96) return Inspect{session(0), channel(0), rng_.one_in(2)};
    if (die < 98) return Purge{session(0), channel(0)};
    return Delete{session(0), channel(0), !rng_.one_in(40), !rng_.one_in(20)};
  }

  Enqueue enqueue() {
    static constexpr std::array<std::size_t, 4> kSizes = {0, 10, 100, 150'000};
    MessageTraits traits;
    if (rng_.one_in(5)) traits.expiration_ms = static_cast<std::int64_t>(rng_.below(3)) * 7;
    traits.priority = static_cast<std::uint8_t>(rng_.below(5));
    const std::string body(kSizes[rng_.below(kSizes.size())], 'x');
    MessageDraft draft("", "", std::string_view("\0\0", 2), body.size(), traits);
    draft.append(body);
    const std::uint64_t publisher = rng_.below(3);
    if (rng_.one_in(4)) return {draft.finish(), session(publisher), channel(0), 0};
    sequences_[publisher] += rng_.one_in(6) ? 2 : 1;
    return {draft.finish(), session(publisher), channel(0), sequences_[publisher]};
  }

  Attach attach() {
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

  Detach detach() {
    if (model_.consumers().empty()) return {session(0), channel(0), ConsumerId(9999), any_slot()};
    auto at = model_.consumers().begin();
    std::advance(at, rng_.below(model_.consumers().size()));
    const Attach& attach = at->second.attach;
    return {attach.session, attach.channel, attach.consumer, rng_.one_in(4) ? ConsumerSlot{} : at->second.slot};
  }

  Settle settle() {
    static constexpr std::array kOutcomes = {Outcome::accepted, Outcome::accepted, Outcome::requeued,
                                             Outcome::discarded, Outcome::returned};
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
  ConsumerSlot any_slot() {
    if (model_.consumers().empty() || rng_.one_in(10)) return ConsumerSlot(rng_.below(3));
    auto at = model_.consumers().begin();
    std::advance(at, rng_.below(model_.consumers().size()));
    return at->second.slot;
  }

  Rng rng_;
  QueueSettings settings_;
  std::vector<SessionMail> mail_;
  std::vector<DeadLetter> dead_letters_;
  std::vector<Farewell> farewells_;
  RecordWriter journal_;
  std::vector<SessionMail> mail_when_durable_;
  std::vector<ChunkKey> erased_chunks_;
  QueueEffects effects_{mail_, dead_letters_, farewells_, journal_, mail_when_durable_, erased_chunks_};
  Now now_{};
  Queue queue_;
  QueueModel model_;
  std::array<std::uint64_t, 3> sequences_{};
  std::uint32_t consumers_ = 0;
};

}  // namespace

TEST_CASE("random lives of a queue go as the plain model says") {
  for (std::uint64_t seed = 1; seed <= kLives; ++seed) {
    const std::string wrong = Life(seed).run();
    INFO("seed " << seed);
    REQUIRE(wrong == "");
  }
}
