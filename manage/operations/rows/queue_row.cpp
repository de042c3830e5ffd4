#include "manage/operations/rows/queue_row.hpp"

#include <fmt/core.h>

#include <ranges>

#include "manage/operations/rows/policy_rows.hpp"

namespace warren::manage {
namespace {

using Facts = QueueFacts;

// Nothing when there is nobody to count.
template <auto Member>
Value count(const Facts& facts) {
  return facts.stats == nullptr ? Value() : Value(facts.stats->*Member);
}

Value messages(const Facts& facts) {
  return facts.stats == nullptr ? Value() : Value(facts.stats->ready + facts.stats->unsettled);
}

Value pid_on(const Facts& facts, NodeId node) {
  return token(node_name(facts.catalog, node), facts.definition.ref.id.value, 0);
}

Value pid(const Facts& facts) { return pid_on(facts, facts.definition.owner); }

// The mirrors, the oldest first; no list for a queue that is to have none.
Value mirrors(const Facts& facts) {
  if (!facts.catalog.mirrored(facts.definition.ref.id)) return std::string();
  List pids;
  for (const NodeId node : facts.definition.mirrors) pids.push_back(pid_on(facts, node));
  return pids;
}

// Those that have everything, who came last first (clustering.md 4.12).
Value synchronised(const Facts& facts) {
  if (!facts.catalog.mirrored(facts.definition.ref.id)) return std::string();
  List pids;
  for (const NodeId node : std::views::reverse(facts.definition.in_sync)) pids.push_back(pid_on(facts, node));
  return pids;
}

// The connection that an exclusive queue belongs to, by the token that list_connections shows.
Value owner_pid(const Facts& facts) {
  const SessionRef& owner = facts.definition.exclusive_owner;
  if (!facts.definition.exclusive()) return {};
  return token(node_name(facts.catalog, owner.node), owner.shard, owner.id.value);
}

Value state(const Facts& facts) {
  if (facts.stats == nullptr) return "down";
  return facts.filled ? Value(fmt::format("{{syncing, {}}}", *facts.filled)) : Value("running");
}

broker::PolicyList::InForce in_force(const Facts& facts) { return facts.catalog.policy_of(facts.definition.ref.id); }
Value node(const Facts& facts) { return node_name(facts.catalog, facts.definition.owner); }
Value nothing(const Facts&) { return std::string(); }

const Column<Facts> kColumns[] = {
    {"name", [](const Facts& facts) -> Value { return facts.definition.name; }},
    {"durable", [](const Facts& facts) -> Value { return facts.definition.durable; }},
    {"auto_delete", [](const Facts& facts) -> Value { return facts.definition.auto_delete; }},
    {"arguments", [](const Facts& facts) -> Value { return value_of(facts.definition.arguments); }},
    {"policy", [](const Facts& facts) { return policy_name(in_force(facts), broker::PolicyKind::user); }},
    {"operator_policy", [](const Facts& facts) { return policy_name(in_force(facts), broker::PolicyKind::operators); }},
    {"effective_policy_definition", [](const Facts& facts) { return policy_settings(in_force(facts)); }},
    {"pid", pid},
    {"owner_pid", owner_pid},
    {"exclusive", [](const Facts& facts) -> Value { return facts.definition.exclusive(); }},
    {"messages_ready", count<&broker::QueueStats::ready>},
    {"messages_unacknowledged", count<&broker::QueueStats::unsettled>},
    {"messages", messages},
    {"message_bytes_ready", count<&broker::QueueStats::ready_body_bytes>},
    {"consumers", count<&broker::QueueStats::consumers>},
    {"memory", count<&broker::QueueStats::footprint_bytes>},
    {"state", state},
    {"type", [](const Facts&) -> Value { return "classic"; }},
    // Of quorum queues alone.
    {"leader", nothing},
    {"members", nothing},
    {"online", nothing},
    {"slave_pids", mirrors},
    {"synchronised_slave_pids", synchronised},
    {"vhost", [](const Facts& facts) -> Value { return vhost_name(facts.catalog, facts.definition.vhost); }},
    {"node", node},
};

}  // namespace

std::span<const Column<QueueFacts>> queue_columns() { return kColumns; }

bool asked_for(const ShardQuestion& question, const QueueFacts& facts) {
  return question.vhost.empty() || vhost_name(facts.catalog, facts.definition.vhost) == question.vhost;
}

Row queue_row(const ShardQuestion& question, const QueueFacts& facts) {
  return {fmt::format("{} {}", vhost_name(facts.catalog, facts.definition.vhost), facts.definition.name),
          pick(queue_columns(), question.columns, facts)};
}

}  // namespace warren::manage
