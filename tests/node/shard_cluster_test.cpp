#include <doctest/doctest.h>

#include <algorithm>

#include "broker/catalog/stored/catalog_snapshot.hpp"
#include "node/cluster/ask/ask_messages.hpp"
#include "tests/node/lone_shard.hpp"

namespace warren::shard_cluster_test {

using namespace warren::node;
using namespace warren::node::testing;

namespace {

// The catalog as it is after these, of which the shard sees none.
Arrived whole_after(const LoneShard& lone, const std::vector<broker::Command>& missed) {
  auto image = std::make_shared<broker::CatalogImage>();
  REQUIRE(image->read_snapshot(broker::catalog_snapshot(lone.shard->catalog())));
  broker::Catalog catalog;
  REQUIRE(image->restore(catalog).complaints.empty());
  for (const broker::Command& command : missed) REQUIRE(catalog.apply(command).ok());
  auto after = std::make_shared<broker::CatalogImage>();
  REQUIRE(after->read_snapshot(broker::catalog_snapshot(catalog)));
  Arrived arrived;
  arrived.batch.whole = std::move(after);
  return arrived;
}

// The other node never says that it knows of this one: it is not waited for long.
bool serves_soon(LoneShard& lone) {
  CHECK_FALSE(lone.shard->serving());
  for (int i = 0; i < 4 && !lone.shard->serving(); ++i) lone.pass(50);
  return lone.shard->serving();
}

}  // namespace

TEST_CASE("an operator's change is answered by its number") {
  LoneShard lone;
  ShardEffects effects = lone.step(ChangeRequest{7, "guest", broker::AddVhost{"v"}});
  // The other node is said to run and says nothing: it is not waited for long.
  for (int i = 0; i < 10 && effects.answers.empty(); ++i) effects = lone.pass(50);
  REQUIRE(effects.answers.size() == 1);
  CHECK(effects.answers.front().request == 7);
  CHECK_FALSE(effects.answers.front().refusal.has_value());
  CHECK(lone.shard->catalog().find_vhost("v") != nullptr);
}

TEST_CASE("a node that stops serving says so, tells its clients, and serves again") {
  LoneShard lone;
  lone.connect();
  CHECK(serves_soon(lone));
  const ShardEffects off = lone.step(Serve{false});
  CHECK(off.serving == false);
  CHECK(lone.sent == "connection.close");
  CHECK_FALSE(lone.shard->catalog().node_running(NodeId(1)));
  CHECK(off.turning_away == true);
  const ShardEffects on = lone.step(Serve{true});
  CHECK(on.turning_away == false);
  CHECK(lone.shard->catalog().node_running(NodeId(1)));
  CHECK(serves_soon(lone));
}

TEST_CASE("a question of another node is answered under its number") {
  LoneShard lone;
  const ShardEffects effects = lone.step(Asked{5, encode(AskMessage(WhoQuestion{}))});
  REQUIRE(effects.replies.size() == 1);
  CHECK(effects.replies.front().ask == 5);
  AskMessage message;
  REQUIRE(decode(effects.replies.front().answer, message));
  CHECK(std::get<WhoAnswer>(message).nodes.size() == 2);
}

TEST_CASE("a shard tells of its own queues and its clients, not of those of others") {
  LoneShard lone;
  lone.connect();
  lone.connect();
  manage::ShardQuestion question;
  question.subject = manage::Subject::queues;
  question.columns = {"name"};
  const ShardEffects queues = lone.step(Inquiry{1, question});
  REQUIRE(queues.findings.size() == 1);
  CHECK(queues.findings.front().rows.empty());
  question.subject = manage::Subject::connections;
  question.columns = {"user"};
  const ShardEffects connections = lone.step(Inquiry{2, question});
  CHECK(connections.findings.front().inquiry == 2);
  CHECK(connections.findings.front().rows.size() == 2);
}

TEST_CASE("a shard that has none of the queues that are to move says so at once") {
  LoneShard lone;
  manage::ShardQuestion question;
  question.subject = manage::Subject::moves;
  question.moves = {{lone.shard->catalog().find_queue(VhostId(1), "far")->ref.id, NodeId(1)}};
  const ShardEffects effects = lone.step(Inquiry{4, question});
  REQUIRE(effects.findings.size() == 1);
  CHECK(effects.findings.front().inquiry == 4);
  CHECK(effects.findings.front().rows.empty());
}

TEST_CASE("a queue is compared by the shard that has it; the others have nothing to say") {
  LoneShard lone;
  const broker::Catalog& catalog = lone.shard->catalog();
  manage::ShardQuestion question;
  question.subject = manage::Subject::comparison;
  question.queue = catalog.find_queue(VhostId(1), "far")->ref.id;
  question.within_ms = 1000;
  const ShardEffects far = lone.step(Inquiry{4, question});
  REQUIRE(far.findings.size() == 1);
  CHECK(far.findings.front().inquiry == 4);
  CHECK(far.findings.front().rows.empty());
  broker::QueueDefinition queue;
  queue.vhost = VhostId(1);
  queue.name = "near";
  queue.owner = catalog.find_node("n1")->id;
  lone.step(ChangeRequest{1, "guest", broker::DeclareQueue{queue}});
  question.queue = catalog.find_queue(VhostId(1), "near")->ref.id;
  const ShardEffects near = lone.step(Inquiry{5, question});
  REQUIRE(near.findings.size() == 1);
  CHECK(near.findings.front().inquiry == 5);
  CHECK(near.findings.front().rows.size() == 1);
}

TEST_CASE("the driver learns who else there is") {
  LoneShard lone;
  const ShardEffects effects =
      lone.step(ChangeRequest{1, "guest", broker::AddNode{"n3", broker::NodeKind::ram, "h", 3}});
  REQUIRE(effects.peers.has_value());
  CHECK(effects.peers->size() == 2);
}

TEST_CASE("a node that ended while this one was behind is lost here too") {
  LoneShard lone;
  lone.publish(lone.connect(), "far", "x");
  lone.step(whole_after(lone, {}));
  CHECK(lone.sent == "");
  lone.step(whole_after(lone, {broker::NodeDown{kOtherNode, 9}}));
  CHECK(lone.sent == "basic.nack");
}

TEST_CASE("a node that was believed to be down begins anew with all others, though it never saw that agreed") {
  LoneShard lone;
  lone.publish(lone.connect(), "far", "x");
  const NodeId self = lone.shard->catalog().find_node("n1")->id;
  const broker::NodeDefinition node = *lone.shard->catalog().node(self);
  const broker::NodeUp up{self, node.incarnation, node.host, node.cluster_port};
  lone.step(whole_after(lone, {broker::NodeDown{self, node.incarnation}, up}));
  CHECK(lone.sent == "basic.nack");
  lone.publish(lone.connect(), "far", "x");
  lone.step(whole_after(lone, {broker::NodeDown{self, node.incarnation}}));
  CHECK(lone.sent == "");
  lone.step(whole_after(lone, {up}));
  CHECK(lone.sent == "basic.nack");
}

TEST_CASE("an alarm of another node blocks publishers until it clears, or the node is not heard any more") {
  const auto heartbeat = [](std::uint8_t alarms) {
    return PeerControl{kOtherNode, encode(ControlMessage(Heartbeat{{}, {alarms, "0.1.0", {}}}))};
  };
  LoneShard lone;
  lone.connect();
  const ShardEffects set = lone.step(heartbeat(broker::session::kMemoryAlarm));
  REQUIRE(set.log.size() == 1);
  CHECK(set.log.front() == "memory resource limit alarm set on node n2: publishers are blocked until it clears");
  CHECK(lone.shard->registrar()->state_of(kOtherNode)->version == "0.1.0");
  CHECK(lone.shard->registrar()->alarms_elsewhere() == broker::session::kMemoryAlarm);
  CHECK(lone.shard->own_alarms() == 0);
  const ShardEffects cleared = lone.step(heartbeat(0));
  CHECK(std::ranges::find(cleared.log, "memory resource limit alarm cleared across the cluster") != cleared.log.end());
  lone.step(heartbeat(broker::session::kDiskAlarm));
  ShardEffects silent = lone.pass(300);
  for (int i = 0; i < 10; ++i) {
    ShardEffects more = lone.pass(100);
    for (std::string& line : more.log) silent.log.push_back(std::move(line));
  }
  CHECK(std::ranges::find(silent.log, "disk resource limit alarm cleared across the cluster") != silent.log.end());
  CHECK(lone.shard->registrar()->state_of(kOtherNode) == nullptr);
}

TEST_CASE("what this node notices by itself is a message in the queue that is bound to it") {
  LoneShard lone;
  const broker::Catalog& catalog = lone.shard->catalog();
  const std::vector<std::string> keys{"node.unreachable", "node.reachable", "alarm.set", "alarm.cleared"};
  const auto told = [&] {
    std::vector<std::uint64_t> counts;
    for (const std::string& key : keys)
      counts.push_back(lone.shard->host().stats(catalog.find_queue(VhostId(1), key)->ref.id).ready);
    return counts;
  };
  for (const std::string& key : keys) {
    broker::QueueDefinition queue;
    queue.vhost = VhostId(1);
    queue.name = key;
    queue.owner = NodeId(1);
    lone.step(ChangeRequest{1, "guest", broker::DeclareQueue{queue}});
    lone.step(ChangeRequest{
        2, "guest",
        broker::Bind{VhostId(1), "amq.rabbitmq.event", broker::DestinationKind::queue, key, key, amqp::Table()}});
  }
  using Counts = std::vector<std::uint64_t>;
  CHECK(told() == Counts{0, 0, 0, 0});
  for (int i = 0; i < 15; ++i) lone.pass(100);
  CHECK(told() == Counts{1, 0, 0, 0});
  lone.step(PeerControl{kOtherNode, encode(ControlMessage(Heartbeat{{}, {0, "0.1.0", {}}}))});
  CHECK(told() == Counts{1, 1, 0, 0});
  lone.step(Resources{1000, 1, ResourceLimits{0, 2}});
  CHECK(told() == Counts{1, 1, 2, 0});
  lone.step(Resources{1000, 2});
  CHECK(told() == Counts{1, 1, 2, 1});
}

TEST_CASE("limits can be set anew while the node runs") {
  LoneShard lone;
  lone.step(Resources{1000, 1, ResourceLimits{0, 0}});
  CHECK(lone.shard->own_alarms() == broker::session::kMemoryAlarm);
  lone.step(Resources{1000, 1, ResourceLimits{1000, 2}});
  CHECK(lone.shard->own_alarms() == broker::session::kDiskAlarm);
  lone.step(Resources{1000, 2});
  CHECK(lone.shard->own_alarms() == 0);
}

}  // namespace warren::shard_cluster_test
