// The host's dealings with cold chunks.
#include <algorithm>
#include <utility>

#include "node/queues/queue_host.hpp"

namespace warren::node {
namespace {

// A queue with less in memory is not worth a chunk.
constexpr std::size_t kWorthPagingBytes = 4 << 10;

}  // namespace

void QueueHost::restore(broker::RecoveredQueue recovered, const Now& now) {
  const QueueId id = recovered.note.queue;
  for (const broker::ChunkNote& note : recovered.chunks) bodies_.restore(note);
  if (mirror::Copy* copy = find_copy(id)) {
    copy->take_over(broker::contents_of(std::move(recovered), copy->levels(), now));
    hot_bytes_ += copy->hot_bytes();
    return;
  }
  Hosted& hosted = *find(id);
  hosted.machine.restore(std::move(recovered), now);
  recount(hosted);
  remind(id, hosted);
  mark(id, hosted);
}

void QueueHost::discard(const broker::RecoveredQueue& recovered, HostLanes lanes) {
  // A copy may be made here before the chunks have left the store.
  if (recovered.note.next_position > 1)
    lanes.journal.settled(recovered.note.queue, 1, recovered.note.next_position - 1);
  for (const broker::ChunkNote& note : recovered.chunks) {
    bodies_.restore(note);
    lanes.erased_chunks.push_back(note.key);
  }
}

void QueueHost::recount(Hosted& hosted) {
  const std::size_t bytes = hosted.machine.hot_bytes();
  hot_bytes_ += bytes - hosted.hot_bytes;
  hosted.hot_bytes = bytes;
}

void QueueHost::page_out(std::size_t bytes, const Now& now, StoreJob& job) {
  const std::size_t worth = std::min(kWorthPagingBytes, storage_.chunk_bytes / 2);
  std::vector<std::pair<std::size_t, QueueId>> candidates;
  queues_.for_each([&](QueueId id, const std::unique_ptr<Hosted>& hosted) {
    if (hosted->hot_bytes > worth) candidates.emplace_back(hosted->hot_bytes, id);
  });
  copies_.for_each([&](QueueId id, const std::unique_ptr<HostedCopy>& hosted) {
    if (hosted->copy.hot_bytes() > worth) candidates.emplace_back(hosted->copy.hot_bytes(), id);
  });
  std::ranges::sort(candidates, std::greater<>());
  std::size_t taken = 0;
  for (const auto& [hot, id] : candidates) {
    if (taken >= bytes) return;
    const std::size_t first = job.writes.size();
    if (mirror::Copy* copy = find_copy(id)) {
      taken += copy->page_out(bytes - taken, storage_.chunk_bytes, now, job.writes);
      note_writes(*copy, first, job.notes.size(), job);
      continue;
    }
    Hosted& hosted = *find(id);
    taken += hosted.machine.page_out(bytes - taken, storage_.chunk_bytes, now, job.writes);
    note_writes(hosted.machine, first, job.notes.size(), job);
    recount(hosted);
  }
}

template <class Machine>
void QueueHost::note_writes(const Machine& machine, std::size_t first, std::size_t first_note, StoreJob& job) {
  bodies_.place(job, first, storage_.shared_body_bytes);
  for (std::size_t i = first; i < job.writes.size(); ++i)
    job.notes.push_back(machine.chunk_note(job.writes[i].key.level, job.writes[i].key.first));
  for (std::size_t i = first_note; i < job.notes.size(); ++i) bodies_.complete(job.notes[i]);
}

bool QueueHost::empty_span(QueueId id, const Span& span, std::size_t bytes_max, const Now& now, StoreJob& job) {
  if (mirror::Copy* copy = find_copy(id)) return empty_span(*copy, span, bytes_max, now, job);
  Hosted* hosted = find(id);
  if (hosted == nullptr) {
    job.erased_queues.push_back(id);
    return true;
  }
  const std::size_t first = job.writes.size();
  const std::size_t first_note = job.notes.size();
  const bool all = span.first == 0 ||
                   hosted->machine.write_cold(span.first, span.last, bytes_max, storage_.chunk_bytes, now, job.writes);
  hosted->machine.take_changed(job.notes, job.erases);
  note_writes(hosted->machine, first, first_note, job);
  job.queues.push_back(hosted->machine.note());
  return all;
}

bool QueueHost::empty_span(mirror::Copy& copy, const Span& span, std::size_t bytes_max, const Now& now, StoreJob& job) {
  const std::size_t first = job.writes.size();
  const std::size_t first_note = job.notes.size();
  const bool all =
      span.first == 0 || copy.write_cold(span.first, span.last, bytes_max, storage_.chunk_bytes, now, job.writes);
  copy.take_changed(job.notes, job.erases);
  note_writes(copy, first, first_note, job);
  job.queues.push_back(copy.note());
  return all;
}

void QueueHost::written(const StoreJob& job) {
  bodies_.tidy();
  for (const broker::ChunkWrite& write : job.writes) {
    if (mirror::Copy* copy = find_copy(write.key.queue)) {
      const std::size_t before = copy->hot_bytes();
      copy->written(write.key.level, write.key.first);
      hot_bytes_ -= before - copy->hot_bytes();
      continue;
    }
    Hosted* hosted = find(write.key.queue);
    if (hosted == nullptr) continue;
    hosted->machine.written(write.key.level, write.key.first);
    recount(*hosted);
    if (hosted->machine.consumers() != 0) may_want_.push_back(write.key.queue);
  }
}

void QueueHost::take_wanted(std::vector<broker::ChunkLoad>& loads) {
  const std::size_t ahead = hot_bytes_ > storage_.hot_bytes ? std::min(storage_.chunk_bytes, storage_.read_ahead_bytes)
                                                            : storage_.read_ahead_bytes;
  for (const QueueId id : may_want_)
    if (Hosted* hosted = find(id)) hosted->machine.wanted(ahead, loads);
  may_want_.clear();
}

std::uint32_t QueueHost::loaded(const ChunkRead& read, const Now& now, HostLanes lanes) {
  const QueueId id = read.load.queue.id;
  if (read.load.to_weigh) {
    loaded_to_weigh(read, lanes);
    return 0;
  }
  Hosted* hosted = find(id);
  if (hosted == nullptr) return 0;
  if (read.load.for_copy) {
    if (hosted->shipping != nullptr && hosted->shipping->loaded(read.load, read.messages, hosted->machine))
      mark(id, *hosted);
    return 0;
  }
  broker::QueueEffects out = effects(*hosted, lanes);
  const std::uint32_t lost = hosted->machine.loaded(read.load.level, read.load.first, read.messages, now, out);
  mark(id, *hosted);
  return lost;
}

}  // namespace warren::node
