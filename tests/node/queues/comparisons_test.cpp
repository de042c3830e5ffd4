#include "node/queues/comparisons.hpp"

#include <doctest/doctest.h>

#include "manage/operations/questions/compared_copies.hpp"
#include "tests/broker/queue/queue_fixture.hpp"
#include "tests/node/queues/mirrored_world.hpp"

namespace warren::comparisons_test {

using namespace warren::node;
using broker::testing::kChannel;
using broker::testing::kPublisher;
using broker::testing::message;

namespace {

struct ComparedWorld : testing::MirroredWorld {
  void begin(std::uint64_t inquiry, QueueId queue) {
    comparisons.begin(inquiry, {manage::Subject::comparison, {}, {}, {}, queue, 1000}, host, now);
    end_batch();
  }
  std::vector<Comparisons::Ended> ended() { return comparisons.take_ended(host); }

  Comparisons comparisons;
};

}  // namespace

TEST_CASE("whoever asks while a queue is compared is told what comes of it") {
  ComparedWorld world;
  const QueueId queue = world.host_queue("q");
  world.let_copy_answer(queue);
  world.run(queue, broker::Enqueue{message("m"), kPublisher, kChannel, 0});
  world.begin(5, queue);
  CHECK(world.ended().empty());
  const auto seal = world.sent<mirror::Seal>();
  world.begin(6, queue);
  CHECK(world.sent<mirror::Seal>().comparison == seal.comparison);
  world.hear(queue, mirror::Sealed{seal.comparison, true, {{1, 1}}, true});
  world.hear(queue, mirror::Weighed{seal.comparison, 1, {{1, mirror::weight_of(*message("m"))}}});
  const auto ended = world.ended();
  REQUIRE(ended.size() == 2);
  CHECK(ended[0].inquiry == 5);
  CHECK(ended[1].inquiry == 6);
  for (const Comparisons::Ended& one : ended) {
    const auto compared = manage::compared_copies_in(one.rows);
    REQUIRE(compared.has_value());
    CHECK(compared->messages == 1);
    REQUIRE(compared->copies.size() == 1);
    CHECK(compared->copies[0].node == testing::kAway);
    CHECK(compared->copies[0].verdict == manage::CopyVerdict::same);
    CHECK(compared->copies[0].weighed == 1);
  }
  CHECK(world.comparisons.idle());
  CHECK(world.host.comparison(queue) == nullptr);
}

TEST_CASE("the first difference is told with its place and kind") {
  const auto found = [](const std::vector<broker::Range>& ranges, std::uint64_t weight) {
    ComparedWorld world;
    const QueueId queue = world.host_queue("q");
    world.let_copy_answer(queue);
    world.run(queue, broker::Enqueue{message("m"), kPublisher, kChannel, 0});
    world.begin(5, queue);
    const auto seal = world.sent<mirror::Seal>();
    world.hear(queue, mirror::Sealed{seal.comparison, true, ranges, true});
    world.hear(queue, mirror::Weighed{seal.comparison, 1, {{1, weight}}});
    const auto ended = world.ended();
    REQUIRE(ended.size() == 1);
    const auto compared = manage::compared_copies_in(ended.front().rows);
    REQUIRE(compared.has_value());
    CHECK(compared->copies.at(0).verdict == manage::CopyVerdict::differs);
    REQUIRE(compared->copies[0].difference.has_value());
    return *compared->copies[0].difference;
  };
  CHECK(found({}, 0).fault == manage::CopyFault::missing);
  CHECK(found({{1, 2}}, 0).fault == manage::CopyFault::surplus);
  CHECK(found({{1, 2}}, 0).position == 2);
  CHECK(found({{1, 2}}, 0).place == 2);
  CHECK(found({{1, 1}}, 0).fault == manage::CopyFault::content);
}

TEST_CASE("a copy that says nothing is told of when the time is up") {
  ComparedWorld world;
  const QueueId queue = world.host_queue("q");
  world.let_copy_answer(queue);
  world.begin(5, queue);
  world.now.instant_ms += 1000;
  CHECK(world.timers.next_ms() <= world.now.instant_ms);
  world.host.tick(queue, world.now, world.lanes);
  world.end_batch();
  const auto ended = world.ended();
  REQUIRE(ended.size() == 1);
  CHECK(manage::compared_copies_in(ended.front().rows)->copies.at(0).verdict == manage::CopyVerdict::no_answer);
}

TEST_CASE("a mirror that is not in sync is told of at once") {
  ComparedWorld world;
  const QueueId queue = world.host_queue("q");
  world.begin(5, queue);
  const auto ended = world.ended();
  REQUIRE(ended.size() == 1);
  CHECK(manage::compared_copies_in(ended.front().rows)->copies.at(0).verdict == manage::CopyVerdict::not_in_sync);
}

TEST_CASE("a queue that is not here, one that goes, and one asked for too often, get no rows") {
  ComparedWorld world;
  const QueueId queue = world.host_queue("q");
  world.begin(5, QueueId(99));
  REQUIRE(world.ended().size() == 1);
  world.let_copy_answer(queue);
  for (std::uint64_t inquiry = 0; inquiry <= Comparisons::kUnderWayMax; ++inquiry) world.begin(inquiry, queue);
  const auto refused = world.ended();
  REQUIRE(refused.size() == 1);
  CHECK(refused.front().inquiry == Comparisons::kUnderWayMax);
  CHECK(refused.front().rows.empty());
  world.host.retire(queue, world.lanes);
  const auto gone = world.ended();
  CHECK(gone.size() == Comparisons::kUnderWayMax);
  CHECK(gone.front().rows.empty());
}

}  // namespace warren::comparisons_test
