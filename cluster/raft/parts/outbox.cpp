#include "cluster/raft/parts/outbox.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "base/plant.hpp"
#include "cluster/limits.hpp"

namespace warren::raft {

std::uint64_t Outbox::close(bool persists, Index last) {
  if (persists) pending_.push_back({++issued_, last});
  for (Letter& letter : fresh_) held_.push_back({planted(100) ? 0 : issued_, std::move(letter)});
  fresh_.clear();
  // A network may lose letters; a member that cannot write for long loses its oldest ones.
  while (held_.size() > limits::kAnswersHeldMax) held_.pop_front();
  return issued_;
}

void Outbox::persisted(std::uint64_t sequence) {
  WARREN_CHECK(sequence <= issued_, "only what was asked for is persisted");
  done_ = std::max(done_, sequence);
  while (!pending_.empty() && pending_.front().sequence <= done_) {
    durable_ = std::max(durable_, pending_.front().last);
    pending_.pop_front();
  }
}

bool Outbox::take(Letter& letter) {
  if (held_.empty() || held_.front().sequence > done_) return false;
  letter = std::move(held_.front().letter);
  held_.pop_front();
  return true;
}

void Outbox::truncated_after(Index index) {
  durable_ = std::min(durable_, index);
  for (Pending& pending : pending_) pending.last = std::min(pending.last, index);
}

}  // namespace warren::raft
