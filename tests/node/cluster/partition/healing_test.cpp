#include "node/cluster/partition/healing.hpp"

#include <doctest/doctest.h>

namespace warren::healing_test {

using namespace warren::node;

namespace {

constexpr std::uint64_t kOne = 11;
constexpr std::uint64_t kOther = 22;

std::vector<Voice> split() {
  return {{NodeId(1), "a@h", kOne, true, 1, true, {}},
          {NodeId(2), "b@h", kOther, true, 1, true, {}},
          {NodeId(3), "c@h", kOther, true, 1, true, {}}};
}

}  // namespace

TEST_CASE("the side with more clients wins, of equal ones the larger, of equal ones that with the first name") {
  std::vector<Voice> voices = split();
  CHECK(winner_of(voices) == kOther);
  voices[0].connections = 3;
  CHECK(winner_of(voices) == kOne);
  voices[0].connections = 2;
  CHECK(winner_of(voices) == kOther);
  voices.pop_back();
  voices[0].connections = 1;
  CHECK(winner_of(voices) == kOne);
}

TEST_CASE("who has yet to find its place gives no weight to a side") {
  std::vector<Voice> voices = split();
  voices[1].settled = voices[2].settled = false;
  CHECK(winner_of(voices) == kOne);
}

TEST_CASE("the first of those who are heard decides, once all hear the same for a while, and nobody else does") {
  Healing first;
  Healing second;
  CHECK_FALSE(first.look(NodeId(1), split(), 0));
  CHECK_FALSE(second.look(NodeId(2), split(), 0));
  CHECK(first.look(NodeId(1), split(), Healing::kStableFor_ms) == kOther);
  CHECK_FALSE(second.look(NodeId(2), split(), Healing::kStableFor_ms));
}

TEST_CASE("nothing is decided while not all hear the same") {
  Healing healing;
  std::vector<Voice> voices = split();
  voices[2].unseen = {NodeId(1)};
  for (Instant now = 0; now < 5000; now += 100) CHECK_FALSE(healing.look(NodeId(1), voices, now));
  for (Voice& voice : voices) voice.unseen = {NodeId(4)};
  CHECK_FALSE(healing.look(NodeId(1), voices, 5000));
  CHECK(healing.look(NodeId(1), voices, 5000 + Healing::kStableFor_ms) == kOther);
}

TEST_CASE("what was decided stays so while a loser is left, whatever clients do") {
  Healing healing;
  std::vector<Voice> voices = split();
  (void)healing.look(NodeId(1), voices, 0);
  CHECK(healing.look(NodeId(1), voices, 1000) == kOther);
  voices[0].connections = 50;
  CHECK(healing.look(NodeId(1), voices, 1100) == kOther);
  voices[0].lineage = kOther;
  voices[0].parted = voices[1].parted = voices[2].parted = false;
  CHECK_FALSE(healing.look(NodeId(1), voices, 1200));
}

TEST_CASE("a winner that is gone is decided anew") {
  Healing healing;
  std::vector<Voice> voices = split();
  (void)healing.look(NodeId(1), voices, 0);
  CHECK(healing.look(NodeId(1), voices, 1000) == kOther);
  voices[1].lineage = 33;
  voices[2].lineage = 33;
  CHECK_FALSE(healing.look(NodeId(1), {voices[0]}, 1100));
  CHECK_FALSE(healing.look(NodeId(1), voices, 1200));
  CHECK(healing.look(NodeId(1), voices, 2200) == 33);
}

}  // namespace warren::healing_test
