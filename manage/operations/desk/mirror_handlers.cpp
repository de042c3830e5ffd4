// Queues with copies on other nodes (clustering.md 3.7, 4.6, 4.10).
#include <fmt/core.h>

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "manage/operations/desk/need.hpp"
#include "manage/operations/rows/columns_of.hpp"
#include "manage/operations/rows/copies_verdict.hpp"
#include "manage/operations/words/limits.hpp"

namespace warren::manage {
namespace {

using broker::NodeDefinition;
using broker::QueueDefinition;

std::string phrase(const QueueDefinition& queue, const broker::Catalog& catalog) {
  return fmt::format("queue '{}' in vhost '{}'", queue.name, vhost_name(catalog, queue.vhost));
}

Failure failure(std::string sentence, std::string kind, int code = kUnavailable) {
  return {std::move(sentence), code, std::move(kind), {}};
}

const QueueDefinition* queue_in(const Map& arguments, const DeskFacts& facts) {
  const broker::VhostDefinition* vhost = facts.catalog.find_vhost(vhost_in(arguments));
  return vhost == nullptr ? nullptr : facts.catalog.find_queue(vhost->id, text_of(arguments, "queue"));
}

// Why nothing can be done with the queue that is named.
std::optional<Failure> no_mirrored_queue(const Map& arguments, const DeskFacts& facts) {
  if (auto unknown = unknown_vhost(arguments, facts)) return unknown;
  const QueueDefinition* queue = queue_in(arguments, facts);
  if (queue == nullptr) return failure("not_found", "not_found");
  if (!facts.catalog.mirrored(queue->ref.id)) return failure("not_mirrored", "not_mirrored");
  return std::nullopt;
}

bool all_in_sync(const QueueDefinition& queue) { return queue.in_sync.size() == queue.mirrors.size(); }

// ---- what copies lack ----

Need sync_queue(const Map& arguments, const DeskFacts& facts) {
  if (auto refusal = no_mirrored_queue(arguments, facts)) return Answer(std::move(*refusal));
  const QueueDefinition& queue = *queue_in(arguments, facts);
  if (!facts.catalog.node_running(queue.owner))
    return Answer(failure(fmt::format("the node of {} does not run", phrase(queue, facts.catalog)), "queue_down"));
  if (all_in_sync(queue)) return Answer(Value());
  return propose(broker::FillCopies{queue.ref.id, true});
}

Need cancel_sync_queue(const Map& arguments, const DeskFacts& facts) {
  if (auto refusal = no_mirrored_queue(arguments, facts)) return Answer(std::move(*refusal));
  const QueueDefinition& queue = *queue_in(arguments, facts);
  if (!queue.filling) return Answer(Value("not_syncing"));
  return propose(broker::FillCopies{queue.ref.id, false});
}

Need sync_state(const Map& arguments, const DeskFacts& facts) {
  if (auto refusal = no_mirrored_queue(arguments, facts)) return Answer(std::move(*refusal));
  const QueueDefinition& queue = *queue_in(arguments, facts);
  Map row;
  row.add("name", queue.name).add("node", node_name(facts.catalog, queue.owner));
  row.add("mirrors", queue.mirrors.size()).add("synchronised", queue.in_sync.size()).add("syncing", queue.filling);
  return Answer(Value(List{std::move(row)}));
}

// ---- whether copies are what they should be ----

constexpr int kMillisecondsPerSecond = 1000;
constexpr int kUsualComparison_ms = 10'000;

// Nothing: no number of seconds, or too many.
std::optional<int> comparison_ms(const Map& arguments) {
  const std::string_view text = text_of(arguments, "within");
  if (text.empty()) return kUsualComparison_ms;
  int seconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  if (seconds <= 0 || seconds > limits::kComparisonMax_ms / kMillisecondsPerSecond) return std::nullopt;
  return seconds * kMillisecondsPerSecond;
}

Need verified(const Rows& rows, const Map& arguments, const DeskFacts& facts) {
  if (auto unknown = unknown_vhost(arguments, facts)) return Answer(std::move(*unknown));
  const QueueDefinition* queue = queue_in(arguments, facts);
  if (queue == nullptr) return Answer(failure("not_found", "not_found"));
  const std::optional<ComparedCopies> compared = compared_copies_in(rows);
  if (!compared)
    return Answer(failure(fmt::format("node {}, which owns {}, did not answer, or does not own it any more",
                                      node_name(facts.catalog, queue->owner), phrase(*queue, facts.catalog)),
                          "not_compared", kTemporary));
  return verdict_of(*compared, *queue, facts.catalog);
}

Need verify_queue(const Map& arguments, const DeskFacts& facts) {
  if (auto unknown = unknown_vhost(arguments, facts)) return Answer(std::move(*unknown));
  const QueueDefinition* queue = queue_in(arguments, facts);
  if (queue == nullptr) return Answer(failure("not_found", "not_found"));
  if (!facts.catalog.node_running(queue->owner))
    return Answer(failure(fmt::format("the node of {} does not run", phrase(*queue, facts.catalog)), "queue_down"));
  const std::optional<int> within_ms = comparison_ms(arguments);
  if (!within_ms)
    return Answer(failure(fmt::format("the time to compare is a number of seconds, at most {}",
                                      limits::kComparisonMax_ms / kMillisecondsPerSecond),
                          "bad_argument", kUsage));
  ShardQuestion question{Subject::comparison, {}, {}, {}, queue->ref.id, static_cast<std::uint32_t>(*within_ms)};
  return NeedRows{std::move(question), false, false, verified, arguments};
}

// Mirrored queues that the node owns and of which no other node has everything.
Need check_mirror_sync_critical(const Map&, const DeskFacts& facts) {
  if (facts.catalog.node_count() <= 1)
    return Answer(Value(fmt::format(
        "Node {} seems to be the only one in a single node cluster, the check does not apply", facts.node)));
  const NodeDefinition* self = facts.catalog.find_node(facts.node);
  std::string lines;
  List queues;
  facts.catalog.for_each_vhost([&](const broker::VhostDefinition& vhost) {
    facts.catalog.for_each_queue(vhost.id, [&](const QueueDefinition& queue) {
      if (self == nullptr || queue.owner != self->id || !queue.in_sync.empty()) return;
      if (!facts.catalog.mirrored(queue.ref.id)) return;
      lines += fmt::format("{}{} would lose its only synchronised replica (master) if node {} is stopped",
                           lines.empty() ? "" : "\n", phrase(queue, facts.catalog), facts.node);
      queues.emplace_back(Map{}.add("name", queue.name).add("vhost", vhost.name));
    });
  });
  if (!queues.empty())
    return Answer(Failure{std::move(lines), kUnavailable, "mirror_sync_critical", std::move(queues)});
  return Answer(Value(
      fmt::format("Node {} reported no classic mirrored queues without online synchronised mirrors", facts.node)));
}

// ---- who owns ----

// What became of the queue's move; nothing: nobody has tried.
std::optional<bool> outcome_of(const Rows& rows, QueueId queue) {
  for (const Row& row : rows) {
    const Value* number = row.cells.find(kMovedQueue);
    if (number != nullptr && *number == Value(queue.value)) return flag_of(row.cells, kWasMoved);
  }
  return std::nullopt;
}

// The owner was asked to hand the queue over. One that does not answer is passed over.
Need transferred(const Rows& rows, const Map& arguments, const DeskFacts& facts) {
  if (auto refusal = no_mirrored_queue(arguments, facts)) return Answer(std::move(*refusal));
  const QueueDefinition& queue = *queue_in(arguments, facts);
  const NodeDefinition* node = facts.catalog.find_node(text_of(arguments, "member"));
  if (node == nullptr) return Answer(refused(Reason::not_a_cluster_node));
  std::string done = fmt::format("{} is owned by node {} now", phrase(queue, facts.catalog), node->name);
  const std::optional<bool> moved = outcome_of(rows, queue.ref.id);
  if (moved == true) return Answer(Value(std::move(done)));
  if (moved == false)
    return Answer(failure(fmt::format("{} could not be handed over in time; node {} still owns it",
                                      phrase(queue, facts.catalog), node_name(facts.catalog, queue.owner)),
                          "not_moved", kTemporary));
  return propose(broker::TransferQueue{queue.ref.id, queue.ref.epoch, node->id}, std::move(done));
}

Need transfer_queue(const Map& arguments, const DeskFacts& facts) {
  if (auto refusal = no_mirrored_queue(arguments, facts)) return Answer(std::move(*refusal));
  const QueueDefinition& queue = *queue_in(arguments, facts);
  const NodeDefinition* node = facts.catalog.find_node(text_of(arguments, "member"));
  if (node == nullptr) return Answer(refused(Reason::not_a_cluster_node));
  if (queue.owner == node->id)
    return Answer(Value(fmt::format("{} is owned by node {} already", phrase(queue, facts.catalog), node->name)));
  if (!among(queue.in_sync, node->id))
    return Answer(failure(fmt::format("node {} has no complete copy of {}", node->name, phrase(queue, facts.catalog)),
                          "not_synchronised"));
  if (node->draining) return Answer(failure(fmt::format("node {} is in maintenance mode", node->name), "draining"));
  ShardQuestion question{Subject::moves, {}, {}, {{queue.ref.id, node->id}}};
  return NeedRows{std::move(question), false, false, transferred, arguments};
}

constexpr std::array<Handler, 6> kMirrorHandlers{{
    {"sync_queue", sync_queue},
    {"cancel_sync_queue", cancel_sync_queue},
    {"sync_state", sync_state},
    {"verify_queue", verify_queue},
    {"check_if_node_is_mirror_sync_critical", check_mirror_sync_critical},
    {"transfer_queue", transfer_queue},
}};

}  // namespace

const Handler* mirror_handler(std::string_view operation) { return handler_among(kMirrorHandlers, operation); }

}  // namespace warren::manage
