#include "node/storage/recovery/recovery.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "broker/catalog/catalog.hpp"
#include "broker/queue/arguments.hpp"
#include "broker/queue/queue.hpp"
#include "broker/queue/stored/contents.hpp"
#include "node/shard_settings.hpp"
#include "node/storage/codec.hpp"
#include "node/storage/copies.hpp"
#include "node/storage/execute.hpp"
#include "node/storage/recovery/recovered_queues.hpp"
#include "persist/journal/reader.hpp"

namespace warren::node {
namespace {

using persist::Table;
using persist::Trouble;

// Instead of the shard whose queues refer to a body.
constexpr std::uint32_t kSeveralShards = ~std::uint32_t{0};

// One reading of the disk.
class Recovery {
 public:
  Recovery(persist::Folder& folder, persist::Store& store, ShardIndex shards, const StorageSettings& settings,
           const Now& now)
      : folder_(folder), store_(store), shards_(shards), settings_(settings), now_(now) {}

  persist::Outcome read();
  // Gives the parts away. Nothing: journals must be emptied first.
  std::optional<Recovered> result();
  // What stands in journals goes to the store.
  persist::Outcome empty_journals();
  std::vector<std::string> take_log() { return std::move(log_); }

 private:
  persist::Outcome read_store();
  persist::Outcome read_journal(std::uint32_t shard);
  void read_chunk(std::uint32_t shard, std::string_view payload, bool& sound);
  void read_definitions(std::vector<broker::DefinitionWrite> writes);
  void place(broker::RecoveredQueue queue);
  void keep_unborn(broker::RecoveredQueue queue);
  bool entries_pending() const;
  using ReadRecord = std::function<bool(std::string_view key, std::string_view value)>;  // false: makes no sense
  persist::Outcome scan(Table table, const ReadRecord& read, std::string_view what);
  void refer(const std::vector<BodyId>& bodies, ShardIndex shard);
  persist::Outcome look_at_bodies();
  void empty_into(StoreJob& job, SharedBodies& bodies, broker::RecoveredQueue recovered);
  void sweep();

  persist::Folder& folder_;
  persist::Store& store_;
  ShardIndex shards_;
  const StorageSettings& settings_;
  Now now_;

  std::map<std::uint32_t, Checkpoint> checkpoints_;
  std::map<std::uint32_t, persist::JournalTail> tails_;
  std::shared_ptr<broker::CatalogImage> image_ = std::make_shared<broker::CatalogImage>();
  AgreementRecords agreement_;
  std::map<std::string, broker::DefinitionWrite> definitions_;  // that stand in a journal, and not in the store
  std::uint64_t stored_stamp_ = 0;
  std::uint64_t last_stamp_ = 0;
  Epoch reigns_;
  broker::Catalog catalog_;
  RecoveredQueues contents_;
  std::map<QueueId, std::uint32_t> seen_in_;  // the journal that speaks of a queue's messages
  bool misplaced_ = false;                    // something stands in another shard's journal than it would today
  std::vector<RecoveredShard> parts_;
  FlatMap<BodyId, std::uint32_t> bodies_;  // those that queues refer to, and the shard of these queues
  StoreJob garbage_;
  persist::StoreBatch repairs_;
  bool sound_ = true;  // nothing is damaged: what seems to belong to nobody does
  std::vector<std::string> log_;
};

persist::Outcome Recovery::scan(Table table, const ReadRecord& read, std::string_view what) {
  Result<ScanFindings, Trouble> findings = scan_twice(
      store_, table,
      [&](std::string_view key, std::string_view value) {
        if (read(key, value)) return;
        sound_ = false;
        log_.push_back(fmt::format("a record of {} in the store makes no sense and is left out", what));
      },
      repairs_);
  if (!findings) return std::move(findings.error());
  sound_ &= findings->damaged == 0;
  if (!findings->clean)
    log_.push_back(fmt::format("records of {} in the store were damaged: {} are taken from their copies, {} are lost",
                               what, findings->mended, findings->damaged));
  return Done{};
}

persist::Outcome Recovery::read_store() {
  persist::Outcome outcome = scan(
      Table::meta,
      [this](std::string_view key, std::string_view value) {
        if (!key.starts_with(kCheckpointPrefix)) return true;
        const std::optional<Checkpoint> checkpoint = decode_checkpoint(key, value);
        if (checkpoint) checkpoints_[checkpoint->shard] = *checkpoint;
        return checkpoint.has_value();
      },
      "the node");
  const auto read_definition = [this](std::string_view key, std::string_view value) {
    if (key == stamp_key())
      stored_stamp_ = last_stamp_ = decode_stamp(value).value_or(0);
    else if (is_agreement_key(key))
      agreement_[std::string(key)] = value;
    else
      image_->set(key, value);
    return true;
  };
  if (outcome) outcome = scan(Table::catalog, read_definition, "definitions");
  const auto read_into_queues = [this](auto note) {
    if (note) contents_.add(*std::move(note));
    return note.has_value();
  };
  if (outcome)
    outcome = scan(
        Table::chunks, [&](auto key, auto value) { return read_into_queues(decode_chunk_note(key, value)); },
        "chunks of messages");
  if (outcome)
    outcome = scan(
        Table::queues, [&](auto key, auto value) { return read_into_queues(decode_queue_note(key, value)); }, "queues");
  contents_.sort_chunks();
  return outcome;
}

persist::Outcome Recovery::read_journal(std::uint32_t shard) {
  const auto found = checkpoints_.find(shard);
  const persist::JournalStart start = found == checkpoints_.end()
                                          ? persist::JournalStart(1, 0)
                                          : persist::JournalStart(found->second.segment, found->second.position);
  bool sound = true;
  Result<persist::JournalReport, Trouble> report = persist::read_journal(
      folder_, shard, start, [&](persist::ChunkPlace, std::string_view payload) { read_chunk(shard, payload, sound); });
  if (!report) return std::move(report.error());
  if (!sound) log_.push_back(fmt::format("records in the journal of shard {} make no sense and are left out", shard));
  for (const persist::JournalDamage& damage : report->damage) log_.push_back(damage.text);
  sound_ &= sound && report->damage.empty();
  tails_[shard] = std::move(report->tail);
  return Done{};
}

void Recovery::read_chunk(std::uint32_t shard, std::string_view payload, bool& sound) {
  broker::RecordWalk walk(payload);
  std::vector<broker::DefinitionWrite> definitions;
  while (const broker::ReadRecord* record = walk.next()) {
    if (record->tag == broker::RecordTag::definition) {
      definitions.push_back({std::string(record->key), std::string(record->value), record->erased});
      continue;
    }
    sound &= contents_.apply(*record);
    const auto [seen, first] = seen_in_.emplace(record->queue, shard);
    misplaced_ |= !first && seen->second != shard;
  }
  sound &= walk.ok();
  read_definitions(std::move(definitions));
}

// Those of one write, unless the store has them already, or what came later: the end of a journal may be lost that the
// store has heard of.
void Recovery::read_definitions(std::vector<broker::DefinitionWrite> writes) {
  if (writes.empty()) return;
  if (writes.back().key == stamp_key()) {
    const std::optional<std::uint64_t> stamp = decode_stamp(writes.back().value);
    if (stamp && *stamp <= stored_stamp_) return;
    last_stamp_ = std::max(last_stamp_, stamp.value_or(0));
    definitions_[writes.back().key] = writes.back();
    writes.pop_back();
  }
  for (broker::DefinitionWrite& write : writes) {
    if (!is_agreement_key(write.key))
      image_->apply(write);
    else if (write.erased)
      agreement_.erase(write.key);
    else
      agreement_[write.key] = write.value;
    definitions_[write.key] = std::move(write);
  }
}

persist::Outcome Recovery::read() {
  if (persist::Outcome outcome = read_store(); !outcome) return outcome;
  Result<std::vector<std::uint32_t>, Trouble> journals = persist::journal_shards(folder_);
  if (!journals) return std::move(journals.error());
  for (const std::uint32_t shard : *journals)
    if (persist::Outcome outcome = read_journal(shard); !outcome) return outcome;
  // Before anything is restored: what is left of a queue keeps its identity from being given again. Where the group's
  // log is, it tells the identities, and the same to everybody.
  if (agreement_.empty()) contents_.for_each_identity([this](QueueId queue) { image_->reserve(queue); });
  image_->restore(catalog_);
  parts_.resize(shards_);
  for (auto& [shard, tail] : tails_) {
    if (shard < shards_) {
      parts_[shard].journal.any = !tail.live.empty();
      parts_[shard].journal.segments = tail.live.size();
      parts_[shard].tail = tail;
    }
    // The journal of a shard that is no more.
    misplaced_ |= shard >= shards_ && !tail.live.empty();
  }
  contents_.take([this](broker::RecoveredQueue queue) { place(std::move(queue)); });
  if (persist::Outcome outcome = look_at_bodies(); !outcome) return outcome;
  sweep();
  return Done{};
}

void Recovery::place(broker::RecoveredQueue queue) {
  const QueueId id = queue.note.queue;
  reigns_ = std::max(reigns_, broker::reign_of(std::max<Position>(queue.note.next_position, 1) - 1));
  const broker::QueueDefinition* definition = catalog_.queue(id);
  if (definition == nullptr && entries_pending() && id > catalog_.counters().queue)
    return keep_unborn(std::move(queue));
  if (definition == nullptr || !definition->survives_restart()) {
    // Its definition is gone, or it does not outlive its node.
    for (const broker::ChunkNote& note : queue.chunks) garbage_.erases.push_back(note.key);
    garbage_.erased_queues.push_back(id);
    return;
  }
  const ShardIndex shard = static_cast<ShardIndex>(definition->declared_on % shards_);
  const auto seen = seen_in_.find(id);
  misplaced_ |= seen != seen_in_.end() && seen->second != shard;
  RecoveredShard& part = parts_[shard];
  if (!queue.messages.empty())
    part.journal.spans[id] = {queue.messages.front().position, queue.messages.back().position};
  else if (seen != seen_in_.end())
    part.journal.spans[id] = {};
  for (const broker::ChunkNote& note : queue.chunks) refer(note.bodies, shard);
  part.queues.push_back(std::move(queue));
}

// Whether the group's log has more to say than was applied here.
bool Recovery::entries_pending() const {
  return std::ranges::any_of(agreement_, [](const auto& record) { return is_entry_key(record.first); });
}

// What the queue is comes with the rest of the log.
void Recovery::keep_unborn(broker::RecoveredQueue queue) {
  const auto seen = seen_in_.find(queue.note.queue);
  const ShardIndex shard = static_cast<ShardIndex>(seen == seen_in_.end() ? 0 : seen->second % shards_);
  if (!queue.messages.empty())
    parts_[shard].journal.spans[queue.note.queue] = {queue.messages.front().position, queue.messages.back().position};
  for (const broker::ChunkNote& note : queue.chunks) refer(note.bodies, shard);
  parts_[shard].queues.push_back(std::move(queue));
}

// Queues that lived on one shard may have parted. Their shards count for themselves: what they have in common stays
// until a later start finds that nobody refers to it.
void Recovery::refer(const std::vector<BodyId>& bodies, ShardIndex shard) {
  for (const BodyId body : bodies) {
    std::uint32_t& by = *bodies_.insert(body, shard).first;
    if (by == shard) continue;
    if (by != kSeveralShards) parts_[by].bodies.pinned.push_back(body);
    parts_[shard].bodies.pinned.push_back(body);
    by = kSeveralShards;
  }
}

// What no queue refers to leaves the store. The rest tells which identities were given.
persist::Outcome Recovery::look_at_bodies() {
  const auto given = [this](BodyId body) {
    if (shard_of(body) >= shards_) return;
    std::uint64_t& last = parts_[shard_of(body)].bodies.last;
    last = std::max(last, body.value);
  };
  bodies_.for_each([&](BodyId body, std::uint32_t) { given(body); });
  return store_.scan_keys(Table::bodies, kBodyPrefix, [&](std::string_view key) {
    const std::optional<BodyId> body = decode_body_key(key);
    if (!body) return true;
    given(*body);
    if (!bodies_.contains(*body)) garbage_.erased_bodies.push_back(*body);
    return true;
  });
}

// What nobody owns leaves the store, unless its owner may be what was damaged. If it cannot now, the next start tries
// again.
void Recovery::sweep() {
  if (!repairs_.empty())
    if (persist::Outcome outcome = store_.commit(repairs_); !outcome) log_.push_back(outcome.error().text);
  if (garbage_.empty() || !sound_) return;
  if (persist::Outcome outcome = execute(garbage_, store_); !outcome) log_.push_back(outcome.error().text);
}

std::optional<Recovered> Recovery::result() {
  if (misplaced_) return std::nullopt;
  for (auto& [key, write] : definitions_) parts_[kRegistrarShard].journal.definitions.push_back(std::move(write));
  parts_[kRegistrarShard].journal.stamp = last_stamp_;
  parts_[kRegistrarShard].journal.reigns = reigns_;
  return Recovered{image_, std::move(agreement_), std::move(parts_), {}};
}

persist::Outcome Recovery::empty_journals() {
  StoreJob job;
  for (std::size_t shard = 0; shard < parts_.size(); ++shard) {
    SharedBodies bodies(static_cast<ShardIndex>(shard));
    bodies.restore(parts_[shard].bodies);
    for (broker::RecoveredQueue& recovered : parts_[shard].queues) empty_into(job, bodies, std::move(recovered));
  }
  for (auto& [key, write] : definitions_) job.definitions.push_back(std::move(write));
  for (const auto& [shard, tail] : tails_) job.checkpoints.push_back({shard, tail.next_segment, tail.next_position});
  return execute(job, store_);
}

void Recovery::empty_into(StoreJob& job, SharedBodies& bodies, broker::RecoveredQueue recovered) {
  const broker::QueueDefinition& definition = *catalog_.queue(recovered.note.queue);
  broker::Queue queue(definition.ref, broker::settings_of(definition, nullptr), now_);
  for (const broker::ChunkNote& note : recovered.chunks) {
    if (note.gone)
      job.erases.push_back(note.key);
    else
      job.notes.push_back(note);
  }
  queue.restore(std::move(recovered), now_);
  const std::size_t first = job.writes.size();
  while (!queue.write_cold(1, ~Position{0}, ~std::size_t{0}, settings_.chunk_bytes, now_, job.writes)) {}
  bodies.place(job, first, settings_.shared_body_bytes);
  for (std::size_t i = first; i < job.writes.size(); ++i) {
    job.notes.push_back(queue.chunk_note(job.writes[i].key.level, job.writes[i].key.first));
    bodies.complete(job.notes.back());
  }
  job.queues.push_back(queue.note());
}

}  // namespace

Result<Recovered, Trouble> recover(persist::Folder& folder, persist::Store& store, ShardIndex shards,
                                   const StorageSettings& settings, const Now& now) {
  std::vector<std::string> log;
  for (int attempt = 0;; ++attempt) {
    Recovery recovery(folder, store, shards, settings, now);
    if (persist::Outcome outcome = recovery.read(); !outcome) return std::move(outcome.error());
    std::optional<Recovered> recovered = recovery.result();
    std::ranges::move(recovery.take_log(), std::back_inserter(log));
    if (recovered) {
      recovered->log = std::move(log);
      return *std::move(recovered);
    }
    if (attempt != 0) return Trouble{persist::TroubleKind::failed, "the journals cannot be given to other shards"};
    if (persist::Outcome outcome = recovery.empty_journals(); !outcome) return std::move(outcome.error());
  }
}

}  // namespace warren::node
