#include <doctest/doctest.h>

#include <algorithm>

#include "tests/node/cluster/little_cluster.hpp"

namespace warren::registrar_proposals_test {

using namespace warren::node;
using namespace warren::node::testing;
using Kinds = broker::NodeKind;

TEST_CASE("what got lost on its way to the leader is sent again, behind what came later") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::disc});
  const std::uint32_t leader = cluster.leader().value;
  const std::uint32_t other = leader == 1 ? 2 : 1;
  cluster.node(other).deaf = true;
  cluster.node(other).registrar->request(71, {}, broker::AddVhost{"lost"}, cluster.now);
  cluster.settle();
  cluster.node(other).deaf = false;
  CHECK(cluster.add_vhost(other, "later") == "");
  cluster.pass(1500);
  for (std::uint32_t at = 1; at <= 3; ++at) CHECK(cluster.node(at).catalog->find_vhost("lost") != nullptr);
  const std::vector<RequestAnswer>& answers = cluster.node(other).answers;
  const auto found = std::ranges::find(answers, RequestNumber{71}, &RequestAnswer::request);
  REQUIRE(found != answers.end());
  CHECK_FALSE(found->refusal.has_value());
  CHECK(found->changed);
}

TEST_CASE("without a majority definitions are refused at once") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::disc});
  cluster.node(2).deaf = cluster.node(3).deaf = true;
  cluster.pass(1000);
  const std::string why = "no majority of the cluster is reachable: definitions cannot be changed";
  CHECK(cluster.add_vhost(1, "v", 0) == why);
  CHECK(cluster.add_vhost(1, "w", 0) == why);
  CHECK(std::ranges::count(cluster.node(1).noticed, "definition.refused n1") == 1);
  CHECK(cluster.node(1).log.back() == "a change of definitions was refused: " + why);
  cluster.pass(1000);
  broker::Propose proposal;
  proposal.from = {SessionId(9), NodeId(1), 0};
  proposal.user = "bob";
  proposal.command = broker::AddVhost{"x"};
  cluster.node(1).registrar->propose(proposal, cluster.now);
  cluster.settle();
  CHECK(std::ranges::count(cluster.node(1).noticed, "definition.refused n1") == 2);
  CHECK(cluster.node(1).log.back() ==
        "a change of definitions was refused to user 'bob': " + why + " (1 more since this was told last)");
}

TEST_CASE("what waits for an answer when the majority is lost is told as refused, in the name of its user") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::disc});
  cluster.node(2).deaf = cluster.node(3).deaf = true;
  cluster.node(1).registrar->request(73, "eve", broker::AddVhost{"v"}, cluster.now);
  cluster.settle();
  CHECK(std::ranges::count(cluster.node(1).noticed, "definition.refused n1") == 0);
  cluster.pass(1500);
  CHECK(std::ranges::count(cluster.node(1).noticed, "definition.refused n1") == 1);
  CHECK(cluster.node(1).log.back().find("to user 'eve'") != std::string::npos);
}

TEST_CASE("what became of a former process's proposal says nothing of the one with the same number") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::disc});
  const std::uint32_t leader = cluster.leader().value;
  const std::uint32_t other = leader == 1 ? 2 : 1;
  Registrar& registrar = *cluster.node(other).registrar;
  cluster.node(other).deaf = true;
  registrar.request(72, {}, broker::AddVhost{"lost"}, cluster.now);
  cluster.settle();
  cluster.node(other).deaf = false;
  Verdicts verdicts{{}, registrar.identity().incarnation - 1};
  for (Ticket ticket = 1; ticket < 20; ++ticket) verdicts.verdicts.push_back({ticket, Verdict::What::accepted});
  registrar.control(NodeId(leader), encode(verdicts), cluster.now);
  cluster.pass(1500);
  CHECK(cluster.node(leader).catalog->find_vhost("lost") != nullptr);
}

TEST_CASE("a proposal that is decided twice has its turn once") {
  LittleCluster cluster;
  cluster.start({Kinds::disc, Kinds::disc, Kinds::disc});
  const std::uint32_t other = cluster.leader() == NodeId(1) ? 2 : 1;
  Registrar& registrar = *cluster.node(other).registrar;
  Envelope envelope;
  envelope.proposer = NodeId(other);
  envelope.incarnation = registrar.identity().incarnation;
  envelope.ticket = 100;
  CHECK(registrar.takes({{1, 500}, envelope}, cluster.now));
  CHECK_FALSE(registrar.takes({{1, 501}, envelope}, cluster.now));
}

}  // namespace warren::registrar_proposals_test
