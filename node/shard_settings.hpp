// What a shard must know of its node before it starts.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/ids.hpp"
#include "broker/catalog/commands.hpp"
#include "broker/catalog/stored/catalog_image.hpp"
#include "broker/queue/stored/values.hpp"
#include "broker/session/context.hpp"
#include "node/cluster/agreement.hpp"
#include "node/cluster/identity.hpp"
#include "node/storage/bodies/shared_bodies.hpp"
#include "node/storage/ledger.hpp"
#include "node/storage/settings.hpp"

namespace warren::node {

// The shard where the registrar lives.
inline constexpr ShardIndex kRegistrarShard = 0;

struct ShardSettings {
  Identity identity;
  GroupSettings group;
  ShardIndex shard = 0;
  ShardIndex shards = 1;  // of the node
  std::uint64_t seed = 0;
  broker::session::SessionSettings session;
  std::uint64_t memory_high_watermark_bytes = 0;  // zero: publishing is always blocked (amqp.md 7)
  std::uint64_t disk_free_limit_bytes = 0;
  // What the catalog starts with, the same on every shard: what was stored, or if that is nothing these commands.
  std::shared_ptr<const broker::CatalogImage> image;
  std::vector<broker::Command> definitions;
  StorageSettings storage;
  std::vector<broker::RecoveredQueue> queues;  // of this shard
  RecoveredJournal journal;
  AgreementRecords agreement;  // for the registrar's shard
  RecoveredBodies bodies;
};

}  // namespace warren::node
