// Policies as rows.
#pragma once

#include <string_view>

#include "broker/catalog/catalog.hpp"
#include "manage/operations/words/value.hpp"

namespace warren::manage {

// Of one kind, by name; a definition is JSON in a text. Of a vhost that does not exist: none.
List policy_rows(const broker::Catalog& catalog, std::string_view vhost, broker::PolicyKind kind);

// The name of the policy of that kind that is in force; null: there is none.
Value policy_name(const broker::PolicyList::InForce& policy, broker::PolicyKind kind);
// What both together say; empty when nothing is in force.
Value policy_settings(const broker::PolicyList::InForce& policy);

}  // namespace warren::manage
