#include "persist/journal/segment_view.hpp"

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"

namespace warren::persist {
namespace {

// Small enough to stay in the processor's cache between reading and checking.
constexpr std::uint64_t kWindowBytes = 1 << 20;

}  // namespace

Outcome SegmentView::use(Folder& folder, const Segment& segment) {
  if (segment_ == &segment) return Done{};
  segment_ = nullptr;
  window_.clear();
  auto file = folder.open(segment.file.name);
  if (!file) return std::move(file.error());
  file_ = std::move(*file);
  file_bytes_ = file_->size();
  segment_ = &segment;
  return Done{};
}

// Bytes of the file, or nothing when they are not there.
const char* SegmentView::look(std::uint64_t offset, std::uint64_t bytes) {
  if (offset >= window_offset_ && offset - window_offset_ <= window_.size() &&
      bytes <= window_.size() - (offset - window_offset_))
    return window_.data() + (offset - window_offset_);
  if (trouble_ || offset > file_bytes_ || bytes > file_bytes_ - offset) return nullptr;
  const std::uint64_t wanted = std::min(std::max(bytes, kWindowBytes), file_bytes_ - offset);
  window_.clear();
  window_offset_ = offset;
  const auto got = file_->read(offset, window_.extend(wanted), wanted);
  window_.truncate(got ? *got : 0);
  if (!got) trouble_ = got.error();
  return window_.size() >= bytes ? window_.data() : nullptr;
}

std::optional<ChunkView> SegmentView::chunk_at(std::uint64_t position) {
  const SegmentHeader& segment = segment_->header;
  const std::uint64_t offset = offset_in_segment(segment.begin, position);
  const char* at = look(offset, kChunkHeaderBytes);
  if (at == nullptr) return {};
  const auto header = read_chunk_header(segment, position, {at, kChunkHeaderBytes});
  if (!header) return {};
  const std::uint64_t bytes = chunk_bytes(header->payload_bytes);
  if (position + bytes > segment_->bound) return {};
  at = look(offset, bytes);
  if (at == nullptr) return {};
  const std::string_view payload(at + kChunkHeaderBytes, header->payload_bytes);
  if (payload_crc(segment, payload) != header->payload_crc) return {};
  return ChunkView{position, position + bytes, header->synced, payload};
}

std::optional<ChunkView> SegmentView::next_chunk(std::uint64_t position) {
  const std::uint64_t begin = segment_->header.begin;
  position = begin + (std::max(position, begin) - begin + 7) / 8 * 8;
  while (const auto mark = next_mark(position)) {
    if (const auto chunk = chunk_at(*mark)) return chunk;
    position = *mark + 8;
  }
  return {};
}

// Where the next bytes stand that a chunk could begin with.
std::optional<std::uint64_t> SegmentView::next_mark(std::uint64_t position) {
  const std::uint64_t begin = segment_->header.begin;
  const std::uint32_t mark = chunk_mark(segment_->header);
  while (position < segment_->bound) {
    const std::uint64_t offset = offset_in_segment(begin, position);
    const char* at = look(offset, kChunkHeaderBytes);
    if (at == nullptr) return {};
    const char* end = window_.data() + window_.size() - kChunkHeaderBytes;
    for (; at <= end && position < segment_->bound; at += 8, position += 8)
      if (load_big<std::uint32_t>(at) == mark) return position;
  }
  return {};
}

}  // namespace warren::persist
