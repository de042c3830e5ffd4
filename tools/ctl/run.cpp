#include "tools/ctl/run.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "manage/socket/run_directory.hpp"
#include "tools/ctl/command.hpp"
#include "tools/ctl/usage.hpp"

namespace warren::ctl {
namespace {

bool says(const std::vector<std::string>& words, std::initializer_list<std::string_view> any) {
  return std::ranges::any_of(words, [&](const std::string& word) { return std::ranges::find(any, word) != any.end(); });
}

bool wants_help(const std::vector<std::string>& words) { return says(words, {"--help", "-?"}); }

int help(std::string_view about, const std::vector<std::string>& words, const Surroundings& around) {
  if (says(words, {"--list-commands"})) return around.out(command_list()), manage::kOk;
  if (about.empty()) return around.out(usage(around.program)), manage::kOk;
  const manage::Operation* operation = manage::find_operation(about);
  if (operation == nullptr) return around.err(unknown_command(around.program, about)), manage::kUsage;
  return around.out(usage(around.program, *operation)), manage::kOk;
}

// What needs no node; negative: it does need one.
int without_node(std::string_view command, const std::vector<std::string>& words, const Surroundings& around) {
  if (says(words, {"--version"}) || command == "version") return around.out(around.version + '\n'), manage::kOk;
  if (command == "help") {
    const auto at = std::ranges::find(words, "help");
    return help(command_of({at + 1, words.end()}), words, around);
  }
  if (!command.empty()) return wants_help(words) ? help(command, words, around) : -1;
  if (wants_help(words)) return help({}, words, around);
  return around.err(usage(around.program)), manage::kUsage;
}

}  // namespace

int run(const std::vector<std::string>& words, const Surroundings& around) {
  const std::string_view command = command_of(words);
  if (const int code = without_node(command, words, around); code >= 0) return code;
  const manage::Operation* operation = manage::find_operation(command);
  if (operation == nullptr) return around.err(unknown_command(around.program, command)), manage::kUsage;
  auto invocation = read_invocation(around.program, *operation, words, around.read_password);
  if (!invocation) return around.err(invocation.error().text), invocation.error().code;
  if (!invocation->common.url.empty()) {
    auto url = read_url(invocation->common.url);
    if (!url) return around.err(fmt::format("Error: {}\n", url.error())), manage::kUsage;
    return Command(*invocation, *around.open_url(*url), around).run();
  }
  const std::unique_ptr<NodeDoor> door = around.open(invocation->common.node);
  if (!manage::good_node_name(door->name())) {
    around.err(fmt::format("Error: '{}' cannot be the name of a node\n", door->name()));
    return manage::kDataError;
  }
  return Command(*invocation, *door, around).run();
}

}  // namespace warren::ctl
