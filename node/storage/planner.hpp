// Decides what the store is asked to do, one job at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "node/queues/queue_host.hpp"
#include "node/storage/jobs.hpp"
#include "node/storage/ledger.hpp"

namespace warren::node {

// Requires: ledger and host outlive it.
class Planner {
 public:
  Planner(Ledger& ledger, QueueHost& host, ShardIndex shard) : ledger_(ledger), host_(host), shard_(shard) {}

  // Chunks that nobody needs any more.
  std::vector<broker::ChunkKey>& erased_chunks() { return erased_; }

  // The next job, if there is something to do and no other is under way.
  std::optional<StoreJob> next(const Now& now);
  // A job came back. Returns below which segment the journal is not needed any more; zero: nothing new. That is told
  // one commit late: if the store's last commit is found damaged, the one before it and the journal still hold
  // everything. A job that failed is kept, and given again by next() after a while.
  std::uint64_t done(JobDone done, const Now& now);
  // When next() should be asked again though nothing happened, or kNever.
  Instant deadline() const;
  // Messages are on their way from memory to the store.
  bool paging() const { return paging_; }
  // The store took no job when it was asked last.
  bool trouble() const { return ill_; }

 private:
  void empty_oldest(const Now& now, StoreJob& job);

  Ledger& ledger_;
  QueueHost& host_;
  ShardIndex shard_;
  bool under_way_ = false;
  bool ill_ = false;
  bool paging_ = false;
  std::uint64_t free_before_ = 0;  // as the last commit allows, the one after it confirms
  std::optional<StoreJob> failed_;
  Instant retry_ms_ = kNever;
  bool emptying_ = false;  // the oldest segment; its spans are in hand
  std::vector<std::pair<QueueId, Span>> spans_;
  std::vector<broker::ChunkKey> erased_;
  Instant flush_ms_ = kNever;  // when a few erased chunks or new definitions are worth a job
};

}  // namespace warren::node
