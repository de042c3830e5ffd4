#include "node/storage/recovery/recovery.hpp"

#include <doctest/doctest.h>

#include <string>

#include "broker/catalog/stored/catalog_snapshot.hpp"
#include "node/storage/codec.hpp"
#include "tests/node/disk_node.hpp"

namespace warren::recovery_test {

using namespace warren::node;
using namespace warren::node::testing;
using persist::Table;

namespace {

constexpr Now kNow{1000, 1'700'000'000};

// Queues on two shards, some of their messages cold, some settled, some with clients.
void fill(DiskNode& node) {
  const SessionId one = node.connect(0), two = node.connect(1);
  node.send(one, "queue.declare queue='one' durable=1");
  node.send(two, "queue.declare queue='two' durable=1 arguments={x-max-priority=2}");
  for (int i = 100; i < 160; ++i)
    for (const std::string_view queue : {"one", "two"})
      node.publish(i % 2 == 0 ? one : two, queue, std::to_string(i) + std::string(500, '.'));
  for (int i = 0; i < 5; ++i) node.send(one, "basic.get queue='one'");
  node.send(one, "basic.ack delivery-tag=3 multiple=1");
  node.send(two, "basic.get queue='two' no-ack=1");
}

// Bodies without their padding.
std::string contents(DiskNode& node, std::string_view queue) {
  std::string text = node.drain(node.connect(0), queue);
  std::erase(text, '.');
  return text;
}

std::string numbers(int first, int end, std::string_view flagged) {
  std::string text(flagged);
  for (int i = first; i < end; ++i) text += (text.empty() ? "" : " ") + std::to_string(i);
  return text;
}

const std::string kOne = numbers(105, 160, "103* 104*");
const std::string kTwo = numbers(101, 160, "");

std::size_t size(persist::Store& store, Table table) {
  std::size_t count = 0;
  CHECK(store.scan(table, "", [&](std::string_view, std::string_view) { return ++count, true; }).ok());
  return count;
}

}  // namespace

TEST_CASE("an empty disk gives an empty node") {
  persist::MemoryFolder folder;
  persist::MemoryStore store;
  const Result<Recovered, persist::Trouble> recovered = recover(folder, store, 3, small_storage(), kNow);
  REQUIRE(recovered.ok());
  CHECK(recovered->shards.size() == 3);
  CHECK(recovered->image->empty());
  CHECK(recovered->log.empty());
}

TEST_CASE("a node begins again with what it had, whatever the number of its shards") {
  for (const ShardIndex shards : {2, 1, 3}) {
    DiskNode node(2);
    fill(node);
    node.restart(shards);
    CHECK(node.queues() == 2);
    CHECK(contents(node, "one") == kOne);
    CHECK(contents(node, "two") == kTwo);
    CHECK(node.log.empty());
  }
}

TEST_CASE("the number of shards may change again and again") {
  DiskNode node(2);
  fill(node);
  for (const ShardIndex shards : {1, 3, 2, 4, 1}) node.restart(shards);
  CHECK(contents(node, "one") == kOne);
  CHECK(contents(node, "two") == kTwo);
}

TEST_CASE("a recovery that was interrupted is done again") {
  std::uint64_t operations = 0;
  for (std::uint64_t fail = 1; operations == 0 || fail <= operations; ++fail) {
    DiskNode node(2);
    fill(node);
    node.folder.lose_power();
    node.folder.operations = 0;
    node.folder.fail_from = fail;
    const Result<Recovered, persist::Trouble> first = recover(node.folder, node.store, 1, small_storage(), kNow);
    if (first.ok()) operations = node.folder.operations;
    node.folder.fail_from = 0;
    node.restart(1);
    CHECK(contents(node, "one") == kOne);
    CHECK(contents(node, "two") == kTwo);
    REQUIRE(fail < 1000);
    if (first.ok()) break;
  }
  CHECK(operations > 0);
}

TEST_CASE("a store that takes nothing is trouble only when it must take something") {
  DiskNode node(2);
  fill(node);
  node.folder.lose_power();
  node.store.fail_commits(persist::Trouble{persist::TroubleKind::full, "no space"});
  CHECK(recover(node.folder, node.store, 2, small_storage(), kNow).ok());
  CHECK_FALSE(recover(node.folder, node.store, 1, small_storage(), kNow).ok());
  node.store.fail_commits(std::nullopt);
  node.restart(1);
  CHECK(contents(node, "one") == kOne);
}

TEST_CASE("what is left of queues that nobody knows is swept") {
  DiskNode node;
  persist::StoreBatch batch;
  const broker::ChunkKey key{QueueId(77), 0, 1};
  batch.puts.push_back({Table::chunks, chunk_key(key), encode(broker::ChunkNote{key, 1, 1, 0, false, {}})});
  batch.puts.push_back({Table::bodies, chunk_key(key), encode(std::vector<broker::StoredMessage>{})});
  batch.puts.push_back({Table::queues, queue_note_key(key.queue), encode(broker::QueueNote{key.queue, 2, {}})});
  REQUIRE(node.store.commit(batch));
  node.restart(1);
  CHECK(size(node.store, Table::chunks) == 0);
  CHECK(size(node.store, Table::bodies) == 0);
  CHECK(size(node.store, Table::queues) == 0);
}

TEST_CASE("records that are damaged or make no sense are left out and told of") {
  DiskNode node(2);
  fill(node);
  persist::StoreBatch batch;
  for (const auto& [table, key] :
       {std::pair{Table::meta, std::string("checkpoint")}, {Table::chunks, "short"}, {Table::queues, "short"}}) {
    batch.puts.push_back({table, key, {}});
    batch.puts.back().value.append("x");
  }
  batch.puts.push_back({Table::meta, checkpoint_key(9), {}});
  REQUIRE(node.store.commit(batch));
  node.store.damage(Table::meta, checkpoint_key(9));
  node.restart(2);
  CHECK(node.log.size() == 4);
  CHECK(contents(node, "one") == kOne);
}

TEST_CASE("a journal that has lost its end takes nothing back that the store has") {
  DiskNode node(1);
  const SessionId client = node.connect(0);
  node.send(client, "queue.declare queue='q' durable=1");
  node.hold_syncs(true);
  node.send(client, "exchange.declare exchange='x' type='fanout'");
  node.pass(100);
  persist::MemoryFolder folder = node.folder.copy();
  folder.lose_power();
  const Result<Recovered, persist::Trouble> recovered = recover(folder, node.store, 1, small_storage(), kNow);
  REQUIRE(recovered.ok());
  broker::Catalog catalog;
  recovered->image->restore(catalog);
  REQUIRE(catalog.find_exchange(VhostId(1), "x") != nullptr);
  CHECK(broker::catalog_snapshot(catalog) == broker::catalog_snapshot(node.shard(0).catalog()));
}

}  // namespace warren::recovery_test
