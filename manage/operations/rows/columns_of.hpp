// Rows made column by column: of what is asked for and nothing else.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "amqp/table.hpp"
#include "broker/catalog/catalog.hpp"
#include "manage/operations/words/value.hpp"

namespace warren::manage {

// How one column is made of the facts.
template <class Facts>
struct Column {
  std::string_view name;
  Value (*value)(const Facts&);
};

// The cells asked for, in that order; a name that is not known is an empty cell.
template <class Facts>
Map pick(std::span<const Column<Facts>> columns, const std::vector<std::string>& wanted, const Facts& facts) {
  Map cells;
  for (const std::string& name : wanted) {
    const auto found = std::ranges::find(columns, std::string_view(name), &Column<Facts>::name);
    cells.set(name, found == columns.end() ? Value() : found->value(facts));
  }
  return cells;
}

// Arguments as JSON can say them: tables as maps, times and bytes as what they hold.
Value value_of(const amqp::Table& table);

// What stands for a process in columns named "pid": "<node.a.b.0>". Opaque, and the same for the same thing.
std::string token(std::string_view node, std::uint64_t a, std::uint64_t b);

// As catalogs have it; "(unknown)" for a node that is no member any more.
std::string_view node_name(const broker::Catalog& catalog, NodeId node);
std::string_view vhost_name(const broker::Catalog& catalog, VhostId vhost);

}  // namespace warren::manage
