// The journal of one shard: an append-only log in segments of one folder. A chunk is what one step of the shard wrote,
// as opaque bytes; it is whole or absent.
//
// Positions count the bytes of chunks, header and padding included, over all segments and never go back, so "durable up
// to p" is one number.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "persist/file.hpp"

namespace warren::persist {

// Segments are numbered from 1, growing, never reused within one journal (a recycled file gets a new number).
using SegmentNumber = std::uint64_t;

struct JournalSettings {
  std::uint32_t shard = 0;                 // part of the files' names
  std::uint64_t segment_bytes = 32 << 20;  // of a file; a chunk that does not fit gets one of its own size
  std::uint32_t spare_segments_max = 2;    // recycled files kept ready
  std::uint64_t salt_seed = 0;             // random, another one at each start: tells chunks from what looks like them
};

// Where a chunk lies, as the writer and the reader tell it.
struct ChunkPlace {
  SegmentNumber segment = 0;
  std::uint64_t position = 0;  // of the journal, behind this chunk
};

// Where reading begins: what a checkpoint remembers. Whoever knows only the segment leaves the position unknown; then a
// first segment that is gone without a trace cannot be missed.
struct JournalStart {
  static constexpr std::uint64_t kUnknown = UINT64_MAX;

  JournalStart() = default;
  JournalStart(SegmentNumber number) : segment(number) {}  // NOLINT(google-explicit-constructor)
  JournalStart(SegmentNumber number, std::uint64_t at) : segment(number), position(at) {}

  SegmentNumber segment = 1;
  std::uint64_t position = kUnknown;  // where that segment begins
};

// A file of the journal.
struct JournalFile {
  std::string name;
  std::uint64_t bytes = 0;
  SegmentNumber number = 0;  // zero: a spare
  std::uint64_t begin = 0;   // position of its first chunk
};

// What a writer must know to go on where reading ended.
struct JournalTail {
  SegmentNumber next_segment = 1;    // above all that were seen
  std::uint64_t start_position = 0;  // where reading began
  std::uint64_t next_position = 0;   // behind the last chunk that was read
  std::uint64_t next_slot = 0;       // above all slots that exist
  std::vector<JournalFile> live;     // in the order of their numbers
  std::vector<JournalFile> spares;   // may be overwritten
};

// Bytes that were durable and are not what was written. Nothing of them was handed out.
struct JournalDamage {
  std::uint64_t begin = 0;  // positions
  std::uint64_t end = 0;
  std::string file;          // empty: the file that held them is not there
  std::uint64_t offset = 0;  // in that file
  std::string text;          // a sentence for the log
};

struct JournalReport {
  JournalTail tail;
  std::vector<JournalDamage> damage;
  std::uint64_t chunks = 0;
  std::uint64_t payload_bytes = 0;
  std::uint64_t cut_chunks = 0;  // whole ones behind an unfinished write: never durable, not handed out
};

}  // namespace warren::persist
