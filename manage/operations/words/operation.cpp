#include "manage/operations/words/operation.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "manage/operations/words/kinds/operations_of.hpp"
#include "manage/operations/words/limits.hpp"

namespace warren::manage {
namespace {

Failure usage(std::string sentence) { return {std::move(sentence), kUsage, "usage", {}}; }

bool is_list_of_text(const Value& value) {
  const List* list = value.get<List>();
  return list != nullptr &&
         std::ranges::all_of(*list, [](const Value& element) { return element.get<std::string>() != nullptr; });
}

// Whether the value is one for that argument or option; false also for names that the operation does not have.
bool fits(const Operation& operation, std::string_view name, const Value& value) {
  for (const Argument& argument : operation.arguments)
    if (argument.name == name)
      return argument.presence == Presence::rest ? is_list_of_text(value) : value.get<std::string>() != nullptr;
  for (const Option& option : operation.options)
    if (option.name == name)
      return option.value.empty() ? value.get<bool>() != nullptr : value.get<std::string>() != nullptr;
  return operation.of_vhost && name == "vhost" && value.get<std::string>() != nullptr;
}

}  // namespace

const std::vector<Operation>& operations() {
  static const std::vector<Operation> kAll = [] {
    std::vector<Operation> all = cluster_operations();
    for (Operation& operation : health_operations()) all.push_back(std::move(operation));
    for (Operation& operation : tenant_operations()) all.push_back(std::move(operation));
    for (Operation& operation : policy_operations()) all.push_back(std::move(operation));
    for (Operation& operation : mirror_operations()) all.push_back(std::move(operation));
    for (Operation& operation : listing_operations()) all.push_back(std::move(operation));
    return all;
  }();
  return kAll;
}

const Operation* find_operation(std::string_view name) {
  const auto found = std::ranges::find(operations(), name, &Operation::name);
  return found == operations().end() ? nullptr : &*found;
}

std::optional<Failure> mistake_in(const Operation& operation, const Map& arguments) {
  for (const auto& [name, value] : arguments.entries)
    if (!fits(operation, name, value))
      return usage(fmt::format("'{}' is no argument of {}, or not of that kind", name, operation.name));
  for (const Argument& argument : operation.arguments)
    if (argument.presence == Presence::required && arguments.find(argument.name) == nullptr)
      return usage("not enough arguments.");
  if (operation.columns == nullptr) return std::nullopt;
  if (auto unknown = unknown_columns(*operation.columns, list_of(arguments, "columns"))) return usage(*unknown);
  return std::nullopt;
}

std::optional<std::string> unknown_columns(const Columns& columns, const List& wanted) {
  if (wanted.size() > limits::kColumnsMax) return "too many columns";
  std::string unknown;
  for (const Value& column : wanted) {
    const std::string* name = column.get<std::string>();
    if (name == nullptr || std::ranges::find(columns.all, *name) != columns.all.end()) continue;
    if (!unknown.empty()) unknown += ',';
    unknown += *name;
  }
  if (unknown.empty()) return std::nullopt;
  return fmt::format("Info key(s) {} are not supported", unknown);
}

}  // namespace warren::manage
