#include "persist/journal/format.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

#include "base/bytes.hpp"
#include "persist/crc32c.hpp"

namespace warren::persist {
namespace {

constexpr std::string_view kMagic = "WARRENJL";
constexpr std::size_t kCrcAt = 12;
constexpr std::uint64_t kNumberEnd = 1ull << 62;  // no journal gets there, and sums of two do not wrap
constexpr std::size_t kChunkCrcAt = 4;
constexpr std::size_t kChunkCheckedAt = 8;

std::uint32_t segment_header_crc(const char* header) {
  const std::uint32_t front = crc32c(0, {header, kCrcAt});
  return crc32c(front, {header + kCrcAt + 4, kSegmentHeaderBytes - kCrcAt - 4});
}

std::uint32_t seed(const SegmentHeader& segment) { return static_cast<std::uint32_t>(segment.salt); }

std::uint32_t chunk_header_crc(const SegmentHeader& segment, const char* header) {
  return crc32c(seed(segment), {header + kChunkCheckedAt, kChunkHeaderBytes - kChunkCheckedAt});
}

// A decimal number as it is printed: no sign, no leading zeros.
template <class Number>
std::optional<Number> parse_decimal(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || (text.size() > 1 && text[0] == '0')) return {};
  return number;
}

}  // namespace

void write_segment_head(const SegmentHeader& header, char* to) {
  std::memset(to, 0, kSegmentHeadBytes);
  std::memcpy(to, kMagic.data(), kMagic.size());
  store_big<std::uint32_t>(to + 8, header.version);
  store_big<std::uint64_t>(to + 16, header.number);
  store_big<std::uint64_t>(to + 24, header.begin);
  store_big<std::uint64_t>(to + 32, header.synced);
  store_big<std::uint64_t>(to + 40, header.salt);
  store_big<std::uint32_t>(to + 48, header.shard);
  store_big<std::uint32_t>(to + kCrcAt, segment_header_crc(to));
  std::memcpy(to + kSegmentHeaderCopy, to, kSegmentHeaderBytes);
}

std::optional<SegmentHeader> read_segment_header(std::string_view bytes) {
  const char* from = bytes.data();
  if (!bytes.starts_with(kMagic) || load_big<std::uint32_t>(from + kCrcAt) != segment_header_crc(from)) return {};
  SegmentHeader header;
  header.version = load_big<std::uint32_t>(from + 8);
  header.number = load_big<std::uint64_t>(from + 16);
  header.begin = load_big<std::uint64_t>(from + 24);
  header.synced = load_big<std::uint64_t>(from + 32);
  header.salt = load_big<std::uint64_t>(from + 40);
  header.shard = load_big<std::uint32_t>(from + 48);
  if (header.version != kJournalVersion) return header;
  const bool sane = header.number >= 1 && header.number < kNumberEnd && header.begin < kNumberEnd;
  return sane && header.synced <= header.begin ? std::optional(header) : std::nullopt;
}

void write_chunk_header(const SegmentHeader& segment, const ChunkHeader& chunk, char* to) {
  store_big<std::uint32_t>(to, chunk_mark(segment));
  store_big<std::uint32_t>(to + 8, payload_crc(segment, {to + kChunkHeaderBytes, chunk.payload_bytes}));
  store_big<std::uint32_t>(to + 12, chunk.payload_bytes);
  store_big<std::uint64_t>(to + 16, segment.number);
  store_big<std::uint64_t>(to + 24, chunk.begin);
  store_big<std::uint64_t>(to + 32, chunk.synced);
  store_big<std::uint32_t>(to + kChunkCrcAt, chunk_header_crc(segment, to));
}

std::optional<ChunkHeader> read_chunk_header(const SegmentHeader& segment, std::uint64_t begin,
                                             std::string_view bytes) {
  const char* from = bytes.data();
  if (load_big<std::uint32_t>(from) != chunk_mark(segment)) return {};
  if (load_big<std::uint64_t>(from + 16) != segment.number || load_big<std::uint64_t>(from + 24) != begin) return {};
  if (load_big<std::uint32_t>(from + kChunkCrcAt) != chunk_header_crc(segment, from)) return {};
  ChunkHeader chunk;
  chunk.payload_crc = load_big<std::uint32_t>(from + 8);
  chunk.payload_bytes = load_big<std::uint32_t>(from + 12);
  chunk.begin = begin;
  chunk.synced = load_big<std::uint64_t>(from + 32);
  return chunk.synced <= begin ? std::optional(chunk) : std::nullopt;
}

std::uint32_t payload_crc(const SegmentHeader& segment, std::string_view payload) {
  return crc32c(seed(segment), payload);
}

std::uint32_t chunk_mark(const SegmentHeader& segment) { return static_cast<std::uint32_t>(segment.salt >> 32); }

std::string slot_name(SlotName name) { return fmt::format("{}.{}", name.shard, name.slot); }

std::optional<SlotName> parse_slot_name(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return {};
  const auto shard = parse_decimal<std::uint32_t>(name.substr(0, dot));
  const auto slot = parse_decimal<std::uint32_t>(name.substr(dot + 1));
  if (!shard || !slot) return {};
  return SlotName{*shard, *slot};
}

}  // namespace warren::persist
