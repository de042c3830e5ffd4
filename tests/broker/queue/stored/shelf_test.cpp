#include "broker/queue/stored/shelf.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <utility>

#include "base/rng.hpp"
#include "tests/broker/queue/stored/bytes.hpp"

namespace warren::shelf_test {

using namespace warren::broker;
using namespace warren::broker::testing;

namespace {

constexpr QueueId kShelved{1};

MessageRef message(bool persistent) {
  return make_message("", "", literal("\x00\x00"), "four", {.persistent = persistent});
}

ChunkWrite chunk(Level level, std::initializer_list<Position> positions) {
  ChunkWrite write{{kShelved, level, *positions.begin()}, {}};
  for (const Position position : positions) write.messages.push_back({message(true), position});
  return write;
}

std::vector<ChunkKey> erased(Shelf& shelf) {
  std::vector<ChunkKey> keys;
  if (shelf.has_erased()) shelf.take_erased(kShelved, keys);
  CHECK_FALSE(shelf.has_erased());
  return keys;
}

using Place = std::pair<Level, Position>;

struct PlainChunk {
  Position last = 0;
  std::uint32_t messages = 0;
  bool stored = false;
  bool dirty = false;
  std::map<Position, bool> live = {};  // whether persistent
};

// The same with a set per chunk, and both side by side.
class Shelves {
 public:
  explicit Shelves(std::uint64_t seed) : rng_(seed) {}

  void step() {
    const std::uint64_t die = rng_.below(10);
    if (die < 2) return put();
    if (die < 5) return settle();
    if (die < 6) return settle_range();
    if (die < 7) return mark_stored();
    if (die < 8) return restart();
    if (die < 9) return take();
    if (rng_.one_in(20)) clear();
  }

  void compare() {
    CHECK(shelf_.size() == chunks_.size());
    for (Level level = 0; level < 3; ++level)
      for (Position position = 0; position < 130; ++position) {
        std::optional<Position> holds;
        for (const auto& [place, chunk] : chunks_)
          if (place.first == level && chunk.live.contains(position)) holds = place.second;
        CHECK(shelf_.holds(level, position) == holds);
        const auto here = chunks_.find({level, position});
        CHECK(shelf_.live_in(level, position) == (here == chunks_.end() ? 0 : here->second.live.size()));
        CHECK(shelf_.is_stored(level, position) == (here != chunks_.end() && here->second.stored));
        const auto after = chunks_.upper_bound({level, position});
        const bool any = after != chunks_.end() && after->first.first == level;
        CHECK(shelf_.next_first(level, position) == (any ? std::optional(after->first.second) : std::nullopt));
      }
    std::vector<ChunkKey> keys = erased(shelf_);
    CHECK(std::multiset<ChunkKey>(keys.begin(), keys.end()) == std::exchange(erased_, {}));
  }

 private:
  Level level() { return static_cast<Level>(rng_.below(3)); }

  // A chunk where there is room for one.
  void put() {
    const Level at = level();
    const Position first = 1 + rng_.below(120);
    Position room = 128;
    for (const auto& [place, chunk] : chunks_) {
      if (place.first != at) continue;
      if (place.second <= first && first <= chunk.last) return;
      if (place.second > first) room = std::min(room, place.second);
    }
    ChunkWrite write{{kShelved, at, first}, {}};
    PlainChunk& chunk = chunks_[{at, first}];
    for (Position position = first; position < room && !rng_.one_in(8); ++position) {
      if (position != first && rng_.one_in(3)) continue;
      const bool persistent = rng_.one_in(2);
      write.messages.push_back({message(persistent), position});
      chunk.live[position] = persistent;
      chunk.last = position;
    }
    if (write.messages.empty()) return void(chunks_.erase({at, first}));
    chunk.messages = static_cast<std::uint32_t>(write.messages.size());
    shelf_.put(write);
  }

  bool kill(std::map<Place, PlainChunk>::iterator at, Position position) {
    PlainChunk& chunk = at->second;
    if (chunk.live.erase(position) == 0) return true;
    chunk.dirty = true;
    if (!chunk.live.empty()) return true;
    erased_.insert({kShelved, at->first.first, at->first.second});
    chunks_.erase(at);
    return false;
  }
  void settle() {
    const Level at = level();
    const Position position = rng_.below(130);
    shelf_.settle(at, position);
    settle_plain(at, position);
  }
  bool settle_plain(Level at, Position position) {
    for (auto chunk = chunks_.begin(); chunk != chunks_.end(); ++chunk)
      if (chunk->first.first == at && chunk->second.live.contains(position)) {
        kill(chunk, position);
        return true;
      }
    return false;
  }
  void settle_range() {
    const Level at = level();
    const Position first = rng_.below(130), last = first + rng_.below(40);
    std::vector<Position> told, expected;
    shelf_.settle_range(at, first, last, [&](Position position) { told.push_back(position); });
    for (Position position = first; position <= last; ++position)
      if (settle_plain(at, position)) expected.push_back(position);
    CHECK(told == expected);
  }
  void mark_stored() {
    const Level at = level();
    const Position first = rng_.below(130);
    shelf_.stored(at, first);
    if (const auto found = chunks_.find({at, first}); found != chunks_.end()) found->second.stored = true;
  }
  void clear() {
    shelf_.clear();
    for (const auto& [place, chunk] : chunks_) erased_.insert({kShelved, place.first, place.second});
    chunks_.clear();
  }
  void take() {
    std::vector<ChunkNote> notes;
    shelf_.take_dirty(kShelved, notes);
    std::set<ChunkKey> dirty, expected;
    for (const ChunkNote& note : notes) dirty.insert(note.key);
    for (auto& [place, chunk] : chunks_)
      if (std::exchange(chunk.dirty, false)) expected.insert({kShelved, place.first, place.second});
    CHECK(dirty.size() == notes.size());
    CHECK(dirty == expected);
  }
  // A new shelf from the notes of the old one: only what is persistent lives on.
  void restart() {
    if (!rng_.one_in(10)) return;
    Shelf fresh;
    for (auto at = chunks_.begin(); at != chunks_.end();) {
      const ChunkKey key{kShelved, at->first.first, at->first.second};
      const ChunkNote note = shelf_.note(key);
      CHECK(note.last == at->second.last);
      CHECK(note.messages == at->second.messages);
      CHECK(note.body_bytes == 4 * note.messages);
      fresh.put(note);
      std::erase_if(at->second.live, [](const auto& one) { return !one.second; });
      at->second.stored = true;
      at->second.dirty = false;
      if (!at->second.live.empty()) {
        ++at;
        continue;
      }
      erased_.insert(key);
      at = chunks_.erase(at);
    }
    shelf_ = std::move(fresh);
  }

  Rng rng_;
  Shelf shelf_;
  std::map<Place, PlainChunk> chunks_;
  std::multiset<ChunkKey> erased_;
};

}  // namespace

TEST_CASE("a shelf knows what a set per chunk knows") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Shelves shelves(seed);
    INFO("seed " << seed);
    for (int step = 0; step < 60; ++step) {
      shelves.step();
      shelves.compare();
    }
  }
}

TEST_CASE("a chunk leaves the shelf with the last of its messages") {
  Shelf shelf;
  shelf.put(chunk(0, {3, 4, 6}));
  shelf.settle(0, 6);
  shelf.settle(0, 6);
  shelf.settle(0, 5);
  shelf.settle(0, 3);
  CHECK(shelf.live_in(0, 3) == 1);
  CHECK(erased(shelf).empty());
  shelf.settle(0, 4);
  CHECK(shelf.empty());
  CHECK(erased(shelf) == std::vector<ChunkKey>{{kShelved, 0, 3}});
}

TEST_CASE("what the store must know of a chunk is a bit per position") {
  Shelf shelf;
  ChunkWrite write = chunk(2, {3, 4, 6, 70});
  write.messages[1].message = message(false);
  write.messages[2].deadline = 1;
  shelf.put(write);
  shelf.settle(2, 3);
  const ChunkNote note = shelf.note({kShelved, 2, 3});
  CHECK(note.deadlines);
  REQUIRE(note.dead.size() == 2);
  // Settled, transient and the gaps.
  CHECK(note.dead[0] == ~(std::uint64_t{1} << 3));
  CHECK(note.dead[1] == 0b111);
}

TEST_CASE("a chunk of which nothing survives a restart is erased") {
  ChunkWrite write = chunk(0, {1, 2});
  for (StoredMessage& one : write.messages) one.message = message(false);
  Shelf before;
  before.put(write);
  Shelf after;
  after.put(before.note(write.key));
  CHECK(after.empty());
  CHECK(erased(after) == std::vector<ChunkKey>{write.key});
}

TEST_CASE("a chunk is known as stored until it is gone") {
  Shelf shelf;
  shelf.put(chunk(0, {1}));
  CHECK_FALSE(shelf.is_stored(0, 1));
  shelf.stored(1, 1);
  CHECK_FALSE(shelf.is_stored(0, 1));
  shelf.stored(0, 1);
  CHECK(shelf.is_stored(0, 1));
  shelf.settle(0, 1);
  shelf.stored(0, 1);
  CHECK_FALSE(shelf.is_stored(0, 1));
}

TEST_CASE("a chunk at the place of one that was to be erased is not erased with it") {
  Shelf shelf;
  shelf.put(chunk(0, {5, 6}));
  shelf.settle(0, 5);
  shelf.settle(0, 6);
  shelf.put(chunk(0, {5, 8}));
  CHECK(erased(shelf).empty());
  CHECK(shelf.holds(0, 8) == std::optional<Position>(5));
}

}  // namespace warren::shelf_test
