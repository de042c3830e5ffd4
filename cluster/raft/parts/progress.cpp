#include "cluster/raft/parts/progress.hpp"

#include <algorithm>
#include <utility>

#include "cluster/limits.hpp"

namespace warren::raft {

bool Progress::heard_from(std::uint64_t incarnation, Admission admission, Index next) {
  const bool other = known_ && (incarnation_ != incarnation || admission_ != admission);
  if (other) *this = Progress(next);
  known_ = true;
  active_ = true;
  incarnation_ = incarnation;
  admission_ = admission;
  return other;
}

bool Progress::take_active() { return std::exchange(active_, false); }

bool Progress::may_send() const {
  return state_ == State::replicate ? in_flight_.size() < limits::kAppendsInFlightMax : !paused_;
}

void Progress::sent(Index last) {
  if (state_ != State::replicate) {
    paused_ = true;
    return;
  }
  next_ = last + 1;
  in_flight_.push_back(last);
}

bool Progress::matched(Index index) {
  while (!in_flight_.empty() && in_flight_.front() <= index) in_flight_.pop_front();
  paused_ = false;
  const bool news = index > match_;
  match_ = std::max(match_, index);
  next_ = std::max(next_, match_ + 1);
  if (state_ == State::probe) {
    state_ = State::replicate;
    next_ = match_ + 1;
  } else if (state_ == State::snapshot && match_ >= snapshot_index_) {
    state_ = State::replicate;
    next_ = match_ + 1;
  }
  return news;
}

bool Progress::rejected(Index rejected, Index agreeing) {
  if (state_ == State::snapshot || rejected <= match_) return false;
  if (state_ == State::probe && rejected != next_ - 1) return false;
  state_ = State::probe;
  next_ = std::max(std::min(rejected, agreeing + 1), match_ + 1);
  in_flight_.clear();
  paused_ = false;
  return true;
}

void Progress::begin_snapshot(Index index) {
  state_ = State::snapshot;
  snapshot_index_ = index;
  snapshot_offset_ = 0;
  offset_at_heartbeat_ = 0;
  stalled_ = false;
  paused_ = false;
  in_flight_.clear();
}

void Progress::snapshot_heartbeat() {
  stalled_ = offset_at_heartbeat_ == snapshot_offset_;
  offset_at_heartbeat_ = snapshot_offset_;
}

bool Progress::snapshot_received(std::size_t bytes) {
  if (bytes <= snapshot_offset_ && !stalled_) return false;
  snapshot_offset_ = bytes;
  stalled_ = false;
  paused_ = false;
  return true;
}

}  // namespace warren::raft
