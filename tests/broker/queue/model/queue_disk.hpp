// What one queue has on a disk: its journal, and a store whose jobs take their time.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/rng.hpp"
#include "broker/queue/queue.hpp"

namespace warren::broker::testing {

class QueueDisk {
 public:
  // What the store holds, and from where on the journal is needed beside it.
  struct Store {
    std::map<ChunkKey, std::vector<StoredMessage>> bodies;
    std::map<ChunkKey, ChunkNote> notes;
    std::optional<QueueNote> queue;
    std::size_t journal_from = 0;
  };

  QueueDisk(Queue& queue, Rng& rng) : queue_(queue), rng_(rng) {}

  // What a batch gave.
  void take(RecordWriter& journal, std::vector<ChunkKey>& erased);
  // Gives some messages to cold chunks, unless a job is under way.
  void begin_job(const Now& now);
  // It is done: the store has it, and the queue hears of it.
  void finish_job();
  // Notes which chunks the queue wants.
  void ask();
  bool loads() const { return !loads_.empty(); }
  std::optional<ChunkLoad> next_load();
  // What the store holds of a chunk, as messages of their own; nothing if it is gone.
  std::vector<StoredMessage> read(const ChunkLoad& load) const;

  const Store& store() const { return store_; }
  // The payloads of the journal, one per batch.
  const std::vector<std::string>& journal() const { return journal_; }

 private:
  struct Job {
    std::vector<ChunkKey> erases;
    std::vector<ChunkWrite> writes;
    std::vector<ChunkNote> notes;
    std::optional<QueueNote> queue;
    std::size_t journal_from = 0;
  };

  void checkpoint(const Now& now, Job& job);

  Queue& queue_;
  Rng& rng_;
  Store store_;
  std::vector<std::string> journal_;
  std::vector<ChunkKey> erased_;
  std::optional<Job> job_;
  std::vector<ChunkLoad> loads_;
};

}  // namespace warren::broker::testing
