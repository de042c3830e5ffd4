#include "manage/operations/rows/catalog_rows.hpp"

#include <algorithm>
#include <tuple>

#include "manage/operations/json/json.hpp"
#include "manage/operations/rows/columns_of.hpp"
#include "manage/operations/rows/policy_rows.hpp"

namespace warren::manage {
namespace {

using broker::Catalog;

struct ExchangeFacts {
  const broker::Exchange& exchange;
  std::string_view vhost;
};

const Column<ExchangeFacts> kExchangeCells[] = {
    {"name", [](const ExchangeFacts& facts) -> Value { return facts.exchange.definition.name; }},
    {"type", [](const ExchangeFacts& facts) -> Value { return facts.exchange.definition.type; }},
    {"durable", [](const ExchangeFacts& facts) -> Value { return facts.exchange.definition.durable; }},
    {"auto_delete", [](const ExchangeFacts& facts) -> Value { return facts.exchange.definition.auto_delete; }},
    {"internal", [](const ExchangeFacts& facts) -> Value { return facts.exchange.definition.internal; }},
    {"arguments", [](const ExchangeFacts& facts) { return value_of(facts.exchange.definition.arguments); }},
    {"policy", [](const ExchangeFacts& facts) { return policy_name(facts.exchange.policy, broker::PolicyKind::user); }},
    {"vhost", [](const ExchangeFacts& facts) -> Value { return facts.vhost; }},
};

struct BindingFacts {
  std::string_view source;
  std::string_view destination;
  bool to_queue = true;
  std::string_view key;
  const amqp::Table* arguments = nullptr;  // null: none
  std::string_view vhost;

  auto order() const { return std::tie(source, destination, key); }
};

const Column<BindingFacts> kBindingCells[] = {
    {"source_name", [](const BindingFacts& facts) -> Value { return facts.source; }},
    {"source_kind", [](const BindingFacts&) -> Value { return "exchange"; }},
    {"destination_name", [](const BindingFacts& facts) -> Value { return facts.destination; }},
    {"destination_kind", [](const BindingFacts& facts) -> Value { return facts.to_queue ? "queue" : "exchange"; }},
    {"routing_key", [](const BindingFacts& facts) -> Value { return facts.key; }},
    {"arguments",
     [](const BindingFacts& facts) { return facts.arguments == nullptr ? Value(Map{}) : value_of(*facts.arguments); }},
    {"vhost", [](const BindingFacts& facts) -> Value { return facts.vhost; }},
};

BindingFacts facts_of(const broker::Binding& binding, std::string_view vhost) {
  const bool to_queue = binding.queue != nullptr;
  return {binding.source->definition.name,
          to_queue ? binding.queue->definition.name : binding.exchange->definition.name,
          to_queue,
          binding.definition.routing_key,
          &binding.definition.arguments,
          vhost};
}

Map permission_cells(std::string_view first, std::string_view name, const broker::PermissionDefinition& permission) {
  return Map{}
      .add(first, name)
      .add("configure", permission.configure)
      .add("write", permission.write)
      .add("read", permission.read);
}

Map topic_permission_cells(std::string_view first, std::string_view name,
                           const broker::TopicPermissionDefinition& permission) {
  return Map{}
      .add(first, name)
      .add("exchange", permission.exchange)
      .add("write", permission.write)
      .add("read", permission.read);
}

}  // namespace

List user_rows(const Catalog& catalog) {
  List rows;
  catalog.for_each_user([&](const broker::UserDefinition& user) {
    List tags;
    for (const std::string& tag : user.tags) tags.emplace_back(tag);
    rows.emplace_back(Map{}.add("user", user.name).add("tags", std::move(tags)));
  });
  return rows;
}

List vhost_rows(const Catalog& catalog, const ColumnNames& columns) {
  static const Column<broker::VhostDefinition> kCells[] = {
      {"name", [](const broker::VhostDefinition& vhost) -> Value { return vhost.name; }},
      {"tracing", [](const broker::VhostDefinition&) -> Value { return false; }},
  };
  List rows;
  catalog.for_each_vhost([&](const broker::VhostDefinition& vhost) {
    rows.emplace_back(pick(std::span<const Column<broker::VhostDefinition>>(kCells), columns, vhost));
  });
  return rows;
}

List permission_rows(const Catalog& catalog, std::string_view vhost) {
  List rows;
  if (const broker::VhostDefinition* found = catalog.find_vhost(vhost))
    catalog.for_each_permission(found->id, [&](const broker::PermissionDefinition& permission) {
      rows.emplace_back(permission_cells("user", permission.user, permission));
    });
  return rows;
}

List user_permission_rows(const Catalog& catalog, std::string_view user) {
  List rows;
  catalog.for_each_vhost([&](const broker::VhostDefinition& vhost) {
    if (const broker::PermissionDefinition* permission = catalog.find_permission(vhost.id, user))
      rows.emplace_back(permission_cells("vhost", vhost.name, *permission));
  });
  return rows;
}

List topic_permission_rows(const Catalog& catalog, std::string_view vhost) {
  List rows;
  if (const broker::VhostDefinition* found = catalog.find_vhost(vhost))
    catalog.for_each_topic_permission(found->id, [&](const broker::TopicPermissionDefinition& permission) {
      rows.emplace_back(topic_permission_cells("user", permission.user, permission));
    });
  return rows;
}

List user_topic_permission_rows(const Catalog& catalog, std::string_view user) {
  List rows;
  catalog.for_each_vhost([&](const broker::VhostDefinition& vhost) {
    catalog.for_each_topic_permission(vhost.id, [&](const broker::TopicPermissionDefinition& permission) {
      if (permission.user == user) rows.emplace_back(topic_permission_cells("vhost", vhost.name, permission));
    });
  });
  return rows;
}

Map limits_map(const broker::VhostLimits& limits) {
  Map map;
  if (limits.connections) map.add("max-connections", *limits.connections);
  if (limits.queues) map.add("max-queues", *limits.queues);
  return map;
}

List vhost_limit_rows(const Catalog& catalog) {
  List rows;
  catalog.for_each_vhost([&](const broker::VhostDefinition& vhost) {
    if (vhost.limits != broker::VhostLimits{})
      rows.emplace_back(Map{}.add("vhost", vhost.name).add("limits", json(limits_map(vhost.limits))));
  });
  return rows;
}

List exchange_rows(const Catalog& catalog, std::string_view vhost, const ColumnNames& columns) {
  const broker::VhostDefinition* found = catalog.find_vhost(vhost);
  if (found == nullptr) return {};
  std::vector<const broker::Exchange*> exchanges;
  catalog.for_each_exchange(found->id, [&](const broker::Exchange& exchange) { exchanges.push_back(&exchange); });
  std::ranges::sort(exchanges, {},
                    [](const broker::Exchange* exchange) -> const std::string& { return exchange->definition.name; });
  List rows;
  for (const broker::Exchange* exchange : exchanges)
    rows.emplace_back(
        pick(std::span<const Column<ExchangeFacts>>(kExchangeCells), columns, ExchangeFacts{*exchange, vhost}));
  return rows;
}

List binding_rows(const Catalog& catalog, std::string_view vhost, const ColumnNames& columns) {
  const broker::VhostDefinition* found = catalog.find_vhost(vhost);
  if (found == nullptr) return {};
  std::vector<BindingFacts> bindings;
  catalog.for_each_queue(found->id, [&](const broker::QueueDefinition& queue) {
    bindings.push_back({"", queue.name, true, queue.name, nullptr, vhost});
  });
  catalog.for_each_binding(found->id,
                           [&](const broker::Binding& binding) { bindings.push_back(facts_of(binding, vhost)); });
  std::ranges::stable_sort(bindings,
                           [](const BindingFacts& a, const BindingFacts& b) { return a.order() < b.order(); });
  List rows;
  for (const BindingFacts& binding : bindings)
    rows.emplace_back(pick(std::span<const Column<BindingFacts>>(kBindingCells), columns, binding));
  return rows;
}

}  // namespace warren::manage
