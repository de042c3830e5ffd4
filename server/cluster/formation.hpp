// How a new node comes to its cluster: it founds one, or asks to be let into one.
#pragma once

#include <cstdint>
#include <string>

#include "node/cluster/identity.hpp"
#include "node/settings/settings.hpp"
#include "server/link/links.hpp"

namespace warren::server {

// What a founder is.
node::Identity found(const node::Settings& settings);

// Looks for nodes that the settings name, and for those of this machine with the same cluster name; joins a cluster
// that is there, waits for one that an older node founds, or founds it. Blocks, for seconds at most. Throws
// std::runtime_error with one sentence when the cluster does not let it in, or nobody of the seeds is there.
node::Identity form(const node::Settings& settings, const LinkSettings& link, const std::string& run_dir);

// Asks the node at that address to let this one in. Throws as above.
node::Identity ask_to_join(const node::Settings& settings, const LinkSettings& link, const std::string& host,
                           std::uint16_t port);

}  // namespace warren::server
