#include "broker/queue/parts/ready_level.hpp"

#include <algorithm>

#include "base/plant.hpp"

namespace warren::broker {
namespace {

// Room for messages that come back which is kept when there are none.
constexpr std::size_t kReturnedKept = 16;

// Makes std's heaps, which keep the greatest in front, keep the lowest position there.
bool later(const Queued& a, const Queued& b) { return a.position > b.position; }

}  // namespace

void ReadyLevel::push(Queued queued) {
  count_in(queued);
  const bool to_front = cold_.empty() && tail_.empty();
  (to_front ? front_bytes_ : tail_bytes_) += queued.message->footprint_bytes();
  (to_front ? front_ : tail_).push_back(std::move(queued));
}

void ReadyLevel::put_back(Queued queued) {
  if (planted(3)) return push(std::move(queued));
  count_in(queued);
  returned_.push_back(std::move(queued));
  std::push_heap(returned_.begin(), returned_.end(), later);
}

Queued ReadyLevel::pop() {
  --size_;
  if (returned_.empty()) {
    Queued queued = front_.pop_front();
    const std::size_t bytes = queued.message->footprint_bytes();
    front_bytes_ -= bytes;
    hot_bytes_ -= bytes;
    if (front_.empty()) advance();
    return queued;
  }
  std::pop_heap(returned_.begin(), returned_.end(), later);
  Queued queued = std::move(returned_.back());
  returned_.pop_back();
  if (returned_.empty() && returned_.capacity() > kReturnedKept) returned_ = std::vector<Queued>();
  hot_bytes_ -= queued.message->footprint_bytes();
  return queued;
}

void ReadyLevel::advance() {
  while (!cold_.empty() && cold_.front().state == ColdRun::State::here) {
    for (Queued& queued : cold_.front().held) {
      front_bytes_ += queued.message->footprint_bytes();
      front_.push_back(std::move(queued));
    }
    cold_.pop_front();
  }
  if (!front_.empty() || !cold_.empty() || tail_.empty()) return;
  std::swap(front_, tail_);
  std::swap(front_bytes_, tail_bytes_);
}

void ReadyLevel::clear() {
  front_ = {};
  cold_ = {};
  tail_ = {};
  returned_ = std::vector<Queued>();
  size_ = hot_bytes_ = front_bytes_ = tail_bytes_ = 0;
}

std::vector<Queued> ReadyLevel::take_late(std::size_t bytes_max, std::size_t front_bytes) {
  std::vector<Queued> batch;
  std::size_t bytes = 0;
  // A tail too small to be worth a chunk waits while there is enough behind the front.
  came_from_front_ = tail_bytes_ < bytes_max / 4 && front_bytes_ > front_bytes + bytes_max;
  if (tail_.empty()) came_from_front_ = true;
  if (!came_from_front_) {
    while (!tail_.empty() && bytes < bytes_max) {
      bytes += tail_.front().message->footprint_bytes();
      batch.push_back(tail_.pop_front());
    }
    tail_bytes_ -= bytes;
  } else {
    while (front_bytes_ - bytes > front_bytes && front_.size() > 1 && bytes < bytes_max) {
      bytes += front_.back().message->footprint_bytes();
      batch.push_back(front_.pop_back());
    }
    front_bytes_ -= bytes;
    std::reverse(batch.begin(), batch.end());
  }
  hot_bytes_ -= bytes;
  return batch;
}

void ReadyLevel::insert_cold(std::vector<ColdRun> runs) {
  for (const ColdRun& run : runs)
    for (const Queued& queued : run.held) hot_bytes_ += queued.message->footprint_bytes();
  if (came_from_front_) {
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) cold_.push_front(std::move(*run));
  } else {
    for (ColdRun& run : runs) cold_.push_back(std::move(run));
  }
}

void ReadyLevel::restore_cold(std::vector<ColdRun> runs) {
  came_from_front_ = false;
  for (const ColdRun& run : runs) size_ += run.count;
  insert_cold(std::move(runs));
  if (front_.empty()) advance();
}

// Chunks do not overlap: the runs of one lie in a row.
bool ReadyLevel::neighbour_loading(std::size_t run) const {
  const Position chunk = cold_[run].chunk;
  const auto loading = [&](std::size_t i) { return cold_[i].state == ColdRun::State::loading; };
  for (std::size_t i = run; i-- > 0 && cold_[i].chunk == chunk;)
    if (loading(i)) return true;
  for (std::size_t i = run + 1; i < cold_.size() && cold_[i].chunk == chunk; ++i)
    if (loading(i)) return true;
  return false;
}

void ReadyLevel::written(Position chunk) {
  for (std::size_t i = 0; i < cold_.size(); ++i) {
    ColdRun& run = cold_[i];
    if (run.chunk != chunk || run.state != ColdRun::State::here) continue;
    for (const Queued& queued : run.held) hot_bytes_ -= queued.message->footprint_bytes();
    run.held = std::vector<Queued>();  // not {}, which empties it and keeps the memory
    run.state = ColdRun::State::cold;
  }
}

ReadyLevel::Lost ReadyLevel::loaded(Position chunk, std::vector<Queued> messages) {
  Lost lost;
  for (std::size_t i = 0; i < cold_.size(); ++i) {
    ColdRun& run = cold_[i];
    if (run.chunk != chunk || run.state != ColdRun::State::loading) continue;
    std::uint64_t body_bytes = 0;
    for (Queued& queued : messages) {
      if (!queued.message || queued.position < run.first || queued.position > run.last) continue;
      hot_bytes_ += queued.message->footprint_bytes();
      body_bytes += queued.message->body_bytes();
      run.held.push_back(std::move(queued));
    }
    const auto came = static_cast<std::uint32_t>(run.held.size());
    if (run.count != came) lost.among.emplace_back(run.first, run.last);
    lost.messages += run.count - came;
    lost.body_bytes += run.body_bytes - body_bytes;
    size_ -= run.count - came;
    run.count = came;
    run.body_bytes = body_bytes;
    run.state = ColdRun::State::here;
  }
  if (front_.empty()) advance();
  return lost;
}

}  // namespace warren::broker
