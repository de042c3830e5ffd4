#include "mirror/comparison.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "tests/mirror/pair.hpp"

namespace warren::mirror::testing {
namespace {

using Fault = Comparison::Fault;
using Verdict = Comparison::Verdict;

const Comparison::Party& party(const Comparison& comparison) {
  REQUIRE(comparison.parties().size() == 1);
  return comparison.parties().front();
}

// Messages "m1" and so on.
void publish(Pair& pair, int count) {
  for (int number = 1; number <= count; ++number) pair.publish("m" + std::to_string(number), 0);
}

// What the owner ships next does not come to the copy as it was sent: its records are others, or none.
void spoil_next_shipment(Pair& pair, const std::optional<std::string>& key = std::nullopt) {
  REQUIRE_FALSE(pair.to_copy.empty());
  auto& shipment = std::get<Shipment>(pair.to_copy.back().content);
  REQUIRE(shipment.records != nullptr);
  std::string records(shipment.records->view());
  shipment.records.reset();
  if (!key) return;
  const std::size_t at = records.find(*key);
  REQUIRE(at != std::string::npos);
  records[at] = '?';
  auto spoiled = std::make_shared<ByteBuffer>();
  spoiled->append(records);
  shipment.records = std::move(spoiled);
}

// One deed at random.
void work(Pair& pair, Rng& rng, std::uint64_t& sequence) {
  switch (rng.below(10)) {
    case 0:
    case 1:
    case 2:
      ++sequence;
      return pair.publish("m" + std::to_string(sequence), 0, rng.below(4) != 0,
                          static_cast<std::uint8_t>(rng.below(4)));
    case 3: return pair.get(true);
    case 4: return pair.get(false);
    case 5: return rng.below(4) == 0 ? pair.settle_all() : pair.get(true);
    case 6: return pair.page_out_owner();
    case 7: return pair.page_out_copy();
    case 8:
      while (rng.below(4) != 0 && pair.carry_to_copy()) {}
      return;
    default:
      while (rng.below(4) != 0 && pair.carry_to_owner()) {}
  }
}

}  // namespace

TEST_CASE("a copy is never found to differ while messages come and go") {
  int same = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    Pair pair;
    std::uint64_t sequence = 0;
    for (int step = 0; step < 200; ++step) {
      work(pair, rng, sequence);
      if (rng.below(80) == 0) pair.lose_mail();
      if (pair.comparison == nullptr || pair.comparison->ended()) {
        if (pair.comparison != nullptr) {
          CHECK(party(*pair.comparison).verdict != Verdict::differs);
          same += party(*pair.comparison).verdict == Verdict::same ? 1 : 0;
        }
        if (rng.below(8) == 0) pair.begin_comparison();
      }
    }
    pair.comparison.reset();
    pair.carry_all();
    const Comparison& last = pair.compared();
    CHECK(party(last).verdict == Verdict::same);
    CHECK(last.messages() == pair.queue.live().count());
    CHECK(last.weighed() == last.messages());
    CHECK(party(last).weighed == last.messages());
  }
  CHECK(same > 200);
}

TEST_CASE("the first message that a copy lacks is named, whatever comes after it") {
  Pair pair;
  pair.carry_all();
  publish(pair, 3);
  pair.carry_all();
  pair.publish("lost", 0);
  spoil_next_shipment(pair);
  publish(pair, 2);
  pair.carry_all();
  const Comparison& comparison = pair.compared();
  REQUIRE(party(comparison).verdict == Verdict::differs);
  CHECK(party(comparison).difference->fault == Fault::missing);
  CHECK(party(comparison).difference->position == 4);
  CHECK(party(comparison).difference->place == 4);
  CHECK(comparison.messages() == 6);
}

TEST_CASE("the last message that a copy lacks is named") {
  Pair pair;
  pair.carry_all();
  pair.publish("kept", 0);
  pair.publish("lost", 0);
  spoil_next_shipment(pair);
  pair.carry_all();
  const Comparison& comparison = pair.compared();
  REQUIRE(party(comparison).verdict == Verdict::differs);
  CHECK(party(comparison).difference->fault == Fault::missing);
  CHECK(party(comparison).difference->position == 2);
}

TEST_CASE("a message that the copy alone still has is named, before the others and behind them") {
  for (const bool all : {false, true}) {
    Pair pair;
    publish(pair, 2);
    pair.carry_all();
    for (int settled = 0; settled < (all ? 2 : 1); ++settled) {
      pair.get(false);
      pair.carry_all();
      pair.settle_all();
      spoil_next_shipment(pair);
    }
    pair.carry_all();
    const Comparison& comparison = pair.compared();
    REQUIRE(party(comparison).verdict == Verdict::differs);
    CHECK(party(comparison).difference->fault == Fault::surplus);
    CHECK(party(comparison).difference->position == 1);
    CHECK(party(comparison).difference->place == 1);
  }
}

TEST_CASE("a message with another content is named, in memory and in the store of either side") {
  for (int where = 0; where < 4; ++where) {
    CAPTURE(where);
    Pair pair;
    pair.carry_all();
    publish(pair, 4);
    pair.carry_all();
    pair.publish("other", 0);
    spoil_next_shipment(pair, "other");
    publish(pair, 4);
    pair.carry_all();
    for (int time = 0; time < 8 && (where & 1) != 0; ++time) pair.page_out_owner();
    for (int time = 0; time < 8 && (where & 2) != 0; ++time) pair.page_out_copy();
    CHECK(pair.same());
    const Comparison& comparison = pair.compared();
    REQUIRE(party(comparison).verdict == Verdict::differs);
    CHECK(party(comparison).difference->fault == Fault::content);
    CHECK(party(comparison).difference->position == 5);
    CHECK(party(comparison).difference->place == 5);
  }
}

TEST_CASE("a mirror that is not in sync is not compared") {
  Pair pair(false, false);
  pair.publish("old", 0);
  pair.lose_mail();
  pair.carry_all();
  CHECK(party(pair.compared()).verdict == Verdict::not_whole);
  CHECK(pair.comparison->messages() == 1);
  CHECK(pair.comparison->weighed() == 1);
}

TEST_CASE("a talk that is lost before the copy has told its positions says nothing") {
  Pair pair;
  publish(pair, 2);
  pair.carry_all();
  pair.begin_comparison();
  pair.end_batch();
  CHECK_FALSE(pair.comparison->ended());
  pair.lose_mail();
  CHECK(pair.comparison->ended());
  CHECK(party(*pair.comparison).verdict == Verdict::not_whole);
  pair.carry_all();
  CHECK(party(pair.compared()).verdict == Verdict::same);
}

TEST_CASE("a copy that has lost its talk unnoticed says that it cannot be compared") {
  Pair pair;
  publish(pair, 2);
  pair.carry_all();
  pair.publish("swallowed", 0);
  pair.to_copy.clear();
  CHECK(party(pair.compared()).verdict == Verdict::not_whole);
}

TEST_CASE("who does not answer in time is told apart from who is the same by position") {
  Pair pair;
  publish(pair, 3);
  pair.carry_all();
  pair.begin_comparison(1000);
  pair.end_batch();
  CHECK(pair.comparison->deadline() == pair.now.instant_ms + 1000);
  pair.now.instant_ms += 1000;
  pair.end_batch();
  REQUIRE(pair.comparison->ended());
  CHECK(party(*pair.comparison).verdict == Verdict::no_answer);

  pair.carry_all();
  pair.begin_comparison(1000);
  pair.end_batch();
  while (!std::holds_alternative<Weigh>(pair.to_copy.front().content)) pair.carry_to_copy();
  pair.to_copy.clear();
  while (pair.carry_to_owner()) {}
  CHECK_FALSE(pair.comparison->ended());
  pair.now.instant_ms += 1000;
  pair.end_batch();
  CHECK(party(*pair.comparison).verdict == Verdict::same);
  CHECK(party(*pair.comparison).weighed == 0);
  CHECK(pair.comparison->messages() == 3);
}

TEST_CASE("what is settled after the point of comparison is left out of what is weighed") {
  Pair pair;
  publish(pair, 3);
  pair.carry_all();
  for (int time = 0; time < 4; ++time) pair.page_out_copy();
  pair.get(false);
  pair.carry_all();
  pair.begin_comparison();
  pair.end_batch();
  const auto weigh = std::ranges::find_if(
      pair.to_copy, [](const MirrorMail& mail) { return std::holds_alternative<Weigh>(mail.content); });
  REQUIRE(weigh != pair.to_copy.end());
  const MirrorMail later = *weigh;
  pair.to_copy.erase(weigh);
  pair.settle_all();
  pair.to_copy.push_back(later);
  pair.carry_all();
  REQUIRE(pair.comparison->ended());
  CHECK(party(*pair.comparison).verdict == Verdict::same);
  CHECK(pair.comparison->messages() == 3);
  CHECK(party(*pair.comparison).weighed == 2);
}

TEST_CASE("answers to another comparison, and from nobody who was asked, mean nothing") {
  Pair pair;
  publish(pair, 2);
  pair.carry_all();
  pair.begin_comparison();
  pair.end_batch();
  pair.comparison->on(kCopy, Sealed{99, true, {}, true});
  pair.comparison->on(NodeId(9), Sealed{1, true, {}, true});
  Weighed stranger{99, 1, {{1, 7}}};
  pair.comparison->on(kCopy, stranger);
  pair.carry_all();
  CHECK(party(*pair.comparison).verdict == Verdict::same);
  CHECK(party(*pair.comparison).weighed == 2);
}

TEST_CASE("a reign that ends takes the comparison with it") {
  Pair pair;
  publish(pair, 2);
  pair.carry_all();
  pair.begin_comparison();
  pair.end_batch();
  pair.queue.reign({QueueId(7), Epoch(2)});
  pair.end_batch();
  CHECK(pair.comparison->ended());
  CHECK(party(*pair.comparison).verdict == Verdict::no_answer);
}

TEST_CASE("a queue that nobody mirrors is weighed in pieces, and its digest is of its messages") {
  const auto digest = [](std::string_view last, std::size_t count) {
    broker::testing::QueueFixture fixture;
    for (std::size_t number = 0; number < count; ++number)
      fixture.run(broker::Enqueue{broker::testing::message(number + 1 < count ? "m" : last), {}, {}, 0});
    std::vector<Parcel> parcels;
    std::vector<broker::ChunkLoad> loads;
    Comparison comparison(fixture.queue.ref(), 1, 1000);
    std::size_t pieces = 0;
    for (; !comparison.ended(); ++pieces) comparison.go_on(fixture.queue, nullptr, 0, parcels, loads);
    CHECK(parcels.empty());
    CHECK(loads.empty());
    CHECK(pieces == (count + kWeightsMax - 1) / kWeightsMax);
    CHECK(comparison.messages() == count);
    CHECK(comparison.weighed() == count);
    return comparison.digest();
  };
  const std::size_t count = kWeightsMax * 2 + 1;
  CHECK(digest("m", count) == digest("m", count));
  CHECK(digest("m", count) != digest("n", count));
  CHECK(digest("m", count) != digest("m", count - 1));
}

TEST_CASE("an empty queue is the same as its empty copy") {
  Pair pair;
  pair.carry_all();
  CHECK(party(pair.compared()).verdict == Verdict::same);
  CHECK(pair.comparison->messages() == 0);
}

}  // namespace warren::mirror::testing
