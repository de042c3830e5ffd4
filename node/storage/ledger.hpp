// What a shard has written to its journal, what waits until that is durable, and what must leave a segment before it
// may be overwritten.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/flat_map.hpp"
#include "base/ids.hpp"
#include "base/ring.hpp"
#include "broker/queue/effects.hpp"
#include "node/storage/jobs.hpp"
#include "node/storage/settings.hpp"

namespace warren::node {

// Writes are numbered from 1 in the order in which the shard gives them to its driver.
using WriteNumber = std::uint64_t;

// Positions of one queue that stand in a segment, and whether anything at all is said about it there.
struct Span {
  Position first = 0;  // zero: no enqueue
  Position last = 0;
};
using Spans = FlatMap<QueueId, Span>;

// Segments of the journal that recovery found, as one: they are emptied together.
struct RecoveredJournal {
  bool any = false;
  std::size_t segments = 0;
  Spans spans;  // of messages that stand in the journal and in no chunk
  std::vector<broker::DefinitionWrite> definitions;
  std::uint64_t stamp = 0;  // of the last write that had definitions
  Epoch reigns = {};        // for the registrar: the last one of which a message stands on this disk
};

class Ledger {
 public:
  explicit Ledger(const StorageSettings& settings) : settings_(settings) {}

  const StorageSettings& settings() const { return settings_; }
  void restore(RecoveredJournal recovered);
  // As recovery found it.
  Epoch reigns() const { return reigns_; }

  // ---- writing ----

  broker::RecordWriter& records() { return records_; }
  // The write that holds what is being recorded now.
  WriteNumber coming_write() const { return last_write_ + 1; }
  // Takes what has been recorded; nothing if that is nothing. Mail held so far waits for it.
  std::optional<ByteBuffer> take_write();
  void give_blank(ByteBuffer blank) { blanks_.push_back(std::move(blank)); }
  void want_blank();

  // ---- waiting ----

  std::vector<broker::SessionMail>& mail_when_durable() { return mail_; }
  // Writes up to that number are durable: gives the mail that waited for them.
  void durable(WriteNumber write, std::vector<broker::SessionMail>& mail);
  WriteNumber durable_write() const { return durable_write_; }
  // Too much is written and not durable.
  bool full() const { return undurable_bytes_ > settings_.undurable_bytes_max; }

  // ---- segments ----

  // The segment in hand speaks of this queue, if only by its end: the store must hear of it.
  void mention(QueueId queue) { current_[queue]; }

  // The driver has begun a segment; its first write is the last one that was taken, or a later one.
  void segment_begun(std::uint64_t segment, std::uint64_t position);
  // Whether the oldest segment should be emptied, and what it speaks of. Stays so until freed().
  bool due() const { return full_files_ > settings_.segments_kept; }
  Spans& oldest() { return segments_.front().spans; }
  // From where the journal is needed once the oldest segment is empty. Requires: due().
  Checkpoint checkpoint_behind_oldest(ShardIndex shard) const;
  // The oldest segment is empty, durably.
  void freed() {
    full_files_ -= segments_.front().files;
    segments_.pop_front();
  }

  // ---- definitions ----

  // Writes a definition to the journal and notes it for the store.
  void define(const broker::DefinitionWrite& write);
  bool has_definitions() const { return !definitions_.empty(); }
  std::vector<broker::DefinitionWrite> take_definitions();

 private:
  struct Segment {
    std::uint64_t number = 0;    // of the one that follows
    std::uint64_t position = 0;  // where that one begins
    Spans spans;
    std::size_t files = 1;
  };
  struct HeldMail {
    WriteNumber write = 0;
    broker::SessionMail mail;
  };
  struct Written {
    WriteNumber write = 0;
    std::size_t bytes = 0;
  };

  StorageSettings settings_;
  broker::RecordWriter records_;
  std::vector<ByteBuffer> blanks_;
  WriteNumber last_write_ = 0;
  WriteNumber durable_write_ = 0;
  Ring<Written> written_;
  std::size_t undurable_bytes_ = 0;
  std::vector<broker::SessionMail> mail_;
  Ring<HeldMail> held_mail_;
  std::deque<Segment> segments_;  // full ones, the oldest first
  Spans current_;                 // of the segment in hand
  std::size_t current_files_ = 1;
  std::size_t full_files_ = 0;  // of segments_: a life too short to fill one must not add to the journal for good
  Epoch reigns_;
  std::uint64_t stamp_ = 0;
  bool stamped_ = true;  // the write in hand has no definitions, or its stamp
  bool begun_ = false;   // there is a segment in hand
  std::map<std::string, broker::DefinitionWrite> definitions_;
};

}  // namespace warren::node
