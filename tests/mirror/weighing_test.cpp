#include "mirror/weighing.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "tests/mirror/copy_table.hpp"

namespace warren::mirror::testing {
namespace {

using broker::make_message;
using broker::MessageRef;

constexpr std::string_view kNone("\0\0", 2);

// A table whose copy has "m" at each of these positions, in memory.
struct WeighedTable : CopyTable {
  explicit WeighedTable(std::initializer_list<Position> positions) {
    copy.on(Begin{5}, lanes);
    std::string all;
    for (const Position position : positions) all += records(position, "m");
    copy.on(shipment(1, all), now, lanes);
    mail.clear();
  }
  // All that is in memory goes to one chunk; the store has it, or not yet.
  std::vector<broker::StoredMessage> page_out(bool stored) {
    std::vector<broker::ChunkWrite> writes;
    copy.page_out(1 << 20, 1 << 20, now, writes);
    REQUIRE(writes.size() == 1);
    if (stored) copy.written(writes.front().key.level, writes.front().key.first);
    return std::move(writes.front().messages);
  }
  const Weighed& weighed() const { return std::get<Weighed>(mail.back().content); }

  std::vector<broker::ChunkLoad> loads;
};

}  // namespace

TEST_CASE("each part of a message counts, and where one part ends and the next begins") {
  const broker::MessageTraits persistent{.persistent = true};
  const broker::MessageTraits ranked{.priority = 1};
  const broker::MessageTraits lasting{.expiration_ms = 1};
  const broker::MessageTraits dead{.died_here = true};
  const std::vector<MessageRef> different{make_message("", "key", kNone, "body", {}),
                                          make_message("e", "key", kNone, "body", {}),
                                          make_message("", "kez", kNone, "body", {}),
                                          make_message("", "keyb", kNone, "ody", {}),
                                          make_message("", "key", kNone, "bodz", {}),
                                          make_message("", "key", kNone, "bodybodybody", {}),
                                          make_message("", "key", kNone, "bodybodybodz", {}),
                                          make_message("", "key", kNone, "", {}),
                                          make_message("", "key", kNone, "body", persistent),
                                          make_message("", "key", kNone, "body", ranked),
                                          make_message("", "key", kNone, "body", lasting),
                                          make_message("", "key", kNone, "body", dead),
                                          make_message("", "key", kNone, std::string(8, '\0'), {}),
                                          make_message("", "key", kNone, std::string(9, '\0'), {})};
  std::set<std::uint64_t> weights;
  for (const MessageRef& message : different) weights.insert(weight_of(*message));
  CHECK(weights.size() == different.size());
  CHECK(weights.contains(weight_of(*make_message("", "key", kNone, "body", {}))));
}

TEST_CASE("nodes of another build weigh alike") {
  CHECK(weight_of(*make_message("exchange", "key", kNone, "a body of some length", {})) == 1833157970762019774);
}

TEST_CASE("a copy tells its positions when it has just what was sent up to the seal") {
  WeighedTable table{1, 2, 4};
  answer(Seal{9, 5, 1}, table.copy, table.mail);
  REQUIRE(table.mail.size() == 1);
  const auto& sealed = std::get<Sealed>(table.mail.front().content);
  CHECK(sealed.comparison == 9);
  CHECK(sealed.sound);
  CHECK(sealed.last);
  CHECK(sealed.ranges == std::vector<broker::Range>{{1, 2}, {4, 4}});
  for (const Seal& other : {Seal{9, 5, 2}, Seal{9, 5, 0}, Seal{9, 4, 1}, Seal{9, 0, 1}}) {
    table.mail.clear();
    answer(other, table.copy, table.mail);
    CHECK_FALSE(std::get<Sealed>(table.mail.front().content).sound);
  }
}

TEST_CASE("many positions come in pieces, the last of which says so") {
  CopyTable table;
  table.copy.on(Begin{5}, table.lanes);
  std::string all;
  for (Position number = 0; number <= kRangesPerPiece; ++number) all += CopyTable::records(1 + 2 * number, "m");
  table.copy.on(CopyTable::shipment(1, all), table.now, table.lanes);
  table.mail.clear();
  answer(Seal{9, 5, 1}, table.copy, table.mail);
  REQUIRE(table.mail.size() == 2);
  CHECK(std::get<Sealed>(table.mail[0].content).ranges.size() == kRangesPerPiece);
  CHECK_FALSE(std::get<Sealed>(table.mail[0].content).last);
  CHECK(std::get<Sealed>(table.mail[1].content).ranges.size() == 1);
  CHECK(std::get<Sealed>(table.mail[1].content).last);
}

TEST_CASE("what is asked for and in memory is weighed at once") {
  WeighedTable table{1, 2, 4, 7};
  Weighing weighing = weigh(Weigh{9, 2, 5}, table.copy);
  CHECK(weigh_on(weighing, table.copy, table.loads, table.mail));
  CHECK(table.loads.empty());
  CHECK(table.weighed().comparison == 9);
  CHECK(table.weighed().first == 2);
  REQUIRE(table.weighed().weights.size() == 2);
  CHECK(table.weighed().weights[0].position == 2);
  CHECK(table.weighed().weights[1].position == 4);
  CHECK(table.weighed().weights[0].weight == table.weighed().weights[1].weight);
}

TEST_CASE("what lies in a chunk is weighed when the chunk was read, but for what is settled there") {
  WeighedTable table{1, 2, 3, 4};
  const std::vector<broker::StoredMessage> stored = table.page_out(true);
  Weighing weighing = weigh(Weigh{9, 2, 4}, table.copy);
  CHECK_FALSE(weigh_on(weighing, table.copy, table.loads, table.mail));
  CHECK(weighing.waits());
  REQUIRE(table.loads.size() == 1);
  CHECK(table.loads.front().to_weigh);
  CHECK(table.loads.front().first == 1);
  ByteBuffer blank;
  blank.extend(16);
  blank.clear();
  broker::RecordWriter settled;
  settled.begin(std::move(blank));
  settled.settled(QueueId(7), 3, 3);
  table.copy.on(CopyTable::shipment(2, settled.take().view()), table.now, table.lanes);
  CHECK_FALSE(weighing.loaded({table.copy.ref(), 0, 2, {}, true}, stored, table.copy.shelf()));
  CHECK(weighing.loaded(table.loads.front(), stored, table.copy.shelf()));
  CHECK(weigh_on(weighing, table.copy, table.loads, table.mail));
  REQUIRE(table.weighed().weights.size() == 2);
  CHECK(table.weighed().weights[0].position == 2);
  CHECK(table.weighed().weights[1].position == 4);
}

TEST_CASE("a chunk that is still being written, and one beyond what is asked for, is not read") {
  WeighedTable table{3, 4};
  (void)table.page_out(false);
  Weighing weighing = weigh(Weigh{9, 1, 9}, table.copy);
  CHECK(weigh_on(weighing, table.copy, table.loads, table.mail));
  CHECK(table.weighed().weights.size() == 2);
  const auto any = [](broker::Level, Position) { return true; };
  CHECK_FALSE(Weighing({9, 1, 9}, 1).next_chunk(table.copy.shelf(), any).has_value());
  table.copy.written(0, 3);
  CHECK(Weighing({9, 1, 9}, 1).next_chunk(table.copy.shelf(), any).has_value());
  Weighing before = weigh(Weigh{9, 1, 2}, table.copy);
  CHECK(weigh_on(before, table.copy, table.loads, table.mail));
  CHECK(table.weighed().weights.empty());
  Weighing behind = weigh(Weigh{9, 5, ~Position{0}}, table.copy);
  CHECK(weigh_on(behind, table.copy, table.loads, table.mail));
  CHECK(table.weighed().weights.empty());
  CHECK(table.loads.empty());
}

TEST_CASE("no more is weighed at once than is sent at once, whatever is asked for") {
  CopyTable table;
  table.copy.on(Begin{5}, table.lanes);
  std::string all;
  for (Position position = 1; position <= kWeightsMax + 9; ++position) all += CopyTable::records(position, "m");
  table.copy.on(CopyTable::shipment(1, all), table.now, table.lanes);
  table.mail.clear();
  Weighing weighing = weigh(Weigh{9, 0, ~Position{0}}, table.copy);
  std::vector<broker::ChunkLoad> loads;
  CHECK(weigh_on(weighing, table.copy, loads, table.mail));
  CHECK(std::get<Weighed>(table.mail.back().content).weights.size() == kWeightsMax);
}

TEST_CASE("large messages end a step before there are many") {
  const MessageRef large = broker::testing::message("large", 3 << 20);
  Weighing weighing({9, 1, 5}, 1);
  CHECK(weighing.add(1, *large));
  CHECK_FALSE(weighing.add(2, *large));
}

}  // namespace warren::mirror::testing
