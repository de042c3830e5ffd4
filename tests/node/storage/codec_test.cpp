#include "node/storage/codec.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "tests/broker/queue/stored/bytes.hpp"

namespace warren::codec_test {

using namespace warren::node;
using broker::ChunkNote;
using broker::QueueNote;
using broker::StoredMessage;
using broker::testing::literal;
using broker::testing::random_bytes;
using broker::testing::random_message;
using broker::testing::same;

namespace {

template <class Value>
std::string bytes_of(const Value& value) {
  return std::string(encode(value).view());
}

const std::string kCheckpointKey = checkpoint_key(3);
const std::string kQueueKey = queue_note_key(QueueId(1));
const std::string kChunkKey = chunk_key({QueueId(1), 2, 100});

}  // namespace

TEST_CASE("keys and values of the store are as the format says") {
  CHECK(checkpoint_key(258) == literal("checkpoint\x00\x00\x01\x02"));
  CHECK(queue_note_key(QueueId(259)) == literal("\x00\x00\x00\x00\x00\x00\x01\x03"));
  CHECK(chunk_key({QueueId(1), 9, 300}) ==
        literal("\x00\x00\x00\x00\x00\x00\x00\x01\x09\x00\x00\x00\x00\x00\x00\x01\x2c"));
  CHECK(bytes_of(Checkpoint{1, 300, 5}) == literal("\xac\x02\x05"));
  CHECK(bytes_of(QueueNote{QueueId(1), 300, {0, 7}}) == literal("\xac\x02\x02\x00\x07"));
  CHECK(bytes_of(ChunkNote{{QueueId(1), 0, 10}, 13, 4, 300, true, {0x0102}}) ==
        literal("\x03\x04\xac\x02\x01\x01\x00\x00\x00\x00\x00\x00\x01\x02"));
  const broker::MessageRef message = broker::make_message("", "k", literal("\x00\x00"), "b", {.persistent = true});
  const std::string record = literal("\x01\x00\x02\x01\x00\x01k\x00\x00") + "b";
  CHECK(bytes_of(std::vector<StoredMessage>{{message, 300, kNever, false}, {message, 302, 4, true}}) ==
        literal("\xac\x02\x00\x00") + record + literal("\x02\x05\x01") + record);
}

TEST_CASE("the order of chunk keys is that of queue, level and position") {
  std::vector<broker::ChunkKey> keys;
  for (const std::uint64_t queue : {1u, 2u, 256u})
    for (const broker::Level level : {0, 1, 200, 255})
      for (const Position first : {1u, 255u, 256u, 70'000u}) keys.push_back({QueueId(queue), level, first});
  std::vector<std::string> bytes;
  for (const broker::ChunkKey& key : keys) bytes.push_back(chunk_key(key));
  CHECK(std::ranges::is_sorted(keys));
  CHECK(std::ranges::is_sorted(bytes));
}

TEST_CASE("what was encoded is decoded") {
  Rng rng(1);
  for (int round = 0; round < 500; ++round) {
    const Checkpoint checkpoint{static_cast<std::uint32_t>(rng.next()), rng.next(), rng.next()};
    const auto again = decode_checkpoint(checkpoint_key(checkpoint.shard), bytes_of(checkpoint));
    REQUIRE(again);
    CHECK((again->shard == checkpoint.shard && again->segment == checkpoint.segment &&
           again->position == checkpoint.position));

    QueueNote queue{QueueId(rng.next()), rng.next(), {}};
    for (std::uint64_t i = rng.below(12); i > 0; --i) queue.delivered.push_back(rng.below(1000));
    const auto queue_again = decode_queue_note(queue_note_key(queue.queue), bytes_of(queue));
    REQUIRE(queue_again);
    CHECK((queue_again->queue == queue.queue && queue_again->next_position == queue.next_position &&
           queue_again->delivered == queue.delivered));

    ChunkNote note{{QueueId(rng.next()), static_cast<broker::Level>(rng.below(256)), 1 + rng.below(1u << 30)}};
    note.last = note.key.first + rng.below(5000);
    note.messages = 1 + static_cast<std::uint32_t>(rng.below(note.last - note.key.first + 1));
    note.body_bytes = rng.next();
    note.deadlines = rng.one_in(2);
    if (rng.one_in(2)) note.dead.assign((note.last - note.key.first) / 64 + 1, rng.next());
    const auto note_again = decode_chunk_note(chunk_key(note.key), bytes_of(note));
    REQUIRE(note_again);
    CHECK((note_again->key == note.key && note_again->last == note.last && note_again->messages == note.messages &&
           note_again->body_bytes == note.body_bytes && note_again->deadlines == note.deadlines &&
           note_again->dead == note.dead));
  }
}

TEST_CASE("messages of a chunk are decoded as they were") {
  Rng rng(2);
  for (int round = 0; round < 100; ++round) {
    std::vector<StoredMessage> messages, again;
    Position position = rng.below(1000);
    for (std::uint64_t i = 1 + rng.below(10); i > 0; --i)
      messages.push_back({random_message(rng), position += 1 + rng.below(300),
                          rng.one_in(2) ? kNever : static_cast<WallMs>(rng.below(1u << 30)), rng.one_in(2)});
    const std::string bytes = bytes_of(messages);
    REQUIRE(decode_messages(bytes, again));
    REQUIRE(again.size() == messages.size());
    for (std::size_t i = 0; i < messages.size(); ++i) {
      CHECK(same(*again[i].message, *messages[i].message));
      CHECK((again[i].position == messages[i].position && again[i].deadline == messages[i].deadline &&
             again[i].redelivered == messages[i].redelivered));
    }
    // Cut anywhere but between two messages, it makes no sense.
    std::vector<StoredMessage> part;
    CHECK_FALSE(decode_messages(std::string_view(bytes).substr(0, bytes.size() - 1), part));
    CHECK(part.size() == messages.size() - 1);
  }
}

TEST_CASE("keys and values that are not whole are refused") {
  const std::string checkpoint = bytes_of(Checkpoint{3, 300, 300});
  const std::string queue = bytes_of(QueueNote{QueueId(1), 300, {1, 300}});
  const std::string chunk = bytes_of(ChunkNote{{QueueId(1), 2, 100}, 200, 3, 300, true, {1, 2}});
  CHECK(decode_checkpoint(kCheckpointKey, checkpoint));
  CHECK(decode_queue_note(kQueueKey, queue));
  CHECK(decode_chunk_note(kChunkKey, chunk));
  CHECK_FALSE(decode_checkpoint(kCheckpointKey, checkpoint + "x"));
  CHECK_FALSE(decode_queue_note(kQueueKey, queue + "x"));
  CHECK_FALSE(decode_chunk_note(kChunkKey, chunk + "x"));
  for (std::size_t length = 0; length < checkpoint.size(); ++length)
    CHECK_FALSE(decode_checkpoint(kCheckpointKey, checkpoint.substr(0, length)));
  for (std::size_t length = 0; length < queue.size(); ++length)
    CHECK_FALSE(decode_queue_note(kQueueKey, queue.substr(0, length)));
  for (std::size_t length = 0; length < chunk.size(); ++length)
    CHECK_FALSE(decode_chunk_note(kChunkKey, chunk.substr(0, length)));
  for (const std::string& key : {kCheckpointKey, kQueueKey, kChunkKey}) {
    for (std::size_t length = 0; length < key.size(); ++length) {
      CHECK_FALSE(decode_checkpoint(key.substr(0, length), checkpoint));
      CHECK_FALSE(decode_chunk_note(key.substr(0, length), chunk));
      if (length != kQueueKey.size()) CHECK_FALSE(decode_queue_note(key.substr(0, length), queue));
    }
    CHECK_FALSE(decode_chunk_note(key + "x", chunk));
  }
}

TEST_CASE("numbers that cannot be are refused before memory is taken for them") {
  const std::string huge = literal("\xff\xff\xff\xff\xff\xff\xff\xff\x7f");
  CHECK_FALSE(decode_queue_note(kQueueKey, literal("\x01") + huge));              // levels
  CHECK_FALSE(decode_queue_note(kQueueKey, literal("\x01\x81\x02")));             // 257 levels
  CHECK_FALSE(decode_chunk_note(kChunkKey, huge + literal("\x01\x01\x00\x00")));  // span
  CHECK_FALSE(decode_chunk_note(kChunkKey, literal("\x05\x01\x01\x00") + huge));  // words
  CHECK_FALSE(decode_chunk_note(kChunkKey, literal("\x05\x00\x01\x00\x00")));     // no message
  CHECK_FALSE(decode_chunk_note(kChunkKey, literal("\x05\x07\x01\x00\x00")));     // more than positions
  CHECK_FALSE(decode_chunk_note(chunk_key({QueueId(1), 2, 0}), literal("\x05\x01\x01\x00\x00")));
  CHECK_FALSE(decode_chunk_note(chunk_key({QueueId(1), 2, ~Position{0}}), literal("\x05\x01\x01\x00\x00")));
}

TEST_CASE("garbage is refused or decoded within bounds") {
  Rng rng(3);
  for (int round = 0; round < 20'000; ++round) {
    const std::string bytes = random_bytes(rng, 40);
    if (const auto note = decode_chunk_note(kChunkKey, bytes)) {
      CHECK(note->dead.size() <= (note->last - note->key.first) / 64 + 1);
      CHECK(note->messages <= note->last - note->key.first + 1);
    }
    if (const auto note = decode_queue_note(kQueueKey, bytes)) CHECK(note->delivered.size() <= 40);
    std::vector<StoredMessage> messages;
    decode_messages(bytes, messages);
    for (const StoredMessage& one : messages) CHECK(one.message);
  }
}

}  // namespace warren::codec_test
