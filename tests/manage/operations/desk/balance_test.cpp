#include "manage/operations/desk/balance.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "base/rng.hpp"
#include "manage/operations/words/limits.hpp"

namespace warren::manage {
namespace {

constexpr NodeId kA{1};
constexpr NodeId kB{2};
constexpr NodeId kC{3};

OwnedQueue queue(std::uint64_t id, NodeId owner, std::vector<NodeId> heirs, std::uint64_t messages = 0) {
  return {QueueId(id), owner, std::move(heirs), messages};
}

}  // namespace

TEST_CASE("the shortest queues go, to those who own the fewest") {
  const Balance plan = balance(
      {queue(1, kA, {kB, kC}, 30), queue(2, kA, {kB, kC}, 10), queue(3, kA, {kB, kC}, 20), queue(4, kB, {kA}, 0)},
      {kA, kB, kC});
  REQUIRE(plan.moves.size() == 1);
  CHECK(plan.moves[0].queue == QueueId(2));
  CHECK(plan.moves[0].to == kC);
  CHECK(plan.stuck.empty());
}

TEST_CASE("a queue without a complete copy elsewhere stays and is told") {
  const Balance plan = balance({queue(1, kA, {}), queue(2, kA, {}), queue(3, kA, {kB})}, {kA, kB, kC});
  REQUIRE(plan.moves.size() == 1);
  CHECK(plan.moves[0].queue == QueueId(3));
  CHECK(plan.stuck == std::vector{QueueId(1), QueueId(2)});
}

TEST_CASE("nodes that own their share keep it, and those that may own nothing get nothing") {
  CHECK(balance({queue(1, kA, {kB}), queue(2, kB, {kA})}, {kA, kB}).moves.empty());
  CHECK(balance({queue(1, kA, {kC}), queue(2, kA, {kC})}, {kA, kB}).moves.empty());
  CHECK(balance({}, {kA, kB}).moves.empty());
  CHECK(balance({queue(1, kA, {kB})}, {}).moves.empty());
}

TEST_CASE("a plan is bounded") {
  std::vector<OwnedQueue> queues;
  for (std::uint64_t i = 1; i <= 3 * limits::kMovesMax; ++i) queues.push_back(queue(i, kA, {kB}));
  CHECK(balance(std::move(queues), {kA, kB}).moves.size() == limits::kMovesMax);
}

TEST_CASE("no plan makes a node own more than its share, and every queue goes to an heir, once") {
  Rng rng(5);
  const std::vector<NodeId> nodes{kA, kB, kC};
  for (int round = 0; round < 500; ++round) {
    std::vector<OwnedQueue> queues;
    std::map<QueueId, OwnedQueue> by_id;
    const std::uint64_t count = 1 + rng.below(20);
    std::map<NodeId, std::size_t> owned;
    for (std::uint64_t i = 1; i <= count; ++i) {
      OwnedQueue one = queue(i, nodes[rng.below(3)], {}, rng.below(5));
      for (const NodeId node : nodes)
        if (node != one.owner && rng.one_in(2)) one.heirs.push_back(node);
      ++owned[one.owner];
      by_id[one.queue] = one;
      queues.push_back(std::move(one));
    }
    const std::map<NodeId, std::size_t> before = owned;
    for (const QueueMove& move : balance(std::move(queues), nodes).moves) {
      const auto at = by_id.find(move.queue);
      REQUIRE(at != by_id.end());
      CHECK(std::ranges::count(at->second.heirs, move.to) == 1);
      --owned[at->second.owner];
      ++owned[move.to];
      by_id.erase(at);
    }
    const std::size_t share = (count + 2) / 3;
    for (const auto& [node, number] : owned)
      CHECK(number <= std::max(share, before.contains(node) ? before.at(node) : 0));
  }
}

}  // namespace warren::manage
