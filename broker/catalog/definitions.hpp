// What the cluster agrees on: the things that users define.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amqp/table.hpp"
#include "base/ids.hpp"
#include "broker/catalog/policies/policy.hpp"

namespace warren::broker {

// Where the broker publishes what happens to definitions: an internal exchange of this one vhost (amqp.md 4.12).
inline constexpr std::string_view kEventVhost = "/";
inline constexpr std::string_view kEventExchange = "amq.rabbitmq.event";

// What a node keeps definitions in; a witness hosts neither queues nor clients. The values are on disk.
enum class NodeKind : std::uint8_t { none, disc, ram, witness };

struct NodeDefinition {
  NodeId id;
  std::string name;  // "w1@localhost"
  NodeKind kind = NodeKind::disc;
  std::string host;  // where its cluster port is reached
  std::uint16_t cluster_port = 0;
  std::uint64_t incarnation = 0;  // of the process seen last; zero: it has not started yet
  bool running = false;           // as agreed
  bool draining = false;
  std::uint64_t losses = 0;  // how often it was agreed to be down
};

// None: no limit.
struct VhostLimits {
  std::optional<std::uint32_t> connections = {};
  std::optional<std::uint32_t> queues = {};
  friend bool operator==(const VhostLimits&, const VhostLimits&) = default;
};

struct VhostDefinition {
  VhostId id;
  std::string name;
  VhostLimits limits = {};
};

struct UserDefinition {
  std::string name;
  std::string password_hash;  // see base/password; empty matches no password
  std::vector<std::string> tags;
};

// Three regular expressions over resource names (amqp.md 6.1). A user without this record has no access to the vhost.
struct PermissionDefinition {
  VhostId vhost;
  std::string user;
  std::string configure;
  std::string write;
  std::string read;
};

// Two regular expressions over routing keys of one topic exchange (amqp.md 6.2). Without this record every key is
// allowed. The exchange need not exist.
struct TopicPermissionDefinition {
  VhostId vhost;
  std::string user;
  std::string exchange;
  std::string write;
  std::string read;
};

struct ExchangeDefinition {
  ExchangeId id;
  VhostId vhost;
  std::string name;
  std::string type;
  bool durable = false;
  bool auto_delete = false;
  bool internal = false;
  amqp::Table arguments;
};

struct QueueDefinition {
  QueueRef ref;
  VhostId vhost;
  std::string name;
  bool durable = false;
  bool auto_delete = false;
  SessionRef exclusive_owner;  // none: not exclusive
  amqp::Table arguments;
  NodeId owner;
  ShardIndex declared_on = 0;        // shard of the declarer; the owner node places the queue there
  std::vector<NodeId> mirrors = {};  // the oldest first, never the owner; running nodes, unless the owner is absent
  std::vector<NodeId> in_sync = {};  // those of them that hold all that was confirmed, in the order in which they came
  bool filling = false;              // an operator wants copies that lack old messages to get them
  std::uint64_t mirror_round = 0;    // grows with every change of owner, mirrors or in_sync

  bool exclusive() const { return static_cast<bool>(exclusive_owner.id); }
  bool mirrored_by(NodeId node) const { return std::find(mirrors.begin(), mirrors.end(), node) != mirrors.end(); }
  // Whether it and its messages are there again after its node was restarted. An exclusive queue ends with its
  // connection.
  bool survives_restart() const { return durable && !exclusive(); }
};

enum class DestinationKind : std::uint8_t { queue, exchange };

// Identified by all of its fields (amqp.md 3.7); arguments without regard to their order.
struct BindingDefinition {
  ExchangeId source;
  DestinationKind kind = DestinationKind::queue;
  std::uint64_t destination = 0;  // a QueueId's or an ExchangeId's number
  std::string routing_key;
  amqp::Table arguments;
};

struct NumberedBinding {
  std::uint64_t number = 0;  // order of creation within the catalog
  BindingDefinition binding;
};

// For what is remembered of a catalog, in this process alone: whether it may have changed. The revision by itself would
// not do, for a catalog that is replaced as a whole may be of another log, and at the same revision.
struct CatalogStamp {
  std::uint64_t edition = 0;  // how often it was replaced
  Revision revision = {};
  friend bool operator==(const CatalogStamp&, const CatalogStamp&) = default;
};

// So many logs of its history a log knows.
inline constexpr std::size_t kLogsKnownMax = 16;

// The logs that this one goes on from, and itself: none for the log that the cluster began with.
struct LogHistory {
  std::vector<std::uint64_t> ids = {};  // the last one is this one's; bounded, the oldest are forgotten
  Epoch floor = {};                     // reigns above it, of this log's class, began in it
  QueueId queues = {};                  // queues with identities above it were declared in it
  friend bool operator==(const LogHistory&, const LogHistory&) = default;

  bool own() const { return !ids.empty(); }
  // Whether that log is this one, or one that it goes on from.
  bool has(std::uint64_t id) const { return std::find(ids.begin(), ids.end(), id) != ids.end(); }
};

// What identities were given last, so that none is given twice; and which reigns the group's log may begin
// (mirrors/reign_numbers).
struct CatalogCounters {
  VhostId vhost;
  ExchangeId exchange;
  QueueId queue;
  std::uint64_t binding = 0;
  Revision revision;
  NodeId node;
  std::uint64_t reign_class = 0;
  Epoch reign_floor = {};
  LogHistory logs = {};
};

// A whole catalog as plain values. Each kind is in order of its identity, which occurs once.
struct Definitions {
  std::string cluster_name;
  std::vector<NodeDefinition> nodes;
  std::vector<VhostDefinition> vhosts;
  std::vector<UserDefinition> users;
  std::vector<PermissionDefinition> permissions;
  std::vector<TopicPermissionDefinition> topic_permissions = {};
  std::vector<PolicyDefinition> policies;
  std::vector<ExchangeDefinition> exchanges;
  std::vector<QueueDefinition> queues;
  std::vector<NumberedBinding> bindings;
  CatalogCounters counters;
};

}  // namespace warren::broker
