// Values of the store and definitions in words.
#include <fmt/core.h>

#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "broker/catalog/stored/definition_records.hpp"
#include "node/storage/codec.hpp"
#include "persist/lmdb/schema.hpp"
#include "tools/logdump/words.hpp"

namespace warren::logdump {
namespace {

using broker::DefinitionKey;

// Longest name that is printed whole.
constexpr std::size_t kNameBytesMax = 255;

std::string name_words(std::string_view name) { return quoted(name, kNameBytesMax); }

constexpr std::string_view kDamaged = ", whose value makes no sense";

std::string vhost_words(const DefinitionKey& key, std::string_view value) {
  broker::VhostDefinition vhost;
  const bool sound = decode(value, vhost);
  return fmt::format("vhost {} {}{}", key.number, name_words(vhost.name), sound ? "" : kDamaged);
}

std::string user_words(const DefinitionKey& key, std::string_view value) {
  broker::UserDefinition user;
  const bool sound = decode(value, user);
  std::string words = fmt::format("user {}", name_words(key.user));
  for (const std::string& tag : user.tags) words += fmt::format(", tag {}", name_words(tag));
  return words.append(sound ? "" : kDamaged);
}

std::string permission_words(const DefinitionKey& key, std::string_view value) {
  broker::PermissionDefinition permission;
  const bool sound = decode(value, permission);
  return fmt::format("permission of user {} in vhost {}: configure {}, write {}, read {}{}", name_words(key.user),
                     key.number, name_words(permission.configure), name_words(permission.write),
                     name_words(permission.read), sound ? "" : kDamaged);
}

std::string topic_permission_words(const DefinitionKey& key, std::string_view value) {
  broker::TopicPermissionDefinition permission;
  const bool sound = decode(value, permission);
  return fmt::format("topic permission of user {} on exchange {} in vhost {}: write {}, read {}{}",
                     name_words(key.user), name_words(key.exchange), key.number, name_words(permission.write),
                     name_words(permission.read), sound ? "" : kDamaged);
}

std::string policy_name_words(const DefinitionKey& key) {
  return fmt::format("{}policy {} in vhost {}", key.kind == broker::PolicyKind::user ? "" : "operator ",
                     name_words(key.name), key.number);
}

std::string policy_words(const DefinitionKey& key, std::string_view value) {
  broker::PolicyDefinition policy;
  const bool sound = decode(value, policy);
  return fmt::format("{}: pattern {}, applies to {}, priority {}, definition {}{}", policy_name_words(key),
                     name_words(policy.pattern), broker::apply_to_word(policy.apply_to), policy.priority,
                     amqp::print(policy.definition), sound ? "" : kDamaged);
}

std::string exchange_words(const DefinitionKey& key, std::string_view value) {
  broker::ExchangeDefinition exchange;
  const bool sound = decode(value, exchange);
  return fmt::format("exchange {} {} in vhost {}, type {}{}", key.number, name_words(exchange.name),
                     exchange.vhost.value, name_words(exchange.type), sound ? "" : kDamaged);
}

std::string queue_words(const DefinitionKey& key, std::string_view value) {
  broker::QueueDefinition queue;
  const bool sound = decode(value, queue);
  return fmt::format("queue {} {} in vhost {}{}", key.number, name_words(queue.name), queue.vhost.value,
                     sound ? "" : kDamaged);
}

std::string binding_words(const DefinitionKey& key, std::string_view value) {
  broker::BindingDefinition binding;
  const bool sound = decode(value, binding);
  return fmt::format("binding {} from exchange {} to {} {}, key {}{}", key.number, binding.source.value,
                     binding.kind == broker::DestinationKind::queue ? "queue" : "exchange", binding.destination,
                     name_words(binding.routing_key), sound ? "" : kDamaged);
}

std::string counters_words(std::string_view value) {
  broker::CatalogCounters counters;
  const bool sound = decode(value, counters);
  return fmt::format("counters: vhost {}, exchange {}, queue {}, binding {}, revision {}{}", counters.vhost.value,
                     counters.exchange.value, counters.queue.value, counters.binding, counters.revision.value,
                     sound ? "" : kDamaged);
}

std::string node_words(const DefinitionKey& key, std::string_view value) {
  broker::NodeDefinition node;
  node.id = NodeId(static_cast<std::uint32_t>(key.number));
  const bool sound = decode(value, node);
  return fmt::format("node {}: {}, {}:{}, incarnation {}{}{}{}", key.number, name_words(node.name), node.host,
                     node.cluster_port, node.incarnation, node.running ? ", running" : "",
                     node.draining ? ", draining" : "", sound ? "" : kDamaged);
}

std::string cluster_name_words(std::string_view value) {
  broker::ClusterName name;
  const bool sound = decode(value, name);
  return fmt::format("cluster name {}{}", name_words(name.name), sound ? "" : kDamaged);
}

std::string kept_words(const DefinitionKey& key, std::string_view value) {
  switch (key.tag) {
    case DefinitionTag::vhost: return vhost_words(key, value);
    case DefinitionTag::user: return user_words(key, value);
    case DefinitionTag::permission: return permission_words(key, value);
    case DefinitionTag::policy: return policy_words(key, value);
    case DefinitionTag::exchange: return exchange_words(key, value);
    case DefinitionTag::queue: return queue_words(key, value);
    case DefinitionTag::binding: return binding_words(key, value);
    case DefinitionTag::counters: return counters_words(value);
    case DefinitionTag::node: return node_words(key, value);
    case DefinitionTag::cluster_name: return cluster_name_words(value);
    case DefinitionTag::topic_permission: return topic_permission_words(key, value);
  }
  return {};
}

std::string erased_words(const DefinitionKey& key) {
  if (key.tag == DefinitionTag::policy) return "erased: " + policy_name_words(key);
  static constexpr std::string_view kKinds[] = {
      "vhost",   "user",     "permission", "exchange",     "queue",
      "binding", "counters", "node",       "cluster name", "topic permission"};
  const std::string_view kind = kKinds[static_cast<std::size_t>(key.tag) - 1];
  if (key.tag == DefinitionTag::user) return fmt::format("erased: user {}", name_words(key.user));
  if (key.tag == DefinitionTag::permission)
    return fmt::format("erased: permission of user {} in vhost {}", name_words(key.user), key.number);
  if (key.tag == DefinitionTag::topic_permission)
    return fmt::format("erased: topic permission of user {} on exchange {} in vhost {}", name_words(key.user),
                       name_words(key.exchange), key.number);
  return fmt::format("erased: {} {}", kind, key.number);
}

bool print_meta(std::string_view key, std::string_view value, const Print& print) {
  if (key == persist::lmdb::kSchemaKey) {
    const auto schema = persist::lmdb::decode_schema(value);
    if (schema) print(fmt::format("meta: schema {}, commit base {}", schema->number, schema->commit_base));
    return schema.has_value();
  }
  const auto checkpoint = node::decode_checkpoint(key, value);
  if (!checkpoint) return false;
  print(fmt::format("meta: the journal of shard {} is needed from segment {} on, position {}", checkpoint->shard,
                    checkpoint->segment, checkpoint->position));
  return true;
}

bool print_queue(std::string_view key, std::string_view value, const Print& print) {
  const auto note = node::decode_queue_note(key, value);
  if (!note) return false;
  std::string words = fmt::format("queues: queue {}, next position {}", note->queue.value, note->next_position);
  for (std::size_t level = 0; level < note->delivered.size(); ++level)
    if (note->delivered[level] != 0)
      words += fmt::format(", delivered up to {} of level {}", note->delivered[level], level);
  print(words);
  return true;
}

std::string chunk_words(const broker::ChunkKey& key) {
  return fmt::format("queue {} level {} position {}", key.queue.value, key.level, key.first);
}

bool print_chunk(std::string_view key, std::string_view value, const Print& print) {
  const auto note = node::decode_chunk_note(key, value);
  if (!note) return false;
  std::size_t dead = 0;
  for (const std::uint64_t word : note->dead) dead += static_cast<std::size_t>(__builtin_popcountll(word));
  std::string words = fmt::format("chunks: {} to {}, {} messages, bodies of {} bytes, {} positions are dead",
                                  chunk_words(note->key), note->last, note->messages, note->body_bytes, dead);
  if (note->deadlines) words += ", with deadlines";
  for (const BodyId body : note->bodies) words += fmt::format(", body {:#x}", body.value);
  print(words);
  return true;
}

bool print_messages(const broker::ChunkKey& key, std::string_view value, std::size_t quote_max, const Print& print) {
  print(fmt::format("bodies: {}, {} bytes", chunk_words(key), value.size()));
  broker::RecordReader reader(value);
  Position position = 0;
  while (!reader.at_end()) {
    node::ChunkedMessage one;
    if (!node::read_chunked(reader, position, one)) return false;
    print(fmt::format("  position {}{}: {}{}", one.position, one.redelivered ? ", redelivered" : "",
                      message_words(one.message, quote_max),
                      one.deadline == kNever ? std::string() : ", dies " + moment(one.deadline)));
  }
  return true;
}

// The key of a copy is the table's number and the key of the record.
bool print_copy(std::string_view key, std::string_view value, std::size_t quote_max, const Print& print) {
  const auto table = key.empty() ? persist::Table::copies : static_cast<persist::Table>(key.front());
  if (table < persist::Table::meta || table >= persist::Table::bodies) return false;
  return print_value(table, key.substr(1), value, quote_max,
                     [&print](std::string_view line) { print(fmt::format("copy of {}", line)); });
}

}  // namespace

std::string definition_words(std::string_view key, std::string_view value, bool erased) {
  const std::optional<DefinitionKey> read = broker::read_key(key);
  if (!read) return fmt::format("a definition of no known kind, key {}", quoted(key, kNameBytesMax));
  return erased ? erased_words(*read) : kept_words(*read, value);
}

bool print_value(persist::Table table, std::string_view key, std::string_view value, std::size_t quote_max,
                 const Print& print) {
  switch (table) {
    case persist::Table::meta: return print_meta(key, value, print);
    case persist::Table::catalog: return print("catalog: " + definition_words(key, value, false)), true;
    case persist::Table::queues: return print_queue(key, value, print);
    case persist::Table::chunks: return print_chunk(key, value, print);
    case persist::Table::copies: return print_copy(key, value, quote_max, print);
    case persist::Table::bodies: break;
  }
  if (const auto chunk = node::decode_chunk_key(key)) return print_messages(*chunk, value, quote_max, print);
  const auto body = node::decode_body_key(key);
  if (!body) return false;
  print(fmt::format("bodies: body {:#x}, {} bytes {}", body->value, value.size(), quoted(value, quote_max)));
  return true;
}

}  // namespace warren::logdump
