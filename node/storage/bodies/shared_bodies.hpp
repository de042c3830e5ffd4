// Bodies that the cold chunks of several queues have in common: each lies in the store once, for as long as a chunk
// refers to it.
//
// A body is placed when the first of its queues gives it away, and remembered while others may follow: as long as
// somebody else holds the message, and up to a bound. A queue that comes later than that keeps the body in its chunk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/flat_map.hpp"
#include "base/ids.hpp"
#include "node/storage/jobs.hpp"

namespace warren::node {

// Bodies of more than that in all are not remembered; the oldest are forgotten.
inline constexpr std::size_t kRememberedBodyBytesMax = 16 << 20;

// Which shard gives an identity stands in its upper bits.
inline constexpr unsigned kBodyShardShift = 48;
inline ShardIndex shard_of(BodyId body) { return static_cast<ShardIndex>(body.value >> kBodyShardShift); }

// What recovery found of the bodies.
struct RecoveredBodies {
  std::uint64_t last = 0;      // the highest identity that this shard gave; zero: none is left
  std::vector<BodyId> pinned;  // queues of several shards refer to them: none of the shards may erase them
};

class SharedBodies {
 public:
  explicit SharedBodies(ShardIndex shard) : last_(std::uint64_t{shard} << kBodyShardShift), shard_(shard) {}

  // Requires: nothing was placed or restored before; it is called before the other restore.
  void restore(const RecoveredBodies& recovered);
  // A chunk that recovery found.
  void restore(const broker::ChunkNote& note);

  // Decides where the bodies of job.writes[first...] lie: those of at least so many bytes that others hold, too, or
  // that lie in the store already, by themselves. What is to be written goes into the job.
  void place(StoreJob& job, std::size_t first, std::size_t body_bytes_min);
  // Tells a note which bodies its chunk refers to.
  void complete(broker::ChunkNote& note) const;
  // The chunks that the job erases refer to nothing any more; bodies that no chunk refers to are erased with them.
  void release(StoreJob& job);
  // Forgets what nobody else holds, and the oldest beyond the bound.
  void tidy();

  std::size_t bodies() const { return counted_.size(); }
  std::size_t remembered() const { return remembered_.size(); }

 private:
  struct Counted {
    std::uint32_t chunks = 0;
    std::uintptr_t message = 0;  // zero: not remembered
  };
  struct Remembered {
    broker::MessageRef message;
    BodyId body;
  };

  BodyId place(const broker::StoredMessage& one, StoreJob& job);
  void forget(const Remembered& one);

  std::uint64_t last_;
  ShardIndex shard_;
  FlatMap<BodyId, Counted> counted_;                        // chunks that refer to each
  std::map<broker::ChunkKey, std::vector<BodyId>> chunks_;  // those that refer to any
  FlatMap<std::uintptr_t, BodyId> by_message_;              // of those remembered
  std::vector<Remembered> remembered_;                      // the oldest first
  std::size_t remembered_bytes_ = 0;
};

}  // namespace warren::node
