// A shard's queues over a store in memory, for messages that lie in several of them.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/catalog/stored/definition_records.hpp"
#include "node/queues/queue_host.hpp"
#include "node/storage/codec.hpp"
#include "node/storage/execute.hpp"
#include "node/storage/recovery/recovery.hpp"
#include "tests/broker/queue/queue_fixture.hpp"
#include "tests/broker/session/surroundings.hpp"
#include "tests/persist/memory_folder.hpp"
#include "tests/persist/memory_store.hpp"

namespace warren::node::testing {

inline constexpr std::size_t kBodyBytes = 5000;

// Its bytes tell which one it is.
inline broker::MessageRef numbered(int number, std::size_t body_bytes = kBodyBytes) {
  std::string body = std::to_string(number) + ' ';
  body.resize(body_bytes, static_cast<char>('a' + number % 26));
  return broker::make_message("", "key", std::string_view("\0\0", 2), body, {.persistent = true});
}

struct BodiesWorld : broker::session::testing::Surroundings {
  BodiesWorld() {
    storage.enabled = true;
    StoreJob job;
    const broker::VhostDefinition& vhost = *catalog.find_vhost("/");
    job.definitions.push_back({broker::vhost_key(vhost.id), broker::encode(vhost), false});
    REQUIRE(execute(job, store).ok());
  }

  QueueRef host_queue(std::string_view name, ShardIndex declared_on = 0) {
    broker::QueueDefinition queue;
    queue.vhost = catalog.find_vhost("/")->id;
    queue.name = std::string(name);
    queue.owner = broker::session::testing::kNode;
    queue.durable = true;
    queue.declared_on = declared_on;
    const auto applied = catalog.apply(broker::DeclareQueue{queue});
    REQUIRE(applied.ok());
    StoreJob job;
    broker::definition_writes(catalog, *applied, job.definitions);
    REQUIRE(execute(job, store).ok());
    const broker::QueueDefinition& made = *catalog.find_queue(queue.vhost, name);
    host.create(made, now);
    // The first of a queue stays in memory.
    publish(numbered(0, 8), {made.ref});
    return made.ref;
  }
  void run(QueueRef queue, broker::QueueCommand command) {
    host.step(queue, command, now, lanes);
    host.end_batch(now, rng, lanes);
  }
  void publish(const broker::MessageRef& message, std::initializer_list<QueueRef> queues) {
    for (const QueueRef& queue : queues)
      run(queue, broker::Enqueue{message, broker::testing::kPublisher, broker::testing::kChannel, 0});
  }
  void purge(QueueRef queue) { run(queue, broker::Purge{broker::testing::kReader, broker::testing::kChannel}); }
  // All but the first of each queue goes cold.
  StoreJob page_out() {
    journal.take();
    StoreJob job;
    host.page_out(~std::size_t{0}, now, job);
    do_job(job);
    return job;
  }
  // Chunks that nobody needs leave the store.
  StoreJob erase() {
    StoreJob job;
    job.erases = std::exchange(erased_chunks, {});
    host.release_bodies(job);
    do_job(job);
    return job;
  }
  void do_job(const StoreJob& job) {
    REQUIRE(execute(job, store).ok());
    host.written(job);
  }

  std::vector<BodyId> stored_bodies() {
    std::vector<BodyId> bodies;
    REQUIRE(store
                .scan_keys(persist::Table::bodies, kBodyPrefix,
                           [&](std::string_view key) {
                             bodies.push_back(*decode_body_key(key));
                             return true;
                           })
                .ok());
    return bodies;
  }
  std::vector<broker::ChunkNote> stored_notes() {
    std::vector<broker::ChunkNote> notes;
    REQUIRE(store
                .scan(persist::Table::chunks, "",
                      [&](std::string_view key, std::string_view value) {
                        notes.push_back(*decode_chunk_note(key, value));
                        return true;
                      })
                .ok());
    return notes;
  }
  // The bodies of all cold messages of a queue, in order.
  std::vector<std::string> read_all(QueueRef queue) {
    std::vector<std::string> read;
    for (const broker::ChunkNote& note : stored_notes()) {
      if (note.key.queue != queue.id) continue;
      const ChunkRead chunk = read_chunk({queue, note.key.level, note.key.first}, store);
      CHECK_FALSE(chunk.trouble);
      for (const broker::StoredMessage& one : chunk.messages) read.emplace_back(one.message->body());
    }
    return read;
  }
  Recovered recover_with(ShardIndex shards) {
    auto recovered = recover(folder, store, shards, storage, now);
    REQUIRE(recovered.ok());
    return *std::move(recovered);
  }

  persist::MemoryFolder folder;
  persist::MemoryStore store;
  Timers timers;
  StorageSettings storage;
  QueueHost host{catalog, router, timers, storage};
  broker::RecordWriter journal;
  std::vector<broker::SessionMail> mail_when_durable;
  std::vector<broker::ChunkKey> erased_chunks;
  std::vector<broker::SessionMail> session_mail;
  std::vector<mirror::Parcel> parcels;
  std::vector<broker::ChunkLoad> loads;
  HostLanes lanes{queue_mail,        session_mail,  proposals, memories, journal,
                  mail_when_durable, erased_chunks, parcels,   loads};
};

}  // namespace warren::node::testing
