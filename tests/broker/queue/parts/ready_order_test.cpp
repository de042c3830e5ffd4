#include "broker/queue/parts/ready_order.hpp"

#include <doctest/doctest.h>

#include "base/rng.hpp"
#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::ready_order_test {

using namespace warren::broker;
using namespace warren::broker::testing;

namespace {

Queued queued(Position position, std::uint8_t priority = 0, Instant deadline = kNever, std::size_t body_bytes = 3) {
  return {message("k", body_bytes, {.priority = priority}), position, 0, deadline};
}

std::vector<Position> drain(ReadyOrder& order) {
  std::vector<Position> positions;
  while (!order.empty()) positions.push_back(order.pop().position);
  return positions;
}

using Positions = std::vector<Position>;

}  // namespace

TEST_CASE("what came back comes first, by position") {
  ReadyOrder order(std::nullopt);
  for (Position position = 1; position <= 6; ++position) order.push(queued(position));
  std::vector<Queued> out;
  for (int i = 0; i < 4; ++i) out.push_back(order.pop());
  for (const std::size_t i : {2u, 0u, 3u}) order.put_back(std::move(out[i]));
  CHECK(order.head().position == 1);
  CHECK(drain(order) == Positions{1, 3, 4, 5, 6});
}

TEST_CASE("a hundred thousand messages that come back in any order are sorted in good time") {
  ReadyOrder order(std::nullopt);
  std::vector<Queued> out;
  const MessageRef shared = message("k");
  for (Position position = 1; position <= 100'000; ++position) out.push_back({shared, position, 0, kNever});
  Rng rng(1);
  for (std::size_t i = out.size(); i > 1; --i) std::swap(out[i - 1], out[rng.below(i)]);
  for (Queued& one : out) order.put_back(std::move(one));
  Position expected = 0;
  while (!order.empty()) REQUIRE(order.pop().position == ++expected);
  CHECK(expected == 100'000);
}

TEST_CASE("levels are served from the highest") {
  ReadyOrder order(255);
  order.push(queued(1, 0));
  order.push(queued(2, 255));
  order.push(queued(3, 64));
  order.push(queued(4, 64));
  order.push(queued(5, 63));
  CHECK(drain(order) == Positions{2, 3, 4, 5, 1});
}

TEST_CASE("priorities above the maximum count as the maximum, and without one all are equal") {
  ReadyOrder capped(2);
  capped.push(queued(1, 2));
  capped.push(queued(2, 9));
  CHECK(drain(capped) == Positions{1, 2});
  ReadyOrder plain(std::nullopt);
  plain.push(queued(1, 0));
  plain.push(queued(2, 9));
  CHECK(drain(plain) == Positions{1, 2});
}

TEST_CASE("only heads expire, those of every level") {
  ReadyOrder order(3);
  order.push(queued(1, 0, 50));
  order.push(queued(2, 3, kNever));
  order.push(queued(3, 3, 10));
  CHECK(order.next_deadline() == 50);
  CHECK_FALSE(order.pop_expired(49));
  CHECK(+order.pop_expired(50)->position == 1);
  CHECK_FALSE(order.pop_expired(1000));
  CHECK(order.pop().position == 2);
  CHECK(order.next_deadline() == 10);
  CHECK(+order.pop_expired(1000)->position == 3);
  CHECK(order.next_deadline() == kNever);
}

TEST_CASE("counts and bytes follow every way in and out") {
  for (const std::optional<std::uint8_t> priorities : {std::optional<std::uint8_t>{}, std::optional<std::uint8_t>{4}}) {
    ReadyOrder order(priorities);
    for (Position position = 1; position <= 5; ++position) order.push(queued(position, position % 3, 10));
    CHECK(order.body_bytes() == 15);
    Queued out = order.pop();
    order.pop();
    order.pop_expired(10);
    CHECK(order.size() == 2);
    CHECK(order.body_bytes() == 6);
    order.put_back(std::move(out));
    CHECK(order.body_bytes() == 9);
    order.clear();
    CHECK(order.empty());
    CHECK(order.body_bytes() == 0);
    order.push(queued(9));
    CHECK(drain(order) == Positions{9});
  }
}

}  // namespace warren::ready_order_test
