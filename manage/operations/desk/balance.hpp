// Which queues to hand over so that nodes own about equally many (clustering.md 3.7).
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.hpp"
#include "manage/operations/questions/shard_question.hpp"

namespace warren::manage {

struct OwnedQueue {
  QueueId queue;
  NodeId owner;
  std::vector<NodeId> heirs;  // who could own it without a loss
  std::uint64_t messages = 0;
};

struct Balance {
  std::vector<QueueMove> moves;  // each queue at most once, kMovesMax at most
  std::vector<QueueId> stuck;    // their node owns too many, and no node with fewer could own them
};

// `nodes`: who may own queues. From each that owns more than its share the shortest queues go, each to the node with
// the fewest among those that could own it.
Balance balance(std::vector<OwnedQueue> queues, const std::vector<NodeId>& nodes);

}  // namespace warren::manage
