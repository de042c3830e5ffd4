#include "broker/catalog/mirrors/mirroring.hpp"

#include <algorithm>
#include <utility>

#include "base/plant.hpp"
#include "broker/catalog/mirrors/reign_numbers.hpp"
#include "broker/catalog/mirrors/wish.hpp"

namespace warren::broker {
namespace {

using Nodes = std::vector<NodeId>;

void drop(Holders& holders, NodeId node) {
  std::erase(holders.mirrors, node);
  std::erase(holders.synchronised, node);
}

bool wants_copies(const QueueRecord& queue) {
  return !queue.definition.exclusive() && wants_mirrors(queue.policy.get());
}

Wish wish_for(const Catalog& catalog, const QueueRecord& queue) {
  return wants_copies(queue) ? wish_of(catalog, queue.policy.get()) : Wish{};
}

// The oldest of those that have everything becomes the owner, or the oldest of all where `incomplete` ones may.
void succeed(Holders& holders, bool incomplete) {
  auto heir = std::ranges::find_if(holders.mirrors, [&](NodeId node) { return among(holders.synchronised, node); });
  if (heir == holders.mirrors.end() && (incomplete || planted(303))) heir = holders.mirrors.begin();
  if (heir == holders.mirrors.end()) return;
  holders.owner = *heir;
  drop(holders, holders.owner);
}

// An owner that runs gives the queue away itself (Catalog::next_owner), so that nobody who uses it sees it go: until
// then whoever is to have it stays a mirror.
Holders until_handed_over(const Holders& now, const Holders& next) {
  const auto stays = [&](NodeId node) { return node == next.owner || among(next.mirrors, node); };
  Holders holders{now.owner};
  std::ranges::copy_if(now.mirrors, std::back_inserter(holders.mirrors), stays);
  std::ranges::copy_if(next.mirrors, std::back_inserter(holders.mirrors),
                       [&](NodeId node) { return !among(now.mirrors, node); });
  std::ranges::copy_if(now.synchronised, std::back_inserter(holders.synchronised), stays);
  return holders;
}

}  // namespace

Holders holders_of(const QueueDefinition& queue) { return {queue.owner, queue.mirrors, queue.in_sync}; }

bool Catalog::mirrored(QueueId queue) const {
  const QueueRecord* found = queue_record(queue);
  return found != nullptr && wants_copies(*found);
}

void Catalog::Mirroring::place(QueueDefinition& definition, const EffectivePolicy* policy) const {
  Holders holders{definition.owner};
  if (!definition.exclusive() && wants_mirrors(policy)) {
    const Wish wish = wish_of(catalog_, policy);
    holders = selected(catalog_, definition, wish, holders);
    holders.synchronised = holders.mirrors;
    if (!catalog_.node_running(holders.owner)) succeed(holders, false);
    // Those who are in sync may replace an owner that the policy does not name.
    if (wish.mode == Wish::Mode::nodes) holders = selected(catalog_, definition, wish, holders);
  }
  definition.owner = holders.owner;
  definition.mirrors = std::move(holders.mirrors);
  definition.in_sync = std::move(holders.synchronised);
  definition.mirror_round = definition.mirrors.empty() ? 0 : 1;
}

void Catalog::Mirroring::select(QueueRecord& queue) {
  const Holders now = holders_of(queue.definition);
  Holders next = selected(catalog_, queue.definition, wish_for(catalog_, queue), now);
  if (next.owner != now.owner && catalog_.node_running(now.owner)) next = until_handed_over(now, next);
  set(queue, std::move(next));
}

NodeId Catalog::next_owner(QueueId id) const {
  const QueueRecord* queue = queue_record(id);
  if (queue == nullptr || queue->definition.in_sync.empty() || !wants_copies(*queue)) return {};
  const Wish wish = wish_of(*this, queue->policy.get());
  const NodeId owner = queue->definition.owner;
  if (wish.mode != Wish::Mode::nodes || among(wish.nodes, owner)) return {};
  const NodeId next = Mirroring::selected(*this, queue->definition, wish, holders_of(queue->definition)).owner;
  return next == owner ? NodeId() : next;
}

Holders Catalog::Mirroring::selected(const Catalog& catalog, const QueueDefinition& queue, const Wish& wish,
                                     const Holders& now) {
  Nodes running;
  for (const auto& node : catalog.nodes_) {
    const bool holds = node->id == now.owner || among(now.mirrors, node->id);
    if (node->running && node->kind != NodeKind::witness && (holds || !node->draining)) running.push_back(node->id);
  }
  return select_holders(wish, now, by_preference(queue.ref.id, std::move(running)));
}

void Catalog::Mirroring::set(QueueRecord& queue, Holders holders) {
  QueueDefinition& definition = queue.definition;
  if (definition.owner != holders.owner) begin_reign(queue, holders.owner);
  if (definition.mirrors == holders.mirrors && definition.in_sync == holders.synchronised) return;
  changes_.push_back(MirrorsChanged{definition.ref.id, std::exchange(definition.mirrors, std::move(holders.mirrors)),
                                    std::exchange(definition.in_sync, std::move(holders.synchronised)),
                                    definition.filling});
  definition.filling &= definition.in_sync.size() < definition.mirrors.size();
  ++definition.mirror_round;
  catalog_.changed_ = true;
}

void Catalog::Mirroring::begin_reign(QueueRecord& queue, NodeId to) {
  const NodeId from = std::exchange(queue.definition.owner, to);
  if (const auto owned = catalog_.owned_.find(from); --owned->second == 0) catalog_.owned_.erase(owned);
  ++catalog_.owned_[to];
  Epoch& epoch = queue.definition.ref.epoch;
  epoch = next_reign(std::max(epoch, catalog_.reign_floor_), catalog_.reign_class_);
  ++queue.definition.mirror_round;
  changes_.push_back(QueueMoved{queue.definition.ref.id, from, to});
  catalog_.changed_ = catalog_.routes_changed_ = true;
}

// In order of identity.
template <class Wanted>
std::vector<QueueRecord*> Catalog::Mirroring::queues(const Wanted& wanted) const {
  std::vector<QueueRecord*> found;
  catalog_.queues_.for_each([&](QueueRecord& queue) {
    if (wanted(queue)) found.push_back(&queue);
  });
  std::ranges::sort(found, {}, [](const QueueRecord* queue) { return queue->definition.ref.id; });
  return found;
}

void Catalog::Mirroring::lose(NodeId node, Loss how) {
  const auto held = [&](const QueueRecord& queue) {
    const QueueDefinition& definition = queue.definition;
    return !definition.mirrors.empty() && (definition.owner == node || among(definition.mirrors, node));
  };
  for (QueueRecord* queue : queues(held)) lose(*queue, node, how);
}

void Catalog::Mirroring::lose(QueueRecord& queue, NodeId node, Loss how) {
  Holders holders = holders_of(queue.definition);
  drop(holders, node);
  const bool incomplete = how == Loss::removal || promotes_incomplete(queue.policy.get(), how == Loss::shutdown);
  if (holders.owner == node) succeed(holders, incomplete);
  const Wish wish = wish_for(catalog_, queue);
  if (wish.mode == Wish::Mode::exactly) holders = selected(catalog_, queue.definition, wish, holders);
  set(queue, std::move(holders));
}

// What was mirrored once numbers its messages by reigns, and goes on to: no copy anywhere may take one for another.
void Catalog::Mirroring::begin_reigns(NodeId node) {
  const auto owned = [&](const QueueRecord& queue) {
    return queue.definition.owner == node && (wants_copies(queue) || queue.definition.mirror_round != 0);
  };
  for (QueueRecord* queue : queues(owned)) {
    begin_reign(*queue, node);
    Holders holders = holders_of(queue->definition);
    holders.synchronised.clear();
    set(*queue, std::move(holders));
  }
}

void Catalog::Mirroring::begin_reigns() {
  const auto mirrored = [&](const QueueRecord& queue) {
    return wants_copies(queue) || queue.definition.mirror_round != 0;
  };
  for (QueueRecord* queue : queues(mirrored)) begin_reign(*queue, queue->definition.owner);
}

void Catalog::Mirroring::offer(NodeId node) {
  const NodeDefinition* member = catalog_.node_record(node);
  if (member == nullptr || !member->running || member->draining || member->kind == NodeKind::witness) return;
  const auto missing = [&](const QueueRecord& queue) {
    const QueueDefinition& definition = queue.definition;
    return wants_copies(queue) && definition.owner != node && !among(definition.mirrors, node);
  };
  for (QueueRecord* queue : queues(missing)) {
    const Wish wish = wish_for(catalog_, *queue);
    Holders holders = holders_of(queue->definition);
    const bool named = wish.mode == Wish::Mode::nodes && among(wish.nodes, node);
    const bool too_few = wish.mode == Wish::Mode::exactly && holders.mirrors.size() + 1 < wish.copies;
    if (wish.mode != Wish::Mode::all && !named && !too_few) continue;
    holders.mirrors.push_back(node);
    set(*queue, std::move(holders));
  }
}

}  // namespace warren::broker
