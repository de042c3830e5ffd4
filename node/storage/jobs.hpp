// What a shard asks of the store, as plain values, and what comes back.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "broker/catalog/stored/definition_writes.hpp"
#include "broker/queue/stored/values.hpp"
#include "persist/trouble.hpp"

namespace warren::node {

// From where a shard's journal is needed, once the job that carries it is done.
struct Checkpoint {
  std::uint32_t shard = 0;
  std::uint64_t segment = 1;   // everything before it is in the store
  std::uint64_t position = 0;  // of the journal, where that segment begins
};

// A body that lies by itself, for the chunks that refer to it.
struct BodyWrite {
  BodyId body;
  broker::MessageRef message;
};

// One transaction of the store. Jobs of a shard are carried out one after the other.
struct StoreJob {
  std::vector<broker::ChunkKey> erases;  // these happen first
  std::vector<BodyId> erased_bodies;
  std::vector<BodyWrite> bodies;
  std::vector<broker::ChunkWrite> writes;
  std::vector<broker::ChunkNote> notes;  // one per write, and those whose state has changed
  std::vector<broker::QueueNote> queues;
  std::vector<QueueId> erased_queues;
  std::vector<broker::DefinitionWrite> definitions;
  std::vector<Checkpoint> checkpoints;  // of one shard, but for recovery

  bool empty() const {
    return writes.empty() && notes.empty() && erases.empty() && queues.empty() && erased_queues.empty() &&
           definitions.empty() && checkpoints.empty() && bodies.empty() && erased_bodies.empty();
  }
};

// A job that was tried. With trouble nothing of it has happened.
struct JobDone {
  StoreJob job;
  std::optional<persist::Trouble> trouble;
};

// What a chunk held. Damaged: what is not among the messages cannot be read, now or later.
struct ChunkRead {
  broker::ChunkLoad load;
  std::vector<broker::StoredMessage> messages;
  std::optional<persist::Trouble> trouble;
};

}  // namespace warren::node
