#include "manage/operations/rows/policy_rows.hpp"

#include <string>

#include "manage/operations/json/json.hpp"
#include "manage/operations/rows/columns_of.hpp"

namespace warren::manage {

using broker::PolicyKind;
using broker::PolicyList;

List policy_rows(const broker::Catalog& catalog, std::string_view vhost, PolicyKind kind) {
  List rows;
  const broker::VhostDefinition* found = catalog.find_vhost(vhost);
  if (found == nullptr) return rows;
  catalog.for_each_policy(found->id, [&](const broker::PolicyDefinition& policy) {
    if (policy.kind != kind) return;
    rows.emplace_back(Map{}
                          .add("vhost", vhost)
                          .add("name", policy.name)
                          .add("pattern", policy.pattern)
                          .add("apply-to", broker::apply_to_word(policy.apply_to))
                          .add("definition", json(value_of(policy.definition)))
                          .add("priority", policy.priority));
  });
  return rows;
}

Value policy_name(const PolicyList::InForce& policy, PolicyKind kind) {
  if (policy == nullptr) return {};
  const std::string& name = kind == PolicyKind::user ? policy->user : policy->operators;
  return name.empty() ? Value() : Value(name);
}

Value policy_settings(const PolicyList::InForce& policy) {
  return policy == nullptr ? Value(Map{}) : value_of(policy->settings);
}

}  // namespace warren::manage
