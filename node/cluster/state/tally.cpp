#include "node/cluster/state/tally.hpp"

#include <algorithm>

namespace warren::node {

using broker::session::VhostCount;
using broker::session::VhostCounts;

void add_counts(VhostCounts& sum, const VhostCounts& more) {
  for (const VhostCount& one : more) {
    const auto at = std::ranges::lower_bound(sum, one.vhost, {}, &VhostCount::vhost);
    if (at != sum.end() && at->vhost == one.vhost)
      at->connections += one.connections;
    else
      sum.insert(at, one);
  }
}

void subtract_counts(VhostCounts& sum, const VhostCounts& part) {
  for (const VhostCount& one : part) {
    const auto at = std::ranges::lower_bound(sum, one.vhost, {}, &VhostCount::vhost);
    if (at != sum.end() && at->vhost == one.vhost) at->connections -= std::min(at->connections, one.connections);
  }
}

}  // namespace warren::node
