#include "broker/session/rules/reach.hpp"

#include <algorithm>

namespace warren::broker::session {

void find_reach(const Catalog& catalog, NodeId self, std::span<const QueueRef> route, Reach& reach) {
  reach.queues.clear();
  reach.abroad.clear();
  reach.absent = false;
  if (catalog.node_count() <= 1) {
    reach.queues.assign(route.begin(), route.end());
    return;
  }
  for (const QueueRef& ref : route) {
    const QueueDefinition* queue = catalog.queue(ref.id);
    // One that was deleted meanwhile is answered for by whoever looks for it.
    const NodeId owner = queue == nullptr ? self : queue->owner;
    if (!runs(catalog, owner, self)) {
      reach.absent = true;
      continue;
    }
    reach.queues.push_back(ref);
    if (owner != self && std::ranges::find(reach.abroad, owner) == reach.abroad.end()) reach.abroad.push_back(owner);
  }
}

}  // namespace warren::broker::session
