// Reads the chunks of one segment through a window of memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "persist/file.hpp"
#include "persist/journal/format.hpp"

namespace warren::persist {

// A segment as its header tells it.
struct Segment {
  SegmentHeader header;
  JournalFile file;
  std::uint64_t bound = UINT64_MAX;  // positions from here on are in later segments, whatever this one holds
};

// A whole chunk. The payload is valid until the view is used again.
struct ChunkView {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t synced = 0;
  std::string_view payload;
};

// Takes memory for the window and for the largest chunk whose length fits into the file.
class SegmentView {
 public:
  // Looks at that segment from now on. It must outlive its use.
  Outcome use(Folder& folder, const Segment& segment);

  // The chunk that begins at that position, if it is whole and ends before the segment's bound.
  // Requires: position >= the segment's begin.
  std::optional<ChunkView> chunk_at(std::uint64_t position);
  // The first whole chunk that begins at that position or later.
  std::optional<ChunkView> next_chunk(std::uint64_t position);

  // Why nothing can be read. What is asked after it answers nothing.
  const std::optional<Trouble>& trouble() const { return trouble_; }

 private:
  const char* look(std::uint64_t offset, std::uint64_t bytes);
  std::optional<std::uint64_t> next_mark(std::uint64_t position);

  const Segment* segment_ = nullptr;
  std::unique_ptr<File> file_;
  std::uint64_t file_bytes_ = 0;
  ByteBuffer window_;
  std::uint64_t window_offset_ = 0;
  std::optional<Trouble> trouble_;
};

}  // namespace warren::persist
