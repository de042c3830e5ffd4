#include "node/cluster/partition/sides.hpp"

#include <doctest/doctest.h>

namespace warren::sides_test {

using namespace warren::node;

namespace {

const Lineage kRoot{1, {}, ""};
const Lineage kOfA{10, {1}, "a@h"};
const Lineage kOfB{20, {1}, "b@h"};
using What = SideDecision::What;

Standing standing_of(const Lineage& lineage, bool settled = true) {
  Standing standing;
  describe(lineage, standing);
  standing.settled = settled;
  standing.admitted = true;
  standing.last = {1, 10};
  return standing;
}

// Node 1 of three disc nodes.
struct One {
  Sides sides{0};
  OwnStanding own{NodeId(1), kRoot};
  Instant now = 0;

  One() {
    sides.members({NodeId(2), NodeId(3)}, {NodeId(2), NodeId(3)});
    own.settled = own.may_take_over = true;
    own.last = {1, 10};
  }
  void hear(std::uint32_t from, Standing standing) {
    standing.echo = static_cast<std::uint64_t>(now);
    sides.heard(NodeId(from), std::move(standing), own.lineage, now);
  }
  SideDecision look(Instant at) { return sides.look(own, now = at); }
};

}  // namespace

TEST_CASE("two that served with different logs and had lost sight of each other are parted, until one follows") {
  One one;
  one.hear(2, standing_of(kRoot));
  CHECK(one.look(100).began.empty());
  one.sides.silent(NodeId(2), one.now);
  one.now = 2000;
  one.hear(2, standing_of(kOfB));
  CHECK(one.look(2000).began == std::vector<NodeId>{NodeId(2)});
  CHECK(one.sides.parted(NodeId(2)));
  CHECK(one.look(2100).what == What::none);
  one.now = 2200;
  one.hear(2, standing_of(kRoot, false));
  CHECK(one.look(2200).ended == std::vector<NodeId>{NodeId(2)});
  CHECK_FALSE(one.sides.parted(NodeId(2)));
}

TEST_CASE("a log that both share parts nobody, however long they were silent") {
  One one;
  one.sides.silent(NodeId(2), one.now);
  one.now = 60'000;
  one.hear(2, standing_of(kRoot));
  CHECK(one.look(60'000).began.empty());
}

TEST_CASE("what was said before a cut and comes behind it is no news") {
  One one;
  one.hear(2, standing_of(kRoot));
  one.sides.silent(NodeId(2), 1000);
  one.now = 2000;
  Standing late = standing_of(kRoot);
  late.stamp = 77;
  late.echo = 999;
  one.sides.heard(NodeId(2), late, one.own.lineage, 2000);
  CHECK(one.sides.stamp(NodeId(2)) == 77);
  CHECK(one.sides.standing(NodeId(2), 2000) == nullptr);
  one.hear(2, standing_of(kOfB));
  CHECK(one.look(2000).began == std::vector<NodeId>{NodeId(2)});
}

TEST_CASE("who says that it is parted is believed") {
  One one;
  one.hear(2, standing_of(kRoot));
  Standing standing = standing_of(kOfB);
  standing.parted = {{NodeId(1)}};
  one.hear(2, standing);
  CHECK(one.look(100).began == std::vector<NodeId>{NodeId(2)});
}

TEST_CASE("a node follows one of its own side that went on first, and of two that did the one whose name comes first") {
  One one;
  one.hear(2, standing_of(kRoot));
  one.hear(2, standing_of(kOfB));
  const SideDecision first = one.look(100);
  CHECK(first.what == What::follow);
  CHECK(first.lineage.id == kOfB.id);
  one.own.lineage = kOfA;
  CHECK(one.look(200).what == What::none);
}

TEST_CASE("without a majority a disc node goes on, the one with the longest log first") {
  One one;
  one.own.majority_lost = true;
  CHECK(one.look(0).what == What::none);
  CHECK(one.look(Sides::kTakeoverAfter_ms).what == What::take_over);
  One late;
  Standing ahead = standing_of(kRoot);
  ahead.last = {1, 11};
  late.own.majority_lost = true;
  for (Instant at = 0; at < Sides::kTakeoverAfter_ms + Sides::kTurn_ms; at += 100) {
    late.now = at;
    late.hear(2, ahead);
    CHECK(late.look(at).what == What::none);
  }
  CHECK(late.look(Sides::kTakeoverAfter_ms + Sides::kTurn_ms).what == What::take_over);
}

TEST_CASE("a majority that cannot agree goes on after a while, and one that may not never does") {
  One one;
  one.own.leaderless = true;
  CHECK(one.look(0).what == What::none);
  CHECK(one.look(Sides::kLeaderlessFor_ms - 1).what == What::none);
  CHECK(one.look(Sides::kLeaderlessFor_ms).what == What::take_over);
  One ram;
  ram.own.leaderless = ram.own.majority_lost = true;
  ram.own.may_take_over = false;
  CHECK(ram.look(0).what == What::none);
  CHECK(ram.look(60'000).what == What::none);
}

TEST_CASE("a node that starts looks around, and follows those who serve") {
  One one;
  one.own.settled = false;
  one.own.lineage = kOfA;
  CHECK(one.look(0).what == What::none);
  CHECK(one.sides.waits());
  one.now = 500;
  one.hear(2, standing_of(kRoot));
  CHECK(one.look(500).what == What::none);
  one.now = 1000;
  one.hear(2, standing_of(kRoot));
  const SideDecision decision = one.look(Sides::kLookAround_ms);
  CHECK(decision.what == What::follow);
  CHECK(decision.lineage.id == kRoot.id);
  CHECK(one.sides.waits());
}

TEST_CASE("a node that starts stays with those who serve with its own log") {
  One one;
  one.own.settled = false;
  one.hear(2, standing_of(kOfB));
  one.hear(3, standing_of(kRoot));
  CHECK(one.look(100).what == What::none);
  CHECK_FALSE(one.sides.waits());
}

TEST_CASE("a node that starts and finds nobody who serves goes on with what it has") {
  One one;
  one.own.settled = false;
  CHECK(one.look(900).what == What::none);
  CHECK(one.sides.waits());
  CHECK(one.look(1000).what == What::none);
  CHECK_FALSE(one.sides.waits());
}

TEST_CASE("of nodes that start together all come to the youngest log") {
  One one;
  one.own.settled = false;
  one.now = 900;
  one.hear(2, standing_of(kOfA, false));
  one.hear(3, standing_of(kOfB, false));
  const SideDecision decision = one.look(900);
  CHECK(decision.what == What::follow);
  CHECK(decision.lineage.id == kOfA.id);
}

TEST_CASE("a node that pauses follows who went on as it had to, and never takes over") {
  One one;
  one.own.settled = false;
  one.own.paused = true;
  one.own.majority_lost = true;
  CHECK(one.look(100).what == What::none);
  CHECK(one.look(9000).what == What::none);
  one.hear(2, standing_of(kOfB));
  CHECK(one.look(9000).what == What::follow);
}

TEST_CASE("a node that gave in to one that is gone goes on alone") {
  One one;
  one.own.settled = false;
  one.own.gave_in = true;
  one.own.lineage = kOfB;
  one.hear(2, standing_of(kOfB));
  CHECK(one.look(100).what == What::none);
  one.sides.silent(NodeId(2), one.now);
  CHECK(one.look(200).what == What::none);
  CHECK(one.look(200 + Sides::kLeaderlessFor_ms).what == What::take_over);
}

TEST_CASE("a node without a vote is counted for a while, and then no more") {
  One one;
  Standing standing = standing_of(kRoot);
  standing.admitted = false;
  CHECK_FALSE(one.sides.shares(NodeId(2), kRoot.id, 0).has_value());
  one.hear(2, standing);
  CHECK(one.sides.shares(NodeId(2), kRoot.id, 100) == true);
  CHECK(one.sides.shares(NodeId(2), kOfA.id, 100) == false);
  CHECK(one.sides.shares(NodeId(2), kRoot.id, Sides::kAdmittedWithin_ms) == false);
}

TEST_CASE("what a node said counts for a while, and a log is served by who is settled there") {
  One one;
  one.hear(2, standing_of(kOfB));
  one.hear(3, standing_of(kOfA, false));
  CHECK(one.sides.standing(NodeId(2), 500) != nullptr);
  CHECK(one.sides.served(kOfB.id, 500)->founder == "b@h");
  CHECK_FALSE(one.sides.served(kOfA.id, 500).has_value());
  CHECK(one.sides.standing(NodeId(2), Sides::kFresh_ms) == nullptr);
  CHECK_FALSE(one.sides.served(kOfB.id, Sides::kFresh_ms).has_value());
}

}  // namespace warren::sides_test
