#include <doctest/doctest.h>

#include "tests/node/cluster/little_cluster.hpp"

namespace warren::registrar_lineage_test {

using namespace warren::node;
using namespace warren::node::testing;
using Kinds = broker::NodeKind;

TEST_CASE("of two disc nodes the one that is left goes on alone, and the other follows when it is back") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc});
  cluster.node(1).deaf = true;
  cluster.pass(700);
  CHECK(cluster.add_vhost(2, "early", 0) != "");
  cluster.pass(1500);
  CHECK(cluster.add_vhost(2, "meanwhile") == "");
  cluster.node(1).deaf = false;
  cluster.pass(4000);
  CHECK(cluster.node(1).registrar->lineage().id == cluster.node(2).registrar->lineage().id);
  CHECK(cluster.node(1).catalog->revision() == cluster.node(2).catalog->revision());
}

TEST_CASE("of two that both went on alone the one whose name comes first keeps what it has") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc});
  cluster.node(1).deaf = true;
  cluster.pass(3000);
  CHECK(cluster.add_vhost(1, "first") == "");
  CHECK(cluster.add_vhost(2, "second") == "");
  CHECK(cluster.node(1).registrar->lineage().id != cluster.node(2).registrar->lineage().id);
  CHECK(cluster.node(2).registrar->lineage().founder == "n2");
  cluster.node(1).deaf = false;
  cluster.pass(5000);
  for (std::uint32_t at = 1; at <= 2; ++at) {
    CHECK(cluster.node(at).registrar->lineage().founder == "n1");
    CHECK(cluster.node(at).catalog->find_vhost("first") != nullptr);
    CHECK(cluster.node(at).catalog->find_vhost("second") == nullptr);
    CHECK(cluster.node(at).registrar->status().configuration.voters() == 2);
  }
  // Who gives in tells it.
  using Keys = std::vector<std::string>;
  CHECK(cluster.node(1).noticed == Keys{"node.unreachable n2", "node.reachable n2"});
  CHECK(cluster.node(2).noticed ==
        Keys{"node.unreachable n1", "node.reachable n1", "partition.began n1", "partition.ended n1"});
}

TEST_CASE("who goes on alone has the snapshot that came, also when its disk has not got it yet") {
  LittleCluster cluster;
  cluster.slow = {2};
  cluster.start({Kinds::disc, Kinds::disc});
  REQUIRE(cluster.node(2).catalog->node_count() == 0);
  cluster.slow.clear();
  cluster.node(2).registrar->force();
  cluster.settle();
  CHECK(cluster.node(2).catalog->find_node("n1") != nullptr);
  CHECK(cluster.node(2).registrar->lineage().founder == "n2");
  CHECK(cluster.add_vhost(2, "own") == "");
}

TEST_CASE("of three nobody goes on alone") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::disc});
  cluster.node(1).deaf = cluster.node(2).deaf = cluster.node(3).deaf = true;
  cluster.pass(4000);
  for (std::uint32_t at = 1; at <= 3; ++at) CHECK(cluster.node(at).registrar->lineage().id == LittleCluster::kLineage);
}

}  // namespace warren::registrar_lineage_test
