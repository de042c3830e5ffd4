#include "broker/queue/stored/keeper.hpp"

#include <algorithm>

#include "base/plant.hpp"

namespace warren::broker {
namespace {

// A planted bug: which settled messages the journal does not hear of.
constexpr Position kForgottenEvery = 7;

// Room for runs that is kept from batch to batch.
constexpr std::size_t kSettledRunsKept = 64;

}  // namespace

void Keeper::delivered(Level level, Position position, bool journaled) {
  if (delivered_.size() <= level) delivered_.resize(std::size_t{level} + 1);
  if (delivered_[level] >= position) return;
  delivered_[level] = position;
  const auto mark = [level](std::vector<Level>& levels) {
    if (std::find(levels.begin(), levels.end(), level) == levels.end()) levels.push_back(level);
  };
  if (journaled) mark(newly_delivered_);
  if (told_to_copies_) mark(delivered_for_copies_);
}

void Keeper::flush(QueueId queue, RecordWriter& journal, RecordWriter* copies) {
  for (const Level level : newly_delivered_)
    if (!planted(12)) journal.delivered(queue, level, delivered_[level]);
  newly_delivered_.clear();
  for (const Run& run : settled_)
    if (!planted(7) || run.first % kForgottenEvery != 0) journal.settled(queue, run.first, run.last);
  settled_.clear();
  if (settled_.capacity() > kSettledRunsKept) settled_ = std::vector<Run>();
  if (copies != nullptr) {
    for (const Level level : delivered_for_copies_) copies->delivered(queue, level, delivered_[level]);
    for (const Run& run : settled_for_copies_) copies->settled(queue, run.first, run.last);
  }
  delivered_for_copies_.clear();
  settled_for_copies_.clear();
}

}  // namespace warren::broker
