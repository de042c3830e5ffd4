#include <doctest/doctest.h>

#include "tests/manage/operations/desk/ask.hpp"

namespace warren::manage::testing {

TEST_CASE("a ping is answered at once") {
  const Rig rig;
  CHECK(value(rig, "ping", {}) == Value("Ping succeeded"));
}

TEST_CASE("joining says through whom and as what") {
  const Rig rig;
  const auto plain = wish<JoinCluster>(rig, "join_cluster", Map{}.add("member", "b@h"));
  CHECK(plain.member == "b@h");
  CHECK(plain.kind == broker::NodeKind::disc);
  CHECK_FALSE(plain.accept_loss);
  const auto ram = wish<JoinCluster>(rig, "join_cluster",
                                     Map{}.add("member", "b@h").add("ram", true).add("accept_loss", true), false);
  CHECK(ram.kind == broker::NodeKind::ram);
  CHECK(ram.accept_loss);
}

TEST_CASE("a node does not join itself, and is not two kinds") {
  const Rig rig;
  CHECK(failure(rig, "join_cluster", Map{}.add("member", "a@h")).code == kSoftware);
  CHECK(failure(rig, "join_cluster", Map{}.add("member", "b@h").add("ram", true).add("disc", true)).code == kDataError);
  CHECK(failure(rig, "change_cluster_node_type", Map{}.add("kind", "tape"), false).code == kDataError);
}

TEST_CASE("a node changes its kind") {
  const Rig rig;
  CHECK(wish<ChangeKind>(rig, "change_cluster_node_type", Map{}.add("kind", "disk"), false).kind ==
        broker::NodeKind::disc);
  CHECK(wish<ChangeKind>(rig, "change_cluster_node_type", Map{}.add("kind", "ram"), false).kind ==
        broker::NodeKind::ram);
}

TEST_CASE("only a member that has stopped is forgotten") {
  const Rig rig;
  CHECK(wish<ForgetNode>(rig, "forget_cluster_node", Map{}.add("member", "b@h")).member == "b@h");
  CHECK(failure(rig, "forget_cluster_node", Map{}.add("member", "x@h")).kind == "not_a_cluster_node");
  CHECK(failure(rig, "forget_cluster_node", Map{}.add("member", "a@h")).kind == "still_running");
}

TEST_CASE("a node whose broker is stopped forgets another only when told that this is meant") {
  const Rig rig;
  const Map online = Map{}.add("member", "b@h");
  const Map offline = Map{}.add("member", "b@h").add("offline", true);
  CHECK(failure(rig, "forget_cluster_node", online, false).kind == "offline_node_no_offline_flag");
  CHECK(failure(rig, "forget_cluster_node", offline, true).kind == "online_node_offline_flag");
  CHECK(wish<ForgetNode>(rig, "forget_cluster_node", offline, false).offline);
}

TEST_CASE("what is for the node around the registrar is handed on") {
  const Rig rig;
  CHECK(wish<Reset>(rig, "force_reset", {}, false).force);
  CHECK(wish<Reset>(rig, "reset", Map{}.add("accept_loss", true), false).accept_loss);
  CHECK(wish<Drain>(rig, "drain", {}).on);
  CHECK_FALSE(wish<Drain>(rig, "revive", {}).on);
  wish<StartApp>(rig, "start_app", {}, false);
  wish<StopApp>(rig, "stop_app", {});
  wish<StopProcess>(rig, "stop", {});
  wish<ForceBoot>(rig, "force_boot", {}, false);
  wish<ClusterFactsWanted>(rig, "cluster_status", {});
  wish<NodeFactsWanted>(rig, "status", {}, false);
}

TEST_CASE("a cluster is named") {
  const Rig rig;
  CHECK(proposal<broker::SetClusterName>(rig, "set_cluster_name", Map{}.add("name", "prod")).name == "prod");
  CHECK(failure(rig, "set_cluster_name", Map{}.add("name", "")).code == kDataError);
  CHECK(failure(rig, "set_cluster_name", Map{}.add("name", std::string(256, 'x'))).code == kDataError);
}

}  // namespace warren::manage::testing
