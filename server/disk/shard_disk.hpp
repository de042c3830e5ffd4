// One shard's dealings with the disk: appends to its journal at once, syncs beside, hands jobs and reads to the threads
// that wait for the store.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/ring.hpp"
#include "node/shard_io.hpp"
#include "persist/journal/writer.hpp"
#include "server/disk/node_disk.hpp"

namespace warren::server {

// Lives on the shard's thread. `feed` takes inputs for the shard, also while its effects are being carried out.
// Requires: disk and context outlive it, and every work given to the disk's threads is done before it dies.
class ShardDisk {
 public:
  ShardDisk(NodeDisk& disk, persist::JournalWriter journal, boost::asio::io_context& context,
            std::function<void(node::ShardInput)> feed);

  // Carries out what concerns the disk; the journal is written, not synced, when it returns.
  void carry_out(node::ShardEffects& effects);
  // Something waits for settle().
  bool unsettled() const { return journal_.unsynced() && !journal_.sync_running(); }
  // It would hold up this thread, but not for long: the more was written before, the more that is worth.
  bool short_sync() const;
  // What was written may be synced now.
  void settle();
  // Nothing is written that is not durable, and nothing is under way.
  bool idle() const { return !journal_.unsynced() && !journal_.sync_running() && under_way_ == 0; }

 private:
  struct Written {
    node::WriteNumber write = 0;
    std::uint64_t end = 0;  // position behind it
  };

  void append(ByteBuffer write);
  persist::SyncWork begin_sync();
  void sync_here();
  void sync_beside();
  void finish_sync(persist::SyncWork work, persist::Outcome outcome);
  void tell_durable();
  void order_spare();
  void watch_trouble();
  void retry_later();
  void run(node::StoreJob job);
  void read(const broker::ChunkLoad& load);

  NodeDisk& disk_;
  persist::JournalWriter journal_;
  boost::asio::io_context& context_;
  std::function<void(node::ShardInput)> feed_;
  boost::asio::steady_timer retry_;
  Ring<Written> written_;
  node::WriteNumber last_write_ = 0;
  std::uint64_t undurable_bytes_ = 0;       // written since the last sync began
  std::size_t writes_ = 0;                  // since then
  std::size_t lone_syncs_ = 0;              // short ones in a row, for one write each
  std::size_t under_way_ = 0;               // jobs and reads
  std::chrono::microseconds sync_time_{0};  // of late
  bool ill_ = false;
};

}  // namespace warren::server
