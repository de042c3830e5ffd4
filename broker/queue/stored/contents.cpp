#include "broker/queue/stored/contents.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace warren::broker {
namespace {

// Whether a chunk of that level that counts spans a position.
bool spanned(const std::vector<ChunkNote>& chunks, Level level, Position position) {
  const auto after = std::ranges::upper_bound(chunks, std::pair(level, position), {}, [](const ChunkNote& note) {
    return std::pair(note.key.level, note.key.first);
  });
  return after != chunks.begin() && std::prev(after)->key.level == level && position <= std::prev(after)->last &&
         !std::prev(after)->gone;
}

}  // namespace

QueueContents contents_of(RecoveredQueue recovered, std::size_t levels, const Now& now) {
  QueueContents contents;
  contents.next_position = recovered.note.next_position;
  contents.keeper = std::make_unique<Keeper>();
  Keeper& keeper = *contents.keeper;
  keeper.restore_marks(std::move(recovered.note.delivered));
  for (const ChunkNote& note : recovered.chunks) {
    // A queue declared with fewer priorities than the chunk was written for has no such level: it was another queue.
    if (note.key.level < levels) keeper.shelf().put(note);
  }
  contents.messages.reserve(recovered.messages.size());
  for (const StoredMessage& one : recovered.messages) {
    const Level level = level_of(*one.message, levels);
    // It lay in this chunk and was settled there; the journal lost that with its end.
    if (spanned(recovered.chunks, level, one.position)) continue;
    const bool redelivered = one.redelivered || keeper.was_delivered(level, one.position);
    contents.messages.push_back({one.message, one.position, redelivered, to_instant(one.deadline, now)});
  }
  return contents;
}

std::size_t put_chunk(Shelf& shelf, const ChunkKey& level, std::vector<StoredMessage>& messages, std::size_t at,
                      std::size_t chunk_bytes, std::vector<ChunkWrite>& writes) {
  const Position first = messages[at].position;
  const Position border =
      std::min(shelf.next_first(level.level, first).value_or(kChunkSpanMax + first), kChunkSpanMax + first);
  ChunkWrite write{{level.queue, level.level, first}, {}};
  std::size_t bytes = 0;
  for (std::size_t i = at; i < messages.size() && messages[i].position < border && bytes < chunk_bytes; ++i) {
    bytes += messages[i].message->footprint_bytes();
    write.messages.push_back(std::move(messages[i]));
  }
  shelf.put(write);
  writes.push_back(std::move(write));
  return writes.back().messages.size();
}

}  // namespace warren::broker
