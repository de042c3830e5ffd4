// The shard's dealings with its disk.
#include <fmt/core.h>

#include <utility>

#include "base/check.hpp"
#include "node/shard.hpp"

namespace warren::node {

void Shard::restore() {
  if (settings_.image != nullptr && !settings_.image->empty()) {
    const broker::Restored restored = settings_.image->restore(catalog_);
    if (settings_.shard == kRegistrarShard) {
      for (const std::string& complaint : restored.complaints) log_.push_back(complaint);
      ledger_.want_blank();
      for (const broker::DefinitionWrite& write : restored.writes) ledger_.define(write);
    }
  } else {
    for (const broker::Command& command : settings_.definitions) {
      const Result<broker::Applied, broker::Refusal> applied = catalog_.apply(command);
      WARREN_CHECK(applied.ok(), "what a catalog starts with is accepted");
      if (settings_.shard == kRegistrarShard) record(*applied);
    }
  }
  settings_.image.reset();
  settings_.definitions.clear();
  ledger_.restore(std::exchange(settings_.journal, {}));
}

// Deadlines need the clock, which comes with the first input.
void Shard::start_queues() {
  catalog_.for_each_vhost([this](const broker::VhostDefinition& vhost) {
    catalog_.for_each_queue(vhost.id, [this](const broker::QueueDefinition& queue) {
      if (queue.owner == settings_.node && post_office_.shard_of(queue) == settings_.shard) host_.create(queue, now_);
    });
  });
  host_.restore(std::exchange(settings_.bodies, {}));
  for (broker::RecoveredQueue& queue : std::exchange(settings_.queues, {}))
    if (host_.has(queue.note.queue)) host_.restore(std::move(queue), now_);
}

bool Shard::congested() const {
  // Who publishes must wait for the store, but not for what the store will never get.
  return post_office_.full() || ledger_.full() ||
         (planner_.paging() && host_.hot_bytes() > 2 * settings_.storage.hot_bytes);
}

void Shard::on(Durable& input) {
  for (ByteBuffer& blank : input.blanks) ledger_.give_blank(std::move(blank));
  ledger_.durable(input.write, session_mail_);
  answer_decided();
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
  if (std::optional<StoreJob> job = planner_.next(now_)) effects.jobs.push_back(*std::move(job));
  effects.free_before_segment = std::exchange(free_before_segment_, 0);
}

}  // namespace warren::node
