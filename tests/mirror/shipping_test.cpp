#include "mirror/shipping.hpp"

#include <doctest/doctest.h>

#include "tests/mirror/pair.hpp"

namespace warren::mirror::testing {
namespace {

using Sequences = std::vector<std::uint64_t>;

const broker::SetInSync* proposed(const Pair& pair) {
  return pair.proposals.empty() ? nullptr : std::get_if<broker::SetInSync>(&pair.proposals.back().command);
}

}  // namespace

TEST_CASE("a publisher is answered when this node and every copy of the set have the message") {
  Pair pair;
  pair.carry_all();
  pair.publish("a", 1);
  pair.carry_all();
  CHECK(pair.confirmed().empty());
  pair.journal_goes_on();
  pair.end_batch();
  CHECK(pair.confirmed() == Sequences{1});
  pair.publish("b", 2);
  pair.journal_goes_on();
  pair.end_batch();
  CHECK(pair.confirmed().empty());
  pair.carry_all();
  CHECK(pair.confirmed() == Sequences{2});
}

TEST_CASE("a copy of the set that is out of sight holds answers up until the group has put it out") {
  Pair pair;
  pair.carry_all();
  pair.lose_mail();
  pair.publish("a", 1);
  pair.journal_goes_on();
  pair.end_batch();
  CHECK(pair.confirmed().empty());
  pair.set_in_sync(false);
  CHECK(pair.confirmed() == Sequences{1});
}

TEST_CASE("a copy that is not in the set is not waited for, and is proposed when it has everything") {
  Pair pair(false);
  pair.publish("a", 1);
  pair.journal_goes_on();
  pair.end_batch();
  CHECK(pair.confirmed() == Sequences{1});
  CHECK(proposed(pair) == nullptr);
  pair.carry_all();
  REQUIRE(proposed(pair) != nullptr);
  CHECK(proposed(pair)->node == kCopy);
  CHECK(proposed(pair)->in_sync);
  CHECK(proposed(pair)->round == 1);
}

TEST_CASE("who was proposed is waited for, whatever the group will say") {
  Pair pair(false);
  pair.carry_all();
  REQUIRE(proposed(pair) != nullptr);
  pair.publish("a", 1);
  pair.lose_mail();
  pair.journal_goes_on();
  pair.end_batch();
  CHECK(pair.confirmed().empty());
}

TEST_CASE("a proposal for a round that is over is made anew") {
  Pair pair(false);
  pair.carry_all();
  pair.proposals.clear();
  pair.set_in_sync(false);
  REQUIRE(proposed(pair) != nullptr);
  CHECK(proposed(pair)->round == 2);
}

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
  CHECK(proposed(pair) != nullptr);
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

TEST_CASE("answers that nobody will give any more say that nobody knows") {
  Pair pair;
  pair.publish("a", 1);
  std::vector<broker::SessionMail> mail;
  pair.shipping.give_up(mail);
  REQUIRE(mail.size() == 1);
  CHECK(std::get<broker::Rejected>(mail.front().event).first == 1);
  CHECK_FALSE(pair.shipping.waits());
}

TEST_CASE("a queue that is deleted answers without its copies") {
  Pair pair;
  pair.publish("a", 1);
  std::vector<broker::SessionMail> mail;
  pair.shipping.let_go(mail);
  REQUIRE(mail.size() == 1);
  CHECK(std::holds_alternative<broker::Confirmed>(mail.front().event));
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
