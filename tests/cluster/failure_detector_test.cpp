#include "cluster/failure_detector.hpp"

#include <doctest/doctest.h>

namespace warren::failure_detector_test {

using namespace warren::cluster;

namespace {

const NodeId kNodeA(1), kNodeB(2), kNodeC(3);
const std::vector<NodeId> kAll = {kNodeA, kNodeB, kNodeC};

// Node A of three. The others are heard and report every 100 ms unless they are silent.
struct Watch {
  FailureDetector detector{kNodeA, {100, 1000}, 0};
  Instant now = 0;
  DetectorEffects seen;

  Watch() { step(ClusterMembers{kAll}); }
  void step(const DetectorInput& input) {
    DetectorEffects effects;
    detector.step(input, now, effects);
    seen.silent.insert(seen.silent.end(), effects.silent.begin(), effects.silent.end());
    seen.heard_again.insert(seen.heard_again.end(), effects.heard_again.begin(), effects.heard_again.end());
    seen.proposals.insert(seen.proposals.end(), effects.proposals.begin(), effects.proposals.end());
    seen.heartbeats = effects.heartbeats;
  }
  // B reports this about others, C too if it is not silent.
  void pass(Instant ms, bool c_speaks, const std::vector<NodeId>& b_sees_down) {
    for (const Instant end = now + ms; now < end;) {
      now += 100;
      step(ObserverReport{kNodeB, b_sees_down});
      if (c_speaks) step(ObserverReport{kNodeC, {}});
      step(DetectorTick{});
    }
  }
};

}  // namespace

TEST_CASE("a silent peer is subjectively down after a while, and not before") {
  Watch watch;
  watch.pass(1000, false, {});
  CHECK_FALSE(watch.detector.subjectively_down(kNodeC));
  watch.pass(100, false, {});
  CHECK(watch.detector.subjectively_down(kNodeC));
  CHECK(watch.seen.silent == std::vector<NodeId>{kNodeC});
  CHECK(watch.seen.proposals.empty());
}

TEST_CASE("a majority of observers makes it a proposal, repeated until the group has agreed") {
  Watch watch;
  watch.pass(1200, false, {});
  CHECK(watch.seen.proposals.empty());
  watch.pass(100, false, {kNodeC});
  REQUIRE(watch.seen.proposals.size() == 1);
  CHECK(watch.seen.proposals[0].node == kNodeC);
  CHECK(watch.seen.proposals[0].down);
  watch.pass(300, false, {kNodeC});
  CHECK(watch.seen.proposals.size() == 4);
  watch.step(AgreedState{kNodeC, true});
  watch.seen.proposals.clear();
  watch.pass(300, false, {kNodeC});
  CHECK(watch.seen.proposals.empty());
}

TEST_CASE("a node that is heard again is proposed to be up when a majority sees it, itself included") {
  Watch watch;
  watch.pass(1200, false, {kNodeC});
  watch.step(AgreedState{kNodeC, true});
  watch.seen.proposals.clear();
  watch.pass(100, true, {kNodeC});
  CHECK(watch.seen.heard_again == std::vector<NodeId>{kNodeC});
  REQUIRE(watch.seen.proposals.size() == 1);
  CHECK_FALSE(watch.seen.proposals[0].down);
}

TEST_CASE("a stall shorter than the bound causes nothing") {
  Watch watch;
  watch.pass(500, true, {});
  watch.pass(900, false, {});
  watch.pass(500, true, {});
  CHECK(watch.seen.silent.empty());
  CHECK(watch.seen.proposals.empty());
}

TEST_CASE("a node that was itself asleep does not hold it against others") {
  Watch watch;
  watch.pass(500, true, {});
  watch.now += 60'000;
  watch.step(DetectorTick{});
  CHECK(watch.seen.silent.empty());
  watch.pass(1100, false, {});
  CHECK(watch.seen.silent == std::vector<NodeId>{kNodeC});
}

TEST_CASE("a cut between two of three is no reason to call either down") {
  Watch watch;
  watch.pass(3000, true, {kNodeC});  // B does not see C, A does
  CHECK(watch.detector.sight(kNodeB, kNodeC) == Sight::down);
  CHECK(watch.detector.sight(kNodeC, kNodeB) == Sight::up);
  CHECK(watch.detector.observers_that_see_down(kNodeC) == 1);
  CHECK(matrix_text(watch.detector, kAll) == "1: 1 1 1\n2: 1 1 0\n3: 1 1 1\n");
  CHECK(watch.seen.proposals.empty());
}

TEST_CASE("old reports count for nothing") {
  Watch watch;
  watch.pass(200, true, {kNodeC});
  // B falls silent too: what it said about C must not make C down.
  for (int i = 0; i < 20; ++i) {
    watch.now += 100;
    watch.step(DetectorTick{});
  }
  CHECK(watch.detector.sight(kNodeB, kNodeC) == Sight::unknown);
  CHECK(watch.seen.silent.size() == 2);
  CHECK(watch.seen.proposals.empty());
}

TEST_CASE("heartbeats go to all members but this one, at their time") {
  Watch watch;
  watch.now = 100;
  watch.step(DetectorTick{});
  CHECK(watch.seen.heartbeats == std::vector<NodeId>{kNodeB, kNodeC});
  watch.now = 150;
  watch.step(DetectorTick{});
  CHECK(watch.seen.heartbeats.empty());
}

TEST_CASE("who is no member is not watched, and reports by or about strangers are dropped") {
  Watch watch;
  watch.step(ObserverReport{NodeId(9), {kNodeC}});
  watch.step(ObserverReport{kNodeB, {NodeId(9)}});
  CHECK(watch.detector.sight(NodeId(9), kNodeC) == Sight::unknown);
  CHECK(watch.detector.sight(kNodeB, NodeId(9)) == Sight::up);
  watch.step(ClusterMembers{{kNodeA, kNodeB}});
  watch.pass(3000, false, {});
  CHECK(watch.seen.silent.empty());
}

}  // namespace warren::failure_detector_test
