// Connections per vhost, added up.
#pragma once

#include <cstddef>

#include "broker/session/connection_counts.hpp"

namespace warren::node {

// Vhosts whose connections are counted across the cluster; those with greater identities are counted per shard.
inline constexpr std::size_t kCountedVhostsMax = 1024;

// Both are by vhost, and so is the sum. `subtract`: of what `sum` has.
void add_counts(broker::session::VhostCounts& sum, const broker::session::VhostCounts& more);
void subtract_counts(broker::session::VhostCounts& sum, const broker::session::VhostCounts& part);

}  // namespace warren::node
