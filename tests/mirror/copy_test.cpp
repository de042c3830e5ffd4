#include "mirror/copy.hpp"

#include <doctest/doctest.h>

#include "tests/mirror/pair.hpp"

namespace warren::mirror::testing {
namespace {

struct Table {
  Table() {
    ByteBuffer blank;
    blank.extend(64);
    blank.clear();
    journal.begin(std::move(blank));
  }
  static Shipment shipment(std::uint64_t number, std::string_view bytes, Serial serial = 5) {
    auto records = std::make_shared<ByteBuffer>();
    records->append(bytes);
    return {serial, number, std::move(records), false};
  }
  static std::string records(Position position, std::string_view key, bool persistent = true) {
    ByteBuffer blank;
    blank.extend(64);
    blank.clear();
    broker::RecordWriter writer;
    writer.begin(std::move(blank));
    broker::MessageTraits traits;
    traits.persistent = persistent;
    writer.enqueue(QueueId(7), position, broker::testing::message(key, 3, traits), kNever);
    return std::string(writer.take().view());
  }
  bool lost() {
    const bool lost = !mail.empty() && std::holds_alternative<Lost>(mail.back().content);
    mail.clear();
    return lost;
  }

  broker::RecordWriter journal;
  std::vector<MirrorMail> mail;
  std::vector<broker::ChunkKey> erased;
  CopyLanes lanes{journal, 4, mail, erased};
  Now now{1000, 50};
  Copy copy{{QueueId(7), Epoch(1)}, 1, true};
};

}  // namespace

TEST_CASE("a copy says what it has, and then hears of everything") {
  Table table;
  table.copy.on(Begin{5}, table.lanes);
  REQUIRE(table.mail.size() == 1);
  CHECK(std::get<Holdings>(table.mail.front().content).ranges.empty());
  table.mail.clear();
  table.copy.on(Table::shipment(1, Table::records(1, "a")), table.now, table.lanes);
  CHECK(table.copy.live().count() == 1);
  CHECK(table.mail.empty());
}

TEST_CASE("a copy answers for what is persistent when its journal has it") {
  Table table;
  table.copy.on(Begin{5}, table.lanes);
  table.mail.clear();
  table.copy.on(Table::shipment(1, Table::records(1, "t", false)), table.now, table.lanes);
  table.copy.on(Table::shipment(2, Table::records(2, "p")), table.now, table.lanes);
  table.copy.answer(3, table.mail);
  REQUIRE(table.mail.size() == 1);
  CHECK(std::get<Held>(table.mail.front().content).number == 1);
  CHECK(table.copy.waits());
  table.copy.answer(4, table.mail);
  CHECK(std::get<Held>(table.mail.back().content).number == 2);
  CHECK_FALSE(table.copy.waits());
}

TEST_CASE("a gap, a talk that is over and records without sense are not taken") {
  Table table;
  table.copy.on(Begin{5}, table.lanes);
  table.copy.on(Table::shipment(2, Table::records(1, "a")), table.now, table.lanes);
  CHECK(table.lost());
  table.copy.on(Begin{6}, table.lanes);
  table.copy.on(Table::shipment(1, Table::records(1, "a"), 5), table.now, table.lanes);
  CHECK(table.lost());
  CHECK(table.copy.in_talk());
  table.copy.on(Table::shipment(1, "\x09", 6), table.now, table.lanes);
  CHECK(table.lost());
  CHECK_FALSE(table.copy.in_talk());
  CHECK(table.copy.live().empty());
}

TEST_CASE("another reign ends the talk and keeps what is there") {
  Table table;
  table.copy.on(Begin{5}, table.lanes);
  table.copy.on(Table::shipment(1, Table::records(1, "a")), table.now, table.lanes);
  table.copy.reign({QueueId(7), Epoch(2)});
  table.copy.on(Table::shipment(2, Table::records(2, "b")), table.now, table.lanes);
  CHECK(table.lost());
  CHECK(table.copy.live().count() == 1);
}

TEST_CASE("a message that a chunk cannot take in makes the copy ask for all of that chunk") {
  Table table;
  table.copy.on(Begin{5}, table.lanes);
  std::string all;
  for (Position position = 1; position <= 3; ++position) all += Table::records(position, "m");
  table.copy.on(Table::shipment(1, all), table.now, table.lanes);
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
  table.copy.on(Table::shipment(2, settled.take().view()), table.now, table.lanes);
  CHECK(table.copy.live().count() == 2);
  // Another owner has not heard that it is settled.
  table.mail.clear();
  table.copy.on(Table::shipment(3, Table::records(2, "m")), table.now, table.lanes);
  CHECK(table.lost());
  table.copy.on(Begin{6}, table.lanes);
  CHECK(std::get<Holdings>(table.mail.back().content).ranges.empty());
  table.copy.on(Table::shipment(1, all, 6), table.now, table.lanes);
  Shipment last{6, 2, nullptr, true};
  table.copy.on(last, table.now, table.lanes);
  CHECK(table.copy.live().all() == std::vector<broker::Range>{{1, 3}});
  CHECK(table.erased.size() == 1);
}

TEST_CASE("a doubtful chunk that is still being written takes nothing with it when it goes") {
  Table table;
  table.copy.on(Begin{5}, table.lanes);
  table.copy.on(Table::shipment(1, Table::records(1, "m") + Table::records(3, "m")), table.now, table.lanes);
  std::vector<broker::ChunkWrite> writes;
  table.copy.page_out(1 << 20, 1 << 20, table.now, writes);
  // In between, and not in it.
  table.copy.on(Table::shipment(2, Table::records(2, "m")), table.now, table.lanes);
  CHECK(table.lost());
  table.copy.on(Begin{6}, table.lanes);
  const std::size_t before = table.journal.bytes();
  const std::string all = Table::records(1, "m") + Table::records(2, "m") + Table::records(3, "m");
  table.copy.on(Table::shipment(1, all, 6), table.now, table.lanes);
  CHECK(table.journal.bytes() - before > all.size() * 2 / 3);
  table.copy.written(0, 1);
  Shipment last{6, 2, nullptr, true};
  table.copy.on(last, table.now, table.lanes);
  CHECK(table.copy.live().all() == std::vector<broker::Range>{{1, 3}});
  CHECK(table.copy.surrender().messages.size() == 3);
}

TEST_CASE("what was delivered is flagged when the copy becomes the queue") {
  Table table;
  table.copy.on(Begin{5}, table.lanes);
  ByteBuffer blank;
  blank.extend(16);
  blank.clear();
  broker::RecordWriter delivered;
  delivered.begin(std::move(blank));
  delivered.delivered(QueueId(7), 0, 1);
  const std::string told(delivered.take().view());
  table.copy.on(Table::shipment(1, Table::records(1, "a") + Table::records(2, "b") + told), table.now, table.lanes);
  const broker::QueueContents contents = table.copy.surrender();
  REQUIRE(contents.messages.size() == 2);
  CHECK(contents.messages.front().redelivered != 0);
  CHECK(contents.messages.back().redelivered == 0);
}

}  // namespace warren::mirror::testing
