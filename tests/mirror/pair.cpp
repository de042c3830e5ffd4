#include "tests/mirror/pair.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace warren::mirror::testing {

using broker::testing::kChannel;
using broker::testing::kPublisher;
using broker::testing::kReader;

namespace {

broker::QueueSettings durable_queue() {
  broker::QueueSettings settings;
  settings.durable = true;
  settings.max_priority = 3;
  return settings;
}

void begin(broker::RecordWriter& writer) {
  ByteBuffer blank;
  blank.extend(64);
  blank.clear();
  writer.begin(std::move(blank));
}

}  // namespace

Pair::Pair(bool in_set, bool may_fill)
    : settings(durable_queue()),
      queue({QueueId(7), Epoch(1)}, settings, now),
      shipping({QueueId(7), Epoch(1)}, serial),
      copy(std::make_unique<Copy>(QueueRef{QueueId(7), Epoch(1)}, 4, true)) {
  definition.ref = {QueueId(7), Epoch(1)};
  definition.owner = kOwner;
  definition.mirrors = {kCopy};
  definition.mirror_round = 1;
  if (in_set) definition.in_sync = {kCopy};
  begin(journal_);
  begin(copy_journal);
  shipping.follow(definition, may_fill);
  queue.tell_copies(true);
  end_batch();
}

void Pair::run(broker::QueueCommand command) {
  broker::QueueEffects effects{shipping.mail(),    dead_letters_, farewells_,         journal_,
                               shipping.answers(), erased_,       &shipping.records()};
  queue.step(command, now, effects);
  queue.end_batch(now, effects);
  end_batch();
}

void Pair::end_batch() {
  shipping.end_batch(queue, coming_++, durable_, now, lanes());
  if (comparison != nullptr) comparison->go_on(queue, &shipping, now.instant_ms, parcels_, loads_);
  for (const broker::ChunkKey& key : std::exchange(erased_, {})) store_.erase(key);
  collect();
  for (broker::SessionMail& one : mail)
    if (const auto* answer = std::get_if<broker::GetAnswer>(&one.event); answer != nullptr && answer->message)
      held_.push_back(answer->position);
  std::erase_if(mail, [](const auto& one) { return std::holds_alternative<broker::GetAnswer>(one.event); });
}

void Pair::collect() {
  for (Parcel& parcel : std::exchange(parcels_, {})) to_copy.push_back(std::move(parcel.mail));
  read_chunks();
}

void Pair::read_chunks() {
  while (!loads_.empty())
    for (const broker::ChunkLoad& load : std::exchange(loads_, {})) {
      const auto found = store_.find({load.queue.id, load.level, load.first});
      const auto messages = found == store_.end() ? std::vector<broker::StoredMessage>() : found->second;
      if (load.to_weigh) {
        comparison->loaded(load, messages, queue);
        end_batch();
        continue;
      }
      REQUIRE(load.for_copy == kCopy);
      if (shipping.loaded(load, messages, queue)) end_batch();
    }
}

void Pair::publish(std::string_view key, std::uint64_t sequence, bool persistent, std::uint8_t priority) {
  broker::MessageTraits traits;
  traits.persistent = persistent;
  traits.priority = priority;
  run(broker::Enqueue{broker::testing::message(key, 10, traits), kPublisher, kChannel, sequence});
}

void Pair::get(bool settle) {
  run(broker::Get{kReader, kChannel, false});
  if (!settle || held_.empty()) return;
  const Position position = held_.back();
  held_.pop_back();
  run(broker::Settle{kReader, kChannel, position, position, broker::Outcome::accepted});
}

void Pair::settle_all() {
  held_.clear();
  run(broker::Settle{kReader, kChannel, 1, ~Position{0}, broker::Outcome::accepted});
}

std::vector<std::uint64_t> Pair::confirmed() {
  std::vector<std::uint64_t> sequences;
  for (const broker::SessionMail& one : std::exchange(mail, {}))
    if (const auto* confirmed = std::get_if<broker::Confirmed>(&one.event))
      for (std::uint64_t at = confirmed->first; at <= confirmed->last; ++at) sequences.push_back(at);
  return sequences;
}

bool Pair::carry_to_copy() {
  if (to_copy.empty()) return false;
  const MirrorMail one = std::move(to_copy.front());
  to_copy.pop_front();
  std::vector<MirrorMail> answers;
  std::vector<broker::ChunkKey> erased;
  CopyLanes out{copy_journal, 1, answers, erased};
  if (const auto* begun = std::get_if<Begin>(&one.content)) copy->on(*begun, out);
  if (const auto* shipment = std::get_if<Shipment>(&one.content)) copy->on(*shipment, now, out);
  tell_of_comparison(one, answers);
  copy->answer(1, answers);
  for (MirrorMail& answer : answers) to_owner.push_back(std::move(answer));
  for (const broker::ChunkKey& key : erased) copy_store_.erase(key);
  return true;
}

void Pair::tell_of_comparison(const MirrorMail& mail, std::vector<MirrorMail>& answers) {
  if (const auto* seal = std::get_if<Seal>(&mail.content)) answer(*seal, *copy, answers);
  const auto* wanted = std::get_if<Weigh>(&mail.content);
  if (wanted == nullptr) return;
  Weighing weighing = weigh(*wanted, *copy);
  std::vector<broker::ChunkLoad> loads;
  while (!weigh_on(weighing, *copy, loads, answers)) {
    REQUIRE(loads.size() == 1);
    REQUIRE(loads.front().to_weigh);
    const auto found = copy_store_.find({QueueId(7), loads.front().level, loads.front().first});
    REQUIRE(found != copy_store_.end());
    CHECK(weighing.loaded(loads.front(), found->second, copy->shelf()));
    loads.clear();
  }
}

void Pair::begin_comparison(Instant within_ms) {
  comparison = std::make_unique<Comparison>(queue.ref(), ++last_comparison_, now.instant_ms + within_ms);
}

const Comparison& Pair::compared() {
  begin_comparison();
  end_batch();
  while (!comparison->ended() && (carry_to_copy() || carry_to_owner() || comparison->deadline() == 0))
    if (comparison->deadline() == 0) end_batch();
  REQUIRE(comparison->ended());
  return *comparison;
}

bool Pair::carry_to_owner() {
  if (to_owner.empty()) return false;
  MirrorMail one = std::move(to_owner.front());
  to_owner.pop_front();
  bool more = false;
  if (auto* holdings = std::get_if<Holdings>(&one.content)) more = shipping.on(kCopy, *holdings, queue);
  if (const auto* held = std::get_if<Held>(&one.content)) more = shipping.on(kCopy, *held);
  if (const auto* lost = std::get_if<Lost>(&one.content)) more = shipping.on(kCopy, *lost);
  if (comparison != nullptr) {
    if (const auto* sealed = std::get_if<Sealed>(&one.content)) comparison->on(kCopy, *sealed);
    if (auto* weighed = std::get_if<Weighed>(&one.content)) comparison->on(kCopy, *weighed);
    more = true;
  }
  if (more) end_batch();
  return true;
}

void Pair::carry_all() {
  while (carry_to_copy() || carry_to_owner()) {}
}

void Pair::lose_mail() {
  to_copy.clear();
  to_owner.clear();
  shipping.peer_lost(kCopy);
  end_batch();
}

void Pair::page_out_owner() {
  std::vector<broker::ChunkWrite> writes;
  queue.page_out(200, 100, now, writes);
  for (broker::ChunkWrite& write : writes) store_[write.key] = write.messages;
  for (const broker::ChunkWrite& write : writes) queue.written(write.key.level, write.key.first);
}

void Pair::page_out_copy() {
  std::vector<broker::ChunkWrite> writes;
  copy->page_out(200, 100, now, writes);
  for (broker::ChunkWrite& write : writes) copy_store_[write.key] = write.messages;
  for (const broker::ChunkWrite& write : writes) copy->written(write.key.level, write.key.first);
}

void Pair::set_in_sync(bool in_sync) {
  definition.in_sync.clear();
  if (in_sync) definition.in_sync.push_back(kCopy);
  ++definition.mirror_round;
  shipping.follow(definition, true);
  end_batch();
}

std::vector<std::string> Pair::promote() {
  broker::testing::QueueFixture next(settings);
  next.queue.reign({QueueId(7), Epoch(2)});
  next.queue.take_over(copy->surrender());
  std::vector<std::string> keys;
  while (next.queue.ready() > 0) {
    next.run(broker::Get{kReader, kChannel, true});
    std::vector<broker::ChunkLoad> loads;
    next.queue.wanted(1, loads);
    for (const broker::ChunkLoad& load : loads) {
      const auto found = copy_store_.find({load.queue.id, load.level, load.first});
      REQUIRE(found != copy_store_.end());
      CHECK(next.queue.loaded(load.level, load.first, found->second, now, next.effects) == 0);
    }
    for (const broker::GetAnswer& answer : next.take<broker::GetAnswer>())
      if (answer.message) keys.emplace_back(answer.message->routing_key());
  }
  return keys;
}

}  // namespace warren::mirror::testing
