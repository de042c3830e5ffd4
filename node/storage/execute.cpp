#include "node/storage/execute.hpp"

#include <utility>

#include "node/storage/codec.hpp"

namespace warren::node {

using persist::Table;

persist::Outcome execute(const StoreJob& job, persist::Store& store) {
  persist::StoreBatch batch;
  for (const broker::ChunkKey& key : job.erases) {
    batch.erases.push_back({Table::chunks, chunk_key(key)});
    batch.erases.push_back({Table::bodies, chunk_key(key)});
  }
  for (const QueueId queue : job.erased_queues) batch.erases.push_back({Table::queues, queue_note_key(queue)});
  for (const broker::ChunkWrite& write : job.writes)
    batch.puts.push_back({Table::bodies, chunk_key(write.key), encode(write.messages)});
  for (const broker::ChunkNote& note : job.notes) batch.puts.push_back({Table::chunks, chunk_key(note.key), encode(note)});
  for (const broker::QueueNote& note : job.queues)
    batch.puts.push_back({Table::queues, queue_note_key(note.queue), encode(note)});
  for (const broker::DefinitionWrite& write : job.definitions) {
    if (write.erased) {
      batch.erases.push_back({Table::catalog, write.key});
      continue;
    }
    ByteBuffer value;
    value.append(write.value);
    batch.puts.push_back({Table::catalog, write.key, std::move(value)});
  }
  for (const Checkpoint& checkpoint : job.checkpoints)
    batch.puts.push_back({Table::meta, checkpoint_key(checkpoint.shard), encode(checkpoint)});
  return store.commit(batch);
}

ChunkRead read_chunk(const broker::ChunkLoad& load, persist::Store& store) {
  ChunkRead read{load, {}, {}};
  ByteBuffer value;
  const auto found = store.get(Table::bodies, chunk_key({load.queue.id, load.level, load.first}), value);
  if (!found)
    read.trouble = found.error();
  else if (!*found)
    read.trouble = persist::Trouble{persist::TroubleKind::damaged, "a chunk of messages is not in the store"};
  else if (!decode_messages(value.view(), read.messages))
    read.trouble = persist::Trouble{persist::TroubleKind::damaged, "a chunk of messages in the store makes no sense"};
  return read;
}

}  // namespace warren::node
