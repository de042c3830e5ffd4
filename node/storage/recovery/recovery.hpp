// What a node finds on its disk when it starts.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "broker/catalog/stored/catalog_image.hpp"
#include "broker/queue/stored/values.hpp"
#include "node/cluster/agreement.hpp"
#include "node/storage/bodies/shared_bodies.hpp"
#include "node/storage/jobs.hpp"
#include "node/storage/ledger.hpp"
#include "persist/file.hpp"
#include "persist/journal/journal.hpp"
#include "persist/store.hpp"

namespace warren::node {

// What one shard takes over.
struct RecoveredShard {
  std::vector<broker::RecoveredQueue> queues;
  RecoveredJournal journal;
  RecoveredBodies bodies;
  persist::JournalTail tail;  // for its writer
};

struct Recovered {
  std::shared_ptr<const broker::CatalogImage> image;
  AgreementRecords agreement;
  std::vector<RecoveredShard> shards;
  std::vector<std::string> log;  // what the operator should know: damage above all
};

// Reads store and journals. Changes the disk only in ways that a second call does not notice: what was interrupted can
// be done again. When the number of shards has changed, or a journal is left over from more shards, all that stands in
// journals is moved to the store first, and journals are given up. Requires: no shard runs.
// Trouble: the disk cannot be read, or belongs to a newer program. Damage is never trouble.
Result<Recovered, persist::Trouble> recover(persist::Folder& folder, persist::Store& store, ShardIndex shards,
                                            const StorageSettings& settings, const Now& now);

}  // namespace warren::node
