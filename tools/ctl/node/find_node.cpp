#include "tools/ctl/node/find_node.hpp"

#include <fmt/core.h>
#include <unistd.h>

namespace warren::ctl {
namespace {

constexpr const char* kDefaultNode = "warren@localhost";

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) (out += out.empty() ? "" : ", ") += text;
  return out.empty() ? "none" : out;
}

std::string process_facts(std::string_view node, const std::string& directory) {
  const std::string path = manage::pid_path(directory, node);
  const auto pid = manage::read_pid(path);
  if (!pid) return fmt::format("  * process: {} does not tell\n", path);
  return fmt::format("  * process {} (of {}): {}\n", *pid, path,
                     manage::process_lives(*pid) ? "runs" : "not running at all");
}

std::vector<std::string> all_nodes(const std::vector<std::string>& directories) {
  std::vector<std::string> nodes;
  for (const std::string& directory : directories)
    for (std::string& node : manage::nodes_in(directory)) nodes.push_back(std::move(node));
  return nodes;
}

}  // namespace

std::string node_meant(const std::string& named, manage::Environment environment,
                       const std::vector<std::string>& directories) {
  if (!named.empty()) return named;
  if (const char* of_environment = environment("WARREN_NODENAME"); of_environment != nullptr && *of_environment != 0)
    return of_environment;
  const std::vector<std::string> nodes = all_nodes(directories);
  return nodes.size() == 1 ? nodes.front() : kDefaultNode;
}

std::string directory_of(std::string_view node, const std::vector<std::string>& directories) {
  for (const std::string& directory : directories)
    if (manage::trusted(directory) &&
        (exists(manage::socket_path(directory, node)) || exists(manage::pid_path(directory, node))))
      return directory;
  return {};
}

std::string diagnostics(std::string_view node, std::string_view why, const std::vector<std::string>& directories) {
  const std::string directory = directory_of(node, directories);
  std::string text = fmt::format(
      "Error: unable to perform an operation on node '{}'. Please see diagnostics information and suggestions "
      "below.\n\n"
      "Most common reasons for this are:\n\n"
      " * The node does not run\n"
      " * It runs under another name or on another machine: a control socket is reached on its own machine only\n"
      " * Its socket belongs to another user, or lies in a folder that this user does not look at\n\n"
      "DIAGNOSTICS\n===========\n\n"
      "attempted to contact: [{}]\n\n{}:\n",
      node, node, node);
  if (directory.empty())
    text += "  * not running at all, as far as can be seen: it has neither a socket nor a pid file\n";
  else
    text +=
        fmt::format("  * socket {}: {}\n", manage::socket_path(directory, node), why) + process_facts(node, directory);
  text += fmt::format("  * nodes with a socket here: {}\n\n", joined(all_nodes(directories)));
  text += fmt::format("suggestion: start the node, or name another with -n\n\n");
  return text +
         fmt::format("Current node details:\n * user: {}\n * folders looked at: {}\n", ::getuid(), joined(directories));
}

}  // namespace warren::ctl
