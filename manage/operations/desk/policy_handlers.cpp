// Policies of users and of operators. What is wrong with one is told before anything is proposed; the catalog checks
// again.
#include <fmt/core.h>

#include <array>
#include <charconv>

#include "broker/catalog/policies/policy_checks.hpp"
#include "broker/catalog/policies/terms.hpp"
#include "manage/operations/desk/need.hpp"
#include "manage/operations/json/json.hpp"
#include "manage/operations/rows/policy_rows.hpp"

namespace warren::manage {
namespace {

using broker::PolicyKind;

// ---- JSON as definitions have it ----

amqp::Table table_of(const Map& map);

amqp::Value amqp_value(const Value& value) {
  if (const auto* flag = value.get<bool>()) return *flag;
  if (const auto* number = value.get<std::int64_t>()) return *number;
  if (const auto* number = value.get<double>()) return *number;
  if (const auto* text = value.get<std::string>()) return std::string_view(*text);
  if (const auto* map = value.get<Map>()) return table_of(*map);
  const auto* list = value.get<List>();
  if (list == nullptr) return amqp::Void{};
  amqp::Array array;
  for (const Value& element : *list) array.push_back(amqp_value(element));
  return array;
}

amqp::Table table_of(const Map& map) {
  amqp::Table table;
  for (const auto& [name, value] : map.entries) table.entries.emplace_back(name, amqp_value(value));
  return table;
}

Failure not_valid(const std::string& what) { return refused(broker::validation_failed(what)); }

Result<amqp::Table, Failure> read_definition(std::string_view text) {
  const Result<Value, std::string> value = read_json(text);
  if (!value) return Failure{"JSON decoding error. Reason: " + value.error(), kUnavailable, "bad_json", {}};
  if (const auto* map = value->get<Map>()) return table_of(*map);
  const std::string term = broker::term_of(amqp_value(*value));
  return not_valid(value->get<List>() == nullptr ? "parse error while reading policy: " + term
                                                 : "definition must be a dictionary: " + term);
}

// Empty is what was not said.
std::optional<Failure> read_options(const Map& arguments, broker::PolicyDefinition& policy) {
  const std::string_view priority = text_of(arguments, "priority");
  const auto read = std::from_chars(priority.data(), priority.data() + priority.size(), policy.priority);
  if (!priority.empty() && (read.ec != std::errc() || read.ptr != priority.data() + priority.size()))
    return not_valid("priority should be a number, actually was " + broker::text_term(priority));
  const std::string_view apply_to = text_of(arguments, "apply_to");
  if (!apply_to.empty() && !broker::read_apply_to(apply_to, policy.apply_to))
    return not_valid(
        "apply-to should be one of [all,exchanges,queues,classic_queues,quorum_queues,streams], actually was " +
        broker::text_term(apply_to));
  return {};
}

// ---- the operations ----

template <PolicyKind kKind>
Need set_policy(const Map& arguments, const DeskFacts& facts) {
  std::string vhost = vhost_in(arguments);
  if (facts.catalog.find_vhost(vhost) == nullptr) return Answer(no_such_vhost(vhost));
  broker::PolicyDefinition policy;
  policy.kind = kKind;
  policy.name = text_of(arguments, "name");
  policy.pattern = text_of(arguments, "pattern");
  if (auto failure = read_options(arguments, policy)) return Answer(std::move(*failure));
  auto definition = read_definition(text_of(arguments, "definition"));
  if (!definition) return Answer(std::move(definition.error()));
  policy.definition = std::move(*definition);
  if (const auto refusal = broker::check_policy(policy)) return Answer(refused(*refusal));
  return propose(broker::SetPolicy{std::move(vhost), std::move(policy)});
}

template <PolicyKind kKind>
Need clear_policy(const Map& arguments, const DeskFacts& facts) {
  std::string vhost = vhost_in(arguments);
  const broker::VhostDefinition* found = facts.catalog.find_vhost(vhost);
  if (found == nullptr) return Answer(no_such_vhost(vhost));
  const std::string name(text_of(arguments, "name"));
  if (facts.catalog.find_policy(found->id, kKind, name) == nullptr)
    return Answer(Failure{"Parameter does not exist", kUnavailable, "no_such_policy", {}});
  return propose(broker::ClearPolicy{std::move(vhost), kKind, name});
}

template <PolicyKind kKind>
Need list_policies(const Map& arguments, const DeskFacts& facts) {
  return Answer(policy_rows(facts.catalog, vhost_in(arguments), kKind));
}

constexpr std::array<Handler, 6> kPolicyHandlers{{
    {"set_policy", set_policy<PolicyKind::user>},
    {"clear_policy", clear_policy<PolicyKind::user>},
    {"list_policies", list_policies<PolicyKind::user>},
    {"set_operator_policy", set_policy<PolicyKind::operators>},
    {"clear_operator_policy", clear_policy<PolicyKind::operators>},
    {"list_operator_policies", list_policies<PolicyKind::operators>},
}};

}  // namespace

const Handler* policy_handler(std::string_view operation) { return handler_among(kPolicyHandlers, operation); }

}  // namespace warren::manage
