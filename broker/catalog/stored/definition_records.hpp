// Every definition as a record: a key that is its identity, a value of numbered fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/tags.hpp"
#include "broker/catalog/definitions.hpp"

namespace warren::broker {

// What the cluster is called, as a record of its own.
struct ClusterName {
  std::string name;
};

// Identity in big-endian order behind the tag, so that keys of a kind are in order of identity.
std::string node_key(NodeId id);
std::string cluster_name_key();
std::string vhost_key(VhostId id);
std::string user_key(std::string_view name);
std::string permission_key(VhostId vhost, std::string_view user);
// Of a user whose name has at most 255 bytes.
std::string topic_permission_key(VhostId vhost, std::string_view user, std::string_view exchange);
std::string policy_key(VhostId vhost, PolicyKind kind, std::string_view name);
std::string exchange_key(ExchangeId id);
std::string queue_key(QueueId id);
std::string binding_key(std::uint64_t number);
std::string counters_key();

// What a key says; only what belongs to its tag is set.
struct DefinitionKey {
  DefinitionTag tag = DefinitionTag::vhost;
  std::uint64_t number = 0;        // of a node, a vhost (what lies in one too), an exchange, a queue, a binding
  std::string_view user;           // a view of the key
  std::string_view exchange = {};  // of a topic permission; the same
  PolicyKind kind = PolicyKind::user;
  std::string_view name = {};  // of a policy; a view of the key
};
// None: a tag that this program does not know, or a key of the wrong length.
std::optional<DefinitionKey> read_key(std::string_view key);

// The value, without what stands in the key.
std::string encode(const NodeDefinition& node);
std::string encode(const ClusterName& cluster);
std::string encode(const VhostDefinition& vhost);
std::string encode(const UserDefinition& user);
std::string encode(const PermissionDefinition& permission);
std::string encode(const TopicPermissionDefinition& permission);
std::string encode(const PolicyDefinition& policy);
std::string encode(const ExchangeDefinition& exchange);
std::string encode(const QueueDefinition& queue);
std::string encode(const BindingDefinition& binding);
std::string encode(const CatalogCounters& counters);

// Read a value into a definition that has nothing but its identity. False: the value is damaged, the definition is not
// to be used.
bool decode(std::string_view value, NodeDefinition& node);
bool decode(std::string_view value, ClusterName& cluster);
bool decode(std::string_view value, VhostDefinition& vhost);
bool decode(std::string_view value, UserDefinition& user);
bool decode(std::string_view value, PermissionDefinition& permission);
bool decode(std::string_view value, TopicPermissionDefinition& permission);
bool decode(std::string_view value, PolicyDefinition& policy);
bool decode(std::string_view value, ExchangeDefinition& exchange);
bool decode(std::string_view value, QueueDefinition& queue);
bool decode(std::string_view value, BindingDefinition& binding);
bool decode(std::string_view value, CatalogCounters& counters);

}  // namespace warren::broker
