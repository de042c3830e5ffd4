// Writes the journal of one shard.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/ring.hpp"
#include "base/rng.hpp"
#include "persist/journal/format.hpp"
#include "persist/journal/journal.hpp"
#include "persist/journal/spares.hpp"

namespace warren::persist {

struct AppendResult {
  ChunkPlace place;
  bool new_segment = false;  // this chunk is the first of its segment
};

// What is to be synced, taken from a writer by begin_sync() and given back by finish_sync(). Holds its files open.
class SyncWork {
 public:
  bool empty() const { return files_.empty(); }

  // On any thread, beside appends.
  Outcome run() const {
    for (const auto& file : files_)
      if (Outcome outcome = file->sync(); !outcome) return outcome;
    return Done{};
  }

 private:
  friend class JournalWriter;

  std::vector<std::shared_ptr<File>> files_;
  std::uint64_t position_ = 0;  // everything before it lies in those files, or is durable
  std::uint64_t attempt_ = 0;   // of the writer; what an earlier attempt wrote counts no more
};

// One owner thread. Chunks are kept in memory until they are durable, so that a failed write or sync loses nothing:
// what a file took before a failed sync is never trusted again, retry() writes it anew elsewhere. While there is
// trouble chunks are accepted and kept, but not written: who appends watches retained_bytes().
class JournalWriter {
 public:
  // Goes on behind what was read, in a new segment that the first append begins. Makes what was read durable first: it
  // may have come from a process that was killed before it synced.
  // Requires: the folder outlives the writer; settings.segment_bytes is a multiple of 4096 and at least 8192.
  static Result<JournalWriter, Trouble> open(Folder& folder, const JournalSettings& settings, JournalTail tail);

  // A buffer for append(): the first kChunkHeaderBytes are the header's place, the payload is to be put behind them.
  // Recycled, so that a steady state takes no memory.
  ByteBuffer blank();
  // Takes a chunk into the journal and, unless there is trouble(), writes it. The segment is never above the one in
  // which the chunk is in the end. Requires: a buffer from blank(), a payload of at most kChunkPayloadBytesMax.
  AppendResult append(ByteBuffer chunk);
  // Sends the last chunk on its way to the disk: for one that will be synced soon, with nothing behind it. Promises
  // nothing.
  void hurry();

  // Syncing: begin_sync() here, run() there, finish_sync() here with what run() returned. One at a time.
  SyncWork begin_sync();
  void finish_sync(SyncWork work, Outcome outcome);
  bool sync_running() const { return sync_running_; }

  // Chunks up to that position are durable.
  std::uint64_t durable() const { return durable_; }
  // Behind the last chunk.
  std::uint64_t position() const { return position_; }
  // There is something to be synced.
  bool unsynced() const { return !dirty_.empty(); }

  // What the disk said when a write or a sync failed; since then nothing is written.
  const std::optional<Trouble>& trouble() const { return trouble_; }
  // Writes all chunks that are not durable once more, with their positions, to new segments. Requires: trouble().
  Outcome retry();
  // Of chunks that are not durable yet.
  std::uint64_t retained_bytes() const { return retained_bytes_; }

  // The segment of the last append, or of the next one while there was none.
  SegmentNumber segment() const { return header_.number; }
  // How to read from that segment on, if nothing before it is needed. Requires: a live segment, or segment().
  JournalStart start_at(SegmentNumber number) const;
  // Segments below it may be overwritten. Requires: number <= segment(), and a start at `number` or above is durable
  // wherever the reader will take it from.
  void free_before(SegmentNumber number);
  std::size_t live_segments() const { return live_.size(); }
  std::uint64_t live_bytes() const;

  // What should be made ahead, by order->make(folder) on any thread, and given back with its result.
  std::optional<SpareOrder> wants_spare() { return spares_.order(); }
  void give_spare(Result<SpareFile, Trouble> made) { spares_.give_ordered(std::move(made)); }
  std::size_t spares() const { return spares_.size(); }

 private:
  struct Retained {
    ByteBuffer chunk;
    std::uint64_t begin = 0;
    std::uint64_t payload_bytes = 0;
  };

  JournalWriter(Folder& folder, const JournalSettings& settings, JournalTail tail);

  Outcome write(Retained& retained, bool& new_segment);
  Outcome begin_segment(std::uint64_t begin, std::uint64_t chunk_bytes);
  Outcome fail(Trouble trouble);
  void drop_unsynced_segments();
  void recycle(ByteBuffer buffer);

  JournalSettings settings_;
  Spares spares_;
  Rng salts_;
  std::vector<JournalFile> live_;  // in the order of their numbers
  std::optional<Trouble> trouble_;

  SegmentNumber first_number_;  // of this life
  SegmentNumber next_number_;
  // The segment in hand. No file: the next chunk begins a new one.
  SegmentHeader header_;
  std::shared_ptr<File> file_;
  std::uint64_t offset_ = 0;
  std::uint64_t file_bytes_ = 0;

  std::uint64_t floor_;  // what lies before it was freed: no start goes back behind it
  std::uint64_t position_;
  std::uint64_t written_;  // behind the last chunk that was written
  std::uint64_t durable_;
  std::uint64_t attempt_ = 0;
  bool sync_running_ = false;
  std::vector<std::shared_ptr<File>> dirty_;  // written to since the last begin_sync()

  Ring<Retained> retained_;
  std::uint64_t retained_bytes_ = 0;
  std::vector<ByteBuffer> blanks_;
};

}  // namespace warren::persist
