// Which node is meant, and where its socket lies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manage/socket/run_directory.hpp"

namespace warren::ctl {

// The name on the command line, else WARREN_NODENAME, else the only node with a socket on this machine, else
// warren@localhost.
std::string node_meant(const std::string& named, manage::Environment environment,
                       const std::vector<std::string>& directories);

// The folder that holds the node's socket or pid file; empty: none does.
std::string directory_of(std::string_view node, const std::vector<std::string>& directories);

// Why the node cannot be reached, with what the tool has seen (clustering.md 2.13).
std::string diagnostics(std::string_view node, std::string_view why, const std::vector<std::string>& directories);

}  // namespace warren::ctl
