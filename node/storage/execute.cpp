#include "node/storage/execute.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "node/storage/codec.hpp"
#include "node/storage/copies.hpp"

namespace warren::node {

using persist::Table;
using persist::Trouble;
using persist::TroubleKind;

namespace {

Trouble damaged(std::string_view what) { return {TroubleKind::damaged, std::string(what)}; }

}  // namespace

persist::Outcome execute(const StoreJob& job, persist::Store& store) {
  persist::StoreBatch batch;
  for (const broker::ChunkKey& key : job.erases) {
    erase_twice(batch, Table::chunks, chunk_key(key));
    batch.erases.push_back({Table::bodies, chunk_key(key)});
  }
  for (const QueueId queue : job.erased_queues) erase_twice(batch, Table::queues, queue_note_key(queue));
  for (const BodyId body : job.erased_bodies) batch.erases.push_back({Table::bodies, body_key(body)});
  for (const BodyWrite& write : job.bodies) {
    ByteBuffer value;
    value.append(write.message->body());
    batch.puts.push_back({Table::bodies, body_key(write.body), std::move(value)});
  }
  for (const broker::ChunkWrite& write : job.writes)
    batch.puts.push_back({Table::bodies, chunk_key(write.key), encode(write.messages)});
  for (const broker::ChunkNote& note : job.notes) put_twice(batch, Table::chunks, chunk_key(note.key), encode(note));
  for (const broker::QueueNote& note : job.queues)
    put_twice(batch, Table::queues, queue_note_key(note.queue), encode(note));
  for (const broker::DefinitionWrite& write : job.definitions) {
    if (write.erased) {
      erase_twice(batch, Table::catalog, write.key);
      continue;
    }
    ByteBuffer value;
    value.append(write.value);
    put_twice(batch, Table::catalog, write.key, std::move(value));
  }
  for (const Checkpoint& checkpoint : job.checkpoints)
    put_twice(batch, Table::meta, checkpoint_key(checkpoint.shard), encode(checkpoint));
  return store.commit(batch);
}

ChunkRead read_chunk(const broker::ChunkLoad& load, persist::Store& store) {
  ChunkRead read{load, {}, {}};
  ByteBuffer value;
  const auto found = store.get(Table::bodies, chunk_key({load.queue.id, load.level, load.first}), value);
  if (!found || !*found) {
    read.trouble = found ? damaged("a chunk of messages is not in the store") : found.error();
    return read;
  }
  std::optional<Trouble> body_trouble;
  const auto fetch = [&](BodyId body, ByteBuffer& bytes) {
    // One that does not tell of damage: the chunk is read again as a whole.
    if (body_trouble && body_trouble->kind != TroubleKind::damaged) return false;
    const auto there = store.get(Table::bodies, body_key(body), bytes);
    if (there && *there) return true;
    body_trouble = there ? damaged("the body of a message is not in the store") : there.error();
    return false;
  };
  if (!decode_messages(value.view(), read.messages, fetch))
    read.trouble = body_trouble ? *body_trouble : damaged("a chunk of messages in the store makes no sense");
  if (read.trouble && read.trouble->kind != TroubleKind::damaged) read.messages.clear();
  return read;
}

}  // namespace warren::node
