// Spreads the owners of mirrored queues (clustering.md 3.7), through complete copies only: nothing is lost.
#include <fmt/core.h>

#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/pattern/pattern.hpp"
#include "manage/operations/desk/balance.hpp"
#include "manage/operations/desk/need.hpp"
#include "manage/operations/rows/columns_of.hpp"

namespace warren::manage {
namespace {

using broker::NodeDefinition;
using broker::QueueDefinition;

// What is looked at first: who has how many messages.
constexpr std::string_view kName = "name";
constexpr std::string_view kVhost = "vhost";
constexpr std::string_view kMessages = "messages";

// visit(queue) for the mirrored queues that are meant and whose node runs.
template <class Visit>
void for_each_meant(const Map& arguments, const broker::Catalog& catalog, const Visit& visit) {
  const std::string_view of_vhosts = text_of(arguments, "vhost_pattern");
  const std::string_view of_queues = text_of(arguments, "queue_pattern");
  const auto vhosts = Pattern::read(of_vhosts);
  const auto queues = Pattern::read(of_queues);
  const auto fits = [](std::string_view text, const auto& pattern, std::string_view name) {
    return text.empty() || (pattern && pattern->occurs_in(name));
  };
  catalog.for_each_vhost([&](const broker::VhostDefinition& vhost) {
    if (!fits(of_vhosts, vhosts, vhost.name)) return;
    catalog.for_each_queue(vhost.id, [&](const QueueDefinition& queue) {
      if (!fits(of_queues, queues, queue.name) || !catalog.mirrored(queue.ref.id)) return;
      if (catalog.node_running(queue.owner)) visit(queue);
    });
  });
}

std::vector<NodeId> who_may_own(const broker::Catalog& catalog) {
  std::vector<NodeId> nodes;
  catalog.for_each_node([&](const NodeDefinition& node) {
    if (node.running && !node.draining && node.kind != broker::NodeKind::witness) nodes.push_back(node.id);
  });
  return nodes;
}

std::map<std::pair<std::string_view, std::string_view>, std::uint64_t> lengths(const Rows& rows) {
  std::map<std::pair<std::string_view, std::string_view>, std::uint64_t> found;
  for (const Row& row : rows) {
    const Value* messages = row.cells.find(kMessages);
    const auto* count = messages == nullptr ? nullptr : messages->get<std::int64_t>();
    if (count != nullptr && *count >= 0)
      found[{text_of(row.cells, kVhost), text_of(row.cells, kName)}] = static_cast<std::uint64_t>(*count);
  }
  return found;
}

Balance plan(const Rows& rows, const Map& arguments, const broker::Catalog& catalog) {
  const auto length = lengths(rows);
  const std::vector<NodeId> nodes = who_may_own(catalog);
  std::vector<OwnedQueue> queues;
  for_each_meant(arguments, catalog, [&](const QueueDefinition& queue) {
    const auto found = length.find({vhost_name(catalog, queue.vhost), queue.name});
    queues.push_back({queue.ref.id, queue.owner, queue.in_sync, found == length.end() ? 0 : found->second});
  });
  return balance(std::move(queues), nodes);
}

// Where the queues are that went. Who asks may not have heard of it yet.
std::map<QueueId, NodeId> arrivals(const Rows& rows) {
  std::map<QueueId, NodeId> arrived;
  for (const Row& row : rows) {
    const Value* queue = row.cells.find(kMovedQueue);
    const Value* node = row.cells.find(kMovedTo);
    const auto* number = queue == nullptr ? nullptr : queue->get<std::int64_t>();
    const auto* to = node == nullptr ? nullptr : node->get<std::int64_t>();
    if (number != nullptr && to != nullptr && flag_of(row.cells, kWasMoved))
      arrived[QueueId(static_cast<std::uint64_t>(*number))] = NodeId(static_cast<std::uint32_t>(*to));
  }
  return arrived;
}

List nodes_told(const std::map<QueueId, NodeId>& arrived, const Map& arguments, const broker::Catalog& catalog) {
  std::map<NodeId, std::int64_t> owned;
  for (const NodeId node : who_may_own(catalog)) owned[node] = 0;
  for_each_meant(arguments, catalog, [&](const QueueDefinition& queue) {
    const auto at = arrived.find(queue.ref.id);
    ++owned[at == arrived.end() ? queue.owner : at->second];
  });
  List rows;
  for (const auto& [node, count] : owned)
    rows.emplace_back(Map{}
                          .add("Node name", node_name(catalog, node))
                          .add("Number of quorum queues", 0)
                          .add("Number of replicated classic queues", count));
  return rows;
}

// What was asked for, and what of that has happened.
Need told(const Rows& rows, const Map& arguments, const DeskFacts& facts) {
  const std::map<QueueId, NodeId> arrived = arrivals(rows);
  List moved;
  List left;
  const auto tell = [&](const Value& number, const Value* to) {
    const auto* id = number.get<std::int64_t>();
    const QueueDefinition* queue =
        id == nullptr ? nullptr : facts.catalog.queue(QueueId(static_cast<std::uint64_t>(*id)));
    if (queue == nullptr) return;
    Map row;
    row.add(kName, queue->name).add(kVhost, vhost_name(facts.catalog, queue->vhost));
    const auto at = arrived.find(queue->ref.id);
    if (at != arrived.end())
      return moved.emplace_back(row.add("moved to", node_name(facts.catalog, at->second))), void();
    row.add("not moved, because",
            to == nullptr ? "no node with fewer queues has a complete copy" : "it was not handed over in time");
    left.emplace_back(std::move(row));
  };
  for (const Value& move : list_of(arguments, "moves")) tell(move, &move);
  for (const Value& queue : list_of(arguments, "stuck")) tell(queue, nullptr);
  Map tables;
  if (!moved.empty()) tables.add("moved", std::move(moved));
  if (!left.empty()) tables.add("left", std::move(left));
  tables.add("nodes", nodes_told(arrived, arguments, facts.catalog));
  return Answer(Value(std::move(tables)));
}

Need planned(const Rows& rows, const Map& arguments, const DeskFacts& facts) {
  Balance wanted = plan(rows, arguments, facts.catalog);
  List moves;
  List stuck;
  for (const QueueMove& move : wanted.moves) moves.emplace_back(move.queue.value);
  for (const QueueId queue : wanted.stuck) stuck.emplace_back(queue.value);
  Map kept = arguments;
  kept.set("moves", std::move(moves)).set("stuck", std::move(stuck));
  if (wanted.moves.empty()) return told({}, kept, facts);
  ShardQuestion question{Subject::moves, {}, {}, std::move(wanted.moves)};
  return NeedRows{std::move(question), false, false, told, std::move(kept)};
}

Need rebalance(const Map& arguments, const DeskFacts&) {
  const std::string_view type = text_of(arguments, "type");
  if (type != "all" && type != "classic")
    return Answer(Failure{
        fmt::format("type {} is not supported. Try one of all, classic.", type), kUnavailable, "bad_argument", {}});
  if (auto failure = bad_pattern(arguments, {"vhost_pattern", "queue_pattern"})) return Answer(std::move(*failure));
  ShardQuestion question{Subject::queues, {}, {std::string(kName), std::string(kVhost), std::string(kMessages)}};
  return NeedRows{std::move(question), false, false, planned, arguments};
}

constexpr Handler kRebalance{"rebalance", rebalance};

}  // namespace

const Handler* rebalance_handler(std::string_view operation) {
  return operation == kRebalance.operation ? &kRebalance : nullptr;
}

}  // namespace warren::manage
