#include "node/cluster/state/departures.hpp"

#include <doctest/doctest.h>

namespace warren::departures_test {

using namespace warren::node;

namespace {

struct World {
  World() {
    for (const char* name : {"n1", "n2"}) (void)catalog.apply(broker::AddNode{name, broker::NodeKind::disc, "h", 1});
    (void)catalog.apply(broker::NodeUp{NodeId(2), 5, "h", 1});
    departures.hold({7, "guest", NodeId(2)}, 1000);
  }

  broker::Catalog catalog;
  Departures departures;
};

}  // namespace

TEST_CASE("a wish to remove a member waits until it is down, and comes once") {
  World world;
  Departures::Judged judged = world.departures.judge(world.catalog, 2000);
  CHECK(judged.ready.empty());
  CHECK(judged.refused.empty());
  (void)world.catalog.apply(broker::NodeDown{NodeId(2), 5});
  judged = world.departures.judge(world.catalog, 2100);
  REQUIRE(judged.ready.size() == 1);
  CHECK(judged.ready.front().request == 7);
  CHECK(judged.ready.front().user == "guest");
  CHECK(world.departures.judge(world.catalog, 2200).ready.empty());
}

TEST_CASE("where nothing can be removed no wish waits") {
  World world;
  REQUIRE(world.departures.give_up().size() == 1);
  (void)world.catalog.apply(broker::NodeDown{NodeId(2), 5});
  CHECK(world.departures.judge(world.catalog, 2000).ready.empty());
}

TEST_CASE("a wish to remove a member that is at work is refused at once; that another one is does not matter") {
  World world;
  world.departures.at_work(NodeId(1));
  CHECK(world.departures.judge(world.catalog, 1100).refused.empty());
  world.departures.at_work(NodeId(2));
  CHECK(world.departures.judge(world.catalog, 1100).refused.size() == 1);
}

TEST_CASE("a member that nobody sees at work and nobody finds down is not removed in the end") {
  World world;
  CHECK(world.departures.judge(world.catalog, 5999).refused.empty());
  CHECK(world.departures.judge(world.catalog, 6000).refused.size() == 1);
}

}  // namespace warren::departures_test
