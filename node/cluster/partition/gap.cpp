#include "node/cluster/partition/gap.hpp"

#include <algorithm>
#include <utility>

namespace warren::node {

std::vector<Gap> find_gaps(NodeId self, const std::vector<SeenMember>& members,
                           const cluster::FailureDetector& detector) {
  std::vector<Gap> gaps;
  for (const SeenMember& unseen : members) {
    if (unseen.seen) continue;
    Gap gap{unseen.id, {}};
    for (const SeenMember& witness : members)
      if (witness.id != self && witness.seen && !witness.estranged &&
          detector.sight(witness.id, unseen.id) == cluster::Sight::up)
        gap.witnesses.push_back(witness.id);
    if (!gap.witnesses.empty()) gaps.push_back(std::move(gap));
  }
  return gaps;
}

bool leaves(NodeId self, const Gap& gap, const std::vector<SeenMember>& members) {
  const auto is_disc = [&](NodeId node) {
    const auto found = std::ranges::find(members, node, &SeenMember::id);
    return found != members.end() && found->kind == broker::NodeKind::disc;
  };
  return is_disc(self) && (!is_disc(gap.node) || gap.node < self);
}

}  // namespace warren::node
