// All that a queue holds, on its way from one machine to another: out of recovery, from copy to queue and back.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "broker/queue/parts/ready_level.hpp"
#include "broker/queue/stored/keeper.hpp"
#include "broker/queue/stored/ranges.hpp"
#include "broker/queue/stored/values.hpp"

namespace warren::broker {

// A reign numbers its messages from here on, so that a position means one message, whoever gave it. The first reign
// begins with 1.
inline constexpr int kReignBits = 42;
constexpr Position first_position(Epoch epoch) { return ((epoch.value == 0 ? 0 : epoch.value - 1) << kReignBits) + 1; }
// Whose number that is.
constexpr Epoch reign_of(Position position) { return Epoch(position == 0 ? 0 : ((position - 1) >> kReignBits) + 1); }

// Positions that one chunk may span: a bit each.
inline constexpr Position kChunkSpanMax = 1 << 16;

// The level of a message in a queue that has so many.
inline Level level_of(const Message& message, std::size_t levels) {
  return static_cast<Level>(std::min<std::size_t>(message.traits().priority, levels - 1));
}

struct QueueContents {
  std::unique_ptr<Keeper> keeper;     // none: nothing was ever stored
  Position next_position = 1;         // nothing was enqueued at or above it
  std::vector<Queued> messages = {};  // ascending; all that is not in a chunk that is stored
};

// For a queue with so many levels.
QueueContents contents_of(RecoveredQueue recovered, std::size_t levels, const Now& now);

// Positions of what is live in the chunks for which wanted(level, first position) holds.
template <class Wanted>
void add_live(const Shelf& shelf, const Wanted& wanted, std::vector<Range>& ranges);

// A chunk of the messages from `at` on: at most about that many bytes, and as many positions as a chunk may span.
// Returns how many messages it took. Requires: no chunk of the level spans the first of them.
std::size_t put_chunk(Shelf& shelf, const ChunkKey& level, std::vector<StoredMessage>& messages, std::size_t at,
                      std::size_t chunk_bytes, std::vector<ChunkWrite>& writes);

template <class Wanted>
void add_live(const Shelf& shelf, const Wanted& wanted, std::vector<Range>& ranges) {
  shelf.for_each([&](Level level, Position first, const Shelf::Chunk& chunk) {
    if (!wanted(level, first)) return;
    for (Position position = first; position <= chunk.last; ++position) {
      if (chunk.dead.test(position - first)) continue;
      if (!ranges.empty() && ranges.back().last + 1 == position)
        ranges.back().last = position;
      else
        ranges.push_back({position, position});
    }
  });
}

}  // namespace warren::broker
