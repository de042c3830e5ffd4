#include <doctest/doctest.h>

#include "tests/node/cluster/little_cluster.hpp"

namespace warren::registrar_spread_test {

using namespace warren::node;
using namespace warren::node::testing;
using Kinds = broker::NodeKind;

TEST_CASE("what is answered is applied on every node that can be reached") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::ram});
  for (std::uint32_t at = 1; at <= 3; ++at) {
    const std::string name = "v" + std::to_string(at);
    REQUIRE(cluster.add_vhost(at, name, 100) == "");
    for (std::uint32_t other = 1; other <= 3; ++other) CHECK(cluster.node(other).catalog->find_vhost(name) != nullptr);
  }
}

TEST_CASE("a node that does not answer is not waited for long") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::disc});
  const std::uint32_t idle = cluster.leader() == NodeId(3) ? 2 : 3;
  cluster.node(idle).frozen = true;
  CHECK(cluster.add_vhost(1, "v", 400) == "");
}

TEST_CASE("a node lets clients in once every node that can be reached knows that it runs, or after a short wait") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::disc});
  Registrar& registrar = *cluster.node(1).registrar;
  CHECK(registrar.announced());
  for (const bool frozen : {false, true}) {
    registrar.serve(false, cluster.now);
    cluster.pass(300);
    REQUIRE_FALSE(cluster.node(2).catalog->node_running(NodeId(1)));
    const std::uint32_t idle = cluster.leader() == NodeId(3) ? 2 : 3;
    cluster.node(idle).frozen = frozen;
    registrar.serve(true, cluster.now);
    CHECK_FALSE(registrar.announced());
    for (Instant waited = 0; waited < 100 && !registrar.announced(); waited += 10) cluster.pass(10);
    REQUIRE(cluster.node(1).catalog->node_running(NodeId(1)));
    CHECK(registrar.announced() == !frozen);
    CHECK(cluster.node(idle).catalog->node_running(NodeId(1)) == !frozen);
    cluster.pass(200);
    CHECK(registrar.announced());
  }
}

TEST_CASE("a queue whose deletion is refused is told to stay") {
  LittleCluster cluster;
  cluster.start({Kinds::ram});
  cluster.node(1).registrar->propose({{SessionId(1), NodeId(1), 0}, {}, broker::DeleteQueue{QueueId(5)}, "guest"},
                                     cluster.now);
  const RegistrarEffects effects = cluster.node(1).registrar->take_effects();
  REQUIRE(effects.spared.size() == 1);
  CHECK(effects.spared.front() == QueueId(5));
  CHECK(effects.letters.size() == 1);
}

}  // namespace warren::registrar_spread_test
