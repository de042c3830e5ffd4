#include "node/storage/codec.hpp"

#include <utility>

#include "base/tags.hpp"
#include "broker/queue/stored/message_record.hpp"
#include "broker/queue/stored/varint.hpp"

namespace warren::node {
namespace {

using broker::append_varint;
using broker::RecordReader;

// Positions that one chunk may span; more is damage.
constexpr Position kSpanMax = 1 << 20;
constexpr std::size_t kLevelsMax = 256;

template <class Number>
void append_big(std::string& to, Number number) {
  char bytes[sizeof number];
  store_big(bytes, number);
  to.append(bytes, sizeof bytes);
}

constexpr std::size_t kQueueKeyBytes = 8;
constexpr std::size_t kChunkKeyBytes = 17;
constexpr std::size_t kBodyKeyBytes = 9;

std::uint64_t encode_deadline(WallMs deadline) {
  return deadline == kNever ? 0 : static_cast<std::uint64_t>(deadline < 0 ? 0 : deadline) + 1;
}
WallMs decode_deadline(std::uint64_t number) {
  return number == 0 || number > static_cast<std::uint64_t>(kNever) ? kNever : static_cast<WallMs>(number - 1);
}

// Ascending, each once.
bool read_bodies(RecordReader& reader, broker::ChunkNote& note) {
  const std::uint64_t bodies = reader.varint();
  if (!reader.ok() || bodies > note.messages) return false;
  std::uint64_t before = 0;
  for (std::uint64_t i = 0; i < bodies; ++i) {
    const std::uint64_t body = before + reader.varint();
    if (!reader.ok() || body <= before) return false;
    note.bodies.push_back(BodyId(body));
    before = body;
  }
  return reader.at_end();
}

}  // namespace

std::string checkpoint_key(std::uint32_t shard) {
  std::string key(kCheckpointPrefix);
  append_big(key, shard);
  return key;
}

std::string queue_note_key(QueueId queue) {
  std::string key;
  append_big(key, queue.value);
  return key;
}

std::string chunk_key(const broker::ChunkKey& key) {
  std::string bytes = queue_note_key(key.queue);
  bytes.push_back(static_cast<char>(key.level));
  append_big(bytes, key.first);
  return bytes;
}

std::string body_key(BodyId body) {
  std::string key(kBodyPrefix);
  append_big(key, body.value);
  return key;
}

std::string stamp_key() { return std::string(1, static_cast<char>(AgreementTag::stamp)); }

std::string encode_stamp(std::uint64_t stamp) {
  std::string value(sizeof stamp, 0);
  store_big(value.data(), stamp);
  return value;
}

std::optional<std::uint64_t> decode_stamp(std::string_view value) {
  if (value.size() != sizeof(std::uint64_t)) return std::nullopt;
  return load_big<std::uint64_t>(value.data());
}

ByteBuffer encode(const Checkpoint& checkpoint) {
  ByteBuffer value;
  append_varint(value, checkpoint.segment);
  append_varint(value, checkpoint.position);
  return value;
}

ByteBuffer encode(const broker::QueueNote& note) {
  ByteBuffer value;
  append_varint(value, note.next_position);
  append_varint(value, note.delivered.size());
  for (const Position position : note.delivered) append_varint(value, position);
  return value;
}

ByteBuffer encode(const broker::ChunkNote& note) {
  ByteBuffer value;
  append_varint(value, note.last - note.key.first);
  append_varint(value, note.messages);
  append_varint(value, note.body_bytes);
  append_varint(value, note.deadlines ? 1 : 0);
  append_varint(value, note.dead.size());
  for (const std::uint64_t word : note.dead) store_big(value.extend(sizeof word), word);
  if (note.bodies.empty()) return value;
  append_varint(value, note.bodies.size());
  std::uint64_t before = 0;
  for (const BodyId body : note.bodies) append_varint(value, body.value - std::exchange(before, body.value));
  return value;
}

ByteBuffer encode(const std::vector<broker::StoredMessage>& messages) {
  ByteBuffer value;
  Position before = 0;
  for (const broker::StoredMessage& one : messages) {
    append_varint(value, one.position - before);
    before = one.position;
    append_varint(value, encode_deadline(one.deadline));
    append_varint(value, one.redelivered ? 1 : 0);
    broker::append_message(value, *one.message, one.body);
  }
  return value;
}

std::optional<Checkpoint> decode_checkpoint(std::string_view key, std::string_view value) {
  if (key.size() != kCheckpointPrefix.size() + 4 || !key.starts_with(kCheckpointPrefix)) return std::nullopt;
  RecordReader reader(value);
  Checkpoint checkpoint;
  checkpoint.shard = load_big<std::uint32_t>(key.data() + kCheckpointPrefix.size());
  checkpoint.segment = reader.varint();
  checkpoint.position = reader.varint();
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return checkpoint;
}

std::optional<broker::QueueNote> decode_queue_note(std::string_view key, std::string_view value) {
  if (key.size() != kQueueKeyBytes) return std::nullopt;
  RecordReader reader(value);
  broker::QueueNote note;
  note.queue = QueueId(load_big<std::uint64_t>(key.data()));
  note.next_position = reader.varint();
  const std::uint64_t levels = reader.varint();
  if (!reader.ok() || levels > kLevelsMax) return std::nullopt;
  for (std::uint64_t i = 0; i < levels; ++i) note.delivered.push_back(reader.varint());
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return note;
}

std::optional<broker::ChunkKey> decode_chunk_key(std::string_view key) {
  if (key.size() != kChunkKeyBytes) return std::nullopt;
  return broker::ChunkKey{QueueId(load_big<std::uint64_t>(key.data())), static_cast<broker::Level>(key[kQueueKeyBytes]),
                          load_big<std::uint64_t>(key.data() + kQueueKeyBytes + 1)};
}

std::optional<BodyId> decode_body_key(std::string_view key) {
  if (key.size() != kBodyKeyBytes || !key.starts_with(kBodyPrefix)) return std::nullopt;
  return BodyId(load_big<std::uint64_t>(key.data() + kBodyPrefix.size()));
}

std::optional<broker::ChunkNote> decode_chunk_note(std::string_view key, std::string_view value) {
  const std::optional<broker::ChunkKey> chunk = decode_chunk_key(key);
  if (!chunk) return std::nullopt;
  RecordReader reader(value);
  broker::ChunkNote note;
  note.key = *chunk;
  const std::uint64_t span = reader.varint();
  const std::uint64_t messages = reader.varint();
  note.body_bytes = reader.varint();
  note.deadlines = reader.varint() != 0;
  const std::uint64_t words = reader.varint();
  if (!reader.ok() || span > kSpanMax || messages == 0 || messages > span + 1 || words > span / 64 + 1)
    return std::nullopt;
  if (note.key.first == 0 || note.key.first + span < note.key.first) return std::nullopt;
  note.last = note.key.first + span;
  note.messages = static_cast<std::uint32_t>(messages);
  for (std::uint64_t i = 0; i < words; ++i) {
    const std::string_view word = reader.bytes(sizeof(std::uint64_t));
    if (!reader.ok()) return std::nullopt;
    note.dead.push_back(load_big<std::uint64_t>(word.data()));
  }
  if (!reader.at_end() && !read_bodies(reader, note)) return std::nullopt;
  return note;
}

bool read_chunked(RecordReader& reader, Position& position, ChunkedMessage& one) {
  one.position = position += reader.varint();
  one.deadline = decode_deadline(reader.varint());
  one.redelivered = reader.varint() != 0;
  return broker::read_message_parts(reader, one.message);
}

bool decode_messages(std::string_view value, std::vector<broker::StoredMessage>& messages, const BodyFetch& fetch) {
  RecordReader reader(value);
  Position position = 0;
  bool whole = true;
  ByteBuffer elsewhere;
  while (!reader.at_end()) {
    ChunkedMessage one;
    if (!read_chunked(reader, position, one)) return false;
    broker::MessageParts& parts = one.message;
    if (parts.elsewhere) {
      elsewhere.clear();
      const bool fetched = fetch(parts.elsewhere, elsewhere) && elsewhere.size() == parts.body_bytes;
      whole &= fetched;
      if (!fetched) continue;
      parts.body = elsewhere.view();
    }
    messages.push_back(
        {broker::make_message(parts.exchange, parts.routing_key, parts.properties, parts.body, parts.traits),
         one.position, one.deadline, one.redelivered, false, parts.elsewhere});
  }
  return whole;
}

}  // namespace warren::node
