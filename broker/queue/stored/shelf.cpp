#include "broker/queue/stored/shelf.hpp"

#include "base/check.hpp"
#include "base/plant.hpp"

namespace warren::broker {

void Shelf::put(const ChunkWrite& write) {
  Chunk chunk;
  const Position first = write.key.first;
  chunk.last = write.messages.back().position;
  chunk.messages = chunk.live = static_cast<std::uint32_t>(write.messages.size());
  const Position span = chunk.last - first;
  Position expected = first;
  for (const StoredMessage& stored : write.messages) {
    for (; expected < stored.position; ++expected) chunk.dead.set(expected - first, span);
    ++expected;
    chunk.body_bytes += stored.message->body_bytes();
    chunk.deadlines |= stored.deadline != kNever;
    if (!stored.message->traits().persistent && !planted(11)) chunk.volatiles.set(stored.position - first, span);
  }
  // Nobody has erased the one before yet: this one takes its place.
  std::erase(erased_, Place{write.key.level, first});
  const bool added = chunks_.emplace(Place{write.key.level, first}, std::move(chunk)).second;
  WARREN_CHECK(added, "a chunk is written once");
}

void Shelf::put(const ChunkNote& note) {
  Chunk chunk;
  chunk.last = note.last;
  chunk.messages = note.messages;
  chunk.body_bytes = note.body_bytes;
  chunk.deadlines = note.deadlines;
  chunk.stored = true;
  chunk.dirty = note.changed;
  chunk.dead.assign(note.dead);
  for (Position position = note.key.first; position <= note.last; ++position)
    chunk.live += !chunk.dead.test(position - note.key.first);
  const Place place{note.key.level, note.key.first};
  if (chunk.live == 0)
    erased_.push_back(place);
  else
    chunks_.emplace(place, std::move(chunk));
}

void Shelf::stored(Level level, Position first) {
  const auto found = chunks_.find(Place{level, first});
  if (found != chunks_.end()) found->second.stored = true;
}

bool Shelf::is_stored(Level level, Position first) const {
  const auto found = chunks_.find(Place{level, first});
  return found != chunks_.end() && found->second.stored;
}

Shelf::Chunks::iterator Shelf::find(Level level, Position position) {
  if (last_used_) {
    const auto& [place, chunk] = **last_used_;
    if (place.first == level && position >= place.second && position <= chunk.last) return *last_used_;
  }
  auto after = chunks_.upper_bound(Place{level, position});
  if (after == chunks_.begin()) return chunks_.end();
  const auto found = std::prev(after);
  if (found->first.first != level || position > found->second.last) return chunks_.end();
  last_used_ = found;
  return found;
}

std::optional<Position> Shelf::holds(Level level, Position position) const {
  const auto found = const_cast<Shelf*>(this)->find(level, position);
  if (found == chunks_.end() || found->second.dead.test(position - found->first.second)) return std::nullopt;
  return found->first.second;
}

std::optional<Position> Shelf::spans(Level level, Position position) const {
  const auto found = const_cast<Shelf*>(this)->find(level, position);
  return found == chunks_.end() ? std::nullopt : std::optional(found->first.second);
}

std::uint32_t Shelf::live_in(Level level, Position first) const {
  const auto found = chunks_.find(Place{level, first});
  return found == chunks_.end() ? 0 : found->second.live;
}

std::optional<Position> Shelf::next_first(Level level, Position position) const {
  const auto after = chunks_.upper_bound(Place{level, position});
  if (after == chunks_.end() || after->first.first != level) return std::nullopt;
  return after->first.second;
}

void Shelf::settle(Level level, Position position) {
  const auto found = find(level, position);
  if (found != chunks_.end()) settle_in(found, position);
}

bool Shelf::settle_in(Chunks::iterator at, Position position) {
  Chunk& chunk = at->second;
  const Position first = at->first.second;
  if (chunk.dead.test(position - first)) return true;
  if (--chunk.live == 0) {
    erased_.push_back(at->first);
    if (last_used_ == at) last_used_.reset();
    chunks_.erase(at);
    return false;
  }
  chunk.dead.set(position - first, chunk.last - first);
  chunk.dirty = true;
  return true;
}

void Shelf::clear() {
  for (const auto& [place, chunk] : chunks_) erased_.push_back(place);
  chunks_.clear();
  last_used_.reset();
}

ChunkNote Shelf::note(const ChunkKey& key) const {
  const auto found = chunks_.find(Place{key.level, key.first});
  WARREN_CHECK(found != chunks_.end(), "a chunk that is noted is on the shelf");
  const Chunk& chunk = found->second;
  ChunkNote note{key, chunk.last, chunk.messages, chunk.body_bytes, chunk.deadlines, chunk.dead.words()};
  const std::vector<std::uint64_t>& volatiles = chunk.volatiles.words();
  note.dead.resize(std::max(note.dead.size(), volatiles.size()));
  for (std::size_t i = 0; i < volatiles.size(); ++i) note.dead[i] |= volatiles[i];
  return note;
}

void Shelf::take_dirty(QueueId queue, std::vector<ChunkNote>& notes) {
  for (auto& [place, chunk] : chunks_) {
    if (!chunk.dirty) continue;
    chunk.dirty = false;
    notes.push_back(note({queue, place.first, place.second}));
  }
}

void Shelf::take_erased(QueueId queue, std::vector<ChunkKey>& keys) {
  for (const Place& place : erased_) keys.push_back({queue, place.first, place.second});
  erased_ = std::vector<Place>();
}

}  // namespace warren::broker
