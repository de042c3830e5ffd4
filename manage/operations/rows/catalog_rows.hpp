// Listings that the catalog alone answers; rows are in order of their names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/catalog/catalog.hpp"
#include "manage/operations/words/value.hpp"

namespace warren::manage {

using ColumnNames = std::vector<std::string>;

List user_rows(const broker::Catalog& catalog);
List vhost_rows(const broker::Catalog& catalog, const ColumnNames& columns);
// Of a vhost that does not exist: none.
List permission_rows(const broker::Catalog& catalog, std::string_view vhost);
List user_permission_rows(const broker::Catalog& catalog, std::string_view user);
List topic_permission_rows(const broker::Catalog& catalog, std::string_view vhost);
List user_topic_permission_rows(const broker::Catalog& catalog, std::string_view user);
// "max-queues" and so on: those that there are.
Map limits_map(const broker::VhostLimits& limits);
// Of the vhosts that have some; the limits as JSON.
List vhost_limit_rows(const broker::Catalog& catalog);
List exchange_rows(const broker::Catalog& catalog, std::string_view vhost, const ColumnNames& columns);
// Those that every queue has to the default exchange included.
List binding_rows(const broker::Catalog& catalog, std::string_view vhost, const ColumnNames& columns);

}  // namespace warren::manage
