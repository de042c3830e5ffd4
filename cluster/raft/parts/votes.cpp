#include "cluster/raft/parts/votes.hpp"

#include <algorithm>

namespace warren::raft {

void Votes::record(NodeId voter, bool granted) {
  const auto same = [voter](const Vote& vote) { return vote.voter == voter; };
  if (std::none_of(votes_.begin(), votes_.end(), same)) votes_.push_back({voter, granted});
}

Votes::Outcome Votes::outcome(const Configuration& configuration) const {
  std::size_t granted = 0;
  std::size_t refused = 0;
  for (const Vote& vote : votes_) {
    const Member* member = configuration.find(vote.voter);
    if (member == nullptr || !member->voter) continue;
    ++(vote.granted ? granted : refused);
  }
  const std::size_t needed = configuration.majority();
  if (granted >= needed) return Outcome::won;
  if (configuration.voters() - refused < needed) return Outcome::lost;
  return Outcome::open;
}

}  // namespace warren::raft
