#include "server/cluster/registry.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "manage/socket/run_directory.hpp"

namespace warren::server {
namespace {

constexpr std::string_view kSuffix = ".cluster";
constexpr std::size_t kNodesMax = 256;

}  // namespace

void register_node(const std::string& run_dir, const RegisteredNode& node) {
  const std::string path = run_dir + "/" + node.name + std::string(kSuffix);
  const std::string fresh = fmt::format("{}.{}", path, node.pid);
  {
    std::ofstream file(fresh, std::ios::trunc);
    file << fmt::format("{}\n{}\n{}\n{}\n", node.host, node.port, node.pid, node.cluster_name);
    if (!file) return;
  }
  std::error_code error;
  std::filesystem::rename(fresh, path, error);
}

void unregister_node(const std::string& run_dir, const std::string& name) {
  std::error_code error;
  std::filesystem::remove(run_dir + "/" + name + std::string(kSuffix), error);
}

std::vector<RegisteredNode> registered_nodes(const std::string& run_dir) {
  std::vector<RegisteredNode> nodes;
  std::error_code error;
  for (std::filesystem::directory_iterator at(run_dir, error), end; !error && at != end; at.increment(error)) {
    const std::string file_name = at->path().filename().string();
    if (!file_name.ends_with(kSuffix) || nodes.size() >= kNodesMax) continue;
    RegisteredNode node;
    node.name = file_name.substr(0, file_name.size() - kSuffix.size());
    std::ifstream file(at->path());
    std::getline(file, node.host);
    if (!(file >> node.port >> node.pid)) continue;
    file.ignore(1, '\n');
    std::getline(file, node.cluster_name);
    if (manage::process_lives(node.pid)) nodes.push_back(std::move(node));
  }
  return nodes;
}

}  // namespace warren::server
