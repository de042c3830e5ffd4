#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

using amqp::ReplyCode;

constexpr NodeId kOne{1};
constexpr NodeId kTwo{2};

// Two members that have not started.
class Cluster : public World {
 public:
  Cluster() {
    apply(AddNode{"w1@h", NodeKind::disc, "h", 25672});
    apply(AddNode{"w2@h", NodeKind::ram, "h", 25673});
  }

  std::vector<Change> up(NodeId node, std::uint64_t incarnation) {
    return apply(NodeUp{node, incarnation, "h", 25672});
  }
  std::vector<Change> down(NodeId node, std::uint64_t incarnation) { return apply(NodeDown{node, incarnation}); }

  std::vector<Change> place(std::string name, NodeId owner, bool durable, SessionRef session = {}) {
    QueueDefinition queue = queue_like(std::move(name), session);
    queue.owner = owner;
    queue.durable = durable;
    return apply(DeclareQueue{queue});
  }
  void place_some_of_one() {
    place("durable1", kOne, true);
    place("transient1", kOne, false);
  }
  // Of each kind one on either node.
  void place_some() {
    place_some_of_one();
    place("durable2", kTwo, true);
    place("transient2", kTwo, false);
    place("exclusive of 1 on 2", kTwo, true, {SessionId(5), kOne, 0});
    place("exclusive of 2 on 1", kOne, true, {SessionId(5), kTwo, 0});
  }
};

// The names of deleted queues, in order.
Names deleted_queues(const std::vector<Change>& changes) {
  Names names;
  for (const Change& change : changes)
    if (const auto* deleted = std::get_if<QueueDeleted>(&change)) names.push_back(deleted->queue.name);
  return names;
}

}  // namespace

TEST_CASE("a member is added once, with an identity of its own") {
  Cluster cluster;
  const NodeDefinition* node = cluster.catalog().find_node("w2@h");
  REQUIRE(node != nullptr);
  CHECK(node->id == kTwo);
  CHECK(node->kind == NodeKind::ram);
  CHECK(node->cluster_port == 25673);
  CHECK(node->incarnation == 0);
  CHECK_FALSE(node->running);
  CHECK(cluster.catalog().node(kTwo) == node);
  CHECK(cluster.apply(AddNode{"w2@h", NodeKind::ram, "elsewhere", 1}).empty());
  CHECK(cluster.refusal(AddNode{"w2@h", NodeKind::disc, "h", 1}).text == "node 'w2@h' is a member of another kind");
  CHECK(cluster.catalog().node_count() == 2);
  Names names;
  cluster.catalog().for_each_node([&](const NodeDefinition& held) { names.push_back(held.name); });
  CHECK(names == Names{"w1@h", "w2@h"});
}

TEST_CASE("what is no member is refused, and members have a bound") {
  Cluster cluster;
  CHECK(cluster.refusal(AddNode{"", NodeKind::disc, "h", 1}).text == "a node has a name and a kind");
  CHECK(cluster.refusal(AddNode{"w3", NodeKind::none, "h", 1}).text == "a node has a name and a kind");
  CHECK(cluster.refusal(AddNode{std::string(256, 'n'), NodeKind::disc, "h", 1}).text ==
        "the name of a node has at most 255 bytes");
  CHECK(cluster.refusal(AddNode{"w3", NodeKind::disc, std::string(256, 'h'), 1}).code ==
        ReplyCode::precondition_failed);
  for (int i = 3; i <= 64; ++i) cluster.apply(AddNode{"w" + std::to_string(i), NodeKind::disc, "h", 1});
  CHECK(cluster.refusal(AddNode{"w65", NodeKind::disc, "h", 1}).text == "a cluster has at most 64 nodes");
}

TEST_CASE("a node that has started runs until that very process is told to be down") {
  Cluster cluster;
  const auto first = cluster.up(kOne, 7);
  REQUIRE(first.size() == 1);
  CHECK_FALSE(std::get<NodeWentUp>(first.front()).restarted);
  CHECK(cluster.catalog().node_running(kOne));
  CHECK_FALSE(cluster.catalog().node_running(kTwo));
  CHECK(cluster.catalog().node(kOne)->incarnation == 7);
  CHECK(cluster.up(kOne, 7).empty());
  CHECK(cluster.down(kOne, 6).empty());
  CHECK(cluster.catalog().node_running(kOne));
  CHECK(count_changes<NodeWentDown>(cluster.down(kOne, 7)) == 1);
  CHECK_FALSE(cluster.catalog().node_running(kOne));
  CHECK(cluster.down(kOne, 7).empty());
  const auto again = cluster.up(kOne, 7);
  CHECK_FALSE(std::get<NodeWentUp>(again.front()).restarted);
  CHECK(cluster.down(NodeId(9), 7).empty());
}

TEST_CASE("a node tells where it is reached when it starts, and when that changes") {
  Cluster cluster;
  cluster.up(kOne, 7);
  CHECK(count_changes<NodeWentUp>(cluster.apply(NodeUp{kOne, 7, "other", 1})) == 1);
  CHECK(cluster.catalog().node(kOne)->host == "other");
  CHECK(cluster.refusal(NodeUp{NodeId(9), 7, "h", 1}).text == "node 9 is not a member of the cluster");
  CHECK(cluster.refusal(NodeUp{NodeId(9), 7, "h", 1}).code == ReplyCode::not_found);
  CHECK(cluster.refusal(NodeUp{kOne, 0, "h", 1}).text == "the process of a node has an incarnation");
}

TEST_CASE("a node that goes down takes its transient queues and what its connections owned") {
  Cluster cluster;
  cluster.up(kOne, 1);
  cluster.up(kTwo, 1);
  cluster.place_some();
  cluster.auto_delete_exchange("x", "fanout");
  cluster.bind("x", "transient2");
  const auto changes = cluster.down(kTwo, 1);
  CHECK(std::holds_alternative<NodeWentDown>(changes.front()));
  CHECK(deleted_queues(changes) == Names{"transient2", "exclusive of 2 on 1"});
  CHECK(deleted_exchanges(changes) == Names{"x"});
  for (const char* kept : {"durable1", "transient1", "durable2", "exclusive of 1 on 2"}) CHECK(cluster.has_queue(kept));
}

TEST_CASE("a restarted node takes as much, even when nobody saw it go") {
  Cluster cluster;
  cluster.up(kOne, 1);
  cluster.up(kTwo, 1);
  cluster.place_some();
  cluster.exchange("transient", "fanout");
  const auto changes = cluster.up(kTwo, 2);
  CHECK(std::get<NodeWentUp>(changes.front()).restarted);
  CHECK(deleted_queues(changes) == Names{"transient2", "exclusive of 2 on 1"});
  CHECK(cluster.has_exchange("transient"));
  CHECK(cluster.catalog().node_running(kTwo));
  cluster.place("transient2", kTwo, false);
  cluster.down(kTwo, 2);
  CHECK(std::get<NodeWentUp>(cluster.up(kTwo, 3).front()).restarted);
}

TEST_CASE("when nobody else runs, transient exchanges end with the process as well, and nothing else does") {
  Cluster cluster;
  cluster.up(kOne, 1);
  cluster.place_some_of_one();
  cluster.exchange("transient", "fanout");
  cluster.auto_delete_exchange("transient and auto-delete", "fanout");
  ExchangeDefinition lasting = cluster.exchange_like("lasting and auto-delete", "fanout");
  lasting.durable = lasting.auto_delete = true;
  cluster.apply(DeclareExchange{lasting});
  cluster.bind("transient", "durable1");
  cluster.bind_exchange("transient and auto-delete", "transient");
  cluster.bind_exchange("lasting and auto-delete", "transient");
  cluster.bind("lasting and auto-delete", "transient1");
  cluster.bind("amq.direct", "durable1");
  const auto changes = cluster.up(kOne, 2);
  CHECK(deleted_queues(changes) == Names{"transient1"});
  CHECK(deleted_exchanges(changes) == Names{"transient", "transient and auto-delete"});
  CHECK(cluster.has_exchange("lasting and auto-delete"));
  CHECK(cluster.catalog().binding_count() == 1);
  CHECK(cluster.route("amq.direct") == Names{"durable1"});
  CHECK(count_changes<ExchangeDeleted>(cluster.up(kOne, 3)) == 0);
}

TEST_CASE("the last node that goes down leaves exchanges for its return to decide about") {
  Cluster cluster;
  cluster.up(kOne, 1);
  cluster.place_some_of_one();
  cluster.auto_delete_exchange("x", "fanout");
  cluster.bind("x", "transient1");
  CHECK(deleted_exchanges(cluster.down(kOne, 1)).empty());
  CHECK(deleted_exchanges(cluster.up(kOne, 2)) == Names{"x"});
}

TEST_CASE("a removed node takes all its queues, and is not known any more") {
  Cluster cluster;
  cluster.up(kOne, 1);
  cluster.up(kTwo, 1);
  cluster.place_some();
  cluster.auto_delete_exchange("x", "fanout");
  cluster.bind("x", "durable2");
  const auto changes = cluster.apply(RemoveNode{kTwo});
  CHECK(deleted_queues(changes) == Names{"durable2", "transient2", "exclusive of 1 on 2", "exclusive of 2 on 1"});
  CHECK(deleted_exchanges(changes) == Names{"x"});
  REQUIRE(std::holds_alternative<NodeRemoved>(changes.back()));
  CHECK(std::get<NodeRemoved>(changes.back()).node.name == "w2@h");
  CHECK(cluster.catalog().node(kTwo) == nullptr);
  CHECK_FALSE(cluster.catalog().node_running(kTwo));
  CHECK(cluster.apply(RemoveNode{kTwo}).empty());
  cluster.apply(AddNode{"w2@h", NodeKind::ram, "h", 1});
  CHECK(cluster.catalog().find_node("w2@h")->id == NodeId(3));
}

TEST_CASE("a queue is not made for a node that is none, nor to end with a process that has ended") {
  Cluster cluster;
  cluster.up(kOne, 1);
  const auto refused = [&](NodeId owner, bool durable, SessionRef session) {
    QueueDefinition queue = cluster.queue_like("q", session);
    queue.owner = owner;
    queue.durable = durable;
    const Refusal refusal = cluster.refusal(DeclareQueue{queue});
    CHECK(refusal.text == "the node of queue 'q' in vhost '/' is not running");
    return refusal.code == ReplyCode::precondition_failed;
  };
  CHECK(refused(NodeId(9), true, {}));
  CHECK(refused(kTwo, false, {}));
  CHECK(refused(kOne, true, {SessionId(1), kTwo, 0}));
  cluster.place("q", kTwo, true);
  CHECK(cluster.has_queue("q"));
}

TEST_CASE("draining lasts as long as the process does") {
  Cluster cluster;
  cluster.up(kOne, 1);
  CHECK(count_changes<NodeDraining>(cluster.apply(SetDraining{kOne, true})) == 1);
  CHECK(cluster.apply(SetDraining{kOne, true}).empty());
  cluster.down(kOne, 1);
  cluster.up(kOne, 1);
  CHECK(cluster.catalog().node(kOne)->draining);
  cluster.up(kOne, 2);
  CHECK_FALSE(cluster.catalog().node(kOne)->draining);
  CHECK(cluster.refusal(SetDraining{NodeId(9), true}).code == ReplyCode::not_found);
}

TEST_CASE("a cluster has a name when it was given one") {
  World world;
  CHECK(world.catalog().cluster_name().empty());
  CHECK(count_changes<ClusterNamed>(world.apply(SetClusterName{"rabbits"})) == 1);
  CHECK(world.apply(SetClusterName{"rabbits"}).empty());
  CHECK(world.catalog().cluster_name() == "rabbits");
  CHECK(world.refusal(SetClusterName{std::string(256, 'c')}).text == "the name of a cluster has at most 255 bytes");
}

}  // namespace warren::broker
