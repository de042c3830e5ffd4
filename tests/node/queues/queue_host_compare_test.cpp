// Queues and copies on one host that are compared with what is on another node.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/broker/queue/queue_fixture.hpp"
#include "tests/node/queues/mirrored_world.hpp"

namespace warren::queue_host_compare_test {

using namespace warren::node;
using broker::testing::kChannel;
using broker::testing::kPublisher;
using broker::testing::message;

namespace {

// Records of messages "m" at 1 to `count`.
mirror::Shipment shipment(QueueId queue, mirror::Serial serial, Position count) {
  ByteBuffer blank;
  blank.extend(64);
  blank.clear();
  broker::RecordWriter writer;
  writer.begin(std::move(blank));
  for (Position position = 1; position <= count; ++position) writer.enqueue(queue, position, message("m", 900), kNever);
  return {serial, 1, std::make_shared<const ByteBuffer>(writer.take()), true};
}

struct CompareWorld : testing::MirroredWorld {
  CompareWorld() {
    storage.chunk_bytes = 2000;
    ByteBuffer blank;
    blank.extend(64);
    blank.clear();
    journal.begin(std::move(blank));
  }
  // All that may leave memory does; the store has it at once.
  StoreJob page_out() {
    StoreJob job;
    host.page_out(1 << 20, now, job);
    host.written(job);
    return job;
  }
  // What was asked for is read.
  void read(const StoreJob& job) {
    for (const broker::ChunkLoad& load : std::exchange(loads, {})) {
      CHECK(load.to_weigh);
      const auto write = std::ranges::find_if(job.writes, [&](const broker::ChunkWrite& one) {
        return one.key == broker::ChunkKey{load.queue.id, load.level, load.first};
      });
      REQUIRE(write != job.writes.end());
      CHECK(host.loaded({load, write->messages, {}}, now, lanes) == 0);
      CHECK(host.busy());
      end_batch();
    }
  }
};

}  // namespace

TEST_CASE("the seal follows what the queue did before it, in one batch") {
  CompareWorld world;
  const QueueId queue = world.host_queue("q");
  world.let_copy_answer(queue);
  broker::QueueCommand command = broker::Enqueue{message("m"), kPublisher, kChannel, 0};
  CHECK(world.host.compare(queue, world.now.instant_ms + 1000));
  CHECK(world.host.step(world.catalog.queue(queue)->ref, command, world.now, world.lanes));
  world.parcels.clear();
  world.end_batch();
  REQUIRE(world.parcels.size() == 3);
  const auto& shipped = std::get<mirror::Shipment>(world.parcels[0].mail.content);
  const auto& seal = std::get<mirror::Seal>(world.parcels[1].mail.content);
  CHECK(seal.serial == shipped.serial);
  CHECK(seal.number == shipped.number);
  CHECK(std::get<mirror::Weigh>(world.parcels[2].mail.content).first == 1);
  CHECK_FALSE(world.host.compare(QueueId(99), 1000));
}

TEST_CASE("an owner reads what lies in its store, piece by piece") {
  CompareWorld world;
  world.storage.enabled = true;
  const QueueId queue = world.host_queue("q");
  world.let_copy_answer(queue);
  for (int number = 0; number < 10; ++number)
    world.run(queue, broker::Enqueue{message("m", 900), kPublisher, kChannel, 0});
  const StoreJob job = world.page_out();
  REQUIRE(job.writes.size() > 2);
  CHECK(world.host.compare(queue, world.now.instant_ms + 1000));
  world.end_batch();
  const auto seal = world.sent<mirror::Seal>();
  world.hear(queue, mirror::Sealed{seal.comparison, true, {{1, 10}}, true});
  mirror::Weighed weighed{seal.comparison, 1, {}};
  for (Position position = 1; position <= 10; ++position)
    weighed.weights.push_back({position, mirror::weight_of(*message("m", 900))});
  world.hear(queue, weighed);
  for (std::size_t reads = 0; !world.loads.empty() && reads <= job.writes.size(); ++reads) world.read(job);
  const mirror::Comparison* comparison = world.host.comparison(queue);
  REQUIRE(comparison != nullptr);
  REQUIRE(comparison->ended());
  CHECK(comparison->weighed() == 10);
  CHECK(comparison->parties().at(0).verdict == mirror::Comparison::Verdict::same);
  CHECK(comparison->parties().at(0).weighed == 10);
  world.host.forget_comparison(queue);
  CHECK(world.host.comparison(queue) == nullptr);
}

TEST_CASE("a copy tells its owner what it has and what that contains, from memory and from its store") {
  for (const bool stored : {false, true}) {
    CompareWorld world;
    world.storage.enabled = true;
    const QueueId queue = world.host_queue("q", testing::kAway);
    REQUIRE(world.host.has_copy(queue));
    world.hear(queue, mirror::Begin{5});
    world.hear(queue, shipment(queue, 5, 10));
    const StoreJob job = stored ? world.page_out() : StoreJob();
    world.hear(queue, mirror::Seal{9, 5, 1});
    CHECK(world.sent<mirror::Sealed>().sound);
    CHECK(world.sent<mirror::Sealed>().ranges == std::vector<broker::Range>{{1, 10}});
    world.parcels.clear();
    world.hear(queue, mirror::Weigh{9, 1, 10});
    CHECK(world.parcels.empty() == stored);
    for (std::size_t reads = 0; !world.loads.empty() && reads <= job.writes.size(); ++reads) world.read(job);
    CHECK(world.parcels.back().to == testing::kAway);
    CHECK(world.sent<mirror::Weighed>().weights.size() == 10);
    CHECK(world.sent<mirror::Weighed>().weights[9].weight == mirror::weight_of(*message("m", 900)));
  }
}

TEST_CASE("a chunk that nobody waits for any more is left alone") {
  CompareWorld world;
  const QueueId queue = world.host_queue("q");
  const QueueId copy = world.host_queue("c", testing::kAway);
  for (const QueueId id : {queue, copy, QueueId(99)}) {
    const broker::ChunkLoad load{{id, Epoch(1)}, 0, 1, {}, true};
    CHECK(world.host.loaded({load, {}, {}}, world.now, world.lanes) == 0);
  }
  CHECK_FALSE(world.host.busy());
}

TEST_CASE("answers to a comparison that nobody wants any more mean nothing") {
  CompareWorld world;
  const QueueId queue = world.host_queue("q");
  mirror::MirrorMail mail{world.catalog.queue(queue)->ref, mirror::Sealed{1, true, {}, true}};
  world.host.take(testing::kAway, mail, world.now, world.lanes);
  CHECK_FALSE(world.host.busy());
}

}  // namespace warren::queue_host_compare_test
