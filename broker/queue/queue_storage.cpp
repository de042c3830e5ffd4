// The queue's dealings with journal and cold chunks.
#include <algorithm>
#include <iterator>
#include <utility>

#include "base/plant.hpp"
#include "broker/queue/queue.hpp"

namespace warren::broker {
namespace {

// What stays in memory of each level for readers.
constexpr std::size_t kFrontKeptBytes = 64 << 10;

StoredMessage stored(const Queued& queued, const Now& now) {
  // Before this very call makes it so.
  const bool shared = queued.message->shared();
  return {queued.message, queued.position, to_wall(queued.deadline, now), queued.redelivered != 0, shared};
}

std::size_t footprints(const ChunkWrite& write) {
  std::size_t bytes = 0;
  for (const StoredMessage& one : write.messages) bytes += one.message->footprint_bytes();
  return bytes;
}

}  // namespace

Keeper& Queue::keeper() {
  if (keeper_ == nullptr) keeper_ = std::make_unique<Keeper>();
  return *keeper_;
}

void Queue::settle_with_storage(QueueEffects& effects) {
  durable_confirms_.flush(effects.mail_when_durable);
  if (keeper_ == nullptr) return;
  keeper_->flush(ref_.id, effects.journal, effects.copies);
  if (keeper_->shelf().has_erased()) keeper_->shelf().take_erased(ref_.id, effects.erased_chunks);
}

void Queue::drop_ready() {
  for (std::size_t number = 0; number < ready_.level_count(); ++number) {
    const auto at = static_cast<Level>(number);
    const ReadyLevel& level = ready_.level(at);
    level.for_each_hot([this](const Queued& queued) { forget(queued); });
    for (std::size_t i = 0; i < level.cold().size(); ++i) {
      const ColdRun& run = level.cold()[i];
      if (run.state != ColdRun::State::here) keeper().settled_range(at, run.first, run.last, durable_);
    }
  }
  ready_.clear();
}

std::size_t Queue::page_out(std::size_t bytes_max, std::size_t chunk_bytes, const Now& now,
                            std::vector<ChunkWrite>& writes) {
  std::size_t taken = 0;
  const std::size_t front_bytes = std::min(consumers() == 0 ? 0 : kFrontKeptBytes, 2 * chunk_bytes);
  for (std::size_t number = 0; number < ready_.level_count(); ++number) {
    const auto at = static_cast<Level>(number);
    ReadyLevel& level = ready_.level(at);
    while (taken < bytes_max) {
      const std::size_t hot_before = level.hot_bytes();
      std::vector<Queued> batch = level.take_late(chunk_bytes, front_bytes);
      if (batch.empty()) break;
      taken += hot_before - level.hot_bytes();
      level.insert_cold(shelve(at, std::move(batch), now, writes));
      held_bytes_ -= hot_before - level.hot_bytes();
    }
  }
  return taken;
}

std::vector<ColdRun> Queue::shelve(Level level, std::vector<Queued> batch, const Now& now,
                                   std::vector<ChunkWrite>& writes) {
  std::vector<ColdRun> runs;
  for (std::size_t at = 0; at < batch.size();) {
    ColdRun& run = runs.emplace_back();
    at += shelve_run(level, batch, at, now, run, writes);
  }
  return runs;
}

std::size_t Queue::shelve_run(Level level, std::vector<Queued>& batch, std::size_t at, const Now& now, ColdRun& run,
                              std::vector<ChunkWrite>& writes) {
  Shelf& shelf = keeper().shelf();
  run.first = batch[at].position;
  const std::optional<Position> chunk = shelf.holds(level, run.first);
  const Position border = shelf.next_first(level, run.first).value_or(kChunkSpanMax + run.first);
  std::size_t end = at;
  for (; end < batch.size(); ++end) {
    const Queued& queued = batch[end];
    if (shelf.holds(level, queued.position) != chunk) break;
    if (!chunk && (queued.position >= border || queued.position - run.first >= kChunkSpanMax)) break;
    run.last = queued.position;
    run.body_bytes += queued.message->body_bytes();
    run.deadlines |= queued.deadline != kNever;
  }
  run.count = static_cast<std::uint32_t>(end - at);
  run.chunk = chunk.value_or(run.first);
  if (chunk && shelf.is_stored(level, *chunk)) return run.count;
  run.state = ColdRun::State::here;
  if (!chunk) {
    ChunkWrite write{{ref_.id, level, run.first}, {}};
    write.messages.reserve(run.count);
    for (std::size_t i = at; i < end; ++i) write.messages.push_back(stored(batch[i], now));
    shelf.put(write);
    writes.push_back(std::move(write));
  }
  run.held.assign(std::make_move_iterator(batch.begin() + static_cast<std::ptrdiff_t>(at)),
                  std::make_move_iterator(batch.begin() + static_cast<std::ptrdiff_t>(end)));
  return run.count;
}

bool Queue::write_cold(Position first, Position last, std::size_t bytes_max, std::size_t chunk_bytes, const Now& now,
                       std::vector<ChunkWrite>& writes) {
  std::vector<std::vector<StoredMessage>> by_level(ready_.level_count());
  const auto take = [&](const Queued& queued) {
    const Level level = level_of(queued);
    if (queued.position < first || queued.position > last || keeper().shelf().holds(level, queued.position)) return;
    by_level[level].push_back(stored(queued, now));
  };
  for (std::size_t number = 0; number < ready_.level_count(); ++number)
    ready_.level(static_cast<Level>(number)).for_each_hot(take);
  unsettled_.for_each([&](const UnsettledDelivery& delivery) { take(delivery.queued); });
  std::size_t bytes = 0;
  for (std::size_t number = 0; number < by_level.size(); ++number) {
    std::ranges::sort(by_level[number], {}, &StoredMessage::position);
    for (std::size_t at = 0; at < by_level[number].size();) {
      if (bytes >= bytes_max) return false;
      const ChunkKey level{ref_.id, static_cast<Level>(number), 0};
      at += put_chunk(keeper().shelf(), level, by_level[number], at, chunk_bytes, writes);
      bytes += footprints(writes.back());
    }
  }
  return true;
}

void Queue::written(Level level, Position chunk) {
  if (keeper_ == nullptr || closed_) return;
  keeper_->shelf().stored(level, chunk);
  const std::size_t hot_before = ready_.level(level).hot_bytes();
  ready_.level(level).written(chunk);
  held_bytes_ -= hot_before - ready_.level(level).hot_bytes();
}

void Queue::wanted(std::size_t bytes_ahead, std::vector<ChunkLoad>& loads) {
  if (closed_ || keeper_ == nullptr) return;
  const bool readers = consumers() > 0 || !waiting_gets_.empty();
  for (std::size_t number = ready_.level_count(); number-- > 0;) {
    const auto at = static_cast<Level>(number);
    ReadyLevel& level = ready_.level(at);
    if (level.cold().empty() || !(readers || limits_ != nullptr || level.hides_deadline())) continue;
    level.read_ahead(readers ? bytes_ahead : 1, [&](Position chunk) { loads.push_back({ref_, at, chunk}); });
    // Lower levels wait until this one has been read; only what may expire there is of interest.
    if (readers && limits_ == nullptr) return;
  }
}

std::uint32_t Queue::loaded(Level level, Position chunk, const std::vector<StoredMessage>& messages, const Now& now,
                            QueueEffects& effects) {
  if (closed_ || keeper_ == nullptr) return 0;
  std::vector<Queued> fresh;
  fresh.reserve(messages.size());
  for (const StoredMessage& one : messages) {
    if (keeper_->shelf().holds(level, one.position) != chunk) continue;
    fresh.push_back({one.message, one.position, one.redelivered || keeper_->was_delivered(level, one.position),
                     to_instant(one.deadline, now)});
  }
  const std::size_t hot_before = ready_.hot_bytes();
  const ReadyLevel::Lost lost = ready_.loaded(level, chunk, std::move(fresh));
  held_bytes_ += ready_.hot_bytes() - hot_before;
  for (const auto& [first, last] : lost.among) give_up(level, first, last, messages);
  drop_surplus(effects);
  expire_heads(now.instant_ms, effects);
  answer_waiting_gets(now, effects);
  dispatch(now, effects);
  return lost.messages;
}

void Queue::give_up(Level level, Position first, Position last, const std::vector<StoredMessage>& came) {
  for (Position position = first; position <= last; ++position) {
    const bool is_here = std::ranges::binary_search(came, position, {}, &StoredMessage::position);
    if (!is_here && keeper_->shelf().holds(level, position)) keeper_->settled(level, position, durable_);
  }
}

void Queue::answer_waiting_gets(const Now& now, QueueEffects& effects) {
  std::size_t answered = 0;
  for (; answered < waiting_gets_.size(); ++answered) {
    expire_heads(now.instant_ms, effects);
    if (!ready_.empty() && !ready_.available()) break;
    answer(waiting_gets_[answered], effects);
  }
  waiting_gets_.erase(waiting_gets_.begin(), waiting_gets_.begin() + static_cast<std::ptrdiff_t>(answered));
}

ChunkNote Queue::chunk_note(Level level, Position chunk) const {
  return keeper_->shelf().note({ref_.id, level, chunk});
}

void Queue::take_changed(std::vector<ChunkNote>& notes, std::vector<ChunkKey>& erased) {
  if (keeper_ == nullptr) return;
  keeper_->shelf().take_dirty(ref_.id, notes);
  keeper_->shelf().take_erased(ref_.id, erased);
}

QueueNote Queue::note() const {
  return {ref_.id, next_position_, keeper_ == nullptr ? std::vector<Position>() : keeper_->delivered_marks()};
}

void Queue::restore(RecoveredQueue recovered, const Now& now) {
  const Position last = recovered.messages.empty() ? 0 : recovered.messages.back().position;
  take_over(contents_of(std::move(recovered), ready_.level_count(), now));
  if (planted(13)) next_position_ = last + 1;
}

void Queue::restore_level(Level level, std::vector<Queued> hot, std::vector<ColdRun> cold) {
  std::vector<ColdRun> runs;
  auto next = hot.begin();
  const auto hot_before = [&](Position border) {
    ColdRun run;
    run.state = ColdRun::State::here;
    for (; next != hot.end() && next->position < border; ++next) {
      if (runs.empty()) {
        ready_.push(std::move(*next));
        continue;
      }
      if (run.count++ == 0) run.first = next->position;
      run.last = next->position;
      run.body_bytes += next->message->body_bytes();
      run.held.push_back(std::move(*next));
    }
    if (run.count != 0) runs.push_back(std::move(run));
  };
  for (ColdRun& run : cold) {
    hot_before(run.first);
    if (run.count != 0) runs.push_back(std::move(run));
  }
  // What comes last is the tail.
  std::vector<Queued> tail(std::make_move_iterator(next), std::make_move_iterator(hot.end()));
  ready_.restore_cold(level, std::move(runs));
  for (Queued& queued : tail) ready_.push(std::move(queued));
}

}  // namespace warren::broker
