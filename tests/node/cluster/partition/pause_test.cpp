#include "node/cluster/partition/pause.hpp"

#include <doctest/doctest.h>

namespace warren::pause_test {

using namespace warren::node;

namespace {

std::vector<SeenMember> members_that_are(const std::vector<bool>& seen) {
  std::vector<SeenMember> members;
  for (std::uint32_t number = 1; number <= seen.size(); ++number)
    members.push_back({NodeId(number), "n" + std::to_string(number), broker::NodeKind::disc, seen[number - 1], false});
  return members;
}

const PartitionHandling kMinority{PartitionMode::pause_minority};

}  // namespace

TEST_CASE("half of the members is no majority, and of two nodes both pause") {
  CHECK(PauseRule().look(kMinority, members_that_are({true, false}), false, 0));
  CHECK(PauseRule().look(kMinority, members_that_are({true, true, false, false}), false, 0));
  CHECK_FALSE(PauseRule().look(kMinority, members_that_are({true, true, false}), false, 0));
  CHECK_FALSE(PauseRule().look(kMinority, members_that_are({true}), false, 0));
}

TEST_CASE("a pause ends when the majority has been back for a moment") {
  PauseRule rule;
  CHECK(rule.look(kMinority, members_that_are({true, false, false}), false, 0));
  CHECK(rule.look(kMinority, members_that_are({true, true, false}), false, 100));
  CHECK(rule.look(kMinority, members_that_are({true, false, false}), false, 200));
  CHECK(rule.look(kMinority, members_that_are({true, true, false}), false, 300));
  CHECK_FALSE(rule.look(kMinority, members_that_are({true, true, false}), false, 300 + PauseRule::kBackFor_ms));
}

TEST_CASE("a partial partition that lasts pauses a node until all are back, a majority is not enough") {
  PauseRule rule;
  const std::vector<SeenMember> majority = members_that_are({true, true, false});
  CHECK_FALSE(rule.look(kMinority, majority, true, 0));
  CHECK_FALSE(rule.look(kMinority, majority, false, 500));
  CHECK_FALSE(rule.look(kMinority, majority, true, 600));
  CHECK(rule.look(kMinority, majority, true, 600 + PauseRule::kGapFor_ms));
  CHECK(rule.look(kMinority, majority, false, 5000));
  CHECK(rule.look(kMinority, members_that_are({true, true, true}), false, 6000));
  CHECK_FALSE(rule.look(kMinority, members_that_are({true, true, true}), false, 6000 + PauseRule::kBackFor_ms));
}

TEST_CASE("who hears one of the listed nodes goes on, be it itself") {
  const PartitionHandling handling{PartitionMode::pause_if_all_down, {"n1", "n2"}, false};
  CHECK_FALSE(PauseRule().look(handling, members_that_are({true, false, false}), false, 0));
  CHECK_FALSE(PauseRule().look(handling, members_that_are({false, true, true}), false, 0));
  CHECK(PauseRule().look(handling, members_that_are({false, false, true, true, true}), false, 0));
  CHECK_FALSE(PauseRule().look(handling, members_that_are({true, false, false}), true, 5000));
}

TEST_CASE("a list without members pauses nobody, and neither does another mode") {
  const std::vector<SeenMember> alone = members_that_are({true, false, false});
  CHECK_FALSE(PauseRule().look({PartitionMode::pause_if_all_down, {}, false}, alone, false, 0));
  CHECK_FALSE(PauseRule().look({PartitionMode::pause_if_all_down, {"n7"}, false}, alone, false, 0));
  for (const PartitionMode mode : {PartitionMode::automatic, PartitionMode::ignore, PartitionMode::autoheal})
    CHECK_FALSE(PauseRule().look({mode}, alone, true, 5000));
}

}  // namespace warren::pause_test
