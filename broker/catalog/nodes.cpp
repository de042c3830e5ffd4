// Which nodes there are, and what goes when one of them ends.
#include <algorithm>
#include <utility>

#include "base/limits.hpp"
#include "base/plant.hpp"
#include "broker/catalog/catalog.hpp"
#include "broker/catalog/checks.hpp"
#include "broker/catalog/mirrors/mirroring.hpp"
#include "broker/catalog/mirrors/reign_numbers.hpp"
#include "broker/exchange/exchange_type.hpp"

namespace warren::broker {
namespace {

using amqp::ReplyCode;

Refusal unknown_node(NodeId node) {
  return {ReplyCode::not_found, "node " + std::to_string(node.value) + " is not a member of the cluster"};
}

Objection check_name(std::string_view what, std::string_view name) {
  if (name.size() <= limits::kShortStringBytesMax) return {};
  return precondition_failed("the " + std::string(what) + " has at most " +
                             std::to_string(limits::kShortStringBytesMax) + " bytes");
}

Objection check_new_node(const Catalog& catalog, const AddNode& wanted) {
  if (wanted.name.empty() || wanted.kind == NodeKind::none) return precondition_failed("a node has a name and a kind");
  if (Objection objection = check_name("name of a node", wanted.name)) return objection;
  if (Objection objection = check_name("host of a node", wanted.host)) return objection;
  if (catalog.node_count() < limits::kNodesMax) return {};
  return precondition_failed("a cluster has at most " + std::to_string(limits::kNodesMax) + " nodes");
}

// As founders of logs no two members are taken for each other.
NodeId next_member(NodeId last, const std::vector<std::unique_ptr<NodeDefinition>>& members) {
  const auto alike = [&](const auto& held) { return reign_class_of(held->id) == reign_class_of(last); };
  do ++last.value;
  while (std::ranges::any_of(members, alike));
  return last;
}

bool lives_on(const QueueDefinition& queue, NodeId node) {
  return queue.owner == node || (queue.exclusive() && queue.exclusive_owner.node == node);
}

bool ends_with_process(const QueueDefinition& queue, NodeId node) {
  return (queue.owner == node && !queue.durable) || (queue.exclusive() && queue.exclusive_owner.node == node);
}

// The records of which wanted(record) holds, in order of identity.
template <class Handle, class Wanted, class Identity>
auto choose(const Index<Handle>& index, const Wanted& wanted, Identity identity) {
  std::vector<typename Index<Handle>::Record*> records;
  index.for_each([&](auto& record) {
    if (wanted(record)) records.push_back(&record);
  });
  std::ranges::sort(records, {}, identity);
  return records;
}

}  // namespace

const NodeDefinition* Catalog::node(NodeId id) const { return node_record(id); }

const NodeDefinition* Catalog::find_node(std::string_view name) const {
  const auto found = std::ranges::find_if(nodes_, [&](const auto& held) { return held->name == name; });
  return found == nodes_.end() ? nullptr : found->get();
}

bool Catalog::node_running(NodeId id) const {
  const NodeDefinition* found = node_record(id);
  return found != nullptr && found->running;
}

NodeDefinition* Catalog::node_record(NodeId id) const {
  const auto found = std::ranges::lower_bound(nodes_, id, {}, [](const auto& held) { return held->id; });
  return found == nodes_.end() || (*found)->id != id ? nullptr : found->get();
}

void Catalog::place_node(NodeDefinition definition) {
  nodes_.push_back(std::make_unique<NodeDefinition>(std::move(definition)));
}

Catalog::Outcome Catalog::carry_out(const AddNode& command) {
  Applied applied;
  if (const NodeDefinition* known = find_node(command.name)) {
    if (known->kind == command.kind) return applied;
    return precondition_failed("node '" + command.name + "' is a member of another kind");
  }
  if (Objection objection = check_new_node(*this, command)) return *objection;
  last_node_ = next_member(last_node_, nodes_);
  place_node({.id = last_node_,
              .name = command.name,
              .kind = command.kind,
              .host = command.host,
              .cluster_port = command.cluster_port});
  applied.changes.push_back(NodeAdded{last_node_});
  changed_ = true;
  return applied;
}

Catalog::Outcome Catalog::carry_out(const NodeUp& command) {
  Applied applied;
  NodeDefinition* node = node_record(command.node);
  if (node == nullptr) return unknown_node(command.node);
  if (Objection objection = check_name("host of a node", command.host)) return *objection;
  if (command.incarnation == 0) return precondition_failed("the process of a node has an incarnation");
  const bool another = node->incarnation != command.incarnation;
  const bool moved = node->host != command.host || node->cluster_port != command.cluster_port;
  if (!another && !moved && node->running && !command.reigns) return applied;
  const bool restarted = another && node->incarnation != 0;
  const bool counted = std::exchange(node->running, true);
  // One and the same process that was out of sight goes on with what it was about.
  if (another) node->draining = false;
  node->incarnation = command.incarnation;
  node->host = command.host;
  node->cluster_port = command.cluster_port;
  applied.changes.push_back(NodeWentUp{node->id, restarted});
  changed_ = true;
  if (command.reigns > highest_reign()) reign_floor_ = std::max(reign_floor_, command.reigns);
  if (restarted)
    replace_process(*node, counted, applied.changes);
  else if (command.reigns)  // its queues go on behind what it has of another log
    Mirroring(*this, applied.changes).begin_reigns(node->id);
  if (another || !counted) Mirroring(*this, applied.changes).offer(node->id);
  return applied;
}

void Catalog::replace_process(NodeDefinition& node, bool unnoticed, Changes& changes) {
  Mirroring mirroring(*this, changes);
  if (unnoticed && !planted(312)) {
    node.running = false;
    mirroring.lose(node.id, Loss::failure);
    node.running = true;
  }
  end_process(node.id, changes);
  if (!any_other_running(node.id)) remove_transient_exchanges(changes);
  mirroring.begin_reigns(node.id);
}

Catalog::Outcome Catalog::carry_out(const NodeDown& command) {
  Applied applied;
  NodeDefinition* node = node_record(command.node);
  if (node == nullptr || !node->running || node->incarnation != command.incarnation) return applied;
  node->running = false;
  ++node->losses;
  applied.changes.push_back(NodeWentDown{node->id});
  changed_ = true;
  Mirroring(*this, applied.changes).lose(node->id, command.orderly ? Loss::shutdown : Loss::failure);
  end_process(node->id, applied.changes);
  return applied;
}

Catalog::Outcome Catalog::carry_out(const RemoveNode& command) {
  Applied applied;
  if (node_record(command.node) == nullptr) return applied;
  const auto found = std::ranges::lower_bound(nodes_, command.node, {}, [](const auto& held) { return held->id; });
  NodeRemoved removed{std::move(**found)};
  nodes_.erase(found);
  Mirroring(*this, applied.changes).lose(command.node, Loss::removal);
  remove_queues([&](const QueueDefinition& queue) { return lives_on(queue, command.node); }, applied.changes);
  remove_forsaken(applied.changes);
  applied.changes.push_back(std::move(removed));
  changed_ = true;
  return applied;
}

Catalog::Outcome Catalog::carry_out(const SetDraining& command) {
  Applied applied;
  NodeDefinition* node = node_record(command.node);
  if (node == nullptr) return unknown_node(command.node);
  if (node->draining == command.draining) return applied;
  node->draining = command.draining;
  applied.changes.push_back(NodeDraining{node->id});
  changed_ = true;
  // While it drained it was passed over.
  if (!node->draining) Mirroring(*this, applied.changes).offer(node->id);
  return applied;
}

Catalog::Outcome Catalog::carry_out(const SetClusterName& command) {
  Applied applied;
  if (Objection objection = check_name("name of a cluster", command.name)) return *objection;
  if (cluster_name_ == command.name) return applied;
  cluster_name_ = command.name;
  applied.changes.push_back(ClusterNamed{});
  changed_ = true;
  return applied;
}

template <class Predicate>
void Catalog::remove_queues(const Predicate& ends, Changes& changes) {
  for (QueueRecord* queue : choose(
           queues_, [&](const QueueRecord& held) { return ends(held.definition); },
           [](const QueueRecord* held) { return held->definition.ref.id; }))
    remove_queue(*queue, changes);
}

void Catalog::end_process(NodeId node, Changes& changes) {
  remove_queues([&](const QueueDefinition& queue) { return ends_with_process(queue, node); }, changes);
  // When everything ends, nobody has unbound anything: durable auto-delete exchanges are there again (amqp.md 3.8).
  if (any_other_running(node))
    remove_forsaken(changes);
  else
    forsaken_.clear();
}

void Catalog::remove_transient_exchanges(Changes& changes) {
  const auto exchanges = choose(
      exchanges_, [](const Exchange& held) { return !held.definition.durable; },
      [](const Exchange* held) { return held->definition.id; });
  // Without its type an exchange is past forsaking: no cascade runs beside this one.
  for (Exchange* exchange : exchanges) exchange->type.reset();
  for (Exchange* exchange : exchanges) remove_exchange(*exchange, changes);
  forsaken_.clear();
}

bool Catalog::any_other_running(NodeId node) const {
  return std::ranges::any_of(nodes_, [&](const auto& held) { return held->running && held->id != node; });
}

}  // namespace warren::broker
