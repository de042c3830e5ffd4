#include "broker/catalog/stored/durable_writes.hpp"

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
    const QueueDefinition* queue = after_.queue(change.queue);
    if (queue != nullptr && queue->survives_restart()) put(queue_key(change.queue), encode(*queue));
  }
  void operator()(const QueueDeleted& change) {
    if (change.queue.survives_restart()) erase(queue_key(change.queue.ref.id));
  }
  void operator()(const ExchangeCreated& change) {
    const Exchange* exchange = after_.exchange(change.exchange);
    if (exchange != nullptr && exchange->definition.durable)
      put(exchange_key(change.exchange), encode(exchange->definition));
  }
  void operator()(const ExchangeDeleted& change) {
    if (change.exchange.durable) erase(exchange_key(change.exchange.id));
  }
  void operator()(const BindingCreated& change) {
    if (change.survives_restart) put(binding_key(change.number), encode(change.binding));
  }
  void operator()(const BindingDeleted& change) {
    if (change.survives_restart) erase(binding_key(change.number));
  }
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

  void put(std::string key, std::string value) { writes_.push_back({std::move(key), std::move(value), false}); }
  void erase(std::string key) { writes_.push_back({std::move(key), {}, true}); }

 private:
  const Catalog& after_;
  std::vector<DefinitionWrite>& writes_;
};

}  // namespace

void durable_writes(const Catalog& after, const Applied& applied, std::vector<DefinitionWrite>& writes) {
  const std::size_t before = writes.size();
  Writer writer(after, writes);
  for (const Change& change : applied.changes) std::visit(writer, change);
  if (writes.size() != before) writer.put(counters_key(), encode(after.counters()));
}

}  // namespace warren::broker
