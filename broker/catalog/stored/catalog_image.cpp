#include "broker/catalog/stored/catalog_image.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "broker/catalog/stored/complaints.hpp"
#include "broker/catalog/stored/definition_records.hpp"

namespace warren::broker {
namespace {

// Without counters nobody knows what was given and deleted since. So far ahead nothing was given.
constexpr std::uint32_t kLeapAfterLoss = 1u << 20;

// Reads records into definitions, whose order is that of the keys.
class Reading {
 public:
  explicit Reading(std::vector<std::string>& complaints) : complaints_(complaints) {}

  void read(std::string_view key, std::string_view value) {
    const std::optional<DefinitionKey> known = read_key(key);
    if (!known) return complain(complaints_, "a stored definition has a key that says nothing and is left out");
    // What is damaged had an identity all the same.
    reach(*known);
    if (!read(*known, value))
      complain(complaints_, "the stored record of " + describe(*known) + " is damaged and left out");
  }

  Definitions finish(bool empty) {
    CatalogCounters& counters = definitions_.counters;
    if (!empty && !counted_) {
      complain(complaints_, "the counters of the stored definitions are missing: identities leap ahead");
      reached_.vhost.value += kLeapAfterLoss;
      reached_.exchange.value += kLeapAfterLoss;
      reached_.queue.value += kLeapAfterLoss;
      reached_.binding += kLeapAfterLoss;
      // Where no node was ever stored, the first is still to come: what was stored before there were any waits for it.
      if (reached_.node) reached_.node.value += kLeapAfterLoss;
    }
    counters.vhost = std::max(counters.vhost, reached_.vhost);
    counters.exchange = std::max(counters.exchange, reached_.exchange);
    counters.queue = std::max(counters.queue, reached_.queue);
    counters.binding = std::max(counters.binding, reached_.binding);
    counters.node = std::max(counters.node, reached_.node);
    return std::move(definitions_);
  }

  void reach(QueueId queue) { reached_.queue = std::max(reached_.queue, queue); }

 private:
  void reach(const DefinitionKey& key) {
    switch (key.tag) {
      case DefinitionTag::vhost:
      case DefinitionTag::permission:
      case DefinitionTag::topic_permission:
      case DefinitionTag::policy:
        reached_.vhost = std::max(reached_.vhost, VhostId(static_cast<std::uint32_t>(key.number)));
        break;
      case DefinitionTag::exchange: reached_.exchange = std::max(reached_.exchange, ExchangeId(key.number)); break;
      case DefinitionTag::queue: reach(QueueId(key.number)); break;
      case DefinitionTag::binding: reached_.binding = std::max(reached_.binding, key.number); break;
      case DefinitionTag::node:
        reached_.node = std::max(reached_.node, NodeId(static_cast<std::uint32_t>(key.number)));
        break;
      default: break;
    }
  }

  template <class Definition>
  static bool add(std::string_view value, std::vector<Definition>& to, Definition definition) {
    if (!decode(value, definition)) return false;
    to.push_back(std::move(definition));
    return true;
  }

  bool add_binding(std::string_view value, std::uint64_t number) {
    NumberedBinding binding{number, {}};
    if (!decode(value, binding.binding)) return false;
    // An end that is missing now may have had a greater identity than all that are there.
    const BindingDefinition& fields = binding.binding;
    reached_.exchange = std::max(reached_.exchange, fields.source);
    if (fields.kind == DestinationKind::queue)
      reach(QueueId(fields.destination));
    else
      reached_.exchange = std::max(reached_.exchange, ExchangeId(fields.destination));
    definitions_.bindings.push_back(std::move(binding));
    return true;
  }

  bool read_counters(std::string_view value) {
    CatalogCounters counters;
    if (!decode(value, counters)) return false;
    definitions_.counters = counters;
    return counted_ = true;
  }

  bool read_cluster_name(std::string_view value) {
    ClusterName cluster;
    if (!decode(value, cluster)) return false;
    definitions_.cluster_name = std::move(cluster.name);
    return true;
  }

  bool read(const DefinitionKey& key, std::string_view value) {
    const VhostId vhost(static_cast<std::uint32_t>(key.number));
    switch (key.tag) {
      case DefinitionTag::vhost: return add(value, definitions_.vhosts, {vhost, {}, {}});
      case DefinitionTag::user: return add(value, definitions_.users, {std::string(key.user), {}, {}});
      case DefinitionTag::permission:
        return add(value, definitions_.permissions, {vhost, std::string(key.user), {}, {}, {}});
      case DefinitionTag::topic_permission:
        return add(value, definitions_.topic_permissions,
                   {vhost, std::string(key.user), std::string(key.exchange), {}, {}});
      case DefinitionTag::policy: {
        PolicyDefinition policy;
        policy.vhost = vhost;
        policy.kind = key.kind;
        policy.name = key.name;
        return add(value, definitions_.policies, std::move(policy));
      }
      case DefinitionTag::exchange: {
        ExchangeDefinition exchange;
        exchange.id = ExchangeId(key.number);
        return add(value, definitions_.exchanges, std::move(exchange));
      }
      case DefinitionTag::queue: {
        QueueDefinition queue;
        queue.ref.id = QueueId(key.number);
        return add(value, definitions_.queues, std::move(queue));
      }
      case DefinitionTag::binding: return add_binding(value, key.number);
      case DefinitionTag::counters: return read_counters(value);
      case DefinitionTag::node: {
        NodeDefinition node;
        node.id = NodeId(static_cast<std::uint32_t>(key.number));
        return add(value, definitions_.nodes, std::move(node));
      }
      case DefinitionTag::cluster_name: return read_cluster_name(value);
    }
    return false;
  }

  static std::string describe(const DefinitionKey& key) {
    const std::string number = std::to_string(key.number);
    switch (key.tag) {
      case DefinitionTag::vhost: return "vhost " + number;
      case DefinitionTag::user: return "user '" + std::string(key.user) + "'";
      case DefinitionTag::permission: return "a permission of user '" + std::string(key.user) + "' in vhost " + number;
      case DefinitionTag::topic_permission:
        return "a topic permission of user '" + std::string(key.user) + "' in vhost " + number;
      case DefinitionTag::policy: return "policy '" + std::string(key.name) + "' in vhost " + number;
      case DefinitionTag::exchange: return "exchange " + number;
      case DefinitionTag::queue: return "queue " + number;
      case DefinitionTag::binding: return "binding " + number;
      case DefinitionTag::node: return "node " + number;
      case DefinitionTag::cluster_name: return "the cluster's name";
      case DefinitionTag::counters: break;
    }
    return "the counters";
  }

  std::vector<std::string>& complaints_;
  Definitions definitions_;
  CatalogCounters reached_;  // the greatest identities seen
  bool counted_ = false;
};

}  // namespace

void CatalogImage::set(std::string_view key, std::string_view value) {
  const auto found = records_.lower_bound(key);
  if (found != records_.end() && found->first == key)
    found->second = value;
  else
    records_.emplace_hint(found, key, value);
}

void CatalogImage::erase(std::string_view key) {
  if (const auto found = records_.find(key); found != records_.end()) records_.erase(found);
}

void CatalogImage::apply(const DefinitionWrite& write) {
  if (write.erased)
    erase(write.key);
  else
    set(write.key, write.value);
}

void CatalogImage::reserve(QueueId queue) { reserved_ = std::max(reserved_, queue); }

Restored CatalogImage::restore(Catalog& catalog) const {
  Restored restored;
  Reading reading(restored.complaints);
  reading.reach(reserved_);
  for (const auto& [key, value] : records_) reading.read(key, value);
  const Applied mended = catalog.restore(reading.finish(records_.empty()), restored.complaints);
  definition_writes(catalog, mended, restored.writes);
  return restored;
}

}  // namespace warren::broker
