#include <doctest/doctest.h>

#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::broker::testing {
namespace {

struct Told : QueueFixture {
  Told() {
    ByteBuffer blank;
    blank.extend(64);
    blank.clear();
    copies.begin(std::move(blank));
    effects.copies = &copies;
    queue.tell_copies(true);
  }
  // "enqueue 1, settled 1-2" of what was told since.
  std::string told() {
    const ByteBuffer bytes = copies.take();
    std::string words;
    RecordWalk walk(bytes.view());
    while (const ReadRecord* record = walk.next()) {
      if (!words.empty()) words += ", ";
      static constexpr std::string_view kWords[] = {"", "", "enqueue", "again", "settled", "delivered", ""};
      words += std::string(kWords[static_cast<std::size_t>(record->tag)]) + ' ' + std::to_string(record->first);
      if (record->last != record->first) words += '-' + std::to_string(record->last);
    }
    CHECK(walk.ok());
    ByteBuffer blank;
    blank.extend(64);
    blank.clear();
    copies.begin(std::move(blank));
    return words;
  }

  RecordWriter copies;
};

}  // namespace

TEST_CASE("copies hear of transient messages too, and of all that becomes of them") {
  Told told;
  told.publish_all({"a", "b", "c"});
  CHECK(told.told() == "enqueue 1, enqueue 2, enqueue 3");
  told.get(true);
  CHECK(told.told() == "settled 1");
  told.get(false);
  CHECK(told.told() == "delivered 2");
  told.settle(2, 2, Outcome::accepted);
  CHECK(told.told() == "settled 2");
  told.run(Purge{kReader, kChannel});
  CHECK(told.told() == "settled 3");
}

TEST_CASE("a message that comes flagged is flagged wherever it is next") {
  Told told;
  told.run(Enqueue{message("a"), kPublisher, kChannel, 1, true});
  CHECK(told.told() == "enqueue 1, delivered 1");
}

TEST_CASE("who publishes to a queue with copies is answered when they are") {
  Told told;
  told.publish(message("a"), 1);
  CHECK(told.take<Confirmed>().empty());
  CHECK(told.mail_when_durable.size() == 1);
}

TEST_CASE("each reign numbers its messages from a place of its own") {
  Told told;
  told.publish("a");
  told.queue.reign({QueueId(7), Epoch(3)});
  told.publish("b");
  CHECK(told.told() == "enqueue 1, enqueue " + std::to_string((Position{2} << kReignBits) + 1));
  CHECK(told.get().queue.epoch == Epoch(3));
  CHECK(told.drain() == "b");
}

TEST_CASE("what a queue gives up another takes over, what was with clients first") {
  Told told;
  told.publish_all({"a", "b", "c"});
  told.get(false);
  std::vector<Enqueue> waiting;
  QueueContents contents = told.queue.surrender(waiting);
  CHECK(contents.next_position == 4);
  CHECK(told.queue.closed());
  QueueFixture next;
  next.queue.take_over(std::move(contents));
  CHECK(next.drain() == "a* b c");
  next.publish("d");
  CHECK(next.get(false).position == 4);
}

TEST_CASE("what a client had is flagged for the next one though it lies in a chunk and nobody was told") {
  QueueFixture plain;
  plain.publish_all({"a", "b"});
  std::vector<ChunkWrite> writes;
  REQUIRE(plain.queue.write_cold(1, 1, 1 << 20, 1 << 20, plain.now, writes));
  REQUIRE(writes.size() == 1);
  plain.get(false);
  plain.queue.written(0, 1);
  std::vector<Enqueue> waiting;
  const QueueContents contents = plain.queue.surrender(waiting);
  REQUIRE(contents.messages.size() == 1);
  REQUIRE(contents.keeper != nullptr);
  CHECK(contents.keeper->was_delivered(0, 1));
  CHECK_FALSE(contents.keeper->was_delivered(0, 2));
}

TEST_CASE("what waits for the decision about a deletion is handed on") {
  Told told;
  told.run(Delete{kReader, kChannel, false, false});
  told.publish("late");
  std::vector<Enqueue> waiting;
  told.queue.surrender(waiting);
  REQUIRE(waiting.size() == 1);
  CHECK(waiting.front().message->routing_key() == "late");
}

}  // namespace warren::broker::testing
