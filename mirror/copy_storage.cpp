// The copy's dealings with cold chunks.
#include <algorithm>
#include <utility>

#include "base/plant.hpp"
#include "mirror/copy.hpp"

namespace warren::mirror {

using broker::Level;
using broker::Queued;
using broker::StoredMessage;

std::size_t Copy::page_out(std::size_t bytes_max, std::size_t chunk_bytes, const Now& now,
                           std::vector<broker::ChunkWrite>& writes) {
  const std::size_t first = writes.size();
  write_cold(1, ~Position{0}, bytes_max, chunk_bytes, now, writes);
  std::size_t bytes = 0;
  for (std::size_t i = first; i < writes.size(); ++i)
    for (const StoredMessage& one : writes[i].messages) bytes += one.message->footprint_bytes();
  return bytes;
}

bool Copy::write_cold(Position first, Position last, std::size_t bytes_max, std::size_t chunk_bytes, const Now& now,
                      std::vector<broker::ChunkWrite>& writes) {
  broker::Shelf& shelf = keeper().shelf();
  std::vector<std::vector<StoredMessage>> by_level(levels_);
  std::size_t bytes = 0;
  bool all = true;
  for (auto at = messages_.lower_bound(first); at != messages_.end() && at->first <= last; ++at) {
    const Queued& queued = at->second;
    const Level level = level_of(queued);
    // In a chunk that is being written; or among those of a doubtful one, which stays until all of them are here.
    if (shelf.spans(level, queued.position)) continue;
    if (bytes >= bytes_max) {
      all = false;
      break;
    }
    bytes += queued.message->footprint_bytes();
    // Before this very call makes it so.
    const bool shared = queued.message->shared();
    by_level[level].push_back({queued.message, queued.position, to_wall(queued.deadline, now), false, shared});
  }
  for (std::size_t number = 0; number < by_level.size(); ++number) {
    const broker::ChunkKey level{ref_.id, static_cast<Level>(number), 0};
    for (std::size_t at = 0; at < by_level[number].size();)
      at += broker::put_chunk(shelf, level, by_level[number], at, chunk_bytes, writes);
  }
  return all;
}

void Copy::written(Level level, Position chunk) {
  if (keeper_ == nullptr || keeper_->shelf().live_in(level, chunk) == 0) return;
  broker::Shelf& shelf = keeper_->shelf();
  shelf.stored(level, chunk);
  // Such a chunk goes; what it has stays in memory.
  if (doubtful_.contains({level, chunk})) return;
  const Position last = shelf.note({ref_.id, level, chunk}).last;
  for (auto at = messages_.lower_bound(chunk); at != messages_.end() && at->first <= last;) {
    const auto here = at++;
    if (level_of(here->second) != level || !shelf.holds(level, here->first)) continue;
    hot_bytes_ -= here->second.message->footprint_bytes();
    messages_.erase(here);
  }
}

broker::ChunkNote Copy::chunk_note(Level level, Position chunk) const {
  return keeper_->shelf().note({ref_.id, level, chunk});
}

void Copy::take_changed(std::vector<broker::ChunkNote>& notes, std::vector<broker::ChunkKey>& erased) {
  if (keeper_ == nullptr) return;
  keeper_->shelf().take_dirty(ref_.id, notes);
  keeper_->shelf().take_erased(ref_.id, erased);
}

broker::QueueNote Copy::note() const {
  return {ref_.id, next_position_, keeper_ == nullptr ? std::vector<Position>() : keeper_->delivered_marks()};
}

void Copy::drop(broker::RecordWriter& journal, std::vector<broker::ChunkKey>& erased_chunks) {
  if (durable_ && next_position_ > 1 && !planted(323)) journal.settled(ref_.id, 1, next_position_ - 1);
  messages_.clear();
  hot_bytes_ = 0;
  if (keeper_ == nullptr) return;
  keeper_->shelf().clear();
  keeper_->shelf().take_erased(ref_.id, erased_chunks);
  keeper_.reset();
}

}  // namespace warren::mirror
