#include "broker/catalog/stored/definition_writes.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "broker/catalog/stored/definition_records.hpp"

namespace warren::broker {
namespace {

// One call per kind of change. What is not there any more was made and deleted by the same command.
class Writer {
 public:
  Writer(const Catalog& after, std::vector<DefinitionWrite>& writes) : after_(after), writes_(writes) {}

  void operator()(const QueueCreated& change) {
    if (const QueueDefinition* queue = after_.queue(change.queue)) put(queue_key(change.queue), encode(*queue));
  }
  void operator()(const QueueMoved& change) { (*this)(QueueCreated{change.queue}); }
  void operator()(const MirrorsChanged& change) { (*this)(QueueCreated{change.queue}); }
  void operator()(const QueueDeleted& change) { erase(queue_key(change.queue.ref.id)); }
  void operator()(const ExchangeCreated& change) {
    if (const Exchange* exchange = after_.exchange(change.exchange))
      put(exchange_key(change.exchange), encode(exchange->definition));
  }
  void operator()(const ExchangeDeleted& change) { erase(exchange_key(change.exchange.id)); }
  void operator()(const BindingCreated& change) { put(binding_key(change.number), encode(change.binding)); }
  void operator()(const BindingDeleted& change) { erase(binding_key(change.number)); }
  void operator()(const VhostCreated& change) {
    if (const VhostDefinition* vhost = after_.vhost(change.vhost)) put(vhost_key(change.vhost), encode(*vhost));
  }
  void operator()(const VhostDeleted& change) { erase(vhost_key(change.vhost.id)); }
  void operator()(const UserPut& change) {
    if (const UserDefinition* user = after_.find_user(change.name)) put(user_key(change.name), encode(*user));
  }
  void operator()(const UserDeleted& change) { erase(user_key(change.name)); }
  void operator()(const PermissionSet& change) {
    if (const PermissionDefinition* permission = after_.find_permission(change.vhost, change.user))
      put(permission_key(change.vhost, change.user), encode(*permission));
  }
  void operator()(const PermissionCleared& change) { erase(permission_key(change.vhost, change.user)); }
  void operator()(const TopicPermissionSet& change) {
    if (const auto* permission = after_.find_topic_permission(change.vhost, change.user, change.exchange))
      put(topic_permission_key(change.vhost, change.user, change.exchange), encode(*permission));
  }
  void operator()(const TopicPermissionCleared& change) {
    erase(topic_permission_key(change.vhost, change.user, change.exchange));
  }
  void operator()(const VhostLimited& change) { (*this)(VhostCreated{change.vhost}); }
  void operator()(const PolicySet& change) {
    if (const PolicyDefinition* policy = after_.find_policy(change.vhost, change.kind, change.name))
      put(policy_key(change.vhost, change.kind, change.name), encode(*policy));
  }
  void operator()(const PolicyCleared& change) { erase(policy_key(change.vhost, change.kind, change.name)); }

  void operator()(const NodeAdded& change) { put_node(change.node); }
  void operator()(const NodeWentUp& change) { put_node(change.node); }
  void operator()(const NodeWentDown& change) { put_node(change.node); }
  void operator()(const NodeDraining& change) { put_node(change.node); }
  void operator()(const NodeRemoved& change) { erase(node_key(change.node.id)); }
  void operator()(const ClusterNamed&) {
    if (after_.cluster_name().empty())
      erase(cluster_name_key());
    else
      put(cluster_name_key(), encode(ClusterName{after_.cluster_name()}));
  }

  void put(std::string key, std::string value) { writes_.push_back({std::move(key), std::move(value), false}); }
  void erase(std::string key) { writes_.push_back({std::move(key), {}, true}); }

 private:
  void put_node(NodeId id) {
    if (const NodeDefinition* node = after_.node(id)) put(node_key(id), encode(*node));
  }

  const Catalog& after_;
  std::vector<DefinitionWrite>& writes_;
};

}  // namespace

void definition_writes(const Catalog& after, const Applied& applied, std::vector<DefinitionWrite>& writes) {
  if (applied.changes.empty()) return;
  Writer writer(after, writes);
  for (const Change& change : applied.changes) std::visit(writer, change);
  writer.put(counters_key(), encode(after.counters()));
}

DefinitionWrite counters_write(const Catalog& catalog) { return {counters_key(), encode(catalog.counters()), false}; }

std::vector<DefinitionWrite> all_definition_writes(const Catalog& catalog) {
  std::vector<DefinitionWrite> writes;
  Writer writer(catalog, writes);
  writer.put(counters_key(), encode(catalog.counters()));
  if (!catalog.cluster_name().empty()) writer(ClusterNamed{});
  catalog.for_each_node([&](const NodeDefinition& node) { writer(NodeAdded{node.id}); });
  catalog.for_each_user([&](const UserDefinition& user) { writer.put(user_key(user.name), encode(user)); });
  catalog.for_each_vhost([&](const VhostDefinition& vhost) {
    writer.put(vhost_key(vhost.id), encode(vhost));
    catalog.for_each_permission(vhost.id, [&](const PermissionDefinition& permission) {
      writer.put(permission_key(vhost.id, permission.user), encode(permission));
    });
    catalog.for_each_topic_permission(vhost.id, [&](const TopicPermissionDefinition& permission) {
      writer(TopicPermissionSet{vhost.id, permission.user, permission.exchange});
    });
    catalog.for_each_policy(vhost.id, [&](const PolicyDefinition& policy) {
      writer.put(policy_key(vhost.id, policy.kind, policy.name), encode(policy));
    });
    catalog.for_each_exchange(vhost.id, [&](const Exchange& exchange) {
      writer.put(exchange_key(exchange.definition.id), encode(exchange.definition));
    });
    catalog.for_each_queue(vhost.id,
                           [&](const QueueDefinition& queue) { writer.put(queue_key(queue.ref.id), encode(queue)); });
    catalog.for_each_binding(
        vhost.id, [&](const Binding& binding) { writer.put(binding_key(binding.number), encode(binding.definition)); });
  });
  std::ranges::sort(writes, {}, &DefinitionWrite::key);
  return writes;
}

}  // namespace warren::broker
