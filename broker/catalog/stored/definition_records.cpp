#include "broker/catalog/stored/definition_records.hpp"

#include <concepts>
#include <type_traits>

#include "base/bytes.hpp"
#include "broker/catalog/stored/numbered_fields.hpp"

namespace warren::broker {
namespace {

// ---- the fields of each kind; their numbers are on disk ----

template <class Self, class Definition>
concept IsOne = std::same_as<std::remove_const_t<Self>, Definition>;

template <class Visitor>
void fields(IsOne<NodeDefinition> auto& node, Visitor& visit) {
  visit.text(1, node.name);
  visit.choice(2, node.kind, NodeKind::witness);
  visit.text(3, node.host);
  visit.number(4, node.cluster_port);
  visit.number(5, node.incarnation);
  visit.flag(6, node.running);
  visit.flag(7, node.draining);
  visit.number(8, node.losses);
}

template <class Visitor>
void fields(IsOne<ClusterName> auto& cluster, Visitor& visit) {
  visit.text(1, cluster.name);
}

// One more than the limit; none is zero.
void limit_field(FieldNumber field, const std::optional<std::uint32_t>& limit, NumberedWriter& visit) {
  visit.number(field, limit ? std::uint64_t{*limit} + 1 : std::uint64_t{0});
}

void limit_field(FieldNumber field, std::optional<std::uint32_t>& limit, NumberedReader& visit) {
  std::uint64_t and_one = 0;
  visit.number(field, and_one);
  if (and_one != 0) limit = static_cast<std::uint32_t>(and_one - 1);
}

template <class Visitor>
void fields(IsOne<VhostDefinition> auto& vhost, Visitor& visit) {
  visit.text(1, vhost.name);
  limit_field(2, vhost.limits.connections, visit);
  limit_field(3, vhost.limits.queues, visit);
}

template <class Visitor>
void fields(IsOne<UserDefinition> auto& user, Visitor& visit) {
  visit.text(1, user.password_hash);
  visit.texts(2, user.tags);
}

template <class Visitor>
void fields(IsOne<PermissionDefinition> auto& permission, Visitor& visit) {
  visit.text(1, permission.configure);
  visit.text(2, permission.write);
  visit.text(3, permission.read);
}

// As two's complement: what is negative takes all eight bytes.
void signed_field(FieldNumber field, const std::int64_t& value, NumberedWriter& visit) {
  visit.number(field, static_cast<std::uint64_t>(value));
}
void signed_field(FieldNumber field, std::int64_t& value, NumberedReader& visit) {
  auto bits = static_cast<std::uint64_t>(value);
  visit.number(field, bits);
  value = static_cast<std::int64_t>(bits);
}

template <class Visitor>
void fields(IsOne<PolicyDefinition> auto& policy, Visitor& visit) {
  visit.text(1, policy.pattern);
  visit.choice(2, policy.apply_to, ApplyTo::streams);
  signed_field(3, policy.priority, visit);
  visit.table(4, policy.definition);
}

template <class Visitor>
void fields(IsOne<TopicPermissionDefinition> auto& permission, Visitor& visit) {
  visit.text(1, permission.write);
  visit.text(2, permission.read);
}

template <class Visitor>
void fields(IsOne<ExchangeDefinition> auto& exchange, Visitor& visit) {
  visit.number(1, exchange.vhost.value);
  visit.text(2, exchange.name);
  visit.text(3, exchange.type);
  visit.flag(4, exchange.durable);
  visit.flag(5, exchange.auto_delete);
  visit.flag(6, exchange.internal);
  visit.table(7, exchange.arguments);
}

template <class Visitor>
void fields(IsOne<QueueDefinition> auto& queue, Visitor& visit) {
  visit.number(1, queue.vhost.value);
  visit.text(2, queue.name);
  visit.number(3, queue.ref.epoch.value);
  visit.flag(4, queue.durable);
  visit.flag(5, queue.auto_delete);
  visit.table(6, queue.arguments);
  visit.number(7, queue.owner.value);
  visit.number(8, queue.declared_on);
  visit.number(9, queue.exclusive_owner.id.value);
  visit.number(10, queue.exclusive_owner.node.value);
  visit.number(11, queue.exclusive_owner.shard);
  visit.nodes(12, queue.mirrors);
  visit.nodes(13, queue.in_sync);
  visit.number(14, queue.mirror_round);
  visit.flag(15, queue.filling);
}

void kind_field(FieldNumber field, const DestinationKind& kind, NumberedWriter& visit) {
  visit.number(field, static_cast<std::uint8_t>(kind));
}

void kind_field(FieldNumber field, DestinationKind& kind, NumberedReader& visit) {
  bool exchange = false;
  visit.flag(field, exchange);
  kind = exchange ? DestinationKind::exchange : DestinationKind::queue;
}

template <class Visitor>
void fields(IsOne<BindingDefinition> auto& binding, Visitor& visit) {
  visit.number(1, binding.source.value);
  kind_field(2, binding.kind, visit);
  visit.number(3, binding.destination);
  visit.text(4, binding.routing_key);
  visit.table(5, binding.arguments);
}

template <class Visitor>
void fields(IsOne<CatalogCounters> auto& counters, Visitor& visit) {
  visit.number(1, counters.vhost.value);
  visit.number(2, counters.exchange.value);
  visit.number(3, counters.queue.value);
  visit.number(4, counters.binding);
  visit.number(5, counters.revision.value);
  visit.number(6, counters.node.value);
  visit.number(7, counters.reign_class);
  visit.number(8, counters.reign_floor.value);
  visit.numbers(9, counters.logs.ids);
  visit.number(10, counters.logs.floor.value);
  visit.number(11, counters.logs.queues.value);
}

template <class Definition>
std::string encode_fields(const Definition& definition) {
  constexpr std::size_t kUsualBytes = 128;  // spares most records a second piece of memory
  std::string value;
  value.reserve(kUsualBytes);
  NumberedWriter writer(value);
  fields(definition, writer);
  return value;
}

template <class Definition>
bool decode_fields(std::string_view value, Definition& definition) {
  NumberedReader reader(value);
  fields(definition, reader);
  return reader.finish();
}

template <class Number>
std::string key_of(DefinitionTag tag, Number number, std::string_view rest = {}) {
  std::string key(1 + sizeof number, static_cast<char>(tag));
  store_big(key.data() + 1, number);
  return key.append(rest);
}

// Takes a number off the front. Requires: it is there.
template <class Number>
Number key_number(std::string_view& bytes) {
  const Number number = load_big<Number>(bytes.data());
  bytes.remove_prefix(sizeof number);
  return number;
}

}  // namespace

std::string node_key(NodeId id) { return key_of(DefinitionTag::node, id.value); }
std::string cluster_name_key() { return std::string(1, static_cast<char>(DefinitionTag::cluster_name)); }
std::string vhost_key(VhostId id) { return key_of(DefinitionTag::vhost, id.value); }
std::string user_key(std::string_view name) {
  return std::string(1, static_cast<char>(DefinitionTag::user)).append(name);
}
std::string permission_key(VhostId vhost, std::string_view user) {
  return key_of(DefinitionTag::permission, vhost.value, user);
}
// The length of the user's name tells where that of the exchange begins.
std::string topic_permission_key(VhostId vhost, std::string_view user, std::string_view exchange) {
  std::string key = key_of(DefinitionTag::topic_permission, vhost.value);
  key.push_back(static_cast<char>(user.size()));
  return key.append(user).append(exchange);
}
std::string policy_key(VhostId vhost, PolicyKind kind, std::string_view name) {
  std::string key = key_of(DefinitionTag::policy, vhost.value);
  key.push_back(static_cast<char>(kind));
  return key.append(name);
}
std::string exchange_key(ExchangeId id) { return key_of(DefinitionTag::exchange, id.value); }
std::string queue_key(QueueId id) { return key_of(DefinitionTag::queue, id.value); }
std::string binding_key(std::uint64_t number) { return key_of(DefinitionTag::binding, number); }
std::string counters_key() { return std::string(1, static_cast<char>(DefinitionTag::counters)); }

std::optional<DefinitionKey> read_key(std::string_view key) {
  constexpr std::size_t kVhostBytes = sizeof VhostId::value;
  static_assert(kVhostBytes == sizeof NodeId::value);
  if (key.empty()) return {};
  DefinitionKey read{.tag = DefinitionTag{key_number<std::uint8_t>(key)}, .number = 0, .user = {}, .exchange = {}};
  switch (read.tag) {
    case DefinitionTag::vhost:
    case DefinitionTag::node:
      if (key.size() != kVhostBytes) return {};
      read.number = key_number<std::uint32_t>(key);
      break;
    case DefinitionTag::user: read.user = key; return read;
    case DefinitionTag::permission:
      if (key.size() < kVhostBytes) return {};
      read.number = key_number<std::uint32_t>(key);
      read.user = key;
      break;
    case DefinitionTag::topic_permission: {
      if (key.size() < kVhostBytes + 1) return {};
      read.number = key_number<std::uint32_t>(key);
      const std::size_t user_bytes = key_number<std::uint8_t>(key);
      if (key.size() < user_bytes) return {};
      read.user = key.substr(0, user_bytes);
      read.exchange = key.substr(user_bytes);
      break;
    }
    case DefinitionTag::policy: {
      if (key.size() < kVhostBytes + 1) return {};
      read.number = key_number<std::uint32_t>(key);
      const auto kind = key_number<std::uint8_t>(key);
      if (kind > static_cast<std::uint8_t>(PolicyKind::operators)) return {};
      read.kind = PolicyKind{kind};
      read.name = key;
      break;
    }
    case DefinitionTag::exchange:
    case DefinitionTag::queue:
    case DefinitionTag::binding:
      if (key.size() != sizeof read.number) return {};
      read.number = key_number<std::uint64_t>(key);
      break;
    case DefinitionTag::counters:
    case DefinitionTag::cluster_name:
      if (!key.empty()) return {};
      return read;
    default: return {};
  }
  if (read.number == 0) return {};  // stands for nothing
  return read;
}

std::string encode(const NodeDefinition& node) { return encode_fields(node); }
std::string encode(const ClusterName& cluster) { return encode_fields(cluster); }
std::string encode(const VhostDefinition& vhost) { return encode_fields(vhost); }
std::string encode(const UserDefinition& user) { return encode_fields(user); }
std::string encode(const PermissionDefinition& permission) { return encode_fields(permission); }
std::string encode(const TopicPermissionDefinition& permission) { return encode_fields(permission); }
std::string encode(const PolicyDefinition& policy) { return encode_fields(policy); }
std::string encode(const ExchangeDefinition& exchange) { return encode_fields(exchange); }
std::string encode(const QueueDefinition& queue) { return encode_fields(queue); }
std::string encode(const BindingDefinition& binding) { return encode_fields(binding); }
std::string encode(const CatalogCounters& counters) { return encode_fields(counters); }

bool decode(std::string_view value, NodeDefinition& node) {
  node.kind = NodeKind::none;
  return decode_fields(value, node) && node.kind != NodeKind::none && !node.name.empty();
}
bool decode(std::string_view value, ClusterName& cluster) { return decode_fields(value, cluster); }
bool decode(std::string_view value, VhostDefinition& vhost) { return decode_fields(value, vhost); }
bool decode(std::string_view value, UserDefinition& user) { return decode_fields(value, user); }
bool decode(std::string_view value, PermissionDefinition& permission) { return decode_fields(value, permission); }
bool decode(std::string_view value, TopicPermissionDefinition& permission) { return decode_fields(value, permission); }
bool decode(std::string_view value, PolicyDefinition& policy) { return decode_fields(value, policy); }
bool decode(std::string_view value, ExchangeDefinition& exchange) { return decode_fields(value, exchange); }
bool decode(std::string_view value, QueueDefinition& queue) { return decode_fields(value, queue); }
bool decode(std::string_view value, BindingDefinition& binding) { return decode_fields(value, binding); }
bool decode(std::string_view value, CatalogCounters& counters) { return decode_fields(value, counters); }

}  // namespace warren::broker
