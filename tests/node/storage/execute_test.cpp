#include "node/storage/execute.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "node/storage/codec.hpp"
#include "tests/broker/queue/stored/bytes.hpp"
#include "tests/persist/memory_store.hpp"

namespace warren::execute_test {

using namespace warren::node;
using broker::ChunkKey;
using broker::testing::literal;
using persist::Table;

namespace {

constexpr QueueRef kQueue{QueueId(7), Epoch(1)};

broker::ChunkWrite chunk(Position first, std::string_view body) {
  return {{kQueue.id, 0, first}, {{broker::make_message("", "k", literal("\x00\x00"), body, {}), first}}};
}

std::map<std::string, std::string> table(persist::Store& store, Table which) {
  std::map<std::string, std::string> all;
  CHECK(store
            .scan(which, "",
                  [&](std::string_view key, std::string_view value) {
                    all[std::string(key)] = value;
                    return true;
                  })
            .ok());
  return all;
}

}  // namespace

TEST_CASE("a job writes every part of it where it belongs") {
  persist::MemoryStore store;
  StoreJob job;
  job.writes.push_back(chunk(3, "body"));
  job.notes.push_back({{kQueue.id, 0, 3}, 3, 1, 4, false, {}});
  job.queues.push_back({kQueue.id, 9, {3}});
  job.definitions.push_back({"exchange", "definition", false});
  job.checkpoints.push_back({2, 5, 600});
  REQUIRE(execute(job, store));
  CHECK(store.commits() == 1);
  CHECK(table(store, Table::bodies).size() == 1);
  const auto notes = table(store, Table::chunks);
  REQUIRE(notes.size() == 1);
  CHECK(decode_chunk_note(notes.begin()->first, notes.begin()->second)->last == 3);
  const auto queues = table(store, Table::queues);
  REQUIRE(queues.size() == 1);
  CHECK(decode_queue_note(queues.begin()->first, queues.begin()->second)->next_position == 9);
  CHECK(table(store, Table::catalog) == std::map<std::string, std::string>{{"exchange", "definition"}});
  const auto meta = table(store, Table::meta);
  REQUIRE(meta.size() == 1);
  const auto checkpoint = decode_checkpoint(meta.begin()->first, meta.begin()->second);
  REQUIRE(checkpoint);
  CHECK((checkpoint->shard == 2 && checkpoint->segment == 5 && checkpoint->position == 600));
}

TEST_CASE("a job erases chunks with their bodies, queues and definitions") {
  persist::MemoryStore store;
  StoreJob first;
  first.writes.push_back(chunk(3, "gone"));
  first.writes.push_back(chunk(4, "kept"));
  for (const broker::ChunkWrite& write : first.writes) first.notes.push_back({write.key, write.key.first, 1, 4});
  first.queues.push_back({kQueue.id, 9});
  first.definitions.push_back({"d", "v", false});
  REQUIRE(execute(first, store));
  StoreJob second;
  second.erases.push_back({kQueue.id, 0, 3});
  second.erased_queues.push_back(kQueue.id);
  second.definitions.push_back({"d", "", true});
  REQUIRE(execute(second, store));
  CHECK(table(store, Table::chunks).size() == 1);
  CHECK(table(store, Table::bodies).contains(chunk_key({kQueue.id, 0, 4})));
  CHECK(table(store, Table::bodies).size() == 1);
  CHECK(table(store, Table::queues).empty());
  CHECK(table(store, Table::catalog).empty());
}

TEST_CASE("nothing of a job has happened when the store refuses it") {
  persist::MemoryStore store;
  store.fail_commits(persist::Trouble{persist::TroubleKind::full, "no space"});
  StoreJob job;
  job.writes.push_back(chunk(3, "body"));
  const persist::Outcome outcome = execute(job, store);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == persist::TroubleKind::full);
  CHECK(store.size() == 0);
}

TEST_CASE("a chunk is read as it was written, and what cannot be read is damage") {
  persist::MemoryStore store;
  StoreJob job;
  job.writes.push_back(chunk(3, "body"));
  job.writes.push_back(chunk(4, "other"));
  REQUIRE(execute(job, store));
  const ChunkRead read = read_chunk({kQueue, 0, 3}, store);
  CHECK_FALSE(read.trouble);
  REQUIRE(read.messages.size() == 1);
  CHECK(read.messages[0].position == 3);
  CHECK(read.messages[0].message->body() == "body");

  store.damage(Table::bodies, chunk_key({kQueue.id, 0, 3}));
  persist::StoreBatch nonsense;
  nonsense.puts.push_back({Table::bodies, chunk_key({kQueue.id, 0, 4}), {}});
  nonsense.puts[0].value.append("nonsense");
  REQUIRE(store.commit(nonsense));
  for (const Position first : {3u, 4u, 5u}) {
    const ChunkRead bad = read_chunk({kQueue, 0, first}, store);
    REQUIRE(bad.trouble);
    CHECK(bad.trouble->kind == persist::TroubleKind::damaged);
    CHECK(bad.load.first == first);
  }
}

}  // namespace warren::execute_test
