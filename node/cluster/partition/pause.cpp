#include "node/cluster/partition/pause.hpp"

#include <algorithm>
#include <cstddef>

namespace warren::node {

bool PauseRule::look(const PartitionHandling& handling, const std::vector<SeenMember>& members, bool gap, Instant now) {
  if (!gap)
    gap_since_ = kNever;
  else if (gap_since_ == kNever)
    gap_since_ = now;
  const bool minority = handling.mode == PartitionMode::pause_minority;
  if (minority && gap && now >= gap_since_ + kGapFor_ms) pausing_ = until_all_ = true;
  if (lacks(handling, members)) {
    pausing_ = true;
    back_since_ = kNever;
  } else if (pausing_) {
    if (back_since_ == kNever) back_since_ = now;
    if (now >= back_since_ + kBackFor_ms) pausing_ = until_all_ = false;
  }
  return pausing_;
}

bool PauseRule::lacks(const PartitionHandling& handling, const std::vector<SeenMember>& members) const {
  const auto seen = static_cast<std::size_t>(std::ranges::count(members, true, &SeenMember::seen));
  if (handling.mode == PartitionMode::pause_minority)
    return until_all_ ? seen < members.size() : seen * 2 <= members.size();
  if (handling.mode != PartitionMode::pause_if_all_down) return false;
  // Without a member on the list nobody ever pauses.
  bool any_listed = false;
  for (const SeenMember& member : members) {
    if (std::ranges::find(handling.preferred, member.name) == handling.preferred.end()) continue;
    if (member.seen) return false;
    any_listed = true;
  }
  return any_listed;
}

}  // namespace warren::node
