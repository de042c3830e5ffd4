#include "tests/mirror/copy_table.hpp"
#include "tests/mirror/pair.hpp"

#include <doctest/doctest.h>

namespace warren::mirror::testing {

TEST_CASE("a copy says what it has, and then hears of everything") {
  CopyTable table;
  table.copy.on(Begin{5}, table.lanes);
  REQUIRE(table.mail.size() == 1);
  CHECK(std::get<Holdings>(table.mail.front().content).ranges.empty());
  table.mail.clear();
  table.copy.on(CopyTable::shipment(1, CopyTable::records(1, "a")), table.now, table.lanes);
  CHECK(table.copy.live().count() == 1);
  CHECK(table.mail.empty());
}

TEST_CASE("a copy answers for what is persistent when its journal has it") {
  CopyTable table;
  table.copy.on(Begin{5}, table.lanes);
  table.mail.clear();
  table.copy.on(CopyTable::shipment(1, CopyTable::records(1, "t", false)), table.now, table.lanes);
  table.copy.on(CopyTable::shipment(2, CopyTable::records(2, "p")), table.now, table.lanes);
  table.copy.answer(3, table.mail);
  REQUIRE(table.mail.size() == 1);
  CHECK(std::get<Held>(table.mail.front().content).number == 1);
  CHECK(std::get<Held>(table.mail.front().content).seen == 2);
  CHECK(table.copy.waits());
  table.copy.answer(4, table.mail);
  CHECK(std::get<Held>(table.mail.back().content).number == 2);
  CHECK_FALSE(table.copy.waits());
}

TEST_CASE("a copy answers in another talk only when its journal has what it had before") {
  CopyTable table;
  table.copy.on(Begin{5}, table.lanes);
  table.copy.on(CopyTable::shipment(1, CopyTable::records(1, "p")), table.now, table.lanes);
  table.copy.on(Begin{6}, table.lanes);
  table.mail.clear();
  table.copy.on(Shipment{6, 1, nullptr, true}, table.now, table.lanes);
  table.copy.answer(3, table.mail);
  REQUIRE(table.mail.size() == 1);
  CHECK(std::get<Held>(table.mail.front().content).number == 0);
  CHECK(table.copy.waits());
  table.copy.answer(4, table.mail);
  REQUIRE(table.mail.size() == 2);
  CHECK(std::get<Held>(table.mail.back().content).number == 1);
}

TEST_CASE("a gap, a talk that is over and records without sense are not taken") {
  CopyTable table;
  table.copy.on(Begin{5}, table.lanes);
  table.copy.on(CopyTable::shipment(2, CopyTable::records(1, "a")), table.now, table.lanes);
  CHECK(table.lost());
  table.copy.on(Begin{6}, table.lanes);
  table.copy.on(CopyTable::shipment(1, CopyTable::records(1, "a"), 5), table.now, table.lanes);
  CHECK(table.lost());
  CHECK(table.copy.in_talk());
  table.copy.on(CopyTable::shipment(1, "\x09", 6), table.now, table.lanes);
  CHECK(table.lost());
  CHECK_FALSE(table.copy.in_talk());
  CHECK(table.copy.live().empty());
}

TEST_CASE("another reign ends the talk and keeps what is there") {
  CopyTable table;
  table.copy.on(Begin{5}, table.lanes);
  table.copy.on(CopyTable::shipment(1, CopyTable::records(1, "a")), table.now, table.lanes);
  table.copy.reign({QueueId(7), Epoch(2)});
  table.copy.on(CopyTable::shipment(2, CopyTable::records(2, "b")), table.now, table.lanes);
  CHECK(table.lost());
  CHECK(table.copy.live().count() == 1);
}

TEST_CASE("what is given away is not there any more, in memory, in chunks and in the journal") {
  Pair pair;
  for (std::uint64_t i = 1; i <= 8; ++i) pair.publish(std::to_string(i), i);
  pair.carry_all();
  pair.page_out_copy();
  for (std::uint64_t i = 9; i <= 10; ++i) pair.publish(std::to_string(i), i);
  pair.carry_all();
  REQUIRE(pair.copy->shelf() != nullptr);
  CHECK_FALSE(pair.copy->shelf()->empty());
  CHECK(pair.copy->messages() != 0);
  std::vector<MirrorMail> answers;
  std::vector<broker::ChunkKey> erased;
  CopyLanes lanes{pair.copy_journal, 2, answers, erased};
  const std::size_t journaled = pair.copy_journal.bytes();
  pair.copy->give_away(broker::Ranges::of({{2, 7}, {10, 10}}), pair.now, lanes);
  CHECK(pair.copy->live().count() == 3);
  CHECK(pair.copy_journal.bytes() > journaled);
  CHECK(pair.promote() == std::vector<std::string>{"1", "8", "9"});
}

TEST_CASE("what was delivered is flagged when the copy becomes the queue") {
  CopyTable table;
  table.copy.on(Begin{5}, table.lanes);
  ByteBuffer blank;
  blank.extend(16);
  blank.clear();
  broker::RecordWriter delivered;
  delivered.begin(std::move(blank));
  delivered.delivered(QueueId(7), 0, 1);
  const std::string told(delivered.take().view());
  table.copy.on(CopyTable::shipment(1, CopyTable::records(1, "a") + CopyTable::records(2, "b") + told), table.now,
                table.lanes);
  const broker::QueueContents contents = table.copy.surrender();
  REQUIRE(contents.messages.size() == 2);
  CHECK(contents.messages.front().redelivered != 0);
  CHECK(contents.messages.back().redelivered == 0);
}

}  // namespace warren::mirror::testing
