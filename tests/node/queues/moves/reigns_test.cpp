#include "node/queues/moves/reigns.hpp"

#include <doctest/doctest.h>

#include "tests/broker/session/surroundings.hpp"

namespace warren::reigns_test {

using namespace warren::node;
using broker::session::testing::Surroundings;

namespace {

// The same definitions, as another log has them.
struct ReignsWorld : Surroundings {
  explicit ReignsWorld(std::string_view third = "c") {
    add_node("far@h");
    mirror("^a$");
    a = declare("a", NodeId(2), true);
    b = declare("b", NodeId(2), true);
    c = declare(third, NodeId(2), true);
  }
  QueueRef a, b, c;
};

}  // namespace

TEST_CASE("queues in another reign are found, with both their owners") {
  ReignsWorld before;
  ReignsWorld after;
  after.apply(broker::TransferQueue{after.a.id, after.a.epoch, NodeId(1)});
  const std::vector<broker::QueueMoved> moves = moves_since(reigns_of(before.catalog), after.catalog);
  REQUIRE(moves.size() == 1);
  CHECK(moves[0].queue == before.a.id);
  CHECK(moves[0].from == NodeId(2));
  CHECK(moves[0].to == NodeId(1));
}

TEST_CASE("what is the same, has gone or was given another name has not moved") {
  ReignsWorld before;
  CHECK(moves_since(reigns_of(before.catalog), before.catalog).empty());
  before.apply(broker::TransferQueue{before.a.id, before.a.epoch, NodeId(1)});
  ReignsWorld after("other");
  after.apply(broker::DeleteQueue{after.a.id});
  CHECK(moves_since(reigns_of(before.catalog), after.catalog).empty());
}

}  // namespace warren::reigns_test
