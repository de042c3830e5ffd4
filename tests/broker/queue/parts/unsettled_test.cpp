#include "broker/queue/parts/unsettled.hpp"

#include <doctest/doctest.h>

#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::unsettled_test {

using namespace warren::broker;
using namespace warren::broker::testing;

namespace {

const Holder kMine{kReader, kChannel};
const Holder kTheirs{kReader, {1, 2}};

void hold(Unsettled& unsettled, Position position, const Holder& holder = kMine) {
  unsettled.hold({{message("k"), position, 0, kNever}, {}, holder});
}

std::vector<Position> take(Unsettled& unsettled, Position first, Position last, const Holder& holder = kMine) {
  std::vector<Position> positions;
  unsettled.take(first, last, holder, [&](UnsettledDelivery&& one) { positions.push_back(one.queued.position); });
  return positions;
}

using Positions = std::vector<Position>;

}  // namespace

TEST_CASE("a range is taken by position, bounds included, across pages") {
  Unsettled unsettled;
  for (const Position position : {31, 32, 33, 63, 64, 65, 96}) hold(unsettled, position);
  CHECK(take(unsettled, 32, 64) == Positions{32, 33, 63, 64});
  CHECK(take(unsettled, 32, 64).empty());
  CHECK(take(unsettled, 0, 1000) == Positions{31, 65, 96});
  CHECK(unsettled.size() == 0);
  CHECK(unsettled.heap_bytes() == 0);
}

TEST_CASE("what others hold is left alone") {
  Unsettled unsettled;
  for (Position position = 1; position <= 10; ++position)
    hold(unsettled, position, position % 2 == 0 ? kMine : kTheirs);
  CHECK(take(unsettled, 1, 5) == Positions{2, 4});
  CHECK(take(unsettled, 1, 4, kTheirs) == Positions{1, 3});
  CHECK(unsettled.size() == 6);
}

TEST_CASE("a range that is far wider than what is held costs no more than what is held") {
  Unsettled unsettled;
  hold(unsettled, 5'000'000'000'000);
  hold(unsettled, 3);
  hold(unsettled, 70'000'000);
  CHECK(take(unsettled, 0, ~Position{0}) == Positions{3, 70'000'000, 5'000'000'000'000});
  CHECK(take(unsettled, 0, ~Position{0}).empty());
  CHECK(take(unsettled, 9, 3).empty());
}

TEST_CASE("taking the oldest of many neighbours does not slow down with their number") {
  Unsettled unsettled;
  const MessageRef shared = message("k");
  constexpr Position kMany = 300'000;
  for (Position position = 1; position <= kMany; ++position) unsettled.hold({{shared, position, 0, kNever}, {}, kMine});
  for (Position position = 1; position <= kMany; ++position) REQUIRE(take(unsettled, position, position).size() == 1);
  CHECK(unsettled.size() == 0);
}

TEST_CASE("messages are given back when they are taken or forgotten") {
  const MessageRef one = message("k");
  {
    Unsettled unsettled;
    unsettled.hold({{one, 1, 0, kNever}, {}, kMine});
    unsettled.hold({{one, 2, 0, kNever}, {}, kMine});
    take(unsettled, 1, 1);
    unsettled.clear();
    CHECK(unsettled.size() == 0);
    unsettled.hold({{one, 2, 0, kNever}, {}, kMine});
  }
  CHECK(one->routing_key() == "k");  // the address sanitizer sees the rest
}

TEST_CASE("all that sessions of one node hold is taken, by position") {
  Unsettled unsettled;
  const Holder far{{SessionId(9), NodeId(2), 3}, {1, 1}};
  for (const Position position : {500, 3, 40}) hold(unsettled, position, far);
  hold(unsettled, 4);
  Positions positions;
  unsettled.take_all_of(NodeId(2), [&](UnsettledDelivery&& one) { positions.push_back(one.queued.position); });
  CHECK(positions == Positions{3, 40, 500});
  CHECK(unsettled.size() == 1);
}

}  // namespace warren::unsettled_test
