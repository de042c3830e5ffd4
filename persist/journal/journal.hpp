// The journal of one shard: an append-only log in segments of one folder. A chunk is what one step of the shard wrote,
// as opaque bytes; it is whole or absent.
//
// Positions count payload-bearing chunks' bytes over all segments and never go back, so "durable up to p" is one number.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "persist/file.hpp"

namespace warren::persist {

// Segments are numbered from 1, growing, never reused within one journal (a recycled file gets a new number).
using SegmentNumber = std::uint64_t;

struct JournalSettings {
  std::uint32_t shard = 0;                 // part of the files' names
  std::uint64_t segment_bytes = 32 << 20;  // a chunk that does not fit gets a segment of its own
  std::uint32_t spare_segments_max = 2;    // recycled files kept ready
  std::uint64_t salt_seed = 0;             // random: makes checksums unguessable for those who write bodies
};

// Where a chunk lies, as the writer and the reader tell it.
struct ChunkPlace {
  SegmentNumber segment = 0;
  std::uint64_t position = 0;  // of the journal, behind this chunk
};

}  // namespace warren::persist
