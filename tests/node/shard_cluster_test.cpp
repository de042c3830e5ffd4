#include <doctest/doctest.h>

#include "node/cluster/ask/ask_messages.hpp"
#include "tests/node/lone_shard.hpp"

using namespace warren;
using namespace warren::node;
using namespace warren::node::testing;

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
  CHECK(lone.shard->serving());
  const ShardEffects off = lone.step(Serve{false});
  CHECK(off.serving == false);
  CHECK(lone.sent == "connection.close");
  CHECK_FALSE(lone.shard->catalog().node_running(NodeId(1)));
  CHECK(off.turning_away == true);
  const ShardEffects on = lone.step(Serve{true});
  CHECK(on.serving == true);
  CHECK(on.turning_away == false);
  CHECK(lone.shard->catalog().node_running(NodeId(1)));
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

TEST_CASE("the driver learns who else there is") {
  LoneShard lone;
  const ShardEffects effects =
      lone.step(ChangeRequest{1, "guest", broker::AddNode{"n3", broker::NodeKind::ram, "h", 3}});
  REQUIRE(effects.peers.has_value());
  CHECK(effects.peers->size() == 2);
}
