// How far a publish gets: queues whose nodes do not run are known, and not reached (clustering.md 3.3).
#pragma once

#include <span>
#include <vector>

#include "base/ids.hpp"
#include "broker/catalog/catalog.hpp"

namespace warren::broker::session {

struct Reach {
  std::vector<QueueRef> queues;
  std::vector<NodeId> abroad;  // the other nodes on which some of them live, each once
  bool absent = false;         // the route leads to a queue whose node is not running, too
};

// Whether a node can be reached, as agreed. `self` always can: who asks is there.
inline bool runs(const Catalog& catalog, NodeId node, NodeId self) {
  return node == self || catalog.node_running(node);
}

// Holds for one revision of the catalog. While there is no other node, nothing is looked up.
void find_reach(const Catalog& catalog, NodeId self, std::span<const QueueRef> route, Reach& reach);

}  // namespace warren::broker::session
