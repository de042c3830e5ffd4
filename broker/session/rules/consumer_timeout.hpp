// How long a client may take to settle what was delivered (amqp.md 3.18).
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "broker/catalog/catalog.hpp"
#include "broker/session/channel/unsettled.hpp"

namespace warren::broker::session {

// The limit that something held has been held for, or zero. What the node allows may be shortened by the policy of the
// queue that it came from; zero: the node allows any time.
std::int64_t overdue_limit_ms(const Unsettled& unsettled, const Catalog& catalog, std::int64_t of_node_ms, Instant now);

}  // namespace warren::broker::session
