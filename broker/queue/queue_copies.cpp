// The queue's dealings with its copies on other nodes, and with what it was before it was this machine.
#include <algorithm>
#include <iterator>
#include <utility>

#include "base/plant.hpp"
#include "broker/queue/queue.hpp"

namespace warren::broker {

void Queue::reign(QueueRef ref) {
  ref_ = ref;
  if (!planted(305)) next_position_ = std::max(next_position_, first_position(ref.epoch));
}

void Queue::tell_copies(bool on) {
  const bool begins = !std::exchange(copied_, on) && on;
  if (on || keeper_ != nullptr) keeper().tell_copies(on);
  if (!begins) return;
  // What is transient was not marked so far.
  for (std::size_t level = 0; level < ready_.level_count(); ++level)
    ready_.level(static_cast<Level>(level)).for_each_hot([this](const Queued& queued) {
      if (queued.redelivered != 0) note_delivered(queued);
    });
  unsettled_.for_each([this](const UnsettledDelivery& delivery) { note_delivered(delivery.queued); });
}

void Queue::take_over(QueueContents contents) {
  next_position_ = std::max(contents.next_position, first_position(planted(305) ? Epoch(1) : ref_.epoch));
  keeper_ = std::move(contents.keeper);
  std::vector<std::vector<Queued>> hot(ready_.level_count());
  std::vector<std::vector<ColdRun>> runs(ready_.level_count());
  if (keeper_ != nullptr) {
    keeper_->tell_copies(copied_);
    keeper_->shelf().for_each([&](Level level, Position first, const Shelf::Chunk& chunk) {
      ColdRun run;
      run.chunk = run.first = first;
      run.last = chunk.last;
      run.count = chunk.live;
      // Exact again once it is read.
      run.body_bytes = chunk.messages == 0 ? 0 : chunk.body_bytes * chunk.live / chunk.messages;
      run.deadlines = chunk.deadlines;
      if (chunk.stored) return runs[level].push_back(std::move(run));
      // Its messages are in memory until it is.
      run.state = ColdRun::State::here;
      run.count = 0;
      run.body_bytes = 0;
      runs[level].push_back(std::move(run));
    });
  }
  for (Queued& queued : contents.messages) {
    const Level level = level_of(queued);
    held_bytes_ += queued.message->footprint_bytes();
    queued.redelivered |= keeper_ != nullptr && keeper_->was_delivered(level, queued.position) ? 1 : 0;
    const auto chunk = keeper_ == nullptr ? std::nullopt : keeper_->shelf().holds(level, queued.position);
    if (!chunk) {
      hot[level].push_back(std::move(queued));
      continue;
    }
    ColdRun& run = *std::ranges::lower_bound(runs[level], *chunk, {}, &ColdRun::chunk);
    ++run.count;
    run.body_bytes += queued.message->body_bytes();
    run.held.push_back(std::move(queued));
  }
  for (std::size_t level = 0; level < runs.size(); ++level)
    restore_level(static_cast<Level>(level), std::move(hot[level]), std::move(runs[level]));
}

QueueContents Queue::surrender(std::vector<Enqueue>& waiting) {
  QueueContents contents;
  contents.next_position = next_position_;
  const auto give = [&](const Queued& queued) {
    const Level level = level_of(queued);
    const auto chunk = keeper_ == nullptr ? std::nullopt : keeper_->shelf().holds(level, queued.position);
    if (!chunk || !keeper_->shelf().is_stored(level, *chunk)) contents.messages.push_back(queued);
  };
  for_each_ready_in_memory(give);
  for_each_unsettled([&](Queued queued) {
    queued.redelivered = 1;
    // What lies in a chunk has no other mark.
    if (keeper_ != nullptr) keeper_->delivered(level_of(queued), queued.position, journals(*queued.message));
    give(queued);
  });
  std::ranges::sort(contents.messages, {}, [](const Queued& queued) { return Position{queued.position}; });
  contents.keeper = std::move(keeper_);
  if (leaving_ != nullptr)
    waiting.insert(waiting.end(), std::make_move_iterator(leaving_->begin()), std::make_move_iterator(leaving_->end()));
  leaving_.reset();
  waiting_gets_.clear();
  ready_.clear();
  unsettled_.clear();
  consumers_.reset();
  held_bytes_ = 0;
  closed_ = true;
  return contents;
}

Ranges Queue::live() const {
  std::vector<Range> ranges;
  if (keeper_ != nullptr)
    add_live(
        keeper_->shelf(), [](Level, Position) { return true; }, ranges);
  for_each_in_memory([&](const Queued& queued) { ranges.push_back({queued.position, queued.position}); });
  return Ranges::of(std::move(ranges));
}

}  // namespace warren::broker
