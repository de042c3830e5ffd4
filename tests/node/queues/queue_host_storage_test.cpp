// The host's dealings with cold chunks, without a shard around it.
#include <doctest/doctest.h>

#include <variant>

#include "node/queues/queue_host.hpp"
#include "tests/broker/queue/queue_fixture.hpp"
#include "tests/broker/session/surroundings.hpp"

namespace warren::queue_host_storage_test {

using namespace warren::node;
using broker::testing::kChannel;
using broker::testing::kPublisher;
using broker::testing::kReader;
using broker::testing::message;

namespace {

struct StorageWorld : broker::session::testing::Surroundings {
  StorageWorld() {
    storage.enabled = true;
    storage.chunk_bytes = 2'000;
    journal.begin({});
  }

  QueueRef host_queue(std::string_view name, bool durable = true) {
    broker::QueueDefinition queue;
    queue.vhost = catalog.find_vhost("/")->id;
    queue.name = std::string(name);
    queue.owner = broker::session::testing::kNode;
    queue.durable = durable;
    apply(broker::DeclareQueue{queue});
    const broker::QueueDefinition& made = *catalog.find_queue(queue.vhost, name);
    host.create(made, now);
    return made.ref;
  }
  void run(QueueRef queue, broker::QueueCommand command) {
    REQUIRE(host.step(queue, command, now, lanes));
    host.end_batch(now, rng, lanes);
  }
  void publish(QueueRef queue, int count) {
    for (int i = 0; i < count; ++i)
      run(queue, broker::Enqueue{message("k", 900, {.persistent = true}), kPublisher, kChannel, 0});
  }
  std::vector<broker::ChunkLoad> wanted() {
    std::vector<broker::ChunkLoad> loads;
    host.take_wanted(loads);
    return loads;
  }
  std::uint32_t ready(QueueRef queue) {
    session_mail.clear();
    run(queue, broker::Inspect{kReader, kChannel, false});
    return std::get<broker::Counted>(session_mail.back().event).ready;
  }
  void drain(QueueRef queue) {
    broker::Attach attach;
    attach.session = kReader;
    attach.channel = kChannel;
    attach.consumer = broker::ConsumerId(1);
    attach.no_ack = true;
    run(queue, attach);
  }

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

}  // namespace

TEST_CASE("the host counts what is in memory, and the largest queues go cold first") {
  StorageWorld world;
  const QueueRef small = world.host_queue("small"), large = world.host_queue("large");
  world.publish(small, 5);
  world.publish(large, 20);
  const std::size_t all = world.host.hot_bytes();
  CHECK(all > 25 * 900);
  StoreJob job;
  world.host.page_out(6'000, world.now, job);
  REQUIRE_FALSE(job.writes.empty());
  CHECK(job.notes.size() == job.writes.size());
  for (const broker::ChunkWrite& write : job.writes) CHECK(write.key.queue == large.id);
  CHECK(world.host.hot_bytes() == all);
  world.host.written(job);
  CHECK(world.host.hot_bytes() <= all - 6'000);
  world.host.retire(large.id, world.lanes);
  CHECK(world.erased_chunks.size() == job.writes.size());
  world.host.retire(small.id, world.lanes);
  CHECK(world.host.hot_bytes() == 0);
}

TEST_CASE("a queue with readers asks for its chunks, and delivers when they come") {
  StorageWorld world;
  const QueueRef queue = world.host_queue("q");
  world.publish(queue, 10);
  StoreJob job;
  world.host.page_out(1 << 20, world.now, job);
  world.host.written(job);
  CHECK(world.wanted().empty());
  world.drain(queue);
  std::size_t loaded = 0;
  for (std::vector<broker::ChunkLoad> loads = world.wanted(); !loads.empty(); loads = world.wanted())
    for (const broker::ChunkLoad& load : loads)
      for (const broker::ChunkWrite& write : job.writes)
        if (write.key.first == load.first) {
          ++loaded;
          CHECK(world.host.loaded({load, write.messages, {}}, world.now, world.lanes) == 0);
          world.host.end_batch(world.now, world.rng, world.lanes);
        }
  CHECK(loaded == job.writes.size());
  CHECK(world.ready(queue) == 0);
  CHECK(world.host.hot_bytes() == 0);
}

TEST_CASE("a chunk that comes for a queue that is gone does nothing") {
  StorageWorld world;
  const ChunkRead read{{{QueueId(99), Epoch(1)}, 0, 1}, {}, {}};
  CHECK(world.host.loaded(read, world.now, world.lanes) == 0);
  StoreJob job;
  job.writes.push_back({{QueueId(99), 0, 1}, {}});
  world.host.written(job);
  CHECK(world.wanted().empty());
}

TEST_CASE("emptying a span gives its messages to chunks in parts, and notes the queue") {
  StorageWorld world;
  const QueueRef queue = world.host_queue("q");
  world.publish(queue, 10);
  StoreJob job;
  int parts = 0;
  while (!world.host.empty_span(queue.id, {3, 8}, 2'000, world.now, job)) REQUIRE(++parts < 10);
  CHECK(parts > 0);
  std::size_t messages = 0;
  for (const broker::ChunkWrite& write : job.writes)
    for (const broker::StoredMessage& one : write.messages) {
      ++messages;
      CHECK((one.position >= 3 && one.position <= 8));
    }
  CHECK(messages == 6);
  REQUIRE_FALSE(job.queues.empty());
  CHECK(job.queues.back().next_position == 11);
  StoreJob gone;
  CHECK(world.host.empty_span(QueueId(99), {1, 2}, 1, world.now, gone));
  CHECK(gone.erased_queues == std::vector<QueueId>{QueueId(99)});
}

TEST_CASE("a chunk that recovery found gone leaves the store with the segment that says so, also if nobody uses it") {
  StorageWorld world;
  const QueueRef queue = world.host_queue("q");
  broker::ChunkNote gone;
  gone.key = {queue.id, 0, 3};
  gone.last = 5;
  gone.messages = 3;
  gone.gone = true;
  gone.dead = {~std::uint64_t{0}};
  broker::RecoveredQueue recovered;
  recovered.note = {queue.id, 9, {}};
  recovered.chunks = {gone};
  world.host.restore(recovered, world.now);
  StoreJob job;
  CHECK(world.host.empty_span(queue.id, {}, 1, world.now, job));
  CHECK(job.erases == std::vector{gone.key});
}

TEST_CASE("a queue is given what recovery found of it") {
  StorageWorld world;
  const QueueRef queue = world.host_queue("q");
  broker::RecoveredQueue recovered;
  recovered.note = {queue.id, 9, {}};
  recovered.messages = {{message("a", 0, {.persistent = true}), 4}, {message("b", 0, {.persistent = true}), 8}};
  world.host.restore(recovered, world.now);
  CHECK(world.host.hot_bytes() == 2 * recovered.messages[0].message->footprint_bytes());
  CHECK(world.ready(queue) == 2);
  world.publish(queue, 1);
  world.session_mail.clear();
  world.drain(queue);
  CHECK(std::get<broker::Delivery>(world.session_mail.back().event).position == 9);
}

TEST_CASE("without storage nothing is journaled, not even for durable queues") {
  StorageWorld world;
  world.storage.enabled = false;
  const QueueRef queue = world.host_queue("q");
  world.run(queue, broker::Enqueue{message("k", 0, {.persistent = true}), kPublisher, kChannel, 1});
  CHECK(world.journal.empty());
  CHECK(world.mail_when_durable.empty());
  CHECK(world.session_mail.size() == 1);
}

}  // namespace warren::queue_host_storage_test
