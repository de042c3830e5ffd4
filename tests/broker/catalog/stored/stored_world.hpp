// What the tests of the stored catalog share: everything that is stored, told in two ways.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "broker/catalog/stored/catalog_image.hpp"
#include "broker/catalog/stored/definition_records.hpp"
#include "tests/broker/catalog/world.hpp"

namespace warren::broker {

using Records = std::map<std::string, std::string>;

// The records that a store should hold, made from the catalog itself, without the counters.
inline Records records_of(const Catalog& catalog) {
  Records records;
  if (!catalog.cluster_name().empty()) records[cluster_name_key()] = encode(ClusterName{catalog.cluster_name()});
  catalog.for_each_node([&](const NodeDefinition& node) { records[node_key(node.id)] = encode(node); });
  catalog.for_each_user([&](const UserDefinition& user) { records[user_key(user.name)] = encode(user); });
  catalog.for_each_vhost([&](const VhostDefinition& vhost) {
    records[vhost_key(vhost.id)] = encode(vhost);
    catalog.for_each_permission(vhost.id, [&](const PermissionDefinition& permission) {
      records[permission_key(vhost.id, permission.user)] = encode(permission);
    });
    catalog.for_each_policy(vhost.id, [&](const PolicyDefinition& policy) {
      records[policy_key(vhost.id, policy.kind, policy.name)] = encode(policy);
    });
    catalog.for_each_exchange(vhost.id, [&](const Exchange& exchange) {
      records[exchange_key(exchange.definition.id)] = encode(exchange.definition);
    });
    catalog.for_each_topic_permission(vhost.id, [&](const TopicPermissionDefinition& permission) {
      records[topic_permission_key(vhost.id, permission.user, permission.exchange)] = encode(permission);
    });
    catalog.for_each_queue(vhost.id,
                           [&](const QueueDefinition& queue) { records[queue_key(queue.ref.id)] = encode(queue); });
    catalog.for_each_binding(
        vhost.id, [&](const Binding& binding) { records[binding_key(binding.number)] = encode(binding.definition); });
  });
  return records;
}

class StoredText {
 public:
  explicit StoredText(const Catalog& catalog) {
    line({"cluster", catalog.cluster_name()});
    catalog.for_each_node([&](const NodeDefinition& node) {
      line({"node", number(node.id), node.name, std::to_string(static_cast<int>(node.kind)), node.host,
            std::to_string(node.cluster_port), std::to_string(node.incarnation), flag(node.running),
            flag(node.draining)});
    });
    catalog.for_each_user([&](const UserDefinition& user) {
      line({"user", user.name, user.password_hash});
      for (const std::string& tag : user.tags) line({"tag", user.name, tag});
    });
    catalog.for_each_vhost([&](const VhostDefinition& vhost) { tell(catalog, vhost); });
    std::ranges::sort(lines_);
  }

  std::string text() const {
    std::string all;
    for (const std::string& one : lines_) all += one + "\n";
    return all;
  }

 private:
  static std::string flag(bool set) { return set ? "yes" : "no"; }
  template <class Id>
  static std::string number(Id id) {
    return std::to_string(id.value);
  }
  void line(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += word + " | ";
    lines_.push_back(text);
  }

  void tell(const Catalog& catalog, const VhostDefinition& vhost) {
    const std::string at = number(vhost.id);
    const auto limit = [](std::optional<std::uint32_t> most) { return most ? std::to_string(*most) : "none"; };
    line({"vhost", at, vhost.name, limit(vhost.limits.connections), limit(vhost.limits.queues)});
    catalog.for_each_topic_permission(vhost.id, [&](const TopicPermissionDefinition& permission) {
      line({"topic permission", number(permission.vhost), permission.user, permission.exchange, permission.write,
            permission.read});
    });
    catalog.for_each_permission(vhost.id, [&](const PermissionDefinition& permission) {
      line({"permission", number(permission.vhost), permission.user, permission.configure, permission.write,
            permission.read});
    });
    catalog.for_each_policy(vhost.id, [&](const PolicyDefinition& policy) {
      line({"policy", number(policy.vhost), std::to_string(static_cast<int>(policy.kind)), policy.name, policy.pattern,
            std::string(apply_to_word(policy.apply_to)), std::to_string(policy.priority),
            amqp::print(policy.definition)});
    });
    catalog.for_each_exchange(vhost.id, [&](const Exchange& exchange) { tell(exchange); });
    catalog.for_each_queue(vhost.id, [&](const QueueDefinition& queue) {
      line({"queue", number(queue.ref.id), number(queue.ref.epoch), number(queue.vhost), queue.name,
            flag(queue.durable), flag(queue.auto_delete), amqp::print(queue.arguments), number(queue.owner),
            std::to_string(queue.declared_on), number(queue.exclusive_owner.id), number(queue.exclusive_owner.node),
            std::to_string(queue.exclusive_owner.shard)});
      if (const auto policy = catalog.policy_of(queue.ref.id))
        line({"in force for queue", number(queue.ref.id), policy->user, policy->operators,
              amqp::print(policy->settings)});
      std::string incoming = "into queue " + number(queue.ref.id);
      for (const Binding& binding : catalog.bindings_of(queue.ref.id)) incoming += " " + std::to_string(binding.number);
      line({incoming});
    });
  }

  // Its bindings in the order in which they stand.
  void tell(const Exchange& exchange) {
    const ExchangeDefinition& fields = exchange.definition;
    line({"exchange", number(fields.id), number(fields.vhost), fields.name, fields.type, flag(fields.durable),
          flag(fields.auto_delete), flag(fields.internal), amqp::print(fields.arguments),
          std::string(exchange.alternate)});
    std::string outgoing = "out of exchange " + number(fields.id);
    for (const Binding& binding : exchange.outgoing) {
      outgoing += " " + std::to_string(binding.number);
      line({"binding", std::to_string(binding.number), number(binding.definition.source),
            flag(binding.definition.kind == DestinationKind::queue), std::to_string(binding.definition.destination),
            binding.definition.routing_key, amqp::print(binding.definition.arguments)});
    }
    line({outgoing});
  }

  std::vector<std::string> lines_;
};

// Everything that is stored, field by field, in order.
inline std::string stored_text(const Catalog& catalog) { return StoredText(catalog).text(); }

}  // namespace warren::broker
