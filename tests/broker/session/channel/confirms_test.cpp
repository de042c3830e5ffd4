#include "broker/session/channel/confirms.hpp"

#include <doctest/doctest.h>

#include <string>

#include "base/rng.hpp"

namespace warren::broker::session {

namespace {

// "3+ 5 6-": acks 3 multiple, 5, and a nack of 6.
std::string flushed(Confirms& confirms) {
  std::vector<ConfirmVerdict> verdicts;
  confirms.flush(verdicts);
  std::string text;
  for (const ConfirmVerdict& verdict : verdicts) {
    if (!text.empty()) text += ' ';
    text += std::to_string(verdict.tag) + (verdict.rejected ? "-" : "") + (verdict.multiple ? "+" : "");
  }
  return text;
}

Confirms with(int publishes, std::uint32_t queues = 1) {
  Confirms confirms;
  for (int i = 0; i < publishes; ++i) confirms.publish(queues);
  return confirms;
}

}  // namespace

TEST_CASE("sequence numbers begin with one") {
  Confirms confirms;
  CHECK(confirms.publish(1) == 1);
  CHECK(confirms.publish(1) == 2);
  CHECK(confirms.open() == 2);
}

TEST_CASE("a publish that goes nowhere is confirmed at once") {
  Confirms confirms;
  confirms.publish(0);
  CHECK(confirms.open() == 0);
  CHECK(flushed(confirms) == "1");
  CHECK(flushed(confirms).empty());
}

TEST_CASE("neighbours are confirmed with one multiple ack") {
  Confirms confirms = with(5);
  confirms.answer(1, 3, false);
  CHECK(flushed(confirms) == "3+");
  confirms.answer(4, 5, false);
  CHECK(flushed(confirms) == "5+");
}

TEST_CASE("what is complete beyond an open publish is confirmed one by one, and once") {
  Confirms confirms = with(5);
  confirms.answer(3, 4, false);
  CHECK(flushed(confirms) == "3 4");
  confirms.answer(1, 1, false);
  CHECK(flushed(confirms) == "1");
  confirms.answer(2, 2, false);
  CHECK(flushed(confirms) == "2");
  confirms.answer(5, 5, false);
  CHECK(flushed(confirms) == "5");
}

TEST_CASE("a publish to many queues waits for all of them") {
  Confirms confirms = with(2, 3);
  confirms.answer(1, 2, false);
  confirms.answer(1, 2, false);
  CHECK(flushed(confirms).empty());
  confirms.answer(2, 2, false);
  CHECK(flushed(confirms) == "2");
  CHECK(confirms.open() == 1);
  confirms.answer(1, 1, false);
  CHECK(flushed(confirms) == "1");
}

TEST_CASE("one queue that rejects is enough for a nack") {
  Confirms confirms = with(1, 2);
  confirms.answer(1, 1, true);
  confirms.answer(1, 1, false);
  CHECK(flushed(confirms) == "1-");
  CHECK(confirms.any_rejected());
}

TEST_CASE("a multiple never covers another outcome") {
  Confirms confirms = with(6);
  confirms.answer(1, 2, false);
  confirms.answer(3, 4, true);
  confirms.answer(5, 6, false);
  CHECK(flushed(confirms) == "2+ 4-+ 6+");
}

TEST_CASE("answers for numbers that are not open are ignored") {
  Confirms confirms = with(1);
  confirms.answer(1, 1, false);
  CHECK(flushed(confirms) == "1");
  confirms.answer(0, 5, false);
  CHECK(flushed(confirms).empty());
  CHECK(confirms.publish(1) == 2);
}

TEST_CASE("every publish is told exactly once, with its own outcome, whatever the order of answers") {
  Rng rng(7);
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t count = 1 + rng.below(40);
    Confirms confirms = with(static_cast<int>(count));
    std::vector<int> outcome(count + 1, 0), told(count + 1, 0);
    for (std::uint64_t open = count; open > 0;) {
      const std::uint64_t number = 1 + rng.below(count);
      if (outcome[number] == 0) {
        outcome[number] = rng.one_in(4) ? 2 : 1;
        confirms.answer(number, number, outcome[number] == 2);
        --open;
      }
      if (!rng.one_in(3) && open != 0) continue;
      std::vector<ConfirmVerdict> verdicts;
      confirms.flush(verdicts);
      for (const ConfirmVerdict& verdict : verdicts)
        for (std::uint64_t tag = verdict.multiple ? 1 : verdict.tag; tag <= verdict.tag; ++tag) {
          if (told[tag] != 0) continue;
          REQUIRE(outcome[tag] == (verdict.rejected ? 2 : 1));
          told[tag] = 1;
        }
    }
    for (std::uint64_t number = 1; number <= count; ++number) REQUIRE(told[number] == 1);
  }
}

TEST_CASE("what a lost node owed is rejected, what others owe is waited for") {
  Confirms confirms;
  confirms.publish(1);
  confirms.publish(2);
  confirms.owe(NodeId(2));
  confirms.publish(1);
  confirms.owe(NodeId(3));
  confirms.publish(1);
  confirms.owe(NodeId(2));
  confirms.lose(NodeId(2));
  CHECK(flushed(confirms) == "2- 4-");
  CHECK(confirms.open() == 2);
  // The other queue of the second publish answers late.
  confirms.answer(1, 2, false);
  CHECK(flushed(confirms) == "1");
  confirms.answer(3, 3, false);
  confirms.answer(4, 4, false);
  CHECK(flushed(confirms) == "3");
  CHECK(confirms.open() == 0);
}

TEST_CASE("what a node owes is handed on: either may answer, and the loss of either counts") {
  Confirms confirms;
  for (const std::uint32_t node : {2, 3, 2, 3}) {
    confirms.publish(1);
    confirms.owe(NodeId(node));
  }
  confirms.publish(1);
  confirms.hand_on(NodeId(2), NodeId(4));
  confirms.answer(1, 1, false);
  CHECK(flushed(confirms) == "1");
  SUBCASE("the new debtor is lost") {
    confirms.lose(NodeId(4));
    CHECK(flushed(confirms).find("3-") != std::string::npos);
    CHECK(confirms.open() >= 2);
  }
  SUBCASE("the former one is lost") {
    confirms.lose(NodeId(2));
    CHECK(flushed(confirms) == "3-");
  }
  SUBCASE("whoever owes nothing hands nothing on") {
    confirms.hand_on(NodeId(7), NodeId(8));
    confirms.lose(NodeId(8));
    CHECK(flushed(confirms).empty());
  }
  SUBCASE("what is owed here is handed on with all that is open") {
    confirms.hand_on({}, NodeId(8));
    confirms.lose(NodeId(8));
    CHECK(flushed(confirms) == "5-+");
    CHECK(confirms.open() == 0);
  }
}

TEST_CASE("what was handed on to a node is lost with its process, and what was sent to the node itself is not") {
  Confirms confirms;
  confirms.publish(1);
  confirms.owe(NodeId(2));
  confirms.hand_on(NodeId(2), NodeId(3));
  confirms.publish(1);
  confirms.owe(NodeId(3));
  confirms.lose_handed_on(NodeId(2));
  CHECK(confirms.open() == 2);
  confirms.lose_handed_on(NodeId(3));
  CHECK(flushed(confirms) == "1-");
  CHECK(confirms.open() == 1);
  confirms.answer(2, 2, false);
  CHECK(flushed(confirms) == "2");
}

TEST_CASE("debts that are handed on often stay one each") {
  Confirms confirms;
  confirms.publish(1);
  confirms.owe(NodeId(2));
  for (int i = 0; i < 10'000; ++i) {
    confirms.hand_on(NodeId(2), NodeId(3));
    confirms.hand_on(NodeId(3), NodeId(2));
  }
  confirms.publish(1);
  confirms.owe(NodeId(3));
  confirms.lose(NodeId(2));
  CHECK(flushed(confirms) == "1-");
  CHECK(confirms.open() == 1);
  confirms.lose(NodeId(3));
  CHECK(flushed(confirms) == "2-");
  CHECK(confirms.open() == 0);
}

TEST_CASE("a node that owes nothing any more takes nothing with it") {
  Confirms confirms;
  for (int i = 0; i < 100; ++i) {
    confirms.publish(1);
    confirms.owe(NodeId(i % 7 + 2));
  }
  confirms.answer(1, 99, false);
  for (std::uint32_t node = 2; node < 9; ++node)
    if (node != 99 % 7 + 2) confirms.lose(NodeId(node));
  CHECK(flushed(confirms) == "99+");
  confirms.lose(NodeId(99 % 7 + 2));
  CHECK(flushed(confirms) == "100-");
  // It came back, and is lost anew.
  confirms.publish(1);
  confirms.owe(NodeId(3));
  confirms.lose(NodeId(3));
  confirms.lose(NodeId(3));
  CHECK(flushed(confirms) == "101-");
}

TEST_CASE("a publish that does not reach all its queues is rejected once the others have it") {
  Confirms confirms;
  confirms.publish(0, true);
  confirms.publish(1, true);
  CHECK(flushed(confirms) == "1-");
  CHECK(confirms.any_rejected());
  confirms.answer(2, 2, false);
  CHECK(flushed(confirms) == "2-");
}

}  // namespace warren::broker::session
