#include "broker/session/rules/placement.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "broker/queue/settings.hpp"
#include "tests/broker/session/surroundings.hpp"

namespace warren::placement_test {

using namespace warren::broker;
using namespace warren::broker::session;
using namespace warren::broker::session::testing;

namespace {

struct Cluster : Surroundings {
  std::set<NodeId> places(std::string_view locator, const QueueDefinition& wanted = {}) {
    std::set<NodeId> chosen;
    for (int i = 0; i < 50; ++i) chosen.insert(choose_place(catalog, kSelf, wanted, locator, rng).owner);
    return chosen;
  }

  NodeId two = add_node("two@here");
  NodeId three = add_node("three@here", broker::NodeKind::ram);
  NodeId witness = add_node("witness@here", broker::NodeKind::witness);
};

using Nodes = std::set<NodeId>;

}  // namespace

TEST_CASE("a queue lives with the client that declares it, if nobody says otherwise") {
  Cluster cluster;
  const Place place = choose_place(cluster.catalog, {SessionId(1), kNode, 3}, {}, kClientLocal, cluster.rng);
  CHECK(place.owner == kNode);
  CHECK(place.declared_on == 3);
  cluster.apply(SetDraining{kNode, true});
  CHECK(cluster.places(kClientLocal) == Nodes{kNode});
}

TEST_CASE("a random node is one that runs, is not left alone and is no witness") {
  Cluster cluster;
  CHECK(cluster.places(kRandomNode) == Nodes{kNode, cluster.two, cluster.three});
  cluster.apply(SetDraining{kNode, true});
  CHECK(cluster.places(kRandomNode) == Nodes{cluster.two, cluster.three});
  cluster.apply(NodeDown{cluster.two, 1});
  CHECK(cluster.places(kRandomNode) == Nodes{cluster.three});
  cluster.apply(SetDraining{cluster.three, true});
  CHECK(cluster.places(kRandomNode) == Nodes{kNode});
}

TEST_CASE("the node with the fewest queues is chosen among several") {
  Cluster cluster;
  cluster.declare("a");
  cluster.declare("b", cluster.two);
  CHECK(cluster.places(kMinMasters) == Nodes{cluster.three});
  cluster.declare("c", cluster.three);
  cluster.declare("d", cluster.three);
  CHECK(cluster.places(kMinMasters) == Nodes{kNode, cluster.two});
}

TEST_CASE("a policy that is in force chooses the node, if the queue's own argument does not") {
  Cluster cluster;
  cluster.apply(SetPolicy{"/",
                          {{},
                           PolicyKind::user,
                           "p",
                           "^far",
                           ApplyTo::queues,
                           0,
                           amqp::Table{{{std::string(kMasterLocatorKey), kRandomNode}}}}});
  QueueDefinition wanted;
  wanted.vhost = cluster.catalog.find_vhost("/")->id;
  wanted.name = "near";
  CHECK(cluster.places(kClientLocal, wanted) == Nodes{kNode});
  wanted.name = "far";
  CHECK(cluster.places(kClientLocal, wanted).size() == 3);
  wanted.arguments.set(kMasterLocatorArgument, kClientLocal);
  CHECK(cluster.places(kRandomNode, wanted) == Nodes{kNode});
}

TEST_CASE("an exclusive queue is local, and a queue's own argument goes before the setting") {
  Cluster cluster;
  QueueDefinition wanted;
  wanted.arguments.set(kMasterLocatorArgument, kClientLocal);
  CHECK(cluster.places(kRandomNode, wanted) == Nodes{kNode});
  wanted.arguments.set(kMasterLocatorArgument, kRandomNode);
  CHECK(cluster.places(kClientLocal, wanted).size() == 3);
  wanted.exclusive_owner = kSelf;
  CHECK(cluster.places(kClientLocal, wanted) == Nodes{kNode});
}

}  // namespace warren::placement_test
