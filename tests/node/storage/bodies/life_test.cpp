// Shared bodies on their whole way: queues, jobs, store, recovery.
#include "node/storage/recovery/recovered_queues.hpp"
#include "persist/journal/writer.hpp"
#include "tests/node/storage/bodies/bodies_world.hpp"

namespace warren::life_test {

using namespace warren::node;
using namespace warren::node::testing;
using persist::Table;

TEST_CASE("a message that is in several queues goes to the store once, and each queue reads it") {
  BodiesWorld world;
  const QueueRef one = world.host_queue("one");
  const QueueRef two = world.host_queue("two");
  const QueueRef three = world.host_queue("three");
  std::vector<std::string> bodies;
  for (int i = 0; i < 20; ++i) {
    const broker::MessageRef message = numbered(i);
    bodies.emplace_back(message->body());
    world.publish(message, {one, two, three});
  }
  const StoreJob job = world.page_out();
  CHECK(job.writes.size() >= 3);
  CHECK(job.bodies.size() == 20);
  CHECK(world.stored_bodies().size() == 20);
  for (const QueueRef& queue : {one, two, three}) CHECK(world.read_all(queue) == bodies);
}

TEST_CASE("queues that go cold in jobs of their own still have their bodies in common") {
  BodiesWorld world;
  const QueueRef one = world.host_queue("one");
  const QueueRef two = world.host_queue("two");
  for (int i = 0; i < 10; ++i) world.publish(numbered(i), {one, two});
  std::size_t jobs = 0;
  std::size_t written = 0;
  while (world.host.hot_bytes() > kBodyBytes) {
    StoreJob job;
    world.host.page_out(2 * kBodyBytes, world.now, job);
    REQUIRE_FALSE(job.writes.empty());
    world.do_job(job);
    written += job.bodies.size();
    ++jobs;
  }
  CHECK(jobs > 1);
  CHECK(written == 10);
  CHECK(world.read_all(one) == world.read_all(two));
}

TEST_CASE("a message that is in one queue keeps its body in its chunk") {
  BodiesWorld world;
  const QueueRef queue = world.host_queue("q");
  for (int i = 0; i < 5; ++i) world.publish(numbered(i), {queue});
  CHECK(world.page_out().bodies.empty());
  CHECK(world.stored_bodies().empty());
  CHECK(world.read_all(queue).size() == 5);
}

TEST_CASE("bodies leave the store with the last of their chunks") {
  BodiesWorld world;
  const QueueRef one = world.host_queue("one");
  const QueueRef two = world.host_queue("two");
  for (int i = 0; i < 20; ++i) world.publish(numbered(i), {one, two});
  world.page_out();
  world.purge(one);
  CHECK(world.erase().erased_bodies.empty());
  CHECK(world.read_all(two).size() == 20);
  world.purge(two);
  CHECK(world.erase().erased_bodies.size() == 20);
  CHECK(world.stored_bodies().empty());
  CHECK(world.stored_notes().empty());
}

TEST_CASE("a deleted queue gives up its bodies") {
  BodiesWorld world;
  const QueueRef one = world.host_queue("one");
  const QueueRef two = world.host_queue("two");
  world.publish(numbered(1), {one, two});
  world.page_out();
  REQUIRE(world.stored_bodies().size() == 1);
  world.host.retire(one.id, world.lanes);
  world.host.retire(two.id, world.lanes);
  world.erase();
  CHECK(world.stored_bodies().empty());
}

TEST_CASE("a body that is damaged or missing costs its messages, not the chunk") {
  BodiesWorld world;
  const QueueRef one = world.host_queue("one");
  const QueueRef two = world.host_queue("two");
  for (int i = 0; i < 4; ++i) world.publish(numbered(i), {one, two});
  world.page_out();
  const std::vector<BodyId> bodies = world.stored_bodies();
  REQUIRE(bodies.size() == 4);
  world.store.damage(Table::bodies, body_key(bodies[1]));
  persist::StoreBatch batch;
  batch.erases.push_back({Table::bodies, body_key(bodies[3])});
  REQUIRE(world.store.commit(batch).ok());
  const broker::ChunkKey key = world.stored_notes()[0].key;
  ChunkRead read = read_chunk({one, key.level, key.first}, world.store);
  REQUIRE(read.trouble);
  CHECK(read.trouble->kind == persist::TroubleKind::damaged);
  REQUIRE(read.messages.size() == 2);
  CHECK(read.messages[0].position == 2);
  CHECK(read.messages[1].position == 4);
  // The queue asks for what it gave away, gets half of it, and goes on with that.
  for (int i = 0; i < 2; ++i) world.run(one, broker::Get{broker::testing::kReader, broker::testing::kChannel, true});
  std::vector<broker::ChunkLoad> loads;
  world.host.take_wanted(loads);
  REQUIRE(loads.size() == 1);
  read.load = loads[0];
  CHECK(world.host.loaded(read, world.now, world.lanes) == 2);
  const auto& answer = std::get<broker::GetAnswer>(world.session_mail.back().event);
  CHECK(answer.message->body() == numbered(0)->body());
  CHECK(answer.remaining == 1);
}

TEST_CASE("a body of another length than its message tells is not given out") {
  BodiesWorld world;
  const QueueRef one = world.host_queue("one");
  const QueueRef two = world.host_queue("two");
  world.publish(numbered(1), {one, two});
  world.page_out();
  persist::StoreBatch batch;
  batch.puts.push_back({Table::bodies, body_key(world.stored_bodies()[0]), {}});
  batch.puts.back().value.append("short");
  REQUIRE(world.store.commit(batch).ok());
  const ChunkRead read = read_chunk({one, 0, 2}, world.store);
  CHECK(read.messages.empty());
  CHECK(read.trouble);
}

TEST_CASE("recovery counts references, and sweeps what nobody refers to") {
  BodiesWorld world;
  const QueueRef one = world.host_queue("one");
  const QueueRef two = world.host_queue("two");
  for (int i = 0; i < 3; ++i) world.publish(numbered(i), {one, two});
  world.page_out();
  StoreJob stray;
  stray.bodies.push_back({BodyId(77), numbered(77)});
  REQUIRE(execute(stray, world.store).ok());
  // A damaged one is a stray, too.
  stray.bodies[0].body = BodyId(78);
  REQUIRE(execute(stray, world.store).ok());
  world.store.damage(Table::bodies, body_key(BodyId(78)));

  Recovered recovered = world.recover_with(1);
  CHECK(recovered.log.empty());
  CHECK(world.stored_bodies().size() == 3);
  RecoveredShard& shard = recovered.shards[0];
  CHECK(shard.bodies.last == 78);
  CHECK(shard.bodies.pinned.empty());
  QueueHost host(world.catalog, world.router, world.timers, world.storage);
  host.restore(shard.bodies);
  for (broker::RecoveredQueue& queue : shard.queues) {
    host.create(*world.catalog.queue(queue.note.queue), world.now);
    host.restore(std::move(queue), world.now);
  }
  StoreJob job;
  host.retire(one.id, world.lanes);
  job.erases = std::exchange(world.erased_chunks, {});
  host.release_bodies(job);
  CHECK(job.erased_bodies.empty());
  host.retire(two.id, world.lanes);
  job.erases = std::exchange(world.erased_chunks, {});
  host.release_bodies(job);
  CHECK(job.erased_bodies == world.stored_bodies());
}

TEST_CASE("the bodies of queues that are no more are swept") {
  BodiesWorld world;
  const QueueRef one = world.host_queue("one");
  const QueueRef two = world.host_queue("two");
  world.publish(numbered(1), {one, two});
  world.page_out();
  REQUIRE(world.stored_bodies().size() == 1);
  StoreJob job;
  for (const QueueRef& queue : {one, two}) {
    const auto applied = world.catalog.apply(broker::DeleteQueue{queue.id});
    REQUIRE(applied.ok());
    broker::definition_writes(world.catalog, *applied, job.definitions);
  }
  REQUIRE(execute(job, world.store).ok());
  world.recover_with(1);
  CHECK(world.stored_bodies().empty());
  CHECK(world.stored_notes().empty());
}

TEST_CASE("bodies of queues that have parted are pinned until nobody refers to them") {
  BodiesWorld world;
  const QueueRef one = world.host_queue("one", 0);
  const QueueRef two = world.host_queue("two", 1);
  const QueueRef three = world.host_queue("three", 2);
  world.publish(numbered(1), {one, two});
  world.publish(numbered(2), {one, three});
  world.page_out();
  REQUIRE(world.stored_bodies().size() == 2);
  const BodyId parted = world.stored_bodies()[0];
  Recovered recovered = world.recover_with(2);
  CHECK(recovered.shards[0].bodies.pinned == std::vector<BodyId>{parted});
  CHECK(recovered.shards[1].bodies.pinned == std::vector<BodyId>{parted});
  CHECK(recovered.shards[0].bodies.last == 2);
  CHECK(recovered.shards[1].bodies.last == 0);
}

TEST_CASE("what is moved from a journal to the store has its bodies in common, too") {
  BodiesWorld world;
  const QueueRef one = world.host_queue("one");
  const QueueRef two = world.host_queue("two");
  // The journal of a shard that is no more.
  auto writer = persist::JournalWriter::open(world.folder, {.shard = 5, .segment_bytes = 1 << 20}, {});
  REQUIRE(writer.ok());
  world.journal.begin(writer->blank());
  std::vector<std::string> bodies;
  for (int i = 0; i < 3; ++i) {
    const broker::MessageRef message = numbered(i);
    bodies.emplace_back(message->body());
    world.publish(message, {one, two});
  }
  writer->append(world.journal.take());
  REQUIRE(writer->begin_sync().run().ok());
  world.recover_with(1);
  CHECK(world.stored_bodies().size() == 3);
  CHECK(world.read_all(one) == bodies);
  CHECK(world.read_all(two) == bodies);
}

TEST_CASE("a message that several queues find in the journal is one message") {
  broker::RecordWriter journal;
  const broker::MessageRef first = numbered(1);
  const broker::MessageRef second = numbered(2);
  const std::vector<broker::MessageRef> others{first, second};
  for (const std::uint64_t queue : {1, 2}) journal.enqueue(QueueId(queue), 1, first, kNever);
  for (const std::uint64_t queue : {1, 2}) journal.enqueue(QueueId(queue), 2, second, kNever);
  const ByteBuffer chunk = journal.take();
  RecoveredQueues queues;
  broker::RecordWalk walk(chunk.view());
  while (const broker::ReadRecord* record = walk.next()) CHECK(queues.apply(*record));
  std::vector<broker::RecoveredQueue> found;
  queues.take([&](broker::RecoveredQueue queue) { found.push_back(std::move(queue)); });
  REQUIRE(found.size() == 2);
  for (const std::size_t i : {0, 1}) {
    CHECK(found[0].messages[i].message.get() == found[1].messages[i].message.get());
    CHECK(found[0].messages[i].message->body() == (i == 0 ? first : second)->body());
  }
}

TEST_CASE("messages with bodies elsewhere and notes of them have a form of their own") {
  const broker::MessageRef message = broker::make_message("e", "rk", std::string_view("\0\0", 2), "the body", {});
  std::vector<broker::StoredMessage> messages{{message, 5, kNever, true, true, BodyId(300)},
                                              {message, 7, kNever, false, true, {}}};
  const ByteBuffer chunk = encode(messages);
  // Position, deadline, redelivered; flags, priority, properties, body bytes, identity; names; properties.
  const std::string_view elsewhere(
      "\x05\x00\x01\x08\x00\x02\x08\xac\x02\x01"
      "e"
      "\x02rk\x00\x00",
      16);
  CHECK(chunk.view().substr(0, elsewhere.size()) == elsewhere);
  CHECK(chunk.view().substr(elsewhere.size()).ends_with("the body"));
  std::vector<broker::StoredMessage> read;
  const auto fetch = [](BodyId body, ByteBuffer& bytes) {
    bytes.append("THE BODY");
    return body == BodyId(300);
  };
  REQUIRE(decode_messages(chunk.view(), read, fetch));
  REQUIRE(read.size() == 2);
  CHECK(read[0].message->body() == "THE BODY");
  CHECK(read[0].message->routing_key() == "rk");
  CHECK(read[0].redelivered);
  CHECK(read[0].body == BodyId(300));
  CHECK(read[1].message->body() == "the body");
  CHECK_FALSE(read[1].body);
  read.clear();
  CHECK_FALSE(decode_messages(chunk.view(), read));
  CHECK(read.size() == 1);

  const broker::ChunkKey key{QueueId(1), 2, 3};
  const broker::ChunkNote note{key, 6, 4, 100, false, {}, {BodyId(300), BodyId(302)}};
  const ByteBuffer value = encode(note);
  CHECK(value.view() == std::string_view("\x03\x04\x64\x00\x00\x02\xac\x02\x02", 9));
  const auto again = decode_chunk_note(chunk_key(key), value.view());
  REQUIRE(again);
  CHECK(again->bodies == note.bodies);
  // More bodies than messages, a body twice, and an end too early.
  for (const std::string_view bad :
       {std::string_view("\x03\x04\x64\x00\x00\x05\x01\x01\x01\x01\x01", 11),
        std::string_view("\x03\x04\x64\x00\x00\x02\x01\x00", 8), std::string_view("\x03\x04\x64\x00\x00\x02\x01", 7)})
    CHECK_FALSE(decode_chunk_note(chunk_key(key), bad));
  CHECK(body_key(BodyId(0x0102)) == std::string("\xff\0\0\0\0\0\0\1\2", 9));
  CHECK(decode_body_key(body_key(BodyId(0x0102))) == BodyId(0x0102));
  CHECK_FALSE(decode_body_key(chunk_key(key)));
  CHECK_FALSE(decode_chunk_key(body_key(BodyId(1))));
  CHECK(decode_chunk_key(chunk_key(key)) == key);
}

}  // namespace warren::life_test
