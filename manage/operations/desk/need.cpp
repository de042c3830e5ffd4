#include "manage/operations/desk/need.hpp"

namespace warren::manage {

Need need_of(const Operation& operation, const Map& arguments, const DeskFacts& facts) {
  const Handler* handler = cluster_handler(operation.name);
  if (handler == nullptr) handler = tenant_handler(operation.name);
  if (handler == nullptr) handler = policy_handler(operation.name);
  if (handler == nullptr) handler = listing_handler(operation.name);
  if (handler == nullptr)
    return Answer(Failure{"that is done by the command line tool, step by step", kUsage, "not_of_a_node", {}});
  return handler->need(arguments, facts);
}

std::vector<std::string> columns_in(const Columns& columns, const Map& arguments) {
  std::vector<std::string> names;
  for (const Value& column : list_of(arguments, "columns"))
    if (const auto* name = column.get<std::string>()) names.push_back(*name);
  if (names.empty()) names.assign(columns.usual.begin(), columns.usual.end());
  return names;
}

}  // namespace warren::manage
