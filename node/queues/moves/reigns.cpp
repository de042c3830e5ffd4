#include "node/queues/moves/reigns.hpp"

namespace warren::node {

Reign reign_of(const broker::QueueDefinition& queue, const broker::Catalog& catalog) {
  return {queue.ref, queue.owner, catalog.vhost(queue.vhost)->name, queue.name};
}

std::vector<Reign> reigns_of(const broker::Catalog& catalog) {
  std::vector<Reign> reigns;
  reigns.reserve(catalog.queue_count());
  catalog.for_each_vhost([&](const broker::VhostDefinition& vhost) {
    catalog.for_each_queue(vhost.id,
                           [&](const broker::QueueDefinition& queue) { reigns.push_back(reign_of(queue, catalog)); });
  });
  return reigns;
}

const broker::QueueDefinition* same_queue(const Reign& before, const broker::Catalog& now) {
  const broker::QueueDefinition* queue = now.queue(before.queue.id);
  const broker::VhostDefinition* vhost = queue == nullptr ? nullptr : now.vhost(queue->vhost);
  return vhost != nullptr && vhost->name == before.vhost && queue->name == before.name ? queue : nullptr;
}

std::vector<broker::QueueMoved> moves_since(const std::vector<Reign>& before, const broker::Catalog& now) {
  std::vector<broker::QueueMoved> moves;
  for (const Reign& reign : before) {
    const broker::QueueDefinition* queue = same_queue(reign, now);
    if (queue == nullptr || queue->ref == reign.queue) continue;
    moves.push_back({reign.queue.id, reign.owner, queue->owner});
  }
  return moves;
}

}  // namespace warren::node
