// The journal on disk, byte by byte. Numbers are big-endian.
//
// A file is called `<shard>.<slot>`, both decimal. It is made once, with its full size, and overwritten again and
// again: which segment it holds stands in its header alone.
//
// Segment
//   0     header
//   512   the same header again: a bad spot hits one of them
//   4096  chunks, one behind the other; behind the last one stands whatever the file held before
//
// Header of a segment: 64 bytes
//   0   8  magic "WARRENJL"
//   8   4  version of the format
//   12  4  CRC-32C of the other 60 bytes, seed 0
//   16  8  number of the segment
//   24  8  position of the journal where its first chunk begins
//   32  8  position of the journal that was durable when it was begun
//   40  8  salt: random
//   48  4  shard
//   52  12 zero
// In every version magic, version and checksum keep their places.
//
// Chunk: 40 bytes of header, payload, zeros up to the next multiple of 8
//   0   4  mark: the upper half of the segment's salt
//   4   4  CRC-32C of the 32 bytes behind it, seeded with the lower half of the salt
//   8   4  CRC-32C of the payload, seeded alike
//   12  4  length of the payload
//   16  8  number of the segment
//   24  8  position where this chunk begins; it says where in the file the chunk must lie
//   32  8  position of the journal that was durable when it was written
// So neither stale chunks of the file's earlier lives nor bodies made to look like chunks are taken for chunks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "persist/journal/journal.hpp"

namespace warren::persist {

inline constexpr std::uint32_t kJournalVersion = 1;
inline constexpr std::uint64_t kSegmentHeadBytes = 4096;  // chunks begin behind
inline constexpr std::uint64_t kSegmentHeaderCopy = 512;  // offset of the second copy
inline constexpr std::uint64_t kSegmentHeaderBytes = 64;
inline constexpr std::uint64_t kChunkHeaderBytes = 40;
inline constexpr std::uint64_t kChunkPayloadBytesMax = 1u << 31;

struct SegmentHeader {
  SegmentNumber number = 0;
  std::uint64_t begin = 0;
  std::uint64_t synced = 0;
  std::uint64_t salt = 0;
  std::uint32_t shard = 0;
  std::uint32_t version = kJournalVersion;
};

struct ChunkHeader {
  std::uint32_t payload_crc = 0;
  std::uint32_t payload_bytes = 0;
  std::uint64_t begin = 0;
  std::uint64_t synced = 0;
};

// Bytes of a chunk with its header and padding.
constexpr std::uint64_t chunk_bytes(std::uint64_t payload_bytes) {
  return (kChunkHeaderBytes + payload_bytes + 7) / 8 * 8;
}

// Where a position of the journal lies in the segment that begins at `begin`.
constexpr std::uint64_t offset_in_segment(std::uint64_t begin, std::uint64_t position) {
  return kSegmentHeadBytes + (position - begin);
}

// Writes all kSegmentHeadBytes: both copies, and zeros.
void write_segment_head(const SegmentHeader& header, char* to);
// One copy, if it is whole. Requires: kSegmentHeaderBytes. A newer version is told by its number; then the other
// members mean nothing.
std::optional<SegmentHeader> read_segment_header(std::string_view bytes);

// Writes the header in front of the payload that lies behind it, and the sums of both.
void write_chunk_header(const SegmentHeader& segment, const ChunkHeader& chunk, char* to);
// A header of that segment at that position, if its own sum is right. Requires: kChunkHeaderBytes. Says nothing about
// the payload.
std::optional<ChunkHeader> read_chunk_header(const SegmentHeader& segment, std::uint64_t begin, std::string_view bytes);
std::uint32_t payload_crc(const SegmentHeader& segment, std::string_view payload);
// The first bytes of every chunk of that segment.
std::uint32_t chunk_mark(const SegmentHeader& segment);

struct SlotName {
  std::uint32_t shard = 0;
  std::uint32_t slot = 0;
};

std::string slot_name(SlotName name);
// Nothing for names that are not slots'.
std::optional<SlotName> parse_slot_name(std::string_view name);

}  // namespace warren::persist
