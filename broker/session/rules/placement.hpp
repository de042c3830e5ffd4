// On which node a new queue is to live (clustering.md 3.1).
#pragma once

#include <string_view>

#include "base/ids.hpp"
#include "base/rng.hpp"
#include "broker/catalog/catalog.hpp"

namespace warren::broker::session {

// Of rabbitmq.conf, of the argument x-queue-master-locator, and of policies.
inline constexpr std::string_view kClientLocal = "client-local";
inline constexpr std::string_view kMinMasters = "min-masters";
inline constexpr std::string_view kRandomNode = "random";

constexpr bool is_locator(std::string_view text) {
  return text == kClientLocal || text == kMinMasters || text == kRandomNode;
}

struct Place {
  NodeId owner;
  ShardIndex declared_on = 0;
};

// The argument of the queue decides, or else the policy that will be in force for it, or else `locator`. Exclusive
// queues live where their session does. Others that are not meant to be local go to nodes that run, are not draining
// and are no witnesses; when there is none, they are local.
Place choose_place(const Catalog& catalog, SessionRef self, const QueueDefinition& wanted, std::string_view locator,
                   Rng& rng);

}  // namespace warren::broker::session
