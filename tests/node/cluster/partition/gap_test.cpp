#include "node/cluster/partition/gap.hpp"

#include <doctest/doctest.h>

namespace warren::gap_test {

using namespace warren::node;
using Kinds = broker::NodeKind;

namespace {

// Node 1 hears 3, which says whom it does not hear; 2 is silent.
struct Seen {
  Seen() {
    step(cluster::ClusterMembers{{NodeId(1), NodeId(2), NodeId(3)}});
    for (int i = 0; i < 10; ++i) report({});
  }
  void report(std::vector<NodeId> third_sees_down) {
    now += 100;
    step(cluster::ObserverReport{NodeId(3), std::move(third_sees_down)});
    step(cluster::DetectorTick{});
  }
  void step(const cluster::DetectorInput& input) {
    cluster::DetectorEffects effects;
    detector.step(input, now, effects);
  }

  Instant now = 1000;
  cluster::FailureDetector detector{NodeId(1), {.heartbeat_ms = 100, .down_after_ms = 600}, 1000};
  std::vector<SeenMember> members{{NodeId(1), "a@h", Kinds::disc, true, false},
                                  {NodeId(2), "b@h", Kinds::disc, false, false},
                                  {NodeId(3), "c@h", Kinds::disc, true, false}};
};

}  // namespace

TEST_CASE("a node that a third hears is cut off, and not down") {
  Seen seen;
  const std::vector<Gap> gaps = find_gaps(NodeId(1), seen.members, seen.detector);
  REQUIRE(gaps.size() == 1);
  CHECK(gaps[0].node == NodeId(2));
  CHECK(gaps[0].witnesses == std::vector<NodeId>{NodeId(3)});
}

TEST_CASE("a node that nobody hears is down") {
  Seen seen;
  seen.report({NodeId(2)});
  CHECK(find_gaps(NodeId(1), seen.members, seen.detector).empty());
}

TEST_CASE("who went on without this node is no witness") {
  Seen seen;
  seen.members[2].estranged = true;
  CHECK(find_gaps(NodeId(1), seen.members, seen.detector).empty());
}

TEST_CASE("of two that do not hear each other one leaves, and it is a disc node") {
  std::vector<SeenMember> members{{NodeId(1), "a@h", Kinds::disc}, {NodeId(2), "b@h", Kinds::disc}};
  CHECK_FALSE(leaves(NodeId(1), {NodeId(2), {}}, members));
  CHECK(leaves(NodeId(2), {NodeId(1), {}}, members));
  members[1].kind = Kinds::ram;
  CHECK(leaves(NodeId(1), {NodeId(2), {}}, members));
  CHECK_FALSE(leaves(NodeId(2), {NodeId(1), {}}, members));
  members[0].kind = Kinds::ram;
  CHECK_FALSE(leaves(NodeId(1), {NodeId(2), {}}, members));
}

}  // namespace warren::gap_test
