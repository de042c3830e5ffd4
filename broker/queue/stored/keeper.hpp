// What one queue owes to storage: what it settled and delivered since the last batch, and its cold chunks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "broker/queue/stored/records.hpp"
#include "broker/queue/stored/shelf.hpp"
#include "broker/queue/stored/values.hpp"

namespace warren::broker {

// A queue has one as soon as it has something in storage.
class Keeper {
 public:
  // A message left the queue for good. `journaled`: its enqueue stands in the journal.
  void settled(Level level, Position position, bool journaled) {
    if (!shelf_.empty()) shelf_.settle(level, position);
    note(position, journaled);
  }
  // The same for all ready messages of a cold run.
  void settled_range(Level level, Position first, Position last, bool journaled) {
    // Position by position: what lies between belongs to other levels.
    shelf_.settle_range(level, first, last, [&](Position position) { note(position, journaled); });
  }
  // A message is with a client. `journaled` as above.
  void delivered(Level level, Position position, bool journaled = true);

  // Other nodes have copies: they hear of all messages, whether the journal does or not.
  void tell_copies(bool on) { told_to_copies_ = on; }

  // Writes what has collected; for the copies, too, if there is something that hears for them.
  void flush(QueueId queue, RecordWriter& journal, RecordWriter* copies = nullptr);

  Shelf& shelf() { return shelf_; }
  const Shelf& shelf() const { return shelf_; }
  // Whether it, or one behind it, was with a client.
  bool was_delivered(Level level, Position position) const {
    return level < delivered_.size() && position <= delivered_[level];
  }
  const std::vector<Position>& delivered_marks() const { return delivered_; }
  void restore_marks(std::vector<Position> marks) { delivered_ = std::move(marks); }
  std::size_t heap_bytes() const { return sizeof(Keeper) + shelf_.heap_bytes(); }

 private:
  struct Run {
    Position first;
    Position last;
  };

  void note(Position position, bool journaled) {
    if (journaled) add(settled_, position);
    if (told_to_copies_) add(settled_for_copies_, position);
  }
  static void add(std::vector<Run>& runs, Position position) {
    if (!runs.empty() && position <= runs.back().last + 1 && position >= runs.back().first)
      runs.back().last = std::max(runs.back().last, position);
    else
      runs.push_back({position, position});
  }

  Shelf shelf_;
  std::vector<Run> settled_;
  std::vector<Position> delivered_;     // by level
  std::vector<Level> newly_delivered_;  // levels whose mark moved
  std::vector<Level> delivered_for_copies_;
  std::vector<Run> settled_for_copies_;
  bool told_to_copies_ = false;
};

}  // namespace warren::broker
