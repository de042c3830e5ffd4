#include "node/cluster/ask/ask_desk.hpp"

#include <doctest/doctest.h>

#include "tests/node/cluster/little_cluster.hpp"

namespace warren::ask_desk_test {

using namespace warren::node;
using namespace warren::node::testing;

namespace {

// A node alone with a desk.
struct Office {
  Office() {
    cluster.start({broker::NodeKind::disc});
    desk.emplace(cluster.node(1).identity, *cluster.node(1).catalog, "demo");
  }

  template <class Answer>
  Answer ask(const AskMessage& question) {
    desk->asked(++asked, encode(question), *cluster.node(1).registrar, cluster.now);
    return reply<Answer>(0);
  }

  // After so long.
  template <class Answer>
  Answer reply(Instant ms) {
    cluster.pass(ms);
    cluster.settle();
    for (const RequestAnswer& answer : std::exchange(cluster.node(1).answers, {})) CHECK(desk->answered(answer));
    desk->look(*cluster.node(1).registrar, cluster.now);
    std::vector<AskReply> replies = desk->take_replies();
    REQUIRE(replies.size() == 1);
    CHECK(replies.front().ask == asked);
    AskMessage message;
    REQUIRE(decode(replies.front().answer, message));
    return std::get<Answer>(message);
  }

  LittleCluster cluster;
  std::optional<AskDesk> desk;
  std::uint64_t asked = 0;
};

}  // namespace

TEST_CASE("a node says who it is and who is with it") {
  Office office;
  const auto answer = office.ask<WhoAnswer>(WhoQuestion{});
  CHECK(answer.name == "n1");
  CHECK(answer.cluster_name == "demo");
  CHECK_FALSE(answer.forming);
  CHECK(answer.nodes.size() == 1);
}

TEST_CASE("a node that is let in gets a number; it may ask again until it came once") {
  Office office;
  const JoinQuestion question{"n2", broker::NodeKind::disc, "h", 5};
  const auto answer = office.ask<JoinAnswer>(question);
  CHECK(answer.refusal == "");
  CHECK(answer.node == 2);
  CHECK(answer.lineage == LittleCluster::kLineage);
  CHECK(answer.nodes.size() == 2);
  CHECK(office.ask<JoinAnswer>(question).node == 2);
  (void)office.cluster.node(1).catalog->apply(broker::NodeUp{NodeId(2), 9, "h", 5});
  CHECK(office.ask<JoinAnswer>(question).refusal.find("inconsistent_cluster") != std::string::npos);
}

TEST_CASE("a node that runs is not let go, one that has stopped is, and who is unknown has left already") {
  Office office;
  (void)office.ask<JoinAnswer>(JoinQuestion{"n2", broker::NodeKind::disc, "h", 5});
  (void)office.cluster.node(1).catalog->apply(broker::NodeUp{NodeId(2), 9, "h", 5});
  const LeaveQuestion question{"n2", LittleCluster::kLineage};
  office.desk->asked(++office.asked, encode(question), *office.cluster.node(1).registrar, office.cluster.now);
  office.cluster.pass(1000);
  CHECK(office.cluster.node(1).answers.empty());
  SUBCASE("it is down when the group has agreed on it") {
    (void)office.cluster.node(1).catalog->apply(broker::NodeDown{NodeId(2), 9});
    CHECK(office.reply<LeaveAnswer>(200).refusal == "");
  }
  SUBCASE("nobody finds that it is down") {
    CHECK(office.reply<LeaveAnswer>(5000).refusal.find("must be stopped") != std::string::npos);
    (void)office.cluster.node(1).catalog->apply(broker::NodeDown{NodeId(2), 9});
    CHECK(office.ask<LeaveAnswer>(question).refusal == "");
  }
  CHECK(office.cluster.node(1).catalog->find_node("n2") == nullptr);
  CHECK(office.ask<LeaveAnswer>(question).refusal == "");
}

}  // namespace warren::ask_desk_test
