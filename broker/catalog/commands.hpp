// Every change of the catalog, as a value. A command is checked when it is applied: the same command on the same
// catalog gives the same outcome on every node. Names, not identities, are used where the proposer may be behind.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "broker/catalog/definitions.hpp"
#include "broker/refusal.hpp"

namespace warren::broker {

struct AddVhost {
  std::string name;
};

struct DeleteVhost {
  std::string name;
};

struct PutUser {
  UserDefinition user;
};

// Of a user that exists.
struct SetPassword {
  std::string user;
  std::string password_hash;  // empty: no password matches
};

struct SetUserTags {
  std::string user;
  std::vector<std::string> tags;
};

struct DeleteUser {
  std::string name;
};

struct SetPermission {
  std::string vhost;
  std::string user;
  std::string configure;
  std::string write;
  std::string read;
};

struct ClearPermission {
  std::string vhost;
  std::string user;
};

struct SetTopicPermission {
  std::string vhost;
  std::string user;
  std::string exchange;
  std::string write;
  std::string read;
};

struct ClearTopicPermission {
  std::string vhost;
  std::string user;
  std::string exchange;  // empty: all
};

// Those and no others. What is there already stays.
struct SetVhostLimits {
  std::string vhost;
  VhostLimits limits;
};

// id is ignored: the catalog gives one.
struct DeclareExchange {
  ExchangeDefinition exchange;
};

struct DeleteExchange {
  VhostId vhost;
  std::string name;
  bool if_unused = false;
};

// ref is ignored: the catalog gives one.
struct DeclareQueue {
  QueueDefinition queue;
};

// By identity: a queue of the same name that came later is not meant.
struct DeleteQueue {
  QueueId queue;
};

// The clean-up that follows the end of a connection.
struct DeleteExclusiveQueues {
  SessionRef owner;
};

struct Bind {
  VhostId vhost;
  std::string source;
  DestinationKind kind = DestinationKind::queue;
  std::string destination;
  std::string routing_key;
  amqp::Table arguments;
};

struct Unbind {
  Bind binding;
};

// Makes a member, which has not started yet. One that is known changes nothing, of another kind is refused.
struct AddNode {
  std::string name;
  NodeKind kind = NodeKind::none;
  std::string host;
  std::uint16_t cluster_port = 0;
};

// A process of the node serves. If it is another than the one seen last, what that one had is taken away.
struct NodeUp {
  NodeId node;
  std::uint64_t incarnation = 0;
  std::string host;
  std::uint16_t cluster_port = 0;
  // It holds messages of reigns up to this one, which need not be reigns of this log. None: it holds nothing that it
  // has not told.
  Epoch reigns = {};
};

// That process of the node ended, or was agreed to have. Says nothing about another one.
struct NodeDown {
  NodeId node;
  std::uint64_t incarnation = 0;
  bool orderly = false;  // it said so itself when it stopped
};

// The node is no member any more, and its queues are no more, the durable ones included.
struct RemoveNode {
  NodeId node;
};

// Whether the node is to be left alone by clients and new queues. Ends with the process.
struct SetDraining {
  NodeId node;
  bool draining = false;
};

struct SetClusterName {
  std::string name;
};

// Makes a policy, or makes it different.
struct SetPolicy {
  std::string vhost;
  PolicyDefinition policy;  // its vhost is ignored
};

struct ClearPolicy {
  std::string vhost;
  PolicyKind kind = PolicyKind::user;
  std::string name;
};

// Of the owner of that reign: the mirror holds everything that was confirmed and is waited for from now on; or is too
// slow to be waited for.
struct SetInSync {
  QueueId queue;
  Epoch epoch;
  std::uint64_t round = 0;  // QueueDefinition::mirror_round as the owner knows it: what came in between ends the wish
  NodeId node;
  bool in_sync = false;
};

// A mirror that has everything becomes the owner, the owner of that reign a mirror.
struct TransferQueue {
  QueueId queue;
  Epoch epoch;
  NodeId to;
};

// Copies of the queue that lack old messages get them, whatever the policy says, or those that are being filled are
// left as they are.
struct FillCopies {
  QueueId queue;
  bool on = false;
};

using Command =
    std::variant<AddVhost, DeleteVhost, PutUser, DeleteUser, SetPermission, DeclareExchange, DeleteExchange,
                 DeclareQueue, DeleteQueue, DeleteExclusiveQueues, Bind, Unbind, ClearPermission, SetUserTags,
                 SetPassword, AddNode, NodeUp, NodeDown, RemoveNode, SetDraining, SetClusterName, SetTopicPermission,
                 ClearTopicPermission, SetVhostLimits, SetPolicy, ClearPolicy, SetInSync, TransferQueue, FillCopies>;

// ---- what applying a command did ----

struct QueueCreated {
  QueueId queue;
};
struct QueueDeleted {
  QueueDefinition queue;
};
struct ExchangeCreated {
  ExchangeId exchange;
};
struct ExchangeDeleted {
  ExchangeDefinition exchange;
};
struct BindingCreated {
  BindingDefinition binding;
  std::uint64_t number = 0;
};
struct BindingDeleted {
  BindingDefinition binding;
  std::uint64_t number = 0;
};
// Comes after the exchanges that the vhost begins with.
struct VhostCreated {
  VhostId vhost;
};
// Comes after everything that was in the vhost.
struct VhostDeleted {
  VhostDefinition vhost;
};
// Made, or made different.
struct UserPut {
  std::string name;
  bool created = false;
  bool password_changed = false;
  bool tags_changed = false;
};
// Comes after the permissions of the user.
struct UserDeleted {
  std::string name;
};
struct PermissionSet {
  VhostId vhost;
  std::string user;
};
// Also when the user or the vhost is deleted.
struct PermissionCleared {
  VhostId vhost;
  std::string user;
};

struct TopicPermissionSet {
  VhostId vhost;
  std::string user;
  std::string exchange;
};
// Also when the user or the vhost is deleted.
struct TopicPermissionCleared {
  VhostId vhost;
  std::string user;
  std::string exchange;
};
struct VhostLimited {
  VhostId vhost;
};

struct NodeAdded {
  NodeId node;
};
// Comes before what goes because of it.
struct NodeWentUp {
  NodeId node;
  bool restarted = false;  // the process seen last was another
};
// Comes before what goes because of it.
struct NodeWentDown {
  NodeId node;
};
// Comes after everything that went with the node.
struct NodeRemoved {
  NodeDefinition node;
};
// Begun or ended.
struct NodeDraining {
  NodeId node;
};
struct ClusterNamed {};
// What is in force for queues and exchanges of the vhost may be something else.
struct PolicySet {
  VhostId vhost;
  PolicyKind kind = PolicyKind::user;
  std::string name;
};
// The same. Also when the vhost is deleted.
struct PolicyCleared {
  VhostId vhost;
  PolicyKind kind = PolicyKind::user;
  std::string name;
};

// A new reign began. Of the same node: another process of it owns the queue now.
struct QueueMoved {
  QueueId queue;
  NodeId from;
  NodeId to;
};
// Who mirrors the queue, who of them is in sync, or whether copies are to be filled. Also beside QueueMoved.
struct MirrorsChanged {
  QueueId queue;
  // As it was before.
  std::vector<NodeId> mirrors = {};
  std::vector<NodeId> in_sync = {};
  bool filling = false;
};

using Change =
    std::variant<QueueCreated, QueueDeleted, ExchangeCreated, ExchangeDeleted, BindingCreated, BindingDeleted,
                 VhostCreated, VhostDeleted, UserPut, UserDeleted, PermissionSet, PermissionCleared, NodeAdded,
                 NodeWentUp, NodeWentDown, NodeRemoved, NodeDraining, ClusterNamed, TopicPermissionSet,
                 TopicPermissionCleared, VhostLimited, PolicySet, PolicyCleared, QueueMoved, MirrorsChanged>;

// Changes stand in the order in which they happened. A command that finds what it wants already there changes nothing.
struct Applied {
  std::vector<Change> changes;
};

}  // namespace warren::broker
