#include "tools/ctl/usage.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "tools/ctl/common_options.hpp"

namespace warren::ctl {
namespace {

using manage::Operation;
using manage::Option;
using manage::Presence;

std::string dashed(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', '-');
  return text;
}

std::string form(const Option& option) {
  return option.value.empty() ? "--" + dashed(option.name)
                              : fmt::format("--{} <{}>", dashed(option.name), option.value);
}

std::string described(const Option& option) {
  std::string text = "    " + form(option);
  if (option.letter != 0) text += fmt::format(", -{}", option.letter);
  return fmt::format("{:<38}  {}\n", text, option.meaning);
}

std::string described(const Operation& operation) {
  return fmt::format("    {:<26}  {}\n", operation.name, operation.meaning);
}

// How many letters must be changed, added or left out (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0u);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row[b.size()];
}

std::string columns_of(const Operation& operation) {
  std::string text = "\nColumns\n\n   ";
  for (const std::string_view column : operation.columns->all) (text += ' ') += column;
  text += "\n\nShown when none is named\n\n   ";
  for (const std::string_view column : operation.columns->usual) (text += ' ') += column;
  return text + '\n';
}

}  // namespace

std::string usage_line(std::string_view program, const Operation& operation) {
  std::string line = fmt::format("{} [--node <node>] [--longnames] [--quiet] {}", program, operation.name);
  if (operation.of_vhost) line += " [--vhost <vhost>]";
  for (const Option& option : operation.options) line += fmt::format(" [{}]", form(option));
  for (const manage::Argument& argument : operation.arguments)
    line += argument.presence == Presence::required   ? fmt::format(" <{}>", argument.name)
            : argument.presence == Presence::optional ? fmt::format(" [<{}>]", argument.name)
                                                      : fmt::format(" [<{}> ...]", argument.name);
  return line;
}

std::string usage(std::string_view program, const Operation& operation) {
  std::string text =
      fmt::format("\nUsage\n\n{}\n\n{}\n\nOptions\n\n", usage_line(program, operation), operation.meaning);
  if (operation.of_vhost) text += described(Option{"vhost", 'p', "vhost", "the virtual host; '/' unless said"});
  for (const Option& option : operation.options) text += described(option);
  for (const Option& option : common_options()) text += described(option);
  if (operation.columns != nullptr) text += columns_of(operation);
  return text;
}

std::string usage(std::string_view program) {
  std::string text =
      fmt::format("\nUsage\n\n{} [--node <node>] [--timeout <seconds>] [--quiet] <command> [<arguments>]\n", program);
  text += "\nCommands\n\n";
  for (const Operation& operation : manage::operations()) text += described(operation);
  text += fmt::format("    {:<26}  {}\n", "help", "This text, or all about one command: help <command>");
  text += fmt::format("    {:<26}  {}\n", "version", "The version of this tool");
  text += "\nOptions of all commands\n\n";
  for (const Option& option : common_options()) text += described(option);
  return text;
}

std::string command_list() {
  std::string text;
  for (const Operation& operation : manage::operations()) (text += operation.name) += '\n';
  return text + "help\nversion\n";
}

std::string unknown_command(std::string_view program, std::string_view command) {
  constexpr std::size_t kLongestLook = 64;
  const std::string sentence = fmt::format("\nCommand '{}' not found. \n", command);
  if (command.size() > kLongestLook) return sentence + usage(program);
  const auto nearest = std::ranges::min_element(
      manage::operations(), {}, [&](const Operation& operation) { return distance(command, operation.name); });
  if (distance(command, nearest->name) > std::max<std::size_t>(2, command.size() / 4)) return sentence + usage(program);
  return sentence + fmt::format("Did you mean '{}'?\n", nearest->name);
}

}  // namespace warren::ctl
