#include <utility>

#include "broker/catalog/catalog.hpp"
#include "broker/catalog/checks.hpp"
#include "broker/catalog/hash.hpp"
#include "broker/catalog/mirrors/mirroring.hpp"

namespace warren::broker {
namespace {

constexpr Epoch kFirstEpoch{1};

std::uint64_t hash_session(const SessionRef& session) {
  return hash_number(session.id.value ^ hash_number((std::uint64_t{session.node.value} << 16) | session.shard));
}

}  // namespace

Catalog::Outcome Catalog::carry_out(const DeclareQueue& command) {
  Applied applied;
  Vhost* vhost = vhost_record(command.queue.vhost);
  if (vhost == nullptr) return vhost_gone();
  if (queue_record(command.queue.vhost, command.queue.name) != nullptr) return applied;
  if (Objection objection = check_queue_limit(*this, command.queue)) return *objection;
  if (Objection objection = check_queue_place(*this, command.queue)) return *objection;
  QueueDefinition definition = command.queue;
  definition.ref = {QueueId(++last_queue_.value), kFirstEpoch};
  Mirroring(*this, applied.changes).place(definition, vhost->policies.for_queue(definition.name).get());
  place_queue(*vhost, std::move(definition));
  applied.changes.push_back(QueueCreated{last_queue_});
  changed_ = true;
  return applied;
}

void Catalog::place_queue(Vhost& vhost, QueueDefinition definition) {
  auto queue = std::make_unique<QueueRecord>();
  queue->definition = std::move(definition);
  queue->policy = vhost.policies.for_queue(queue->definition.name);
  if (queue->definition.exclusive()) own(*queue);
  ++owned_[queue->definition.owner];
  vhost.queues.insert(hash_text(queue->definition.name), queue.get());
  const std::uint64_t hash = hash_number(queue->definition.ref.id.value);
  queues_.insert(hash, std::move(queue));
}

Catalog::Outcome Catalog::carry_out(const DeleteQueue& command) {
  Applied applied;
  QueueRecord* queue = queue_record(command.queue);
  if (queue == nullptr) return applied;
  remove_queue(*queue, applied.changes);
  remove_forsaken(applied.changes);
  return applied;
}

Catalog::Outcome Catalog::carry_out(const DeleteExclusiveQueues& command) {
  Applied applied;
  // The owner goes with the last of its queues.
  while (Owner* owner = owner_record(command.owner)) remove_queue(*owner->queues.first(), applied.changes);
  remove_forsaken(applied.changes);
  return applied;
}

void Catalog::remove_queue(QueueRecord& queue, Changes& changes) {
  while (!queue.incoming.empty()) remove_binding(*queue.incoming.first(), changes);
  if (queue.definition.exclusive()) disown(queue);
  if (const auto owned = owned_.find(queue.definition.owner); --owned->second == 0) owned_.erase(owned);
  Vhost& vhost = *vhost_record(queue.definition.vhost);
  vhost.queues.erase(hash_text(queue.definition.name), queue);
  const auto last_hold = queues_.erase(hash_number(queue.definition.ref.id.value), queue);
  changes.push_back(QueueDeleted{std::move(queue.definition)});
  changed_ = true;
}

Catalog::Owner* Catalog::owner_record(const SessionRef& session) const {
  return owners_.find(hash_session(session), [&](const Owner& held) { return held.session == session; });
}

void Catalog::own(QueueRecord& queue) {
  const SessionRef& session = queue.definition.exclusive_owner;
  Owner* owner = owner_record(session);
  if (owner == nullptr) {
    auto added = std::make_unique<Owner>();
    owner = added.get();
    owner->session = session;
    owners_.insert(hash_session(session), std::move(added));
  }
  owner->queues.push_back(queue);
}

void Catalog::disown(QueueRecord& queue) {
  const SessionRef& session = queue.definition.exclusive_owner;
  Owner* owner = owner_record(session);
  owner->queues.erase(queue);
  if (owner->queues.empty()) owners_.erase(hash_session(session), *owner);
}

}  // namespace warren::broker
