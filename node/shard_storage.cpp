// The shard's dealings with its disk.
#include <fmt/core.h>

#include <utility>

#include "base/check.hpp"
#include "base/plant.hpp"
#include "broker/catalog/stored/definition_writes.hpp"
#include "node/shard.hpp"

namespace warren::node {
namespace {

// Of publishes that wait for a fence, before publishers have to wait as well.
constexpr std::size_t kFencedBytesMax = 4 << 20;

}  // namespace

void Shard::restore() {
  // First: what is written now comes after what the journal holds.
  ledger_.restore(std::exchange(settings_.journal, {}));
  if (settings_.image != nullptr && !settings_.image->empty()) {
    const broker::Restored restored = settings_.image->restore(catalog_);
    if (settings_.shard == kRegistrarShard) {
      for (const std::string& complaint : restored.complaints) log_.push_back(complaint);
      ledger_.want_blank();
      for (const broker::DefinitionWrite& write : restored.writes) ledger_.define(write);
    }
  } else if (settings_.identity.founder) {
    for (const broker::Command& command : settings_.definitions) begin_with(command);
  }
  const Identity& identity = settings_.identity;
  if (identity.founder && catalog_.node_count() == 0)
    begin_with(broker::AddNode{identity.name, identity.kind, identity.host, identity.cluster_port});
  if (settings_.shard == kRegistrarShard && !stores_definitions())
    former_definitions_ = broker::all_definition_writes(catalog_);
  settings_.image.reset();
  settings_.definitions.clear();
}

// The same on every shard.
void Shard::begin_with(const broker::Command& command) {
  const Result<broker::Applied, broker::Refusal> applied = catalog_.apply(command);
  WARREN_CHECK(applied.ok(), "what a catalog starts with is accepted");
  if (settings_.shard != kRegistrarShard) return;
  ledger_.want_blank();
  record(*applied);
}

void Shard::record(const broker::Applied& applied) {
  if (!stores_definitions()) return;
  std::vector<broker::DefinitionWrite> writes;
  broker::definition_writes(catalog_, applied, writes);
  for (const broker::DefinitionWrite& write : writes) ledger_.define(write);
}

// Deadlines need the clock, which comes with the first input.
void Shard::start_queues() {
  ready_ = true;
  if (registrar_ && settings_.storage.enabled && !registrar_->keeps_definitions() && !planted(213))
    define_whole(std::exchange(former_definitions_, {}), catalog_);
  catalog_.for_each_vhost([this](const broker::VhostDefinition& vhost) {
    catalog_.for_each_queue(vhost.id, [this](const broker::QueueDefinition& queue) {
      if (has_of(queue)) host_.follow(queue, settings_.identity.self, now_, lanes());
    });
  });
  host_.restore(std::exchange(settings_.bodies, {}));
  for (broker::RecoveredQueue& queue : std::exchange(settings_.queues, {})) {
    if (host_.has_any(queue.note.queue)) {
      host_.restore(std::move(queue), now_);
    } else if (catalog_.queue(queue.note.queue) != nullptr) {
      // Others have it, and this node is not among them any more.
      ledger_.mention(queue.note.queue);
      host_.discard(queue, lanes());
    }
  }
}

bool Shard::congested() const {
  // Who publishes must wait for the store, but not for what the store will never get.
  return post_office_.full() || ledger_.full() || fences_.waiting_bytes() > kFencedBytesMax ||
         (planner_.paging() && host_.hot_bytes() > 2 * settings_.storage.hot_bytes);
}

void Shard::on(Durable& input) {
  for (ByteBuffer& blank : input.blanks) ledger_.give_blank(std::move(blank));
  ledger_.durable(input.write, session_mail_);
  host_.durable(lanes());
  while (!waiting_persists_.empty() && waiting_persists_.front().write <= ledger_.durable_write())
    registrar_->persisted(waiting_persists_.pop_front().sequence, now_.instant_ms);
  reconsider_held();
}

void Shard::on(const SegmentBegun& input) { ledger_.segment_begun(input.segment, input.position); }

void Shard::on(const JournalHealth& input) {
  journal_ill_ = !input.well;
  if (settings_.shard == kRegistrarShard) log_.push_back(input.well ? "the journal can be written again" : input.why);
  set_alarms();
}

void Shard::on(JobDone& input) {
  if (input.trouble && !planner_.trouble()) log_.push_back(input.trouble->text);
  free_before_segment_ = planner_.done(std::move(input), now_);
  set_alarms();
  reconsider_held();
}

void Shard::on(ChunkRead& input) {
  const bool damaged = input.trouble && input.trouble->kind == persist::TroubleKind::damaged;
  if (input.trouble && !damaged) {
    failed_loads_.push_back(input.load);
    return;
  }
  if (input.load.to_offer) return offers_.loaded(input.load, input.messages, now_.instant_ms);
  const std::uint32_t lost = host_.loaded(input, now_, lanes());
  if (!damaged || lost == 0) return;
  const broker::QueueDefinition* queue = catalog_.queue(input.load.queue.id);
  log_.push_back(fmt::format("{} messages of queue '{}' are lost: {}", lost, queue == nullptr ? "" : queue->name,
                             input.trouble->text));
}

void Shard::conclude_storage(ShardEffects& effects) {
  if (!settings_.storage.enabled) return;
  if (std::optional<ByteBuffer> write = ledger_.take_write()) effects.journal.push_back(*std::move(write));
  host_.take_wanted(loads_);
  for (const broker::ChunkLoad& load : loads_) effects.loads.push_back(load);
  loads_.clear();
  offers_.withhold(planner_.erased_chunks());
  // Before queues are alive nobody knows what of the journal they still need.
  if (std::optional<StoreJob> job = ready_ ? planner_.next(now_) : std::nullopt)
    effects.jobs.push_back(*std::move(job));
  effects.free_before_segment = std::exchange(free_before_segment_, 0);
}

}  // namespace warren::node
