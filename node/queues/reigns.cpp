#include "node/queues/reigns.hpp"

namespace warren::node {

std::vector<Reign> reigns_of(const broker::Catalog& catalog) {
  std::vector<Reign> reigns;
  reigns.reserve(catalog.queue_count());
  catalog.for_each_vhost([&](const broker::VhostDefinition& vhost) {
    catalog.for_each_queue(vhost.id, [&](const broker::QueueDefinition& queue) {
      reigns.push_back({queue.ref, queue.owner, vhost.name, queue.name});
    });
  });
  return reigns;
}

std::vector<broker::QueueMoved> moves_since(const std::vector<Reign>& before, const broker::Catalog& now) {
  std::vector<broker::QueueMoved> moves;
  for (const Reign& reign : before) {
    const broker::QueueDefinition* queue = now.queue(reign.queue.id);
    if (queue == nullptr || queue->ref == reign.queue || queue->name != reign.name) continue;
    const broker::VhostDefinition* vhost = now.vhost(queue->vhost);
    if (vhost == nullptr || vhost->name != reign.vhost) continue;
    moves.push_back({reign.queue.id, reign.owner, queue->owner});
  }
  return moves;
}

}  // namespace warren::node
