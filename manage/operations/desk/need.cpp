#include "manage/operations/desk/need.hpp"

#include <algorithm>

#include "base/pattern/pattern.hpp"

namespace warren::manage {

Need need_of(const Operation& operation, const Map& arguments, const DeskFacts& facts) {
  const Handler* handler = cluster_handler(operation.name);
  if (handler == nullptr) handler = health_handler(operation.name);
  if (handler == nullptr) handler = tenant_handler(operation.name);
  if (handler == nullptr) handler = topic_handler(operation.name);
  if (handler == nullptr) handler = limit_handler(operation.name);
  if (handler == nullptr) handler = policy_handler(operation.name);
  if (handler == nullptr) handler = mirror_handler(operation.name);
  if (handler == nullptr) handler = rebalance_handler(operation.name);
  if (handler == nullptr) handler = listing_handler(operation.name);
  if (handler == nullptr)
    return Answer(Failure{"that is done by the command line tool, step by step", kUsage, "not_of_a_node", {}});
  return handler->need(arguments, facts);
}

const Handler* handler_among(std::span<const Handler> handlers, std::string_view operation) {
  const auto found = std::ranges::find(handlers, operation, &Handler::operation);
  return found == handlers.end() ? nullptr : &*found;
}

Need propose(broker::Command command, Value when_done) {
  return NeedRegistrar{ProposeCommand{std::move(command)}, std::move(when_done)};
}

std::string text_in(const Map& arguments, std::string_view name) { return std::string(text_of(arguments, name)); }

std::string vhost_in(const Map& arguments) {
  const std::string_view named = text_of(arguments, "vhost");
  return std::string(named.empty() ? "/" : named);
}

std::optional<Failure> unknown_user(const Map& arguments, const DeskFacts& facts) {
  const std::string_view user = text_of(arguments, "username");
  if (facts.catalog.find_user(user) != nullptr) return std::nullopt;
  return no_such_user(user);
}

std::optional<Failure> unknown_vhost(const Map& arguments, const DeskFacts& facts) {
  const std::string vhost = vhost_in(arguments);
  if (facts.catalog.find_vhost(vhost) != nullptr) return std::nullopt;
  return no_such_vhost(vhost);
}

std::optional<Failure> bad_pattern(const Map& arguments, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const std::string_view pattern = text_of(arguments, name);
    if (const auto read = Pattern::read(pattern); !read) return invalid_pattern(pattern, read.error());
  }
  return std::nullopt;
}

std::vector<std::string> columns_in(const Columns& columns, const Map& arguments) {
  std::vector<std::string> names;
  for (const Value& column : list_of(arguments, "columns"))
    if (const auto* name = column.get<std::string>()) names.push_back(*name);
  if (names.empty()) names.assign(columns.usual.begin(), columns.usual.end());
  return names;
}

}  // namespace warren::manage
