// What a shard must know of its node before it starts.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.hpp"
#include "broker/catalog/commands.hpp"
#include "broker/session/context.hpp"

namespace warren::node {

struct ShardSettings {
  NodeId node{1};
  ShardIndex shard = 0;
  ShardIndex shards = 1;  // of the node
  std::uint64_t seed = 0;
  broker::session::SessionSettings session;
  std::uint64_t memory_high_watermark_bytes = 0;  // zero: publishing is always blocked (amqp.md 7)
  std::uint64_t disk_free_limit_bytes = 0;
  std::vector<broker::Command> definitions;  // what the catalog starts with, the same on every shard
};

}  // namespace warren::node
