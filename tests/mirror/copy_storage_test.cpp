#include "tests/mirror/copy_table.hpp"

#include <doctest/doctest.h>

namespace warren::mirror::testing {

TEST_CASE("a message that a chunk cannot take in makes the copy ask for all of that chunk") {
  CopyTable table;
  table.copy.on(Begin{5}, table.lanes);
  std::string all;
  for (Position position = 1; position <= 3; ++position) all += CopyTable::records(position, "m");
  table.copy.on(CopyTable::shipment(1, all), table.now, table.lanes);
  std::vector<broker::ChunkWrite> writes;
  table.copy.page_out(1 << 20, 1 << 20, table.now, writes);
  REQUIRE(writes.size() == 1);
  table.copy.written(0, 1);
  ByteBuffer blank;
  blank.extend(16);
  blank.clear();
  broker::RecordWriter settled;
  settled.begin(std::move(blank));
  settled.settled(QueueId(7), 2, 2);
  table.copy.on(CopyTable::shipment(2, settled.take().view()), table.now, table.lanes);
  CHECK(table.copy.live().count() == 2);
  // Another owner has not heard that it is settled.
  table.mail.clear();
  table.copy.on(CopyTable::shipment(3, CopyTable::records(2, "m")), table.now, table.lanes);
  CHECK(table.lost());
  table.copy.on(Begin{6}, table.lanes);
  CHECK(std::get<Holdings>(table.mail.back().content).ranges.empty());
  table.copy.on(CopyTable::shipment(1, all, 6), table.now, table.lanes);
  Shipment last{6, 2, nullptr, true};
  table.copy.on(last, table.now, table.lanes);
  CHECK(table.copy.live().all() == std::vector<broker::Range>{{1, 3}});
  CHECK(table.erased.size() == 1);
}

TEST_CASE("what a copy gives to a chunk stays in memory until the chunk is stored") {
  CopyTable table;
  table.copy.on(Begin{5}, table.lanes);
  table.copy.on(CopyTable::shipment(1, CopyTable::records(1, "a") + CopyTable::records(2, "b")), table.now,
                table.lanes);
  std::vector<broker::ChunkWrite> writes;
  CHECK(table.copy.page_out(1 << 20, 1 << 20, table.now, writes) != 0);
  CHECK(table.copy.messages() == 2);
  CHECK(table.copy.page_out(1 << 20, 1 << 20, table.now, writes) == 0);
  table.copy.written(0, 1);
  CHECK(table.copy.messages() == 0);
  CHECK(table.copy.hot_bytes() == 0);
  CHECK(table.copy.live().count() == 2);
  CHECK(table.copy.note().next_position == 3);
}

TEST_CASE("a copy that is dropped erases its chunks") {
  CopyTable table;
  table.copy.on(Begin{5}, table.lanes);
  table.copy.on(CopyTable::shipment(1, CopyTable::records(1, "a")), table.now, table.lanes);
  std::vector<broker::ChunkWrite> writes;
  table.copy.page_out(1 << 20, 1 << 20, table.now, writes);
  const broker::ChunkNote note = table.copy.chunk_note(0, 1);
  table.copy.drop(table.journal, table.erased);
  REQUIRE(table.erased.size() == 1);
  CHECK(table.erased.front().first == 1);
  // Also if the node ends before the store has heard of that.
  CHECK(table.recovered({note}).empty());
}

TEST_CASE("a chunk that was gone when the copy was made is erased with the next checkpoint") {
  CopyTable table;
  broker::ChunkNote gone;
  gone.key = {QueueId(7), 0, 3};
  gone.last = 5;
  gone.dead = {~std::uint64_t{0}};
  broker::QueueContents contents;
  contents.next_position = 9;
  contents.keeper = std::make_unique<broker::Keeper>();
  contents.keeper->shelf().put(gone);
  table.copy.take_over(std::move(contents));
  std::vector<broker::ChunkNote> notes;
  std::vector<broker::ChunkKey> erased;
  table.copy.take_changed(notes, erased);
  CHECK(erased == std::vector{gone.key});
}

TEST_CASE("a doubtful chunk that is still being written takes nothing with it when it goes") {
  CopyTable table;
  table.copy.on(Begin{5}, table.lanes);
  table.copy.on(CopyTable::shipment(1, CopyTable::records(1, "m") + CopyTable::records(3, "m")), table.now,
                table.lanes);
  std::vector<broker::ChunkWrite> writes;
  table.copy.page_out(1 << 20, 1 << 20, table.now, writes);
  // In between, and not in it.
  table.copy.on(CopyTable::shipment(2, CopyTable::records(2, "m")), table.now, table.lanes);
  CHECK(table.lost());
  table.copy.on(Begin{6}, table.lanes);
  const std::size_t before = table.journal.bytes();
  const std::string all = CopyTable::records(1, "m") + CopyTable::records(2, "m") + CopyTable::records(3, "m");
  table.copy.on(CopyTable::shipment(1, all, 6), table.now, table.lanes);
  table.copy.written(0, 1);
  CHECK(table.journal.bytes() == before);
  Shipment last{6, 2, nullptr, true};
  table.copy.on(last, table.now, table.lanes);
  CHECK(table.journal.bytes() - before > all.size() * 2 / 3);
  CHECK(table.copy.live().all() == std::vector<broker::Range>{{1, 3}});
  CHECK(table.copy.surrender().messages.size() == 3);
}

TEST_CASE(
    "a copy that has all of a doubtful chunk again has it after a crash, too, with the chunk still in the store") {
  CopyTable table;
  table.copy.on(Begin{5}, table.lanes);
  std::string all;
  for (Position position = 1; position <= 3; ++position) all += CopyTable::records(position, "m");
  table.copy.on(CopyTable::shipment(1, all), table.now, table.lanes);
  std::vector<broker::ChunkWrite> writes;
  table.copy.page_out(1 << 20, 1 << 20, table.now, writes);
  table.copy.written(0, 1);
  broker::RecordWriter settled;
  settled.begin({});
  settled.settled(QueueId(7), 2, 2);
  table.copy.on(CopyTable::shipment(2, settled.take().view()), table.now, table.lanes);
  std::vector<broker::ChunkNote> notes;
  std::vector<broker::ChunkKey> erased;
  table.copy.take_changed(notes, erased);
  REQUIRE(notes.size() == 1);
  // That segment is freed: the store has it all.
  table.journal.take();
  table.journal.begin({});
  table.copy.on(CopyTable::shipment(3, CopyTable::records(2, "m")), table.now, table.lanes);
  table.copy.on(Begin{6}, table.lanes);
  SUBCASE("the owner sends all of it") {
    table.copy.on(CopyTable::shipment(1, all, 6), table.now, table.lanes);
    CHECK(table.recovered(notes) == std::vector<broker::Range>{{1, 1}, {3, 3}});
    table.copy.on(Shipment{6, 2, nullptr, true}, table.now, table.lanes);
    CHECK(table.recovered(notes) == std::vector<broker::Range>{{1, 3}});
  }
  SUBCASE("what the chunk had is settled meanwhile") {
    table.copy.on(CopyTable::shipment(1, CopyTable::records(2, "m"), 6), table.now, table.lanes);
    for (const Position gone : {1, 3}) {
      broker::RecordWriter writer;
      writer.begin({});
      writer.settled(QueueId(7), gone, gone);
      table.copy.on(CopyTable::shipment(gone == 1 ? 2 : 3, writer.take().view(), 6), table.now, table.lanes);
    }
    CHECK(table.recovered(notes) == std::vector<broker::Range>{{2, 2}});
  }
}

}  // namespace warren::mirror::testing
