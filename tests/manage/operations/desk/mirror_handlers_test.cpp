#include <doctest/doctest.h>

#include "manage/operations/questions/compared_copies.hpp"
#include "tests/manage/operations/desk/mirrored_rig.hpp"

namespace warren::manage::testing {
namespace {

Map transfer(std::string queue, std::string member) {
  return of_queue(std::move(queue)).add("member", std::move(member));
}

NeedRows asked_of_shards(const Rig& rig, std::string_view operation, const Map& arguments) {
  const Need needed = need(rig, operation, arguments);
  const auto* found = std::get_if<NeedRows>(&needed);
  REQUIRE(found != nullptr);
  return *found;
}

Rows outcome(QueueId queue, bool moved) {
  return {{"", Map{}.add(kMovedQueue, queue.value).add(kMovedTo, 2).add(kWasMoved, moved)}};
}

}  // namespace

TEST_CASE("copies are filled when some lack something, and left alone by who cancels") {
  MirroredRig rig;
  rig.declare_on(NodeId(1), "q");
  CHECK(value(rig, "sync_queue", of_queue("q")).is_null());
  rig.set_in_sync("q", false);
  CHECK(value(rig, "cancel_sync_queue", of_queue("q")) == Value("not_syncing"));
  const auto fill = proposal<broker::FillCopies>(rig, "sync_queue", of_queue("q"));
  CHECK(fill.on);
  rig.apply(fill);
  CHECK(json(value(rig, "sync_state", of_queue("q"))) ==
        R"([{"name":"q","node":"a@h","mirrors":1,"synchronised":0,"syncing":true}])");
  CHECK_FALSE(proposal<broker::FillCopies>(rig, "cancel_sync_queue", of_queue("q")).on);
}

TEST_CASE("only a mirrored queue that there is has copies") {
  MirroredRig rig;
  rig.declare_on(NodeId(1), "plain");
  for (const char* operation : {"sync_queue", "cancel_sync_queue", "sync_state"}) {
    CAPTURE(operation);
    CHECK(failure(rig, operation, of_queue("q")).sentence == "not_found");
    CHECK(failure(rig, operation, of_queue("q")).code == kUnavailable);
    CHECK(failure(rig, operation, of_queue("plain")).sentence == "not_mirrored");
    CHECK(failure(rig, operation, of_queue("q").add("vhost", "w")).kind == "no_such_vhost");
  }
}

TEST_CASE("nobody fills the copies of a queue whose node does not run") {
  MirroredRig rig;
  rig.declare_on(NodeId(1), "q");
  rig.set_in_sync("q", false);
  rig.apply(broker::NodeDown{NodeId(1), 7});
  CHECK(failure(rig, "sync_queue", of_queue("q")).kind == "queue_down");
}

TEST_CASE("a node that has the only complete copy of a queue is critical") {
  MirroredRig rig;
  rig.declare_on(NodeId(1), "q");
  rig.declare_on(NodeId(2), "q of b");
  rig.declare_on(NodeId(1), "plain");
  constexpr const char* kCheck = "check_if_node_is_mirror_sync_critical";
  CHECK(value(rig, kCheck, {}) ==
        Value("Node a@h reported no classic mirrored queues without online synchronised mirrors"));
  rig.set_in_sync("q of b", false);
  CHECK(value(rig, kCheck, {}).get<std::string>() != nullptr);
  rig.set_in_sync("q", false);
  const Failure critical = failure(rig, kCheck, {});
  CHECK(critical.code == kUnavailable);
  CHECK(critical.sentence ==
        "queue 'q' in vhost '/' would lose its only synchronised replica (master) if node a@h is stopped");
}

TEST_CASE("a queue is handed over by its owner") {
  MirroredRig rig;
  const QueueRef queue = rig.declare_on(NodeId(1), "q");
  const NeedRows needed = asked_of_shards(rig, "transfer_queue", transfer("q", "b@h"));
  CHECK(needed.question.subject == Subject::moves);
  REQUIRE(needed.question.moves.size() == 1);
  CHECK(needed.question.moves[0].queue == queue.id);
  CHECK(needed.question.moves[0].to == NodeId(2));
  const Need moved = needed.conclude(outcome(queue.id, true), needed.arguments, facts_of(rig));
  CHECK(**std::get_if<Answer>(&moved) == Value("queue 'q' in vhost '/' is owned by node b@h now"));
  const Need late = needed.conclude(outcome(queue.id, false), needed.arguments, facts_of(rig));
  CHECK(std::get<Answer>(late).error().code == kTemporary);
}

TEST_CASE("an owner that does not answer is passed over") {
  MirroredRig rig;
  const QueueRef queue = rig.declare_on(NodeId(1), "q");
  const NeedRows needed = asked_of_shards(rig, "transfer_queue", transfer("q", "b@h"));
  const Need next = needed.conclude({}, needed.arguments, facts_of(rig));
  const auto& propose = std::get<ProposeCommand>(std::get<NeedRegistrar>(next).request);
  const auto& command = std::get<broker::TransferQueue>(propose.command);
  CHECK(command.queue == queue.id);
  CHECK(command.epoch == queue.epoch);
  CHECK(command.to == NodeId(2));
}

TEST_CASE("the owner of a queue is asked to compare it, for as long as is said") {
  MirroredRig rig;
  const QueueRef queue = rig.declare_on(NodeId(1), "q");
  const NeedRows usual = asked_of_shards(rig, "verify_queue", of_queue("q"));
  CHECK(usual.question.subject == Subject::comparison);
  CHECK(usual.question.queue == queue.id);
  CHECK(usual.question.within_ms == 10'000);
  const NeedRows needed = asked_of_shards(rig, "verify_queue", of_queue("q").add("within", "60"));
  CHECK(needed.question.within_ms == 60'000);
  const Rows same = rows_of(ComparedCopies{1, 1, 7, {{NodeId(2), CopyVerdict::same, 1}}});
  const Need told = needed.conclude(same, needed.arguments, facts_of(rig));
  REQUIRE(std::get<Answer>(told).ok());
  CHECK(text_of(*std::get<Answer>(told)->get<Map>(), "message") ==
        "Queue 'q' in vhost '/' is the same on every node: 1 messages (digest 0000000000000007)");
  const Need silent = needed.conclude({}, needed.arguments, facts_of(rig));
  CHECK(std::get<Answer>(silent).error().code == kTemporary);
  rig.apply(broker::DeleteQueue{queue.id});
  const Need gone = needed.conclude(same, needed.arguments, facts_of(rig));
  CHECK(std::get<Answer>(gone).error().sentence == "not_found");
}

TEST_CASE("a queue that is not there, or whose node does not run, is not compared, and none for ever") {
  MirroredRig rig;
  rig.declare_on(NodeId(1), "q");
  CHECK(failure(rig, "verify_queue", of_queue("none")).sentence == "not_found");
  CHECK(failure(rig, "verify_queue", of_queue("q").add("vhost", "w")).kind == "no_such_vhost");
  for (const char* bad : {"0", "-1", "601", "1s", "x", " 1"})
    CHECK(failure(rig, "verify_queue", of_queue("q").add("within", bad)).code == kUsage);
  rig.set_in_sync("q", false);
  rig.apply(broker::NodeDown{NodeId(1), 7});
  CHECK(failure(rig, "verify_queue", of_queue("q")).kind == "queue_down");
}

TEST_CASE("a queue goes to no stranger, to no incomplete copy and to no node in maintenance") {
  MirroredRig rig;
  rig.declare_on(NodeId(1), "q");
  CHECK(failure(rig, "transfer_queue", transfer("q", "x@h")).kind == "not_a_cluster_node");
  CHECK(value(rig, "transfer_queue", transfer("q", "a@h")) ==
        Value("queue 'q' in vhost '/' is owned by node a@h already"));
  rig.apply(broker::SetDraining{NodeId(2), true});
  CHECK(failure(rig, "transfer_queue", transfer("q", "b@h")).kind == "draining");
  rig.set_in_sync("q", false);
  CHECK(failure(rig, "transfer_queue", transfer("q", "b@h")).kind == "not_synchronised");
}

}  // namespace warren::manage::testing
