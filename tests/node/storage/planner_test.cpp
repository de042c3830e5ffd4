#include "node/storage/planner.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>

#include "tests/broker/queue/queue_fixture.hpp"
#include "tests/broker/session/surroundings.hpp"

namespace warren::planner_test {

using namespace warren::node;
using broker::testing::kChannel;
using broker::testing::kPublisher;
using broker::testing::kReader;
using broker::testing::message;

namespace {

StorageSettings small_settings() {
  StorageSettings settings;
  settings.enabled = true;
  settings.hot_bytes = 20'000;
  settings.chunk_bytes = 2'000;
  settings.job_bytes = 10'000;
  settings.segments_kept = 0;
  return settings;
}

persist::Trouble full() { return {persist::TroubleKind::full, "no space"}; }

// A shard's queues, ledger and planner, without the shard.
struct World : broker::session::testing::Surroundings {
  QueueRef host_queue(std::string_view name) {
    broker::QueueDefinition queue;
    queue.vhost = catalog.find_vhost("/")->id;
    queue.name = std::string(name);
    queue.owner = broker::session::testing::kNode;
    queue.durable = true;
    apply(broker::DeclareQueue{queue});
    const broker::QueueDefinition& made = *catalog.find_queue(queue.vhost, name);
    host.create(made, now);
    return made.ref;
  }
  std::vector<mirror::Parcel> parcels;
  std::vector<broker::ChunkLoad> loads;
  HostLanes lanes() {
    return {queue_mail,
            session_mail,
            proposals,
            memories,
            ledger.records(),
            ledger.mail_when_durable(),
            planner.erased_chunks(),
            parcels,
            loads};
  }
  void run(QueueRef queue, broker::QueueCommand command) {
    ledger.want_blank();
    REQUIRE(host.step(queue, command, now, lanes()));
    host.end_batch(now, rng, lanes());
    ledger.take_write();
  }
  void publish(QueueRef queue, int count, bool persistent = true) {
    for (int i = 0; i < count; ++i)
      run(queue, broker::Enqueue{message("k", 900, {.persistent = persistent}), kPublisher, kChannel, 0});
  }
  void purge(QueueRef queue) { run(queue, broker::Purge{kReader, kChannel}); }
  std::uint64_t done(StoreJob job) { return planner.done({std::move(job), {}}, now); }
  // The positions of one queue that a job writes.
  static std::set<Position> positions(const StoreJob& job, QueueRef queue) {
    std::set<Position> all;
    for (const broker::ChunkWrite& write : job.writes)
      if (write.key.queue == queue.id)
        for (const broker::StoredMessage& one : write.messages) CHECK(all.insert(one.position).second);
    return all;
  }

  Timers timers;
  StorageSettings storage = small_settings();
  QueueHost host{catalog, router, timers, storage};
  Ledger ledger{storage};
  Planner planner{ledger, host, 3};
  std::vector<broker::SessionMail> session_mail;
};

}  // namespace

TEST_CASE("there is nothing to do while all fits into memory") {
  World world;
  const QueueRef queue = world.host_queue("q");
  world.publish(queue, 10);
  CHECK_FALSE(world.planner.next(world.now));
  CHECK(world.planner.deadline() == kNever);
}

TEST_CASE("above the bound the late messages of the largest queue go cold, job by job") {
  World world;
  const QueueRef small = world.host_queue("small");
  const QueueRef large = world.host_queue("large");
  world.publish(small, 3);
  world.publish(large, 40);
  int jobs = 0;
  for (; std::optional<StoreJob> job = world.planner.next(world.now); ++jobs) {
    CHECK(job->writes.size() == job->notes.size());
    CHECK(job->checkpoints.empty());
    CHECK(World::positions(*job, small).empty());
    CHECK_FALSE(World::positions(*job, large).contains(1));
    // While one is under way there is no other.
    CHECK_FALSE(world.planner.next(world.now));
    world.done(*std::move(job));
  }
  CHECK(jobs >= 2);
  CHECK(world.host.hot_bytes() <= world.storage.hot_bytes);
}

TEST_CASE("a job that failed is kept, tried again after a while, and nothing else meanwhile") {
  World world;
  const QueueRef queue = world.host_queue("q");
  world.publish(queue, 40);
  std::optional<StoreJob> job = world.planner.next(world.now);
  REQUIRE(job);
  const std::set<Position> positions = World::positions(*job, queue);
  const std::size_t hot_bytes = world.host.hot_bytes();
  CHECK(world.planner.done({*std::move(job), full()}, world.now) == 0);
  CHECK(world.planner.trouble());
  CHECK_FALSE(world.planner.next(world.now));
  CHECK(world.host.hot_bytes() == hot_bytes);
  CHECK(world.planner.deadline() > world.now.instant_ms);
  world.now.instant_ms = world.planner.deadline();
  std::optional<StoreJob> again = world.planner.next(world.now);
  REQUIRE(again);
  CHECK(World::positions(*again, queue) == positions);
  CHECK_FALSE(world.planner.next(world.now));
  world.done(*std::move(again));
  CHECK_FALSE(world.planner.trouble());
  CHECK(world.host.hot_bytes() < hot_bytes);
}

TEST_CASE("a full segment is emptied over several jobs, and the last of them carries the checkpoint") {
  World world;
  const QueueRef one = world.host_queue("one");
  const QueueRef two = world.host_queue("two");
  const QueueRef idle = world.host_queue("idle");
  world.storage.hot_bytes = 1 << 20;
  world.publish(one, 8);
  world.publish(two, 8);
  world.publish(idle, 1);
  world.purge(idle);
  world.ledger.segment_begun(1, 0);
  world.publish(one, 1);
  world.ledger.segment_begun(2, 777);
  std::set<Position> of_one, of_two;
  std::set<QueueId> noted;
  int jobs = 0;
  for (bool emptied = false; !emptied;) {
    std::optional<StoreJob> job = world.planner.next(world.now);
    REQUIRE(job);
    ++jobs;
    of_one.merge(World::positions(*job, one));
    of_two.merge(World::positions(*job, two));
    for (const broker::QueueNote& note : job->queues) noted.insert(note.queue);
    emptied = !job->checkpoints.empty();
    if (emptied) {
      CHECK((job->checkpoints[0].shard == 3 && job->checkpoints[0].segment == 2));
      CHECK(job->checkpoints[0].position == 777);
    }
    world.done(*std::move(job));
  }
  CHECK(jobs >= 2);
  // What came with the first write of the next segment may go early.
  CHECK(of_one.size() >= 8);
  CHECK(of_two.size() == 8);
  CHECK(noted == std::set<QueueId>{one.id, two.id, idle.id});
  CHECK_FALSE(world.ledger.due());
}

TEST_CASE("the journal may be freed one commit after the checkpoint") {
  World world;
  const QueueRef queue = world.host_queue("q");
  world.publish(queue, 2);
  world.ledger.segment_begun(1, 0);
  world.ledger.segment_begun(2, 100);
  std::optional<StoreJob> job = world.planner.next(world.now);
  REQUIRE(job);
  CHECK(job->checkpoints.size() == 1);
  CHECK(world.done(*std::move(job)) == 0);
  world.publish(queue, 2);
  world.ledger.segment_begun(3, 200);
  std::optional<StoreJob> next = world.planner.next(world.now);
  REQUIRE(next);
  CHECK(world.done(*std::move(next)) == 2);
}

TEST_CASE("chunks that nobody needs leave the store in company, after a while") {
  World world;
  const QueueRef queue = world.host_queue("q");
  world.publish(queue, 40, false);
  while (std::optional<StoreJob> job = world.planner.next(world.now)) world.done(*std::move(job));
  world.purge(queue);
  const std::size_t erased = world.planner.erased_chunks().size();
  REQUIRE(erased > 0);
  CHECK_FALSE(world.planner.next(world.now));
  REQUIRE(world.planner.deadline() != kNever);
  world.now.instant_ms = world.planner.deadline();
  const std::optional<StoreJob> job = world.planner.next(world.now);
  REQUIRE(job);
  CHECK(job->erases.size() == erased);
  CHECK(world.planner.erased_chunks().empty());
}

TEST_CASE("all chunks that were given up leave with a checkpoint, and definitions with any job") {
  World world;
  const QueueRef queue = world.host_queue("q");
  world.publish(queue, 1);
  world.ledger.segment_begun(1, 0);
  world.ledger.segment_begun(2, 100);
  world.ledger.define({"d", "v", false});
  for (Position first = 1; first <= 3000; ++first) world.planner.erased_chunks().push_back({queue.id, 9, first});
  const std::optional<StoreJob> job = world.planner.next(world.now);
  REQUIRE(job);
  CHECK(job->checkpoints.size() == 1);
  CHECK(job->erases.size() == 3000);
  CHECK(job->definitions.size() == 1);
}

TEST_CASE("without a checkpoint a job erases a bounded number of chunks") {
  World world;
  for (Position first = 1; first <= 3000; ++first) world.planner.erased_chunks().push_back({QueueId(1), 0, first});
  std::size_t erased = 0;
  for (int jobs = 0; erased < 3000; ++jobs) {
    REQUIRE(jobs < 10);
    std::optional<StoreJob> job = world.planner.next(world.now);
    if (!job) {
      world.now.instant_ms = world.planner.deadline();
      continue;
    }
    CHECK(job->erases.size() <= 1024);
    erased += job->erases.size();
    world.done(*std::move(job));
  }
  CHECK(world.planner.erased_chunks().empty());
}

TEST_CASE("what the journal said of a queue that is gone is erased") {
  World world;
  const QueueRef queue = world.host_queue("q");
  world.publish(queue, 2);
  world.host.retire(queue.id, world.lanes());
  world.ledger.segment_begun(1, 0);
  world.ledger.segment_begun(2, 100);
  const std::optional<StoreJob> job = world.planner.next(world.now);
  REQUIRE(job);
  CHECK(job->writes.empty());
  CHECK(job->erased_queues == std::vector<QueueId>{queue.id});
  CHECK(job->checkpoints.size() == 1);
}

}  // namespace warren::planner_test
