// Keys and values of the store (persist/store.hpp).
//
// Numbers in keys are big-endian, so that the order of keys is theirs; numbers in values are varints.
//
//   meta    "checkpoint" shard (4)                    segment, position
//   catalog as broker/catalog/stored and node/cluster/agreement say, and a stamp: 8 bytes, big-endian
//   queues  queue (8)                                 next position, levels, per level: delivered up to
//   chunks  queue (8), level (1), first position (8)  last - first, messages, body bytes, deadlines (0 or 1),
//                                                     words of bits, each 8 bytes big-endian; if bodies lie
//                                                     elsewhere: how many, each less the one before
//   bodies  the same key                              per message: position less the one before, deadline plus one or
//                                                     zero, redelivered (0 or 1), message_record.hpp
//           255, identity of a body (8)               a body that chunks refer to
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "broker/queue/stored/message_record.hpp"
#include "broker/queue/stored/values.hpp"
#include "node/storage/jobs.hpp"

namespace warren::node {

inline constexpr std::string_view kCheckpointPrefix = "checkpoint";

std::string checkpoint_key(std::uint32_t shard);
std::string queue_note_key(QueueId queue);
std::string chunk_key(const broker::ChunkKey& key);
// Bodies come behind all chunks.
std::string body_key(BodyId body);
inline constexpr std::string_view kBodyPrefix = "\xff";

// The last record of a write that has definitions: it numbers these writes. The store has it among its definitions and
// may be ahead of a journal that has lost its end: what stands in the journal is older then, all or some of it.
std::string stamp_key();
std::string encode_stamp(std::uint64_t stamp);
std::optional<std::uint64_t> decode_stamp(std::string_view value);

ByteBuffer encode(const Checkpoint& checkpoint);
ByteBuffer encode(const broker::QueueNote& note);
ByteBuffer encode(const broker::ChunkNote& note);
ByteBuffer encode(const std::vector<broker::StoredMessage>& messages);

// Nothing: not what encode() makes.
std::optional<Checkpoint> decode_checkpoint(std::string_view key, std::string_view value);
std::optional<broker::QueueNote> decode_queue_note(std::string_view key, std::string_view value);
std::optional<broker::ChunkNote> decode_chunk_note(std::string_view key, std::string_view value);
std::optional<broker::ChunkKey> decode_chunk_key(std::string_view key);
std::optional<BodyId> decode_body_key(std::string_view key);

// One message of a chunk as it stands there. Views are into the chunk.
struct ChunkedMessage {
  Position position = 0;
  WallMs deadline = kNever;
  bool redelivered = false;
  broker::MessageParts message;
};
// Reads the next one. `position` is that of the one before, zero at first. False: the bytes make none.
bool read_chunked(broker::RecordReader& reader, Position& position, ChunkedMessage& one);

// Fetches a body that lies elsewhere. False: it cannot be had.
using BodyFetch = std::function<bool(BodyId body, ByteBuffer& bytes)>;
// False: not what encode() makes, or bodies could not be had; what could be read is among the messages.
bool decode_messages(std::string_view value, std::vector<broker::StoredMessage>& messages, const BodyFetch& fetch);
// The same, where no body can be had that lies elsewhere.
inline bool decode_messages(std::string_view value, std::vector<broker::StoredMessage>& messages) {
  return decode_messages(value, messages, [](BodyId, ByteBuffer&) { return false; });
}

}  // namespace warren::node
