// Everything that users define, as one shard knows it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "broker/catalog/commands.hpp"
#include "broker/catalog/index.hpp"
#include "broker/catalog/mirrors/selection.hpp"
#include "broker/catalog/records.hpp"
#include "broker/refusal.hpp"

namespace warren::broker {

// Changed by apply() alone, but for the beginning that restore() may make of it, and the turn that begin_log() gives
// it; the same commands in the same order make the same catalog on every node and shard, identities included. Pointers
// that look-ups give are valid until the next apply(); those to exchanges, queues and bindings stay valid until the
// thing itself is deleted. Look-ups take no memory.
class Catalog {
 public:
  Catalog();
  ~Catalog();
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  // Checks and carries out. A refusal changes nothing. What belongs to the connection (rights, exclusive owners,
  // equivalence of queues) was checked by the session.
  Result<Applied, Refusal> apply(const Command& command);

  // Makes this catalog what was kept of another; equal definitions make equal catalogs. Nothing is refused: what points
  // to what is not there is left out, arguments that would not pass today are kept and have no effect, exchanges that
  // every vhost has are made where they are missing. Each such thing adds a sentence to `complaints`, which stays
  // bounded. Returns what of the catalog is not as the definitions say and must be kept anew: those exchanges, and
  // permissions of users that do not exist, so that nobody who comes later gets them. Requires: an empty catalog.
  Applied restore(Definitions definitions, std::vector<std::string>& complaints);

  // As it was made: empty. Every pointer that a look-up gave dies, and remembered routes mean nothing any more, even
  // if a later revision has the same number.
  void reset();

  // What identities were given last.
  CatalogCounters counters() const {
    return {last_vhost_, last_exchange_, last_queue_,  last_binding_, revision_,
            last_node_,  reign_class_,   reign_floor_, logs_};
  }

  struct LogBeginning {
    NodeId founder;
    std::uint64_t random = 0;          // of nobody else
    Epoch behind = {};                 // the founder has reigns of another log up to there, and nobody was told
    std::vector<NodeId> without = {};  // who does not go on with it
  };
  // This node goes on with a log of its own. Others may do the same: from here on it gives other reigns than any of
  // them, and other identities of queues, for messages on disk are known by these. Queues that others mirror begin new
  // reigns, so that what they take from here on can be told from what all know. Who does not go on with it is down from
  // the first moment on: what such a node has it may drop by a log of its own, and nobody will hear of that.
  Applied begin_log(const LogBeginning& log);
  // The highest of all queues.
  Epoch highest_reign() const;
  // The same, and of all that was reported of other logs: what is begun from here on is above it.
  Epoch last_reign() const;

  // Grows by one with every command that changed something.
  Revision revision() const { return revision_; }
  // The revision of the last change that may have changed a route other than the default exchange's.
  Revision routes_revision() const { return routes_revision_; }
  // Of all, and of such routes.
  CatalogStamp stamp() const { return {edition_, revision_}; }
  CatalogStamp routes_stamp() const { return {edition_, routes_revision_}; }

  const std::string& cluster_name() const { return cluster_name_; }

  const NodeDefinition* node(NodeId id) const;
  const NodeDefinition* find_node(std::string_view name) const;
  // False for one that does not exist.
  bool node_running(NodeId id) const;
  std::size_t node_count() const { return nodes_.size(); }

  const VhostDefinition* find_vhost(std::string_view name) const;
  const VhostDefinition* vhost(VhostId id) const;
  const UserDefinition* find_user(std::string_view name) const;
  const PermissionDefinition* find_permission(VhostId vhost, std::string_view user) const;
  const TopicPermissionDefinition* find_topic_permission(VhostId vhost, std::string_view user,
                                                         std::string_view exchange) const;
  const PolicyDefinition* find_policy(VhostId vhost, PolicyKind kind, std::string_view name) const;
  // In force for a queue, or for one that would have that name; null: none.
  PolicyList::InForce policy_of(QueueId queue) const;
  PolicyList::InForce policy_for_queue(VhostId vhost, std::string_view name) const;
  // Whether copies of the queue are wanted, as far as there are nodes for them.
  bool mirrored(QueueId queue) const;
  // To whom the owner is to hand the queue, for a policy names others and one of them has everything. None: it stays.
  NodeId next_owner(QueueId queue) const;
  const Exchange* find_exchange(VhostId vhost, std::string_view name) const;
  const Exchange* exchange(ExchangeId id) const;
  const QueueDefinition* find_queue(VhostId vhost, std::string_view name) const;
  const QueueDefinition* queue(QueueId id) const;

  // Bindings in order of creation. Empty for what does not exist. Those of an exchange hang on Exchange itself.
  const BindingsTo& bindings_of(QueueId queue) const;
  // The binding of these fields (amqp.md 3.7), or null.
  const Binding* find_binding(const Bind& bind) const;

  std::size_t queue_count() const { return queues_.size(); }
  std::size_t queue_count(VhostId vhost) const {
    const Vhost* found = vhost_record(vhost);
    return found == nullptr ? 0 : found->queues.size();
  }
  // That the node owns.
  std::size_t queues_of(NodeId node) const {
    const auto found = owned_.find(node);
    return found == owned_.end() ? 0 : found->second;
  }
  std::size_t exchange_count() const { return exchanges_.size(); }
  std::size_t binding_count() const { return bindings_.size(); }

  // Each calls visit(definition), nodes by identity, vhosts, users and permissions by name, queues and exchanges in no
  // useful order. The catalog must not change meanwhile.
  template <class Visit>
  void for_each_node(Visit&& visit) const {
    for (const auto& node : nodes_) visit(std::as_const(*node));
  }
  template <class Visit>
  void for_each_vhost(Visit&& visit) const {
    for (const auto& [name, vhost] : vhosts_) visit(vhost->definition);
  }
  template <class Visit>
  void for_each_user(Visit&& visit) const {
    for (const auto& [name, user] : users_) visit(user);
  }
  template <class Visit>
  void for_each_permission(VhostId vhost, Visit&& visit) const {
    if (const Vhost* found = vhost_record(vhost))
      for (const auto& [user, permission] : found->permissions) visit(permission);
  }
  // By user, then by exchange.
  template <class Visit>
  void for_each_topic_permission(VhostId vhost, Visit&& visit) const {
    if (const Vhost* found = vhost_record(vhost))
      for (const auto& [user, by_exchange] : found->topic_permissions)
        for (const auto& [exchange, permission] : by_exchange) visit(permission);
  }
  // Those of users first, by name.
  template <class Visit>
  void for_each_policy(VhostId vhost, Visit&& visit) const {
    if (const Vhost* found = vhost_record(vhost)) found->policies.for_each(visit);
  }
  // visit(const Exchange&); its bindings are in outgoing and incoming.
  template <class Visit>
  void for_each_exchange(VhostId vhost, Visit&& visit) const {
    if (const Vhost* found = vhost_record(vhost))
      found->exchanges.for_each([&](const Exchange& exchange) { visit(exchange); });
  }
  template <class Visit>
  void for_each_queue(VhostId vhost, Visit&& visit) const {
    if (const Vhost* found = vhost_record(vhost))
      found->queues.for_each([&](const QueueRecord& queue) { visit(queue.definition); });
  }
  // visit(const Binding&), grouped by source.
  template <class Visit>
  void for_each_binding(VhostId vhost, Visit&& visit) const {
    for_each_exchange(vhost, [&](const Exchange& exchange) {
      for (const Binding& binding : exchange.outgoing) visit(binding);
    });
  }

 private:
  struct Vhost {
    VhostDefinition definition;
    std::map<std::string, PermissionDefinition, std::less<>> permissions;
    std::map<std::string, std::map<std::string, TopicPermissionDefinition, std::less<>>, std::less<>>
        topic_permissions;  // by user and exchange
    PolicyList policies;
    Index<Exchange*> exchanges;  // by name
    Index<QueueRecord*> queues;  // by name
  };
  // The exclusive queues of one session.
  struct Owner {
    SessionRef session;
    List<QueueRecord, &QueueRecord::of_owner> queues;
  };
  // Whatever of source and destination exists; the destination is a queue or an exchange, as the binding says.
  struct Ends {
    Exchange* source = nullptr;
    QueueRecord* queue = nullptr;
    Exchange* exchange = nullptr;

    bool complete() const { return source != nullptr && (queue != nullptr || exchange != nullptr); }
  };
  using Outcome = Result<Applied, Refusal>;
  using Changes = std::vector<Change>;

  // Only for reset: what a catalog holds hangs together by pointers that stay right.
  Catalog& operator=(Catalog&&) = default;

  // One per command.
  Outcome carry_out(const AddVhost& command);
  Outcome carry_out(const DeleteVhost& command);
  Outcome carry_out(const PutUser& command);
  Outcome carry_out(const DeleteUser& command);
  Outcome carry_out(const SetPermission& command);
  Outcome carry_out(const DeclareExchange& command);
  Outcome carry_out(const DeleteExchange& command);
  Outcome carry_out(const DeclareQueue& command);
  Outcome carry_out(const DeleteQueue& command);
  Outcome carry_out(const DeleteExclusiveQueues& command);
  Outcome carry_out(const Bind& command);
  Outcome carry_out(const Unbind& command);
  Outcome carry_out(const ClearPermission& command);
  Outcome carry_out(const SetUserTags& command);
  Outcome carry_out(const SetPassword& command);
  Outcome carry_out(const AddNode& command);
  Outcome carry_out(const NodeUp& command);
  Outcome carry_out(const NodeDown& command);
  Outcome carry_out(const RemoveNode& command);
  Outcome carry_out(const SetDraining& command);
  Outcome carry_out(const SetClusterName& command);
  Outcome carry_out(const SetTopicPermission& command);
  Outcome carry_out(const ClearTopicPermission& command);
  Outcome carry_out(const SetVhostLimits& command);
  Outcome carry_out(const SetPolicy& command);
  Outcome carry_out(const ClearPolicy& command);
  Outcome carry_out(const SetInSync& command);
  Outcome carry_out(const TransferQueue& command);
  Outcome carry_out(const FillCopies& command);

  NodeDefinition* node_record(NodeId id) const;
  Vhost* vhost_record(VhostId id) const;
  Vhost* vhost_record(std::string_view name) const;
  QueueRecord* queue_record(QueueId id) const;
  QueueRecord* queue_record(VhostId vhost, std::string_view name) const;
  Exchange* exchange_record(ExchangeId id) const;
  Exchange* exchange_record(VhostId vhost, std::string_view name) const;
  Ends ends_of(const Bind& bind) const;
  Binding* binding_record(const BindingDefinition& definition) const;

  // Put what has its identity into every index that it belongs to. Require: it is not there yet, its ends are.
  void place_node(NodeDefinition definition);
  Vhost& place_vhost(VhostDefinition definition);
  void place_exchange(Vhost& vhost, ExchangeDefinition definition);
  void place_queue(Vhost& vhost, QueueDefinition definition);
  Binding& place_binding(const Ends& ends, BindingDefinition definition, std::uint64_t number);

  static void clear_topic_permissions(Vhost& vhost, std::string_view user, Changes& changes);
  class Restoring;
  class Mirroring;  // mirrors/mirroring.hpp
  Outcome put_user(UserDefinition wanted);
  // Takes away, with their bindings, the queues of which ends(definition) holds, in order of their identities.
  template <class Predicate>
  void remove_queues(const Predicate& ends, Changes& changes);
  // Takes away what a process of the node had.
  void end_process(NodeId node, Changes& changes);
  // Another one runs. Unnoticed: nobody had said that the former one ended.
  void replace_process(NodeDefinition& node, bool unnoticed, Changes& changes);
  void remove_transient_exchanges(Changes& changes);
  bool any_other_running(NodeId node) const;
  // Makes these the queue's holders. Another owner begins a new reign.
  void set_holders(QueueRecord& queue, Holders holders, Changes& changes);
  // Looks anew at what is in force for what is in the vhost.
  void put_policies_in_force(Vhost& vhost, Changes& changes);
  // Returns whether the alternate exchange is another one now.
  static bool put_in_force(Exchange& exchange, PolicyList::InForce policy);
  // Those that the vhost does not have.
  void add_predeclared_exchanges(Vhost& vhost, Changes& changes);
  void add_exchange(Vhost& vhost, ExchangeDefinition definition, Changes& changes);
  void remove_exchange(Exchange& exchange, Changes& changes);
  void remove_queue(QueueRecord& queue, Changes& changes);
  void join(Binding& binding);
  void remove_binding(Binding& binding, Changes& changes);
  // Deletes the auto-delete exchanges among those that have just lost their last binding, and what follows from that.
  void remove_forsaken(Changes& changes);
  Owner* owner_record(const SessionRef& session) const;
  void own(QueueRecord& queue);
  void disown(QueueRecord& queue);

  std::uint64_t edition_ = 0;
  Revision revision_;
  Revision routes_revision_;
  bool changed_ = false;         // by the command in hand
  bool routes_changed_ = false;  // by the command in hand
  VhostId last_vhost_;
  ExchangeId last_exchange_;
  QueueId last_queue_;
  std::uint64_t last_binding_ = 0;
  NodeId last_node_;
  LogHistory logs_;
  std::uint64_t reign_class_ = 0;  // zero: of the log that the cluster began with
  Epoch reign_floor_;              // some node may hold what was given in reigns up to it

  std::string cluster_name_;
  std::vector<std::unique_ptr<NodeDefinition>> nodes_;  // by identity
  std::map<std::string, std::unique_ptr<Vhost>, std::less<>> vhosts_;
  std::map<std::string, UserDefinition, std::less<>> users_;
  Index<Vhost*> vhosts_by_id_;
  Index<std::unique_ptr<Exchange>> exchanges_;  // by identity
  Index<std::unique_ptr<QueueRecord>> queues_;  // by identity
  Index<std::unique_ptr<Binding>> bindings_;    // by all fields
  std::map<NodeId, std::size_t> owned_;         // queues per owner; none: zero
  Index<std::unique_ptr<Owner>> owners_;
  std::vector<Exchange*> forsaken_;  // auto-delete exchanges whose last binding went while a command is carried out
};

// What a fresh cluster starts with: vhost "/", user guest, an administrator with every right in it (amqp.md 6.3).
std::vector<Command> default_definitions(std::string guest_password_hash);

}  // namespace warren::broker
