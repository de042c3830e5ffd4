#include <doctest/doctest.h>

#include "tests/mirror/pair.hpp"

namespace warren::mirror::testing {

TEST_CASE("a first copy gets old messages when the policy says so, or an operator") {
  Pair pair(false, false);
  pair.publish("old", 1);
  pair.lose_mail();
  pair.carry_all();
  CHECK(pair.shipping.followers().front().state == Follower::State::lacking);
  CHECK_FALSE(pair.shipping.filling().has_value());
  pair.publish("new", 2);
  pair.carry_all();
  CHECK(pair.copy->live().count() == 1);
  pair.definition.filling = true;
  pair.shipping.follow(pair.definition, false);
  CHECK(pair.shipping.filling() == 0u);
  pair.end_batch();
  CHECK(pair.shipping.filling() == 1u);
  pair.carry_all();
  CHECK_FALSE(pair.shipping.filling().has_value());
  CHECK(pair.same());
  CHECK(pair.wish() != nullptr);
}

TEST_CASE("a first copy has everything once nothing old is left") {
  Pair pair(false, false);
  pair.publish("old", 1);
  pair.lose_mail();
  pair.carry_all();
  pair.get(true);
  pair.carry_all();
  CHECK(pair.shipping.followers().front().state == Follower::State::whole);
}

TEST_CASE("only what a copy lacks travels") {
  Pair pair;
  for (std::uint64_t i = 1; i <= 100; ++i) pair.publish("m", i);
  pair.carry_all();
  pair.lose_mail();
  pair.to_copy.clear();
  pair.shipping.peer_lost(kCopy);
  for (std::uint64_t i = 101; i <= 103; ++i) pair.publish("m", i);
  pair.lose_mail();
  pair.carry_all();
  CHECK(pair.same());
  CHECK(pair.shipping.followers().front().filled == 3);
}

}  // namespace warren::mirror::testing
