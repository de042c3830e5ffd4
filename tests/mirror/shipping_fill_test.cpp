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

TEST_CASE("a copy of a queue in use gets what it lacks bit by bit, and of one at rest at once") {
  const auto filled_in_one_moment = [](bool in_use) {
    Pair pair(false);
    pair.lose_mail();
    for (std::uint64_t i = 1; i <= 4; ++i)
      pair.run(broker::Enqueue{broker::testing::message("large", 200'000), {}, {}, 0});
    pair.lose_mail();
    pair.now.instant_ms += 1000;
    if (in_use) pair.publish("new", 5);
    pair.carry_all();
    const bool all = pair.shipping.followers().front().state == Follower::State::whole;
    CHECK((all || pair.shipping.deadline() <= pair.now.instant_ms + 20));
    for (int i = 0; i < 50 && pair.shipping.followers().front().state != Follower::State::whole; ++i) {
      pair.now.instant_ms += 1;
      pair.end_batch();
      pair.carry_all();
    }
    CHECK(pair.same());
    CHECK(pair.shipping.followers().front().state == Follower::State::whole);
    return all;
  };
  CHECK(filled_in_one_moment(false));
  CHECK_FALSE(filled_in_one_moment(true));
}

}  // namespace warren::mirror::testing
