// The cold chunks of one queue: where they lie, and which of their messages are settled.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "broker/queue/stored/values.hpp"

namespace warren::broker {

// A bit per position from a first one on; bits that were never set cost nothing.
class PositionBits {
 public:
  bool test(Position offset) const {
    return offset / 64 < words_.size() && (words_[offset / 64] >> (offset % 64) & 1) != 0;
  }
  void set(Position offset, Position span) {
    if (words_.empty()) words_.resize(span / 64 + 1);
    words_[offset / 64] |= std::uint64_t{1} << (offset % 64);
  }
  const std::vector<std::uint64_t>& words() const { return words_; }
  void assign(std::vector<std::uint64_t> words) { words_ = std::move(words); }

 private:
  std::vector<std::uint64_t> words_;
};

// A chunk is on the shelf from the moment its writing was asked for. When the last of its messages is settled it leaves
// the shelf, and its key is among those to erase.
class Shelf {
 public:
  struct Chunk {
    Position last = 0;
    std::uint32_t messages = 0;
    std::uint32_t live = 0;
    std::uint64_t body_bytes = 0;
    bool deadlines = false;
    bool stored = false;     // in the store; before, being written
    bool dirty = false;      // more is dead than the store knows
    PositionBits dead;       // settled, or not in the chunk
    PositionBits volatiles;  // transient: dead after a restart
  };

  bool empty() const { return chunks_.empty(); }
  std::size_t size() const { return chunks_.size(); }

  // Requires: no chunk of this level overlaps it.
  void put(const ChunkWrite& write);
  // As recovery found it. What is dead stays dead.
  void put(const ChunkNote& note);

  // The chunk is in the store, if it is still wanted.
  void stored(Level level, Position first);
  bool is_stored(Level level, Position first) const;

  // Whether this message lies in a chunk, and in which: its first position.
  std::optional<Position> holds(Level level, Position position) const;
  // The chunk within whose bounds a position is, whether it lies there or not.
  std::optional<Position> spans(Level level, Position position) const;
  // Messages of a chunk that are not settled. Zero: there is no such chunk.
  std::uint32_t live_in(Level level, Position first) const;
  // The first position of the first chunk of the level that begins above this one.
  std::optional<Position> next_first(Level level, Position position) const;

  // Messages are settled. Those that lie in no chunk are none of the shelf's business.
  void settle(Level level, Position position);
  // The same for all that lies in chunks at first..last; calls settled(position) for each.
  template <class Settled>
  void settle_range(Level level, Position first, Position last, Settled&& settled);
  // All of them.
  void clear();

  // What the store must know for a chunk on the shelf. Requires: it is there.
  ChunkNote note(const ChunkKey& key) const;
  // The chunks of which more is dead than the store knows; they count as known from now on.
  void take_dirty(QueueId queue, std::vector<ChunkNote>& notes);
  // Whether a chunk is gone since the last call, and which (level, first position).
  bool has_erased() const { return !erased_.empty(); }
  void take_erased(QueueId queue, std::vector<ChunkKey>& keys);

  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const auto& [place, chunk] : chunks_) visit(place.first, place.second, chunk);
  }
  // The first chunk from that level and first position on of which wanted(level, first, chunk) holds.
  template <class Wanted>
  std::optional<std::pair<Level, Position>> find_from(std::pair<Level, Position> place, Wanted&& wanted) const {
    for (auto at = chunks_.lower_bound(place); at != chunks_.end(); ++at)
      if (wanted(at->first.first, at->first.second, at->second)) return at->first;
    return std::nullopt;
  }
  std::size_t heap_bytes() const { return chunks_.size() * (sizeof(Chunk) + 64); }

 private:
  using Place = std::pair<Level, Position>;
  using Chunks = std::map<Place, Chunk>;

  Chunks::iterator find(Level level, Position position);
  // False: the chunk is gone with it.
  bool settle_in(Chunks::iterator chunk, Position position);

  Chunks chunks_;
  std::optional<Chunks::iterator> last_used_;
  std::vector<Place> erased_;
};

template <class Settled>
void Shelf::settle_range(Level level, Position first, Position last, Settled&& settled) {
  auto at = chunks_.upper_bound(Place{level, first});
  if (at != chunks_.begin() && std::prev(at)->first.first == level) --at;
  while (at != chunks_.end() && at->first.first == level && at->first.second <= last) {
    const auto chunk = at++;
    const Position begin = chunk->first.second;
    const Position to = std::min(last, chunk->second.last);
    for (Position position = std::max(first, begin); position <= to; ++position) {
      if (chunk->second.dead.test(position - begin)) continue;
      settled(position);
      if (!settle_in(chunk, position)) break;
    }
  }
}

}  // namespace warren::broker
