#include <doctest/doctest.h>

#include "tests/manage/operations/desk/mirrored_rig.hpp"

namespace warren::manage::testing {
namespace {

Map type(std::string name) { return Map{}.add("type", std::move(name)); }

NeedRows rows_of(const Need& need) {
  const auto* rows = std::get_if<NeedRows>(&need);
  REQUIRE(rows != nullptr);
  return *rows;
}

Need conclude(const Rig& rig, const NeedRows& need, const Rows& rows) {
  return need.conclude(rows, need.arguments, facts_of(rig));
}

std::string answer(const Need& need) { return json(**std::get_if<Answer>(&need)); }

Row length(std::string name, int messages) {
  return {"", Map{}.add("name", std::move(name)).add("vhost", "/").add("messages", messages)};
}

}  // namespace

TEST_CASE("the shortest queue of the node that owns most is handed over, and it is told what was") {
  MirroredRig rig;
  const QueueRef shorter = rig.declare_on(NodeId(1), "q1");
  rig.declare_on(NodeId(1), "q2");
  const NeedRows lengths = rows_of(need(rig, "rebalance", type("all")));
  CHECK(lengths.question.subject == Subject::queues);
  CHECK(lengths.question.vhost.empty());
  const NeedRows moves = rows_of(conclude(rig, lengths, {length("q1", 3), length("q2", 5)}));
  REQUIRE(moves.question.moves.size() == 1);
  CHECK(moves.question.moves[0].queue == shorter.id);
  CHECK(moves.question.moves[0].to == NodeId(2));
  const Rows done{{"", Map{}.add(kMovedQueue, shorter.id.value).add(kMovedTo, 2).add(kWasMoved, true)}};
  CHECK(answer(conclude(rig, moves, done)) ==
        R"({"moved":[{"name":"q1","vhost":"/","moved to":"b@h"}],"nodes":[)"
        R"({"Node name":"a@h","Number of quorum queues":0,"Number of replicated classic queues":1},)"
        R"({"Node name":"b@h","Number of quorum queues":0,"Number of replicated classic queues":1}]})");
  CHECK(
      answer(conclude(rig, moves, {}))
          .starts_with(R"({"left":[{"name":"q1","vhost":"/","not moved, because":"it was not handed over in time"}])"));
}

TEST_CASE("W4: queues are moved through complete copies only") {
  MirroredRig rig;
  rig.declare_on(NodeId(1), "q1");
  rig.declare_on(NodeId(1), "q2");
  for (const char* name : {"q1", "q2"}) rig.set_in_sync(name, false);
  const Need next = conclude(rig, rows_of(need(rig, "rebalance", type("classic"))), {});
  CHECK(answer(next).starts_with(
      R"({"left":[{"name":"q1","vhost":"/","not moved, because":"no node with fewer queues has a complete copy"},)"));
}

TEST_CASE("only queues of those names are looked at") {
  MirroredRig rig;
  rig.declare_on(NodeId(1), "q1");
  rig.declare_on(NodeId(1), "q2");
  const NeedRows lengths = rows_of(need(rig, "rebalance", type("all").add("queue_pattern", "1$")));
  CHECK(answer(conclude(rig, lengths, {})).starts_with(R"({"nodes":[{"Node name":"a@h")"));
  const NeedRows elsewhere = rows_of(need(rig, "rebalance", type("all").add("vhost_pattern", "^w")));
  CHECK(answer(conclude(rig, elsewhere, {})).find(R"("Number of replicated classic queues":0)") != std::string::npos);
  CHECK(failure(rig, "rebalance", type("all").add("queue_pattern", "(")).kind == "invalid_regexp");
}

TEST_CASE("there are only classic queues") {
  const MirroredRig rig;
  CHECK(failure(rig, "rebalance", type("bogus")).sentence == "type bogus is not supported. Try one of all, classic.");
  CHECK(failure(rig, "rebalance", type("quorum")).code == kUnavailable);
}

}  // namespace warren::manage::testing
