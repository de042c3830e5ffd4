#include "broker/queue/stored/keeper.hpp"

#include <algorithm>

#include "base/plant.hpp"

namespace warren::broker {
namespace {

// A planted bug: which settled messages the journal does not hear of.
constexpr Position kForgottenEvery = 7;

// Room for runs that is kept from batch to batch.
constexpr std::size_t kRunsKept = 64;

}  // namespace

void Keeper::delivered(Level level, Position position) {
  if (delivered_.size() <= level) delivered_.resize(std::size_t{level} + 1);
  if (delivered_[level] >= position) return;
  delivered_[level] = position;
  if (std::find(newly_delivered_.begin(), newly_delivered_.end(), level) == newly_delivered_.end())
    newly_delivered_.push_back(level);
}

void Keeper::flush(QueueId queue, RecordWriter& journal) {
  for (const Level level : newly_delivered_)
    if (!planted(12)) journal.delivered(queue, level, delivered_[level]);
  newly_delivered_.clear();
  for (const Run& run : settled_)
    if (!planted(7) || run.first % kForgottenEvery != 0) journal.settled(queue, run.first, run.last);
  settled_.clear();
  if (settled_.capacity() > kRunsKept) settled_ = std::vector<Run>();
}

}  // namespace warren::broker
