// What one queue owes to storage: what it settled and delivered since the last batch, and its cold chunks.
#pragma once

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
    if (journaled) add(position, position);
  }
  // The same for all ready messages of a cold run.
  void settled_range(Level level, Position first, Position last, bool journaled) {
    // Position by position: what lies between belongs to other levels.
    shelf_.settle_range(level, first, last, [&](Position position) {
      if (journaled) add(position, position);
    });
  }
  // A message that stands in the journal is with a client.
  void delivered(Level level, Position position);

  // Writes what has collected.
  void flush(QueueId queue, RecordWriter& journal);

  Shelf& shelf() { return shelf_; }
  const Shelf& shelf() const { return shelf_; }
  const std::vector<Position>& delivered_marks() const { return delivered_; }
  void restore_marks(std::vector<Position> marks) { delivered_ = std::move(marks); }
  std::size_t heap_bytes() const { return sizeof(Keeper) + shelf_.heap_bytes(); }

 private:
  struct Run {
    Position first;
    Position last;
  };

  void add(Position first, Position last) {
    if (!settled_.empty() && first <= settled_.back().last + 1 && first >= settled_.back().first) {
      if (last > settled_.back().last) settled_.back().last = last;
      return;
    }
    settled_.push_back({first, last});
  }

  Shelf shelf_;
  std::vector<Run> settled_;
  std::vector<Position> delivered_;     // by level
  std::vector<Level> newly_delivered_;  // levels whose mark moved
};

}  // namespace warren::broker
