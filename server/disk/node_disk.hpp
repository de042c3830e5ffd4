// The data folder of a running node: its lock, its journals, its store, and the threads that wait for them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "node/settings/settings.hpp"
#include "node/storage/recovery/recovery.hpp"
#include "persist/disk/disk_folder.hpp"
#include "persist/disk/folder_lock.hpp"
#include "persist/journal/writer.hpp"
#include "persist/lmdb/lmdb_store.hpp"
#include "server/disk/worker.hpp"

namespace warren::server {

// Three threads beside those of the shards: a sync must not wait for a commit of the store, nor a read for either.
class NodeDisk {
 public:
  // Opens the folder. Throws std::runtime_error with one clear sentence when it cannot be used.
  explicit NodeDisk(const node::Settings& settings);
  ~NodeDisk();

  node::StorageSettings storage_settings(ShardIndex shards) const;
  // What the disk holds. Throws as above.
  node::Recovered recover(ShardIndex shards);
  // The journal of one shard, behind what was recovered. Throws as above.
  persist::JournalWriter open_journal(ShardIndex shard, persist::JournalTail tail);

  persist::Folder& journals() { return *journals_; }
  persist::Store& store() { return *store_; }
  Worker& syncer() { return *syncer_; }
  Worker& writer() { return *writer_; }
  Worker& reader() { return *reader_; }
  // What was found when the store was opened, for the log.
  const std::vector<std::string>& sentences() const { return store_->report().sentences; }

 private:
  const node::Settings& settings_;
  std::unique_ptr<persist::FolderLock> lock_;
  std::unique_ptr<persist::DiskFolder> journals_;
  std::unique_ptr<persist::lmdb::LmdbStore> store_;
  std::unique_ptr<Worker> syncer_;
  std::unique_ptr<Worker> writer_;
  std::unique_ptr<Worker> reader_;
};

}  // namespace warren::server
