#include "node/storage/recovery/recovered_queues.hpp"

#include <algorithm>
#include <utility>

namespace warren::node {

using broker::ChunkNote;
using broker::StoredMessage;

namespace {

bool has(const std::vector<std::uint64_t>& bits, Position offset) {
  return offset / 64 < bits.size() && (bits[offset / 64] >> (offset % 64) & 1) != 0;
}

bool is_dead(const ChunkNote& chunk, Position position) { return has(chunk.dead, position - chunk.key.first); }

bool all_dead(const ChunkNote& chunk) {
  for (Position position = chunk.key.first; position <= chunk.last; ++position)
    if (!is_dead(chunk, position)) return false;
  return true;
}

// Calls visit(chunk) for those whose range touches first..last, whatever their level.
template <class Visit>
void for_each_touching(std::vector<ChunkNote>& chunks, Position first, Position last, Visit&& visit) {
  for (auto level = chunks.begin(); level != chunks.end();) {
    const auto end =
        std::upper_bound(level, chunks.end(), level->key.level,
                         [](broker::Level wanted, const ChunkNote& one) { return wanted < one.key.level; });
    auto at = std::lower_bound(level, end, first, [](const ChunkNote& one, Position from) { return one.last < from; });
    for (; at != end && at->key.first <= last; ++at) visit(*at);
    level = end;
  }
}

}  // namespace

RecoveredQueues::Queue& RecoveredQueues::queue(QueueId id) {
  if (last_ != nullptr && last_id_ == id) return *last_;
  last_ = &queues_[id];
  last_id_ = id;
  return *last_;
}

void RecoveredQueues::add(ChunkNote note) {
  Queue& queue = this->queue(note.key.queue);
  queue.note.next_position = std::max(queue.note.next_position, note.last + 1);
  queue.chunks.push_back(std::move(note));
}

void RecoveredQueues::add(broker::QueueNote note) {
  Queue& queue = this->queue(note.queue);
  note.next_position = std::max(note.next_position, queue.note.next_position);
  queue.note = std::move(note);
}

void RecoveredQueues::sort_chunks() {
  for (auto& [id, queue] : queues_)
    if (!std::ranges::is_sorted(queue.chunks, {}, &ChunkNote::key))
      std::ranges::sort(queue.chunks, {}, &ChunkNote::key);
}

bool RecoveredQueues::apply(const broker::ReadRecord& record) {
  Queue& queue = this->queue(record.queue);
  bool sound = true;
  switch (record.tag) {
    case broker::RecordTag::enqueue:
    case broker::RecordTag::again: enqueue(queue, record, sound); break;
    case broker::RecordTag::settled: settle(queue, record.first, record.last); break;
    case broker::RecordTag::delivered: {
      std::vector<Position>& marks = queue.note.delivered;
      if (marks.size() <= record.level) marks.resize(std::size_t{record.level} + 1);
      marks[record.level] = std::max(marks[record.level], record.last);
      break;
    }
    case broker::RecordTag::chunk_gone: forget_chunk(queue, record); break;
    case broker::RecordTag::queue:
    case broker::RecordTag::definition: break;
  }
  return sound;
}

// One that was written since at the same place has another end, or nothing that the journal does not have from here on.
void RecoveredQueues::forget_chunk(Queue& queue, const broker::ReadRecord& record) {
  for_each_touching(queue.chunks, record.first, record.last, [&](ChunkNote& chunk) {
    if (chunk.key.level != record.level || chunk.key.first != record.first || chunk.last != record.last) return;
    chunk.gone = true;
    chunk.dead.assign((chunk.last - chunk.key.first) / 64 + 1, ~std::uint64_t{0});
  });
}

// Whether a message that is enqueued lies in the chunk. A copy may get one anew that was settled, or that went with a
// former copy: then the chunk had ceased to be before, or it was written since, and holds it.
bool RecoveredQueues::keeps(ChunkNote& chunk, Position position) {
  if (!is_dead(chunk, position)) return true;
  const Position offset = position - chunk.key.first;
  if (!chunk.changed) return false;
  chunk.gone = all_dead(chunk);
  if (chunk.gone || has(chunk.dead_in_store, offset)) return false;
  chunk.dead[offset / 64] &= ~(std::uint64_t{1} << (offset % 64));
  return true;
}

void RecoveredQueues::enqueue(Queue& queue, const broker::ReadRecord& record, bool& sound) {
  if (record.tag == broker::RecordTag::enqueue) last_message_ = {};
  const Position position = record.first;
  queue.note.next_position = std::max(queue.note.next_position, position + 1);
  bool cold = false;
  for_each_touching(queue.chunks, position, position,
                    [&](ChunkNote& chunk) { cold |= !chunk.gone && keeps(chunk, position); });
  if (cold) return;
  StoredMessage one{message_of(record), position, record.deadline, false};
  sound = static_cast<bool>(one.message);
  if (!sound) return;
  queue.ascending &= queue.messages.empty() || queue.messages.back().position < position;
  queue.messages.push_back(std::move(one));
}

// A message that went to several queues stays one message.
broker::MessageRef RecoveredQueues::message_of(const broker::ReadRecord& record) {
  if (last_message_ && last_bytes_.data() == record.message.data()) return last_message_;
  broker::RecordReader reader(record.message);
  last_message_ = broker::read_message(reader);
  last_bytes_ = record.message;
  return last_message_;
}

void RecoveredQueues::settle(Queue& queue, Position first, Position last) {
  const auto drop = [](StoredMessage& one) { one.message = {}; };
  if (queue.ascending) {
    auto at = std::ranges::lower_bound(queue.messages, first, {}, &StoredMessage::position);
    for (; at != queue.messages.end() && at->position <= last; ++at) drop(*at);
  } else {
    for (StoredMessage& one : queue.messages)
      if (one.position >= first && one.position <= last) drop(one);
  }
  for_each_touching(queue.chunks, first, last, [&](ChunkNote& chunk) {
    if (!std::exchange(chunk.changed, true)) chunk.dead_in_store = chunk.dead;
    chunk.dead.resize((chunk.last - chunk.key.first) / 64 + 1);
    for (Position at = std::max(first, chunk.key.first); at <= std::min(last, chunk.last); ++at)
      chunk.dead[(at - chunk.key.first) / 64] |= std::uint64_t{1} << ((at - chunk.key.first) % 64);
  });
}

broker::RecoveredQueue RecoveredQueues::finish(QueueId id, Queue& queue) {
  std::erase_if(queue.messages, [](const StoredMessage& one) { return !one.message; });
  if (!queue.ascending) {
    std::ranges::stable_sort(queue.messages, {}, &StoredMessage::position);
    const auto [first, last] = std::ranges::unique(queue.messages, {}, &StoredMessage::position);
    queue.messages.erase(first, last);
  }
  queue.note.queue = id;
  return {std::move(queue.note), std::move(queue.chunks), std::move(queue.messages)};
}

}  // namespace warren::node
