// Carries out what shards ask of the store. Plain synchronous code: whoever owns the thread calls it.
#pragma once

#include "node/storage/jobs.hpp"
#include "persist/store.hpp"

namespace warren::node {

// All of the job, durably, or nothing of it. On the one thread that commits.
persist::Outcome execute(const StoreJob& job, persist::Store& store);

// Reads one chunk and the bodies that it refers to, one short read after the other: what is damaged or missing costs
// the messages that need it, not the chunk. On any thread, beside commits. What the journal's owner settled meanwhile
// is still in it.
ChunkRead read_chunk(const broker::ChunkLoad& load, persist::Store& store);

}  // namespace warren::node
