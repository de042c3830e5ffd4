// A catalog from what was kept of it.
#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "broker/catalog/catalog.hpp"
#include "broker/catalog/stored/complaints.hpp"
#include "broker/exchange/types.hpp"

namespace warren::broker {
namespace {

std::string in_quotes(std::string_view name) { return "'" + std::string(name) + "'"; }

std::string describe(std::uint64_t number, const BindingDefinition& fields) {
  return "binding " + std::to_string(number) + " of exchange " + std::to_string(fields.source.value) + " to " +
         (fields.kind == DestinationKind::queue ? "queue " : "exchange ") + std::to_string(fields.destination);
}

}  // namespace

// One restoring, kind after kind.
class Catalog::Restoring {
 public:
  Restoring(Catalog& catalog, std::vector<std::string>& complaints) : catalog_(catalog), complaints_(complaints) {}

  void restore(NodeDefinition& node) {
    if (catalog_.find_node(node.name) != nullptr)
      return complain(complaints_, "node " + in_quotes(node.name) + " is kept twice: the later one is left out");
    catalog_.place_node(std::move(node));
  }

  void restore(VhostDefinition& vhost) {
    if (catalog_.vhost_record(vhost.name) != nullptr)
      return complain(complaints_, "vhost " + in_quotes(vhost.name) + " is kept twice: the later one is left out");
    catalog_.place_vhost(std::move(vhost));
  }

  void restore(UserDefinition& user) { catalog_.users_.emplace(user.name, std::move(user)); }

  void restore(PermissionDefinition& permission) {
    Vhost* vhost = catalog_.vhost_record(permission.vhost);
    if (vhost == nullptr)
      return complain(complaints_, "permission of user " + in_quotes(permission.user) + lost_vhost(permission.vhost));
    if (catalog_.find_user(permission.user) == nullptr) {
      complain(complaints_, "permission of user " + in_quotes(permission.user) + " in vhost " +
                                in_quotes(vhost->definition.name) + " is dropped: there is no such user");
      changes_.push_back(PermissionCleared{permission.vhost, std::move(permission.user)});
      return;
    }
    std::string user = permission.user;
    vhost->permissions.emplace(std::move(user), std::move(permission));
  }

  void restore(TopicPermissionDefinition& permission) {
    Vhost* vhost = catalog_.vhost_record(permission.vhost);
    if (vhost == nullptr)
      return complain(complaints_,
                      "topic permission of user " + in_quotes(permission.user) + lost_vhost(permission.vhost));
    if (catalog_.find_user(permission.user) == nullptr) {
      complain(complaints_, "topic permission of user " + in_quotes(permission.user) + " in vhost " +
                                in_quotes(vhost->definition.name) + " is dropped: there is no such user");
      changes_.push_back(
          TopicPermissionCleared{permission.vhost, std::move(permission.user), std::move(permission.exchange)});
      return;
    }
    auto& of_user = vhost->topic_permissions[permission.user];
    std::string exchange = permission.exchange;
    of_user.emplace(std::move(exchange), std::move(permission));
  }

  void restore(PolicyDefinition& policy) {
    Vhost* vhost = catalog_.vhost_record(policy.vhost);
    if (vhost == nullptr) return complain(complaints_, "policy " + in_quotes(policy.name) + lost_vhost(policy.vhost));
    if (!Pattern::read(policy.pattern))
      complain(complaints_, "policy " + in_quotes(policy.name) + " is for nothing: its pattern cannot be read");
    vhost->policies.set(std::move(policy));
  }

  void restore(ExchangeDefinition& exchange) {
    const std::string name = "exchange " + in_quotes(exchange.name);
    Vhost* vhost = catalog_.vhost_record(exchange.vhost);
    if (vhost == nullptr) return complain(complaints_, name + lost_vhost(exchange.vhost));
    const ExchangeTypeInfo* type = find_exchange_type(exchange.type);
    if (type == nullptr)
      return complain(complaints_, name + " is left out: there is no exchange type " + in_quotes(exchange.type));
    if (catalog_.exchange_record(exchange.vhost, exchange.name) != nullptr)
      return complain(complaints_, name + " is kept twice: the later one is left out");
    if (!exchange.arguments.empty() && type->check_arguments(exchange.arguments))
      complain(complaints_, name + " has arguments without effect: its type does not accept them");
    catalog_.place_exchange(*vhost, std::move(exchange));
  }

  void restore(QueueDefinition& queue) {
    Vhost* vhost = catalog_.vhost_record(queue.vhost);
    if (vhost == nullptr) return complain(complaints_, "queue " + in_quotes(queue.name) + lost_vhost(queue.vhost));
    if (catalog_.queue_record(queue.vhost, queue.name) != nullptr)
      return complain(complaints_, "queue " + in_quotes(queue.name) + " is kept twice: the later one is left out");
    restore_mirrors(queue);
    catalog_.place_queue(*vhost, std::move(queue));
  }

  void restore(NumberedBinding& binding) {
    BindingDefinition& fields = binding.binding;
    Ends ends{.source = catalog_.exchange_record(fields.source)};
    if (fields.kind == DestinationKind::queue)
      ends.queue = catalog_.queue_record(QueueId(fields.destination));
    else
      ends.exchange = catalog_.exchange_record(ExchangeId(fields.destination));
    const std::uint64_t number = binding.number;
    if (!ends.complete())
      return complain(complaints_, describe(number, fields) + " is left out: an end of it is missing");
    if (catalog_.binding_record(fields) != nullptr)
      return complain(complaints_, describe(number, fields) + " is kept twice: the later one is left out");
    const Binding& placed = catalog_.place_binding(ends, std::move(fields), number);
    if (!placed.routes)
      complain(complaints_,
               describe(number, placed.definition) + " routes nothing: the exchange's type does not accept it");
  }

  void add_missing_exchanges() {
    const std::size_t before = changes_.size();
    for (auto& [name, vhost] : catalog_.vhosts_) catalog_.add_predeclared_exchanges(*vhost, changes_);
    for (std::size_t i = before; i < changes_.size(); ++i)
      complain(complaints_,
               "exchange " +
                   in_quotes(catalog_.exchange(std::get<ExchangeCreated>(changes_[i]).exchange)->definition.name) +
                   " was missing and is made anew");
  }

  Changes take_changes() { return std::move(changes_); }

 private:
  // Members, each once; those in sync are among them.
  void restore_mirrors(QueueDefinition& queue) {
    std::vector<NodeId> mirrors;
    std::vector<NodeId> in_sync;
    for (const NodeId node : queue.mirrors)
      if (node != queue.owner && catalog_.node_record(node) != nullptr && !among(mirrors, node))
        mirrors.push_back(node);
    for (const NodeId node : queue.in_sync)
      if (among(mirrors, node) && !among(in_sync, node)) in_sync.push_back(node);
    if (mirrors == queue.mirrors && in_sync == queue.in_sync) return;
    complain(complaints_, "queue " + in_quotes(queue.name) + " is mirrored by what cannot mirror it: that is left out");
    queue.mirrors = std::move(mirrors);
    queue.in_sync = std::move(in_sync);
    changes_.push_back(MirrorsChanged{queue.ref.id});
  }

  static std::string lost_vhost(VhostId vhost) {
    return " is left out: its vhost, number " + std::to_string(vhost.value) + ", is missing";
  }

  Catalog& catalog_;
  std::vector<std::string>& complaints_;
  Changes changes_;
};

Applied Catalog::restore(Definitions definitions, std::vector<std::string>& complaints) {
  WARREN_CHECK(revision_ == Revision() && vhosts_.empty() && users_.empty(), "only an empty catalog is restored");
  last_vhost_ = definitions.counters.vhost;
  last_exchange_ = definitions.counters.exchange;
  last_queue_ = definitions.counters.queue;
  last_binding_ = definitions.counters.binding;
  last_node_ = definitions.counters.node;
  reign_class_ = definitions.counters.reign_class;
  reign_floor_ = definitions.counters.reign_floor;
  logs_ = std::move(definitions.counters.logs);
  cluster_name_ = std::move(definitions.cluster_name);
  revision_ = definitions.counters.revision;
  Restoring restoring(*this, complaints);
  const auto all = [&](auto& kind) {
    for (auto& definition : kind) restoring.restore(definition);
  };
  all(definitions.nodes);
  all(definitions.vhosts);
  all(definitions.users);
  all(definitions.permissions);
  all(definitions.topic_permissions);
  all(definitions.policies);
  all(definitions.exchanges);
  restoring.add_missing_exchanges();
  all(definitions.queues);
  all(definitions.bindings);
  // Never the first revision, which is that of an empty catalog.
  const bool empty = vhosts_.empty() && users_.empty() && nodes_.empty();
  if (!empty) revision_ = std::max(revision_, Revision(1));
  routes_revision_ = revision_;
  return {restoring.take_changes()};
}

}  // namespace warren::broker
