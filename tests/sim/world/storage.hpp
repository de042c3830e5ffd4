// What stands between the shards of a node and its disk: journals with their syncs, the store with its jobs, recovery.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ring.hpp"
#include "base/rng.hpp"
#include "node/shard_io.hpp"
#include "node/storage/recovery/recovery.hpp"
#include "persist/journal/writer.hpp"
#include "tests/sim/scene.hpp"
#include "tests/sim/world/disk/disk.hpp"
#include "tests/sim/world/event_queue.hpp"

namespace warren::sim {

struct StoragePlan {
  bool enabled = false;
  node::StorageSettings node;
  std::uint64_t segment_bytes = 8192;
  DiskSettings disk;
  std::uint64_t interrupt_each = 0;  // one recovery in so many is interrupted; 0: none
};

// Drives storage as the server does, each deed after a delay.
class Storage {
 public:
  // Requires: scene and events outlive it.
  Storage(Scene& scene, EventQueue& events, std::uint64_t seed, const StoragePlan& plan, ShardIndex shards);

  // Reads the disk, perhaps interrupted and begun again. Nothing: the disk refuses; try again later.
  std::optional<node::Recovered> start(const Now& now);
  // The node is gone: what is under way may just have happened.
  void crash(CrashKind kind);

  // The storage part of a step's effects. What the shard must hear at once is added to `answers`.
  using Answers = Ring<node::ShardInput>;
  void carry_out(std::uint32_t shard, node::ShardEffects& effects, Answers& answers);
  // One of the events below has come.
  void happen(EventKind kind, std::uint32_t shard, Answers& answers);

  Disk& disk() { return disk_; }
  const Disk& disk() const { return disk_; }
  std::uint64_t live_segments(std::uint32_t shard) const { return shards_[shard].writer->live_segments(); }
  std::uint64_t segments_kept() const { return plan_.node.segments_kept; }
  // Since the last start something on its way to the disk has failed.
  bool failed() const { return failed_; }

 private:
  struct ShardStorage {
    std::optional<persist::JournalWriter> writer;
    node::WriteNumber writes = 0;
    Ring<std::pair<node::WriteNumber, std::uint64_t>> undurable;  // with the position behind each
    std::optional<persist::SyncWork> sync;
    std::optional<persist::Outcome> synced;  // done already, and not told yet
    std::optional<node::StoreJob> job;
    std::optional<persist::Outcome> job_done;  // the same
    Ring<broker::ChunkLoad> loads;
    std::optional<persist::SpareOrder> spare;
    bool well = true;
  };

  std::optional<node::Recovered> read(const Now& now);
  bool open(node::Recovered& recovered);
  std::string rehearse(const Now& now) const;
  void plan(EventKind kind, std::uint32_t shard, Micros more = 0);
  void append(std::uint32_t number, ByteBuffer chunk, Answers& answers);
  void look_after(std::uint32_t number, Answers& answers);
  void end_sync(std::uint32_t number, Answers& answers);
  void retry(std::uint32_t number, Answers& answers);
  void end_job(std::uint32_t number, Answers& answers);
  void end_load(std::uint32_t number, Answers& answers);

  Scene& scene_;
  EventQueue& events_;
  Rng rng_;
  StoragePlan plan_;
  Disk disk_;
  std::unique_ptr<persist::Folder> folder_;
  std::unique_ptr<persist::Store> store_;
  std::vector<ShardStorage> shards_;
  bool failed_ = false;
};

// What recovery found, told so that two of them can be compared.
std::string describe(const node::Recovered& recovered);

}  // namespace warren::sim
