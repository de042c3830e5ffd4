// The nodes of this machine, as files in the run directory: how new nodes with one cluster name find each other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace warren::server {

struct RegisteredNode {
  std::string name;
  std::string cluster_name;
  std::string host;
  std::uint16_t port = 0;  // of the cluster
  std::int64_t pid = 0;
};

// Tells others of this machine where this node is. Best effort: nobody depends on it who named his seeds.
void register_node(const std::string& run_dir, const RegisteredNode& node);
void unregister_node(const std::string& run_dir, const std::string& name);
// Those whose processes live.
std::vector<RegisteredNode> registered_nodes(const std::string& run_dir);

}  // namespace warren::server
