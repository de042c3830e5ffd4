#include "manage/operations/questions/refusals.hpp"

#include <doctest/doctest.h>

namespace warren::manage {

TEST_CASE("every reason has its words, with the names of nodes in them") {
  for (int reason = 0; reason <= static_cast<int>(Reason::timed_out); ++reason) {
    const Failure failure = refused(static_cast<Reason>(reason), "b@h", "a@h");
    CAPTURE(failure.sentence);
    CHECK_FALSE(failure.sentence.empty());
    CHECK_FALSE(failure.kind.empty());
    CHECK(failure.sentence.find("{node}") == std::string::npos);
    CHECK(failure.sentence.find("{self}") == std::string::npos);
  }
}

TEST_CASE("the words and codes are those of the reference") {
  CHECK(refused(Reason::with_itself, "b@h").sentence == "cannot cluster node with itself: b@h");
  CHECK(refused(Reason::with_itself, "b@h").code == 70);
  CHECK(refused(Reason::app_must_stop).code == 64);
  CHECK(refused(Reason::app_must_run)
            .sentence.starts_with(
                "this command requires the 'rabbit' app to be running on the target node. Start it with"));
  CHECK(refused(Reason::not_a_cluster_node).sentence ==
        "{:not_a_cluster_node, 'The node selected is not in the cluster.'}");
  CHECK(refused(Reason::still_running, "c@h").sentence ==
        "RabbitMQ on node c@h must be stopped with 'warrenctl -n c@h stop_app' before it can be removed");
  CHECK(refused(Reason::other_cluster, "a@h", "b@h").sentence ==
        "{:inconsistent_cluster, 'Node a@h thinks it\\'s clustered with node b@h, but b@h disagrees'}");
}

TEST_CASE("a name that looks like a place for one does no harm") {
  CHECK(refused(Reason::still_running, "{node}").sentence.find("node {node} must") != std::string::npos);
}

TEST_CASE("what the catalog refuses has a code by what it is about") {
  using amqp::ReplyCode;
  CHECK(refused(broker::Refusal{ReplyCode::not_found, "User 'x' does not exist"}).code == 67);
  CHECK(refused(broker::Refusal{ReplyCode::not_allowed, "Virtual host 'v' does not exist"}).code == 65);
  CHECK(refused(broker::Refusal{ReplyCode::precondition_failed, "no"}).code == 69);
  CHECK(no_such_user("x").sentence == "User \"x\" does not exist");
  CHECK(no_such_vhost("v").code == 65);
}

TEST_CASE("what would be lost is told by number, node and list") {
  const Failure failure = would_lose("a@h", {Map{}.add("name", "q")});
  CHECK(failure.kind == "would_lose");
  CHECK(failure.code == 69);
  CHECK(failure.details.get<List>()->size() == 1);
  CHECK(failure.sentence == "this would destroy 1 durable queue(s) with their messages, which live on node a@h alone:");
}

}  // namespace warren::manage
