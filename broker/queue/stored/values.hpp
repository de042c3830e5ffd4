// What queues and storage say to each other. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "broker/message.hpp"

namespace warren::broker {

// Messages of one priority of a queue: each level has an order of its own.
using Level = std::uint8_t;

// A message as storage holds it.
struct StoredMessage {
  MessageRef message;
  Position position = 0;
  WallMs deadline = kNever;
  bool redelivered = false;
  bool shared = false;  // others held the message when its queue gave it away
  BodyId body = {};     // where its body lies in the store; none: with the message
};

// A cold chunk: messages of one level of one queue, ascending, that lie in the store as one record. Chunks of a level
// never overlap.
struct ChunkKey {
  QueueId queue;
  Level level = 0;
  Position first = 0;
  friend constexpr auto operator<=>(const ChunkKey&, const ChunkKey&) = default;
};

// Write this chunk. Once it is done the queue hears written().
struct ChunkWrite {
  ChunkKey key;
  std::vector<StoredMessage> messages;  // ascending by position, never empty
};

// What the store must know of a chunk beside its messages: a bit per position from the first on, set for those that are
// settled or that must not survive a restart.
struct ChunkNote {
  ChunkKey key;
  Position last = 0;
  std::uint32_t messages = 0;    // in the chunk when it was written
  std::uint64_t body_bytes = 0;  // of those
  bool deadlines = false;        // some of them have one
  std::vector<std::uint64_t> dead = {};
  std::vector<BodyId> bodies = {};                // that lie elsewhere; ascending, each once
  bool changed = false;                           // recovered: more is dead than the store knows; not stored
  bool gone = false;                              // recovered: it counts for nothing, and is to be erased; not stored
  std::vector<std::uint64_t> dead_in_store = {};  // recovered and changed: what was dead before; not stored
};

// Read this chunk. The queue hears loaded(), or what ships its messages to a copy, or what compares them with copies.
struct ChunkLoad {
  QueueRef queue;
  Level level = 0;
  Position first = 0;
  NodeId for_copy = {};   // the node of the copy; none: for the queue
  bool to_weigh = false;  // for who compares the queue with its copies, here or there
  bool to_offer = false;  // for a node that has given up the log by which it was taken
};

// What recovery must know of a queue beside its messages.
struct QueueNote {
  QueueId queue;
  Position next_position = 1;
  std::vector<Position> delivered = {};  // by level: everything up to there was with a client
};

// A queue as recovery found it.
struct RecoveredQueue {
  QueueNote note;
  std::vector<ChunkNote> chunks = {};        // by level and first position
  std::vector<StoredMessage> messages = {};  // in no chunk; ascending by position
};

}  // namespace warren::broker
