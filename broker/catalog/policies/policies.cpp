// Policies are set and cleared, and what is in force for what exists follows.
#include <algorithm>
#include <string>
#include <utility>

#include "base/limits.hpp"
#include "broker/catalog/catalog.hpp"
#include "broker/catalog/checks.hpp"
#include "broker/catalog/mirrors/mirroring.hpp"
#include "broker/catalog/mirrors/wish.hpp"
#include "broker/catalog/policies/policy_checks.hpp"

namespace warren::broker {

Catalog::Outcome Catalog::carry_out(const SetPolicy& command) {
  Applied applied;
  Vhost* vhost = vhost_record(command.vhost);
  if (vhost == nullptr) return unknown_vhost(command.vhost);
  if (Objection objection = check_policy(command.policy)) return *objection;
  PolicyList& policies = vhost->policies;
  const bool known = policies.find(command.policy.kind, command.policy.name) != nullptr;
  if (!known && policies.size() >= limits::kPoliciesMax)
    return validation_failed("a virtual host has at most " + std::to_string(limits::kPoliciesMax) + " policies");
  PolicyDefinition policy = command.policy;
  policy.vhost = vhost->definition.id;
  const PolicySet change{policy.vhost, policy.kind, policy.name};
  if (!policies.set(std::move(policy))) return applied;
  applied.changes.push_back(change);
  put_policies_in_force(*vhost, applied.changes);
  return applied;
}

Catalog::Outcome Catalog::carry_out(const ClearPolicy& command) {
  Applied applied;
  Vhost* vhost = vhost_record(command.vhost);
  if (vhost == nullptr) return unknown_vhost(command.vhost);
  if (!vhost->policies.clear(command.kind, command.name)) return applied;
  applied.changes.push_back(PolicyCleared{vhost->definition.id, command.kind, command.name});
  put_policies_in_force(*vhost, applied.changes);
  return applied;
}

// In whatever order: each is judged by its own name. What is told is in order of identity.
void Catalog::put_policies_in_force(Vhost& vhost, Changes& changes) {
  std::vector<QueueRecord*> mirrored;
  vhost.queues.for_each([&](QueueRecord& queue) {
    const PolicyList::InForce before = std::exchange(queue.policy, vhost.policies.for_queue(queue.definition.name));
    if (queue.policy != before && (wants_mirrors(before.get()) || wants_mirrors(queue.policy.get())))
      mirrored.push_back(&queue);
  });
  std::ranges::sort(mirrored, {}, [](const QueueRecord* queue) { return queue->definition.ref.id; });
  for (QueueRecord* queue : mirrored) Mirroring(*this, changes).select(*queue);
  vhost.exchanges.for_each([&](Exchange& exchange) {
    routes_changed_ |= put_in_force(exchange, vhost.policies.for_exchange(exchange.definition.name));
  });
  changed_ = true;
}

// The argument wins. Nothing is unrouted at the default exchange: it has no alternate.
bool Catalog::put_in_force(Exchange& exchange, PolicyList::InForce policy) {
  const std::string before(exchange.alternate);
  const bool had = exchange.has_alternate;
  exchange.policy = std::move(policy);
  const amqp::Value* alternate = exchange.definition.arguments.find(kAlternateExchange);
  if ((alternate == nullptr || alternate->text() == nullptr) && exchange.policy != nullptr && !exchange.is_default())
    alternate = exchange.policy->settings.find(kAlternateExchangeKey);
  const std::string* name = alternate == nullptr ? nullptr : alternate->text();
  exchange.has_alternate = name != nullptr;
  exchange.alternate = name == nullptr ? std::string_view() : std::string_view(*name);
  return exchange.has_alternate != had || exchange.alternate != before;
}

const PolicyDefinition* Catalog::find_policy(VhostId vhost, PolicyKind kind, std::string_view name) const {
  const Vhost* of = vhost_record(vhost);
  return of == nullptr ? nullptr : of->policies.find(kind, name);
}

PolicyList::InForce Catalog::policy_of(QueueId queue) const {
  const QueueRecord* found = queue_record(queue);
  return found == nullptr ? nullptr : found->policy;
}

PolicyList::InForce Catalog::policy_for_queue(VhostId vhost, std::string_view name) const {
  Vhost* of = vhost_record(vhost);
  return of == nullptr ? nullptr : of->policies.for_queue(name);
}

}  // namespace warren::broker
