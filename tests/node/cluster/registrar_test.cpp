#include "node/cluster/registrar.hpp"

#include <doctest/doctest.h>

#include "tests/node/cluster/little_cluster.hpp"

namespace warren::registrar_test {

using namespace warren::node;
using namespace warren::node::testing;
using Kinds = broker::NodeKind;

TEST_CASE("a node alone leads, says that it runs, and needs no time for it") {
  LittleCluster cluster;
  cluster.start({Kinds::disc});
  CHECK(cluster.leader() == NodeId(1));
  CHECK(cluster.node(1).catalog->node_running(NodeId(1)));
  CHECK(cluster.add_vhost(1, "v", 0) == "");
  CHECK(cluster.node(1).catalog->find_vhost("v") != nullptr);
  CHECK(cluster.node(1).registrar->deadline() == kNever);
}

TEST_CASE("what one node proposes is there on all, whoever leads") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::ram});
  for (std::uint32_t at = 1; at <= 3; ++at) CHECK(cluster.add_vhost(at, "v" + std::to_string(at)) == "");
  cluster.pass(300);
  for (std::uint32_t at = 1; at <= 3; ++at) {
    CHECK(cluster.node(at).catalog->find_vhost("v1") != nullptr);
    CHECK(cluster.node(at).catalog->find_vhost("v3") != nullptr);
    CHECK(cluster.node(at).catalog->revision() == cluster.node(1).catalog->revision());
    CHECK(cluster.node(at).registrar->status().configuration.voters() == 3);
  }
}

TEST_CASE("a refusal of the catalog comes back to who asked, and a node that is forgotten leaves the group") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::disc});
  cluster.node(2).registrar->request(1, {}, broker::ClearPermission{"nowhere", "guest"}, cluster.now);
  cluster.pass(500);
  REQUIRE(cluster.node(2).answers.size() == 1);
  CHECK(cluster.node(2).answers.front().refusal.has_value());
  cluster.node(3).deaf = true;
  cluster.pass(3000);
  CHECK_FALSE(cluster.node(1).catalog->node_running(NodeId(3)));
  cluster.node(1).registrar->request(2, {}, broker::RemoveNode{NodeId(3)}, cluster.now);
  cluster.pass(1000);
  CHECK(cluster.node(1).registrar->status().configuration.members().size() == 2);
}

}  // namespace warren::registrar_test
