#include "broker/session/rules/reach.hpp"

#include <doctest/doctest.h>

#include "tests/broker/session/surroundings.hpp"

namespace warren::reach_test {

using namespace warren::broker;
using namespace warren::broker::session;
using namespace warren::broker::session::testing;

TEST_CASE("a node that is alone reaches all that it knows") {
  Surroundings around;
  const QueueRef queues[] = {around.declare("a"), around.declare("b")};
  Reach reach;
  find_reach(around.catalog, kNode, queues, reach);
  CHECK(reach.queues.size() == 2);
  CHECK(reach.abroad.empty());
  CHECK_FALSE(reach.absent);
}

TEST_CASE("queues of nodes that run are reached, those of others are absent") {
  Surroundings around;
  const NodeId two = around.add_node("two@here");
  const NodeId three = around.add_node("three@here");
  const QueueRef queues[] = {around.declare("a"),
                             around.declare("b", two, true),
                             around.declare("c", three, true),
                             around.declare("d", two, true),
                             {QueueId(99), Epoch(1)}};
  Reach reach;
  find_reach(around.catalog, kNode, queues, reach);
  CHECK(reach.queues.size() == 5);
  CHECK(reach.abroad == std::vector{two, three});
  CHECK_FALSE(reach.absent);
  around.apply(NodeDown{two, 1});
  find_reach(around.catalog, kNode, queues, reach);
  CHECK(reach.queues == std::vector{queues[0], queues[2], queues[4]});
  CHECK(reach.abroad == std::vector{three});
  CHECK(reach.absent);
  CHECK(runs(around.catalog, kNode, kNode));
  CHECK_FALSE(runs(around.catalog, two, kNode));
  CHECK_FALSE(runs(around.catalog, NodeId(77), kNode));
}

}  // namespace warren::reach_test
