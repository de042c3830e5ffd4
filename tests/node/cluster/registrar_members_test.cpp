#include <doctest/doctest.h>

#include <algorithm>

#include "tests/node/cluster/little_cluster.hpp"

namespace warren::registrar_members_test {

using namespace warren::node;
using namespace warren::node::testing;
using Kinds = broker::NodeKind;

namespace {

constexpr const char* kNoDisc = "no disc node is running: definitions cannot be changed";

}  // namespace

TEST_CASE("of two disc nodes one is enough, and without any definitions are refused at once until one is back") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::ram});
  cluster.node(1).deaf = true;
  cluster.pass(2500);
  CHECK(cluster.add_vhost(3, "one") == "");
  cluster.node(2).deaf = true;
  cluster.pass(1000);
  CHECK(cluster.add_vhost(3, "none", 0) == kNoDisc);
  CHECK(std::ranges::find(cluster.node(3).log, "only running disc node went down") != cluster.node(3).log.end());
  cluster.node(1).deaf = false;
  cluster.pass(4000);
  CHECK(cluster.add_vhost(3, "again") == "");
  CHECK(cluster.node(1).catalog->find_vhost("one") != nullptr);
}

TEST_CASE("a disc node that the group says is up counts as alive before its own first word comes") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::ram, Kinds::ram});
  cluster.cut(1, 2);
  cluster.pass(4000);
  REQUIRE(cluster.add_vhost(2, "none", 0) == kNoDisc);
  cluster.node(1).registrar->serve(false, cluster.now);
  cluster.pass(300);
  REQUIRE_FALSE(cluster.node(2).catalog->node_running(NodeId(1)));
  cluster.node(1).registrar->serve(true, cluster.now);
  for (Instant waited = 0; waited < 300 && !cluster.node(2).catalog->node_running(NodeId(1)); waited += 10)
    cluster.pass(10);
  CHECK(cluster.node(2).registrar->disc_alive());
  CHECK(cluster.add_vhost(2, "again", 300) == "");
}

TEST_CASE("a silent node is agreed to be down within a second, and comes back by itself") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::disc});
  for (const std::uint32_t victim : {3u, 2u, 1u}) {
    cluster.node(victim).deaf = true;
    cluster.pass(1000);
    for (std::uint32_t at = 1; at <= 3; ++at)
      if (at != victim) CHECK_FALSE(cluster.node(at).catalog->node_running(NodeId(victim)));
    cluster.node(victim).deaf = false;
    cluster.pass(4000);
    for (std::uint32_t at = 1; at <= 3; ++at) CHECK(cluster.node(at).catalog->node_running(NodeId(victim)));
    for (std::uint32_t at = 1; at <= 3; ++at) {
      const std::string name = " n" + std::to_string(victim);
      const std::vector<std::string> noticed = std::exchange(cluster.node(at).noticed, {});
      if (at != victim) CHECK(noticed == std::vector{"node.unreachable" + name, "node.reachable" + name});
    }
  }
}

TEST_CASE("a node that is silent for less causes nothing") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::disc});
  const Revision before = cluster.node(1).catalog->revision();
  for (const std::uint32_t victim : {3u, 2u, 1u}) {
    cluster.node(victim).deaf = true;
    cluster.pass(350);
    cluster.node(victim).deaf = false;
    cluster.pass(3000);
  }
  CHECK(cluster.node(1).catalog->revision() == before);
}

TEST_CASE("a node that stops serving says so, and serves again") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc});
  cluster.node(2).registrar->serve(false, cluster.now);
  cluster.pass(300);
  CHECK_FALSE(cluster.node(1).catalog->node_running(NodeId(2)));
  cluster.node(2).registrar->serve(true, cluster.now);
  cluster.pass(300);
  CHECK(cluster.node(1).catalog->node_running(NodeId(2)));
}

TEST_CASE("a node that leaves has left once the others know") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc});
  cluster.node(2).registrar->leave(cluster.now);
  CHECK_FALSE(cluster.node(2).registrar->has_left(cluster.now));
  cluster.pass(300);
  CHECK(cluster.node(2).registrar->has_left(cluster.now));
  CHECK_FALSE(cluster.node(1).catalog->node_running(NodeId(2)));
}

TEST_CASE("who asks to be a member is told by any node who the others are") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::disc});
  const std::uint32_t follower = cluster.leader() == NodeId(3) ? 2 : 3;
  Identity identity;
  identity.self = NodeId(follower == 2 ? 3 : 2);
  identity.founder = false;
  identity.lineage = cluster.node(1).registrar->lineage().id;
  identity.incarnation = 900;
  broker::NodeDefinition contact;
  contact.id = NodeId(follower);
  contact.name = "contact";
  identity.contacts = {contact};
  broker::Catalog empty;
  Registrar registrar(identity, GroupSettings{}, empty, Agreement{}, {}, 1, cluster.now);
  CHECK(registrar.peers().size() == 1);
  NodesTold told;
  for (std::uint32_t id = 1; id <= 3; ++id) told.nodes.push_back({NodeId(id), "n", Kinds::disc, "h", 1});
  registrar.control(NodeId(follower), encode(told), cluster.now);
  CHECK(registrar.peers().size() == 2);
  cluster.node(follower).registrar->take_effects();
  cluster.node(follower).registrar->control(identity.self, encode(AdmissionWanted{900, identity.lineage}), cluster.now);
  ControlMessage answer;
  for (const auto& [to, bytes] : cluster.node(follower).registrar->take_effects().control)
    if (to == identity.self && decode(bytes, answer) && std::holds_alternative<NodesTold>(answer)) break;
  REQUIRE(std::holds_alternative<NodesTold>(answer));
  CHECK(std::get<NodesTold>(answer).nodes.size() == 3);
}

TEST_CASE("who has no leader tells whom it knows: a voter that is behind may know fewer") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::disc});
  const auto tells_nodes = [&](std::uint32_t id) {
    Registrar& registrar = *cluster.node(id).registrar;
    registrar.take_effects();
    for (int i = 0; i < 100; ++i) registrar.tick(cluster.now += 50);
    ControlMessage message;
    for (const auto& [to, bytes] : registrar.take_effects().control)
      if (decode(bytes, message) && std::holds_alternative<NodesTold>(message)) return true;
    return false;
  };
  CHECK(tells_nodes(cluster.leader() == NodeId(3) ? 2 : 3));
}

TEST_CASE("a member that the catalog has lost is found again after a restart, until the group has parted from it") {
  Identity identity;
  identity.self = NodeId(1);
  broker::Catalog catalog;
  (void)catalog.apply(broker::AddNode{"n1", Kinds::disc, "h", 1});
  (void)catalog.apply(broker::AddNode{"n2", Kinds::disc, "h", 2});
  (void)catalog.apply(broker::RemoveNode{NodeId(2)});
  const raft::Configuration alone({{NodeId(1), raft::Kind::disc, true, 1}});
  Agreement agreement;
  agreement.applied.emplace();
  agreement.applied->place = {1, 9};
  agreement.applied->configuration =
      raft::Configuration({{NodeId(1), raft::Kind::disc, true, 1}, {NodeId(2), raft::Kind::disc, true, 2}});
  agreement.applied->parting = {{NodeId(2), "n2", Kinds::disc, "h", 2}};
  Registrar registrar(identity, GroupSettings{}, catalog, agreement, {}, 1, 1000);
  REQUIRE(registrar.peers().size() == 1);
  CHECK(registrar.peers().front().cluster_port == 2);
  registrar.passed(DecidedNothing{{1, 10}, alone});
  CHECK(registrar.peers().empty());
}

TEST_CASE("a node is removed as soon as the group knows that it is down, not while it is at work") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::disc});
  const std::uint32_t at = cluster.leader().value;
  const std::uint32_t leaver = at == 3 ? 2 : 3;
  std::vector<RequestAnswer>& answers = cluster.node(at).answers;
  answers.clear();
  cluster.node(at).registrar->request(76, {}, broker::RemoveNode{NodeId(leaver)}, cluster.now);
  cluster.pass(400);
  REQUIRE(answers.size() == 1);
  REQUIRE(answers.front().refusal.has_value());
  CHECK(answers.front().refusal->text.find("must be stopped") != std::string::npos);
  cluster.node(leaver).deaf = true;
  cluster.node(at).registrar->request(77, {}, broker::RemoveNode{NodeId(leaver)}, cluster.now);
  cluster.pass(3000);
  REQUIRE(answers.size() == 2);
  CHECK_FALSE(answers.back().refusal.has_value());
  CHECK(cluster.node(at).catalog->node(NodeId(leaver)) == nullptr);
}

TEST_CASE("a node is removed, and the group parts from it") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::disc});
  const std::uint32_t at = cluster.leader().value;
  const std::uint32_t leaver = at == 3 ? 2 : 3;
  cluster.node(leaver).deaf = true;
  cluster.pass(2000);
  cluster.node(at).registrar->request(77, {}, broker::RemoveNode{NodeId(leaver)}, cluster.now);
  cluster.pass(2000);
  CHECK(cluster.node(at).registrar->status().configuration.members().size() == 2);
  CHECK(cluster.node(at).registrar->parting().empty());
}

}  // namespace warren::registrar_members_test
