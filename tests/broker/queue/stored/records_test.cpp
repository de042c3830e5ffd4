#include "broker/queue/stored/records.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/rng.hpp"
#include "tests/broker/queue/stored/bytes.hpp"

namespace warren::records_test {

using namespace warren::broker;
using namespace warren::broker::testing;

namespace {

constexpr QueueId kOne{1};
constexpr QueueId kTwo{2};

MessageRef small(std::string_view body) { return make_message("", "k", literal("\x00\x00"), body, {}); }

// The records as text: "enqueue 1:5 body", "settled 1:5-7", ...
std::vector<std::string> read(std::string_view chunk, bool* ok = nullptr) {
  static constexpr const char* kNames[] = {"", "queue", "enqueue", "again", "settled", "delivered", "definition"};
  std::vector<std::string> lines;
  RecordWalk walk(chunk);
  while (const ReadRecord* record = walk.next()) {
    std::string line = kNames[static_cast<std::size_t>(record->tag)];
    if (record->tag == RecordTag::definition) {
      lines.push_back(line + (record->erased ? " -" : " +") + std::string(record->key) + "=" +
                      std::string(record->value));
      continue;
    }
    line += " " + std::to_string(record->queue.value) + ":" + std::to_string(record->first) + "-" +
            std::to_string(record->last);
    if (record->tag == RecordTag::delivered) line += " level " + std::to_string(record->level);
    if (!record->message.empty() && (record->tag == RecordTag::enqueue || record->tag == RecordTag::again)) {
      RecordReader reader(record->message);
      const MessageRef message = read_message(reader);
      REQUIRE(message);
      CHECK(reader.at_end());
      line += " " + std::string(message->body());
      if (record->deadline != kNever) line += " until " + std::to_string(record->deadline);
    }
    lines.push_back(line);
  }
  if (ok != nullptr) *ok = walk.ok();
  return lines;
}

std::string written(RecordWriter& writer, std::size_t header = 0) {
  return std::string(writer.take().view()).substr(header);
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("records lie in the journal as the format says") {
  RecordWriter writer;
  writer.begin({});
  writer.enqueue(QueueId(300), 5, small("b"), kNever);
  writer.enqueue(QueueId(300), 6, small("c"), 9);
  writer.settled(QueueId(300), 5, 7);
  writer.delivered(QueueId(300), 3, 6);
  writer.definition("key", "value", false);
  writer.definition("key", "", true);
  const std::string message = literal("\x00\x00\x02\x01\x00\x01k\x00\x00");
  CHECK(written(writer) == literal("\x01\xac\x02\x05"
                                   "\x02\x00") +
                               message + "b" + literal("\x02\x0a") + message + "c" +
                               literal("\x04\x05\x02"
                                       "\x05\x03\x06"
                                       "\x06\x00\x03key\x05value"
                                       "\x06\x01\x03key\x00"));
}

TEST_CASE("a message that goes to several queues is written once") {
  RecordWriter writer;
  writer.begin({});
  const MessageRef shared = small(std::string(500, 's'));
  const MessageRef copy = shared;
  writer.enqueue(kOne, 1, shared, kNever);
  writer.enqueue(kTwo, 1, shared, 100);
  writer.enqueue(kTwo, 2, shared, kNever);
  const std::size_t bytes = writer.bytes();
  CHECK(bytes < 560);
  const std::string body(500, 's');
  CHECK(read(written(writer)) ==
        Lines{"enqueue 1:1-1 " + body, "again 2:1-1 " + body + " until 100", "again 2:2-2 " + body});
}

TEST_CASE("only what stands in the same chunk is referred to") {
  RecordWriter writer;
  const MessageRef shared = small("s");
  const MessageRef copy = shared;
  writer.begin({});
  writer.enqueue(kOne, 1, shared, kNever);
  written(writer);
  writer.begin({});
  writer.enqueue(kTwo, 1, shared, kNever);
  CHECK(read(written(writer)) == Lines{"enqueue 2:1-1 s"});
}

TEST_CASE("records stand behind what the buffer holds, and back references do not count it") {
  RecordWriter writer;
  ByteBuffer header;
  header.append("header");
  writer.begin(std::move(header));
  CHECK((writer.begun() && writer.empty()));
  const MessageRef shared = small("s");
  const MessageRef copy = shared;
  writer.enqueue(kOne, 1, shared, kNever);
  writer.enqueue(kTwo, 9, shared, kNever);
  CHECK(read(written(writer, 6)) == Lines{"enqueue 1:1-1 s", "again 2:9-9 s"});
  CHECK_FALSE(writer.begun());
}

TEST_CASE("the word that a chunk is gone is read as it was written, and one without a place makes no sense") {
  RecordWriter writer;
  writer.begin({});
  writer.chunk_gone(kOne, 2, 5, 9);
  const std::string bytes(writer.take().view());
  RecordWalk walk(bytes);
  const ReadRecord* record = walk.next();
  REQUIRE(record != nullptr);
  CHECK(record->tag == RecordTag::chunk_gone);
  CHECK(record->queue == kOne);
  CHECK((record->level == 2 && record->first == 5 && record->last == 9));
  CHECK((walk.next() == nullptr && walk.ok()));
  std::string nowhere = bytes;
  nowhere[nowhere.size() - 2] = 0;
  RecordWalk bad(nowhere);
  CHECK((bad.next() == nullptr && !bad.ok()));
}

TEST_CASE("what was touched spans enqueues that go backwards, as a copy hears of them") {
  RecordWriter writer;
  writer.begin({});
  writer.enqueue(kOne, 7, small("a"), kNever);
  writer.enqueue(kOne, 2, small("b"), kNever);
  writer.enqueue(kOne, 5, small("c"), kNever);
  REQUIRE(writer.touched().size() == 1);
  CHECK(writer.touched()[0].first == 2);
  CHECK(writer.touched()[0].last == 7);
}

TEST_CASE("the writer tells which queues were touched, and where they enqueued") {
  RecordWriter writer;
  writer.begin({});
  writer.enqueue(kOne, 4, small("a"), kNever);
  writer.enqueue(kOne, 9, small("b"), kNever);
  writer.settled(kTwo, 1, 3);
  writer.delivered(kOne, 0, 9);
  REQUIRE(writer.touched().size() == 3);
  CHECK(writer.touched()[0].queue == kOne);
  CHECK(writer.touched()[0].first == 4);
  CHECK(writer.touched()[0].last == 9);
  CHECK(writer.touched()[1].queue == kTwo);
  CHECK(writer.touched()[1].first == 0);
  CHECK(writer.touched()[2].queue == kOne);
  CHECK(writer.touched()[2].first == 0);
  CHECK(read(written(writer)) ==
        Lines{"enqueue 1:4-4 a", "enqueue 1:9-9 b", "settled 2:1-3", "delivered 1:9-9 level 0"});
  writer.begin({});
  CHECK(writer.touched().empty());
}

TEST_CASE("what was written at random is read again") {
  Rng rng(3);
  for (int round = 0; round < 300; ++round) {
    RecordWriter writer;
    writer.begin({});
    Lines expected;
    std::vector<Position> next(4, 1);
    std::vector<MessageRef> messages;
    for (std::uint64_t i = 0, count = rng.below(30); i < count; ++i) {
      const std::uint64_t number = 1 + rng.below(3);
      const std::string place = std::to_string(number) + ":";
      if (rng.one_in(4)) {
        const Position first = 1 + rng.below(100), last = first + rng.below(5);
        writer.settled(QueueId(number), first, last);
        expected.push_back("settled " + place + std::to_string(first) + "-" + std::to_string(last));
        continue;
      }
      const bool again = !messages.empty() && rng.one_in(2);
      if (!again) messages.push_back(small("b" + std::to_string(i)));
      next[number] += rng.below(2);
      const Position position = next[number]++;
      const MessageRef held = messages.back();  // as another queue would
      writer.enqueue(QueueId(number), position, messages.back(), kNever);
      expected.push_back((again ? "again " : "enqueue ") + place + std::to_string(position) + "-" +
                         std::to_string(position) + " " + std::string(messages.back()->body()));
    }
    const bool none = expected.empty();
    CHECK(writer.empty() == none);
    REQUIRE(read(written(writer)) == expected);
  }
}

TEST_CASE("a chunk that is cut inside a record is not read to a good end") {
  RecordWriter writer;
  writer.begin({});
  const MessageRef shared = small("abc");
  const MessageRef copy = shared;
  writer.enqueue(kOne, 1, shared, 7);
  writer.enqueue(kTwo, 1, shared, 7);
  writer.settled(kTwo, 1, 300);
  writer.delivered(kTwo, 3, 300);
  writer.definition("key", "value", false);
  const std::string chunk = written(writer);
  std::size_t ends = 0;
  for (std::size_t length = 1; length <= chunk.size(); ++length) {
    bool ok = false;
    read(chunk.substr(0, length), &ok);
    ends += ok;
  }
  // Seven records, the two that name a queue too.
  CHECK(ends == 7);
}

TEST_CASE("records that make no sense end the reading") {
  const std::string queue = literal("\x01\x01\x01");
  const std::string message = literal("\x00\x00\x02\x00\x00\x00\x00\x00");
  for (const std::string& bad :
       {literal("\x00"), literal("\x07"), literal("\xff"),                    // no such tag
        literal("\x02\x00") + message,                                        // of no queue
        literal("\x04\x01\x01"), literal("\x05\x00\x01"),                     // of no queue
        literal("\x01\x01\x00\x02\x00") + message,                            // no position was named
        queue + literal("\x04\x00\x01"),                                      // settles position zero
        queue + literal("\x04\x05\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),  // its end wraps around
        queue + literal("\x03\x00\x04"),                                      // refers to before the chunk
        queue + literal("\x03\x00\x00"),                                      // refers to itself
        queue + literal("\x03\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), literal("\x06\x00\x7f")}) {
    bool ok = true;
    const Lines lines = read(bad, &ok);
    CHECK(lines.empty());
    CHECK_FALSE(ok);
  }
}

TEST_CASE("garbage never leads outside the chunk") {
  Rng rng(4);
  std::size_t records = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string chunk = literal("\x01\x01\x01");
    if (rng.one_in(2)) chunk += literal("\x02\x00\x00\x00\x02\x00\x00\x00\x00\x00");
    chunk += random_bytes(rng, 40);
    RecordWalk walk(chunk);
    while (const ReadRecord* record = walk.next()) {
      ++records;
      if (record->message.empty()) continue;
      CHECK(record->message.data() >= chunk.data());
      CHECK(record->message.data() + record->message.size() <= chunk.data() + chunk.size());
    }
  }
  CHECK(records > 10'000);
}

}  // namespace warren::records_test
