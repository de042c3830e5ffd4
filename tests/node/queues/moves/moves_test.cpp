#include "node/queues/moves/moves.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <variant>

#include "tests/node/queues/mirrored_world.hpp"

namespace warren::moves_test {

using namespace warren::node;

namespace {

constexpr NodeId kAway = testing::kAway;

struct MovesWorld : testing::MirroredWorld {
  std::vector<Moves::Ended> ended() { return moves.take_ended(host, catalog); }
  void begin(std::vector<manage::QueueMove> wanted) {
    moves.begin(5, wanted, host, now);
    end_batch();
  }

  Moves moves;
};

}  // namespace

TEST_CASE("a queue goes when the copy has everything and the group has agreed, and then it is told") {
  MovesWorld world;
  const QueueId queue = world.host_queue("q");
  world.let_copy_answer(queue);
  world.proposals.clear();
  world.begin({{queue, kAway}});
  CHECK(world.ended().empty());
  REQUIRE(world.proposals.size() == 1);
  const auto* transfer = std::get_if<broker::TransferQueue>(&world.proposals.front().command);
  REQUIRE(transfer != nullptr);
  CHECK(transfer->to == kAway);
  world.apply(*transfer);
  world.follow(queue);
  const auto ended = world.ended();
  REQUIRE(ended.size() == 1);
  CHECK(ended.front().inquiry == 5);
  REQUIRE(ended.front().rows.size() == 1);
  const manage::Map& cells = ended.front().rows.front().cells;
  CHECK(manage::flag_of(cells, manage::kWasMoved));
  CHECK(*cells.find(manage::kMovedTo) == manage::Value(2));
  CHECK(world.moves.idle());
}

TEST_CASE("what comes for a queue on its way waits, and comes again when it stays") {
  MovesWorld world;
  const QueueId queue = world.host_queue("q");
  world.begin({{queue, kAway}});
  broker::QueueCommand command = broker::Inspect{{}, 1, false};
  CHECK(world.host.step(world.catalog.queue(queue)->ref, command, world.now, world.lanes));
  CHECK(world.queue_mail.empty());
  CHECK(world.ended().empty());
  world.now.instant_ms += 5000;
  world.host.tick(queue, world.now, world.lanes);
  world.end_batch();
  CHECK(world.queue_mail.size() == 1);
  const auto ended = world.ended();
  REQUIRE(ended.size() == 1);
  CHECK_FALSE(manage::flag_of(ended.front().rows.front().cells, manage::kWasMoved));
}

TEST_CASE("a node that has no complete copy, or is drained, takes nothing over") {
  MovesWorld world;
  const QueueId queue = world.host_queue("q");
  world.begin({{queue, NodeId(3)}});
  world.apply(broker::SetDraining{kAway, true});
  world.begin({{queue, kAway}});
  CHECK_FALSE(world.host.handing_over());
  CHECK(world.ended().size() == 2);
}

TEST_CASE("a queue that is not here is another shard's, and one that is on its way elsewhere is not called back") {
  MovesWorld world;
  const QueueId queue = world.host_queue("q");
  world.begin({{QueueId(99), kAway}});
  const auto none = world.ended();
  REQUIRE(none.size() == 1);
  CHECK(none.front().rows.empty());
  CHECK(world.host.hand_over(queue, kAway, world.now));
  CHECK(world.host.hand_over(queue, kAway, world.now));
  CHECK(world.host.handing_over(queue));
  CHECK_FALSE(world.host.handing_over(QueueId(99)));
}

}  // namespace warren::moves_test
