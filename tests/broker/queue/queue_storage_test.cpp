// What the queue gives to the journal and to cold chunks, by example. At random: queue_model_test.
#include <doctest/doctest.h>

#include <set>

#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::queue_storage_test {

using namespace warren::broker;
using namespace warren::broker::testing;

namespace {

MessageRef persistent(std::string_view key, std::uint8_t priority = 0, std::int64_t expiration_ms = -1) {
  return message(key, 100, {.expiration_ms = expiration_ms, .priority = priority, .persistent = true});
}

QueueSettings durable(std::optional<std::uint8_t> max_priority = std::nullopt) {
  QueueSettings settings;
  settings.durable = true;
  settings.max_priority = max_priority;
  return settings;
}

// "enqueue 1 settled 1-2 delivered 2"
std::string journal(QueueFixture& fixture) {
  std::string text;
  const ByteBuffer chunk = fixture.journal.take();
  fixture.journal.begin({});
  RecordWalk walk(chunk.view());
  while (const ReadRecord* record = walk.next()) {
    CHECK(record->queue == fixture.queue.ref().id);
    if (!text.empty()) text += ' ';
    const std::string first = std::to_string(record->first);
    if (record->tag == RecordTag::enqueue) text += "enqueue " + first;
    if (record->tag == RecordTag::settled) text += "settled " + first + "-" + std::to_string(record->last);
    if (record->tag == RecordTag::delivered) text += "delivered " + first;
  }
  CHECK(walk.ok());
  return text;
}

std::size_t confirms(const std::vector<SessionMail>& mail) {
  std::size_t count = 0;
  for (const SessionMail& one : mail) count += std::holds_alternative<Confirmed>(one.event);
  return count;
}

// Writes what page_out gave; answers loads from it.
struct Cold {
  explicit Cold(QueueFixture& with) : fixture(with) {}

  void page_out(std::size_t bytes = 1 << 20, std::size_t chunk_bytes = 1 << 20) {
    const std::size_t first = writes.size();
    fixture.queue.page_out(bytes, chunk_bytes, fixture.now, writes);
    for (std::size_t i = first; i < writes.size(); ++i) fixture.queue.written(writes[i].key.level, writes[i].key.first);
  }
  std::vector<ChunkLoad> wanted(std::size_t bytes = 1) {
    std::vector<ChunkLoad> loads;
    fixture.queue.wanted(bytes, loads);
    return loads;
  }
  std::uint32_t give(const ChunkLoad& load) {
    for (const ChunkWrite& write : writes)
      if (write.key.level == load.level && write.key.first == load.first)
        return fixture.queue.loaded(load.level, load.first, write.messages, fixture.now, fixture.effects);
    return fixture.queue.loaded(load.level, load.first, {}, fixture.now, fixture.effects);
  }
  void give_all() {
    for (std::vector<ChunkLoad> loads = wanted(); !loads.empty(); loads = wanted())
      for (const ChunkLoad& load : loads) give(load);
  }

  QueueFixture& fixture;
  std::vector<ChunkWrite> writes;
};

}  // namespace

TEST_CASE("only persistent messages on durable queues stand in the journal, and their confirms wait for it") {
  QueueFixture lasting(durable()), passing;
  for (QueueFixture* fixture : {&lasting, &passing}) {
    fixture->publish(persistent("p"), 1);
    fixture->publish(message("t"), 2);
  }
  CHECK(journal(lasting) == "enqueue 1");
  CHECK(confirms(lasting.mail) == 1);
  CHECK(confirms(lasting.mail_when_durable) == 1);
  CHECK(journal(passing) == "");
  CHECK(confirms(passing.mail) == 2);
  CHECK(passing.mail_when_durable.empty());
}

TEST_CASE("a message that goes straight to a consumer without acknowledgements does not touch the disk") {
  QueueFixture fixture(durable());
  fixture.consume(1, {.no_ack = true});
  fixture.publish(persistent("a"), 1);
  CHECK(journal(fixture) == "");
  CHECK(confirms(fixture.mail) == 1);
  CHECK(fixture.mail_when_durable.empty());
  CHECK(fixture.delivered() == "a");
  CHECK(fixture.queue.stats().footprint_bytes < sizeof(Queue) + 1000);
}

TEST_CASE("deliveries and settlements follow their enqueues into the journal") {
  QueueFixture fixture(durable());
  fixture.consume(1);
  for (const std::string_view key : {"a", "b", "c"}) fixture.step(Enqueue{persistent(key), kPublisher, kChannel, 0});
  fixture.end_batch();
  CHECK(journal(fixture) == "enqueue 1 enqueue 2 enqueue 3 delivered 3");
  fixture.settle(1, 2, Outcome::accepted);
  CHECK(journal(fixture) == "settled 1-2");
  fixture.settle(3, 3, Outcome::requeued);
  CHECK(journal(fixture) == "");
  fixture.settle(3, 3, Outcome::discarded);
  CHECK(journal(fixture) == "settled 3-3");
}

TEST_CASE("purged and expired messages are settled too, cold ones as well") {
  QueueFixture fixture(durable());
  for (int i = 0; i < 6; ++i) fixture.publish(persistent("a"));
  fixture.publish(persistent("short", 0, 10));
  Cold cold(fixture);
  fixture.queue.page_out(150, 150, fixture.now, cold.writes);
  cold.page_out(300, 150);
  journal(fixture);
  REQUIRE(cold.writes.size() > 1);
  fixture.run(Purge{kReader, kChannel});
  std::set<Position> settled;
  const ByteBuffer chunk = fixture.journal.take();
  RecordWalk walk(chunk.view());
  while (const ReadRecord* record = walk.next())
    for (Position position = record->first; position <= record->last; ++position)
      CHECK(settled.insert(position).second);
  CHECK(settled == std::set<Position>{1, 2, 3, 4, 5, 6, 7});
  CHECK(fixture.queue.ready() == 0);
  CHECK(fixture.erased_chunks.size() == cold.writes.size());
  CHECK_FALSE(fixture.queue.has_cold());
  CHECK(fixture.queue.hot_bytes() == 0);
}

TEST_CASE("cold messages come back in order for a consumer, and the queue asks for no chunk twice") {
  QueueFixture fixture;
  for (const std::string_view key : {"a", "b", "c", "d", "e", "f"}) fixture.publish(message(key, 100));
  Cold cold(fixture);
  cold.page_out(1 << 20, 300);
  CHECK(fixture.queue.ready() == 6);
  CHECK(cold.wanted().empty());
  fixture.consume(1, {.no_ack = true});
  CHECK(fixture.delivered() == "a");
  const std::vector<ChunkLoad> loads = cold.wanted(1 << 20);
  REQUIRE(loads.size() == cold.writes.size());
  CHECK(cold.wanted(1 << 20).empty());
  for (auto load = loads.rbegin(); load != loads.rend(); ++load) CHECK(cold.give(*load) == 0);
  CHECK(fixture.delivered() == "b c d e f");
  fixture.end_batch();
  CHECK(fixture.erased_chunks.size() == cold.writes.size());
}

TEST_CASE("a get waits for its chunk, and the gets behind it wait for their turn") {
  QueueFixture fixture;
  for (const std::string_view key : {"a", "b", "c"}) fixture.publish(message(key, 100));
  Cold cold(fixture);
  cold.page_out();
  CHECK(fixture.get().message->routing_key() == "a");
  fixture.run(Get{kReader, kChannel, true});
  fixture.run(Get{kReader, kChannel, true});
  fixture.run(Get{kReader, kChannel, true});
  CHECK(fixture.take<GetAnswer>().empty());
  cold.give_all();
  const std::vector<GetAnswer> answers = fixture.take<GetAnswer>();
  REQUIRE(answers.size() == 3);
  CHECK(answers[0].message->routing_key() == "b");
  CHECK(answers[0].remaining == 1);
  CHECK(answers[1].message->routing_key() == "c");
  CHECK_FALSE(answers[2].message);
}

TEST_CASE("a get that waits is answered when nothing is left to wait for") {
  QueueFixture fixture;
  for (const std::string_view key : {"a", "b"}) fixture.publish(message(key, 100));
  Cold cold(fixture);
  cold.page_out();
  fixture.get();
  fixture.step(Get{kReader, kChannel, true});
  fixture.step(Purge{kReader, kChannel});
  fixture.end_batch();
  const std::vector<GetAnswer> answers = fixture.take<GetAnswer>();
  REQUIRE(answers.size() == 1);
  CHECK_FALSE(answers[0].message);
  CHECK(cold.wanted().empty());
}

TEST_CASE("what a damaged chunk held is lost and counted, and the rest goes on") {
  QueueFixture fixture;
  for (const std::string_view key : {"a", "b", "c", "d"}) fixture.publish(message(key, 100));
  Cold cold(fixture);
  cold.page_out(1, 200);
  REQUIRE(cold.writes.size() == 1);
  const std::size_t lost = cold.writes[0].messages.size();
  cold.writes[0].messages.clear();
  fixture.consume(1, {.no_ack = true});
  std::uint32_t counted = 0;
  for (const ChunkLoad& load : cold.wanted()) counted += cold.give(load);
  CHECK(counted == lost);
  CHECK(fixture.delivered() == (lost == 1 ? "a b c" : "a b"));
  CHECK(fixture.queue.ready() == 0);
  CHECK(fixture.queue.stats().ready_body_bytes == 0);
}

TEST_CASE("a cold head that may expire is read for its deadline, and dies when it has come") {
  QueueSettings settings;
  settings.dead_letter = DeadLetterTarget{"dlx", {}};
  QueueFixture fixture(settings);
  fixture.publish(lasting("a", 10));
  fixture.publish(lasting("b", 20));
  fixture.publish(lasting("c", 1000));
  Cold cold(fixture);
  cold.page_out();
  fixture.now.wall_fraction_ms += 10;
  fixture.pass(10);
  CHECK(fixture.dead() == "a:expired");
  CHECK(fixture.queue.next_deadline() == kNever);
  cold.give_all();
  CHECK(fixture.queue.next_deadline() == fixture.now.instant_ms + 10);
  fixture.pass(10);
  CHECK(fixture.dead() == "b:expired");
  CHECK(fixture.queue.ready() == 1);
}

TEST_CASE("a limit on length drops cold heads once they are read") {
  QueueSettings settings;
  settings.max_length = 3;
  QueueFixture fixture(settings);
  fixture.publish_all({"a", "b", "c"});
  Cold cold(fixture);
  cold.page_out();
  fixture.publish_all({"d", "e"});
  cold.give_all();
  CHECK(fixture.queue.ready() == 3);
  cold.give_all();
  CHECK(fixture.drain() == "c d e");
}

TEST_CASE("a chunk that is being written stays in memory until it is") {
  QueueFixture fixture;
  for (const std::string_view key : {"a", "b", "c"}) fixture.publish(message(key, 100));
  const std::size_t all = fixture.queue.hot_bytes();
  std::vector<ChunkWrite> writes;
  fixture.queue.page_out(1 << 20, 1 << 20, fixture.now, writes);
  REQUIRE(writes.size() == 1);
  CHECK(fixture.queue.hot_bytes() == all);
  fixture.queue.written(0, writes[0].key.first);
  CHECK(fixture.queue.hot_bytes() == all / 3);
  // A second time nothing is left to give.
  CHECK(fixture.queue.page_out(1 << 20, 1 << 20, fixture.now, writes) == 0);
  CHECK(writes.size() == 1);
}

TEST_CASE("each priority goes cold in chunks of its own, and the highest is read first") {
  QueueSettings settings;
  settings.max_priority = 2;
  QueueFixture fixture(settings);
  for (int i = 0; i < 3; ++i)
    for (std::uint8_t priority = 0; priority < 3; ++priority)
      fixture.publish(
          message(std::string(1, static_cast<char>('a' + priority)) + std::to_string(i), 100, {.priority = priority}));
  Cold cold(fixture);
  cold.page_out();
  CHECK(cold.writes.size() == 3);
  fixture.consume(1, {.no_ack = true});
  CHECK(fixture.delivered() == "c0");
  const std::vector<ChunkLoad> loads = cold.wanted();
  REQUIRE(loads.size() == 1);
  CHECK(loads[0].level == 2);
  cold.give(loads[0]);
  cold.give_all();
  CHECK(fixture.delivered() == "c1 c2 b0 b1 b2 a0 a1 a2");
}

TEST_CASE("a deleted queue gives up its chunks and answers the gets that waited") {
  QueueFixture fixture;
  for (const std::string_view key : {"a", "b"}) fixture.publish(message(key, 100));
  Cold cold(fixture);
  cold.page_out();
  fixture.get();
  fixture.run(Get{kReader, kChannel, true});
  const std::vector<ChunkLoad> loads = cold.wanted();
  REQUIRE(loads.size() == 1);
  fixture.run(Delete{kReader, kChannel});
  CHECK(fixture.take<GetAnswer>().empty());
  fixture.mail.clear();
  fixture.queue.retire(fixture.effects);
  const std::vector<GetAnswer> answers = fixture.take<GetAnswer>();
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].gone);
  CHECK(fixture.erased_chunks.size() == 1);
  CHECK(cold.give(loads[0]) == 0);
  CHECK(fixture.mail.empty());
}

TEST_CASE("a queue is restored in order: what stood in chunks, between them and behind them") {
  RecoveredQueue recovered;
  recovered.note = {QueueId(7), 20, {4}};
  recovered.messages = {{persistent("a"), 1}, {persistent("d"), 6}, {persistent("f"), 12}};
  const ChunkWrite first{{QueueId(7), 0, 3}, {{persistent("b"), 3}, {persistent("c"), 5}}};
  const ChunkWrite second{{QueueId(7), 0, 8}, {{persistent("x"), 8}, {persistent("e"), 9}}};
  recovered.chunks = {{first.key, 5, 2, 200, false, {0b010}}, {second.key, 9, 2, 200, false, {0b01}}};
  QueueFixture fixture(durable());
  Cold cold(fixture);
  cold.writes = {first, second};
  fixture.queue.restore(recovered, fixture.now);
  CHECK(fixture.queue.ready() == 6);
  cold.give_all();
  fixture.consume(1, {.no_ack = true});
  cold.give_all();
  CHECK(fixture.delivered() == "a* b* c d e f");
  fixture.publish(persistent("g"));
  CHECK(fixture.take<Delivery>()[0].position == 20);
}

}  // namespace warren::queue_storage_test
