#include "mirror/shipping.hpp"

#include <doctest/doctest.h>

#include "tests/mirror/pair.hpp"

namespace warren::mirror::testing {
namespace {

using Sequences = std::vector<std::uint64_t>;

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
  CHECK(pair.wish() == nullptr);
  pair.carry_all();
  REQUIRE(pair.wish() != nullptr);
  CHECK(pair.wish()->node == kCopy);
  CHECK(pair.wish()->in_sync);
  CHECK(pair.wish()->round == 1);
}

TEST_CASE("who was proposed is waited for, whatever the group will say") {
  Pair pair(false);
  pair.carry_all();
  REQUIRE(pair.wish() != nullptr);
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
  REQUIRE(pair.wish() != nullptr);
  CHECK(pair.wish()->round == 2);
}

TEST_CASE("a copy that may have gone and come again in a round that was not seen is asked anew what it has") {
  Pair pair(false);
  pair.publish("a", 1);
  pair.journal_goes_on();
  pair.carry_all();
  REQUIRE(pair.wish() != nullptr);
  pair.proposals.clear();
  // Its process is replaced, and the owner hears of its mail later: out of the mirrors and in again at once.
  pair.copy = std::make_unique<Copy>(QueueRef{QueueId(7), Epoch(1)}, 4, true);
  ++pair.definition.mirror_round;
  pair.set_in_sync(false);
  CHECK(pair.wish() == nullptr);
  pair.carry_all();
  CHECK(pair.same());
  REQUIRE(pair.wish() != nullptr);
  CHECK(pair.wish()->round == 3);
}

TEST_CASE(
    "a client has a message when the copy knows of it, whatever the disks do, and then it comes again with its mark") {
  Pair pair;
  pair.carry_all();
  pair.publish("a", 1);
  pair.carry_all();
  pair.get(false);
  CHECK(pair.with_client() == 0);
  pair.carry_to_copy();
  CHECK(pair.with_client() == 0);
  pair.carry_to_owner();
  CHECK(pair.with_client() == 1);
  CHECK(pair.confirmed().empty());
  const broker::QueueContents copied = pair.copy->surrender();
  REQUIRE(copied.messages.size() == 1);
  CHECK(copied.messages.front().redelivered == 1);
}

TEST_CASE("clients are told at once what follows from nothing that copies have not heard of, and in order") {
  Pair pair;
  pair.carry_all();
  pair.run(broker::Inspect{broker::testing::kReader, broker::testing::kChannel});
  REQUIRE(pair.mail.size() == 1);
  pair.mail.clear();
  pair.publish("a", 1);
  pair.get(false);
  pair.run(broker::Inspect{broker::testing::kReader, broker::testing::kChannel});
  CHECK(pair.mail.empty());
  pair.carry_all();
  CHECK(pair.with_client() == 1);
  CHECK(pair.mail.size() == 1);
}

TEST_CASE("clients do not wait for ever for a group that cannot put a lost copy out") {
  Pair pair;
  pair.carry_all();
  pair.publish("a", 1);
  pair.carry_all();
  pair.lose_mail();
  pair.get(false);
  const Instant began_ms = pair.now.instant_ms;
  pair.now.instant_ms = began_ms + 5000;
  CHECK(pair.shipping.deadline() == pair.now.instant_ms);
  pair.end_batch();
  REQUIRE(pair.wish() != nullptr);
  CHECK_FALSE(pair.wish()->in_sync);
  CHECK(pair.with_client() == 0);
  pair.now.instant_ms = began_ms + 10'000;
  pair.end_batch();
  CHECK(pair.with_client() == 1);
}

TEST_CASE("nothing is told to clients whose node is gone") {
  Pair pair;
  pair.carry_all();
  pair.publish("a", 1);
  pair.get(false);
  pair.shipping.forget_sessions(broker::testing::kReader.node);
  pair.journal_goes_on();
  pair.end_batch();
  pair.carry_all();
  CHECK(pair.with_client() == 0);
  CHECK(pair.confirmed().empty());
  CHECK_FALSE(pair.shipping.waits());
}

TEST_CASE("what was not delivered yet is left to the next owner") {
  Pair pair;
  pair.carry_all();
  pair.publish("a", 1);
  pair.get(false);
  std::vector<broker::SessionMail> mail;
  pair.shipping.give_up(mail);
  REQUIRE(mail.size() == 1);
  CHECK(std::holds_alternative<broker::Rejected>(mail.front().event));
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

}  // namespace warren::mirror::testing
