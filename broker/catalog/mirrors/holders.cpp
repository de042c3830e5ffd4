// Who holds a queue: what its owner agrees with the other nodes.
#include <utility>

#include "base/plant.hpp"
#include "broker/catalog/checks.hpp"
#include "broker/catalog/mirrors/mirroring.hpp"

namespace warren::broker {
// Whoever proposed it knew another reign, or a mirror that is none any more: nothing follows from it.
Catalog::Outcome Catalog::carry_out(const SetInSync& command) {
  Applied applied;
  QueueRecord* queue = queue_record(command.queue);
  if (queue == nullptr || queue->definition.ref.epoch != command.epoch) return applied;
  if (queue->definition.mirror_round != command.round && !planted(311)) return applied;
  Holders holders = holders_of(queue->definition);
  if (!among(holders.mirrors, command.node) || among(holders.synchronised, command.node) == command.in_sync)
    return applied;
  if (command.in_sync)
    holders.synchronised.push_back(command.node);
  else
    std::erase(holders.synchronised, command.node);
  Mirroring(*this, applied.changes).set(*queue, std::move(holders));
  return applied;
}

Catalog::Outcome Catalog::carry_out(const TransferQueue& command) {
  Applied applied;
  QueueRecord* queue = queue_record(command.queue);
  if (queue == nullptr) return Refusal{amqp::ReplyCode::not_found, "the queue does not exist any more"};
  const QueueDefinition& definition = queue->definition;
  const std::string phrase = queue_phrase(definition.name, vhost(definition.vhost)->name);
  if (definition.ref.epoch != command.epoch) return precondition_failed(phrase + " has another owner by now");
  if (!among(definition.in_sync, command.to)) return precondition_failed("that node has no complete copy of " + phrase);
  // It holds everything that was confirmed, for its successor confirms nothing without it.
  Holders holders = holders_of(definition);
  for (std::vector<NodeId>* nodes : {&holders.mirrors, &holders.synchronised}) {
    std::erase(*nodes, command.to);
    nodes->push_back(holders.owner);
  }
  holders.owner = command.to;
  Mirroring mirroring(*this, applied.changes);
  mirroring.set(*queue, std::move(holders));
  // Who gave it away may be one that the policy does not name.
  if (mirrored(command.queue)) mirroring.select(*queue);
  return applied;
}

Catalog::Outcome Catalog::carry_out(const FillCopies& command) {
  Applied applied;
  QueueRecord* queue = queue_record(command.queue);
  if (queue == nullptr) return Refusal{amqp::ReplyCode::not_found, "the queue does not exist any more"};
  QueueDefinition& definition = queue->definition;
  const bool on = command.on && definition.in_sync.size() < definition.mirrors.size();
  if (std::exchange(definition.filling, on) == on) return applied;
  applied.changes.push_back(MirrorsChanged{command.queue, definition.mirrors, definition.in_sync, !on});
  changed_ = true;
  return applied;
}

}  // namespace warren::broker
