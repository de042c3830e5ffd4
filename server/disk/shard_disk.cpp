#include "server/disk/shard_disk.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "node/storage/execute.hpp"

namespace warren::server {

namespace asio = boost::asio;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// A short sync is done by the shard's own thread: waking another and being woken costs more. More bytes than that, or a
// disk that is slow of late, and the thread has better things to do meanwhile.
constexpr std::uint64_t kSyncHereBytesMax = 64 << 10;
constexpr microseconds kSyncHereTimeMax{1500};
constexpr milliseconds kRetry{200};
// After so many syncs for one write each, the next write is taken for one that comes alone too.
constexpr std::size_t kLoneSyncs = 4;

}  // namespace

ShardDisk::ShardDisk(NodeDisk& disk, persist::JournalWriter journal, asio::io_context& context,
                     std::function<void(node::ShardInput)> feed)
    : disk_(disk), journal_(std::move(journal)), context_(context), feed_(std::move(feed)), retry_(context) {}

void ShardDisk::carry_out(node::ShardEffects& effects) {
  for (ByteBuffer& write : effects.journal) append(std::move(write));
  if (effects.free_before_segment != 0) journal_.free_before(effects.free_before_segment);
  for (node::StoreJob& job : effects.jobs) run(std::move(job));
  for (const broker::ChunkLoad& load : effects.loads) read(load);
}

void ShardDisk::append(ByteBuffer write) {
  undurable_bytes_ += write.size();
  ++writes_;
  const persist::AppendResult result = journal_.append(std::move(write));
  // Writes that come one by one are half way to the disk while clients are told of them. What follows in the same page
  // would have to wait for that and be written again.
  if (lone_syncs_ >= kLoneSyncs && writes_ == 1 && short_sync() && !journal_.sync_running()) journal_.hurry();
  written_.push_back({++last_write_, result.place.position});
  if (result.new_segment)
    feed_(node::SegmentBegun{result.place.segment, journal_.start_at(result.place.segment).position});
  watch_trouble();
  order_spare();
}

void ShardDisk::settle() {
  while (journal_.unsynced() && !journal_.sync_running()) {
    if (!short_sync()) return sync_beside();
    sync_here();
  }
}

bool ShardDisk::short_sync() const { return undurable_bytes_ <= kSyncHereBytesMax && sync_time_ <= kSyncHereTimeMax; }

persist::SyncWork ShardDisk::begin_sync() {
  lone_syncs_ = writes_ == 1 && short_sync() ? lone_syncs_ + 1 : 0;
  writes_ = 0;
  undurable_bytes_ = 0;
  return journal_.begin_sync();
}

void ShardDisk::sync_here() {
  persist::SyncWork work = begin_sync();
  const auto begin = steady_clock::now();
  persist::Outcome outcome = work.run();
  sync_time_ = std::chrono::duration_cast<microseconds>(steady_clock::now() - begin);
  finish_sync(std::move(work), std::move(outcome));
}

void ShardDisk::sync_beside() {
  auto work = std::make_shared<persist::SyncWork>(begin_sync());
  disk_.syncer().give([this, work] {
    const auto begin = steady_clock::now();
    auto outcome = std::make_shared<persist::Outcome>(work->run());
    const auto took = std::chrono::duration_cast<microseconds>(steady_clock::now() - begin);
    asio::post(context_, [this, work, outcome, took] {
      sync_time_ = took;
      finish_sync(std::move(*work), std::move(*outcome));
      settle();
    });
  });
}

void ShardDisk::finish_sync(persist::SyncWork work, persist::Outcome outcome) {
  journal_.finish_sync(std::move(work), std::move(outcome));
  tell_durable();
  watch_trouble();
}

void ShardDisk::tell_durable() {
  node::Durable durable;
  while (!written_.empty() && written_.front().end <= journal_.durable()) {
    durable.write = written_.pop_front().write;
    durable.blanks.push_back(journal_.blank());
  }
  if (durable.write != 0) feed_(std::move(durable));
}

void ShardDisk::order_spare() {
  std::optional<persist::SpareOrder> order = journal_.wants_spare();
  if (!order) return;
  ++under_way_;
  disk_.writer().give([this, order = *order] {
    auto made = std::make_shared<Result<persist::SpareFile, persist::Trouble>>(order.make(disk_.journals()));
    asio::post(context_, [this, made] {
      --under_way_;
      journal_.give_spare(std::move(*made));
    });
  });
}

void ShardDisk::watch_trouble() {
  const bool ill = journal_.trouble().has_value();
  if (ill == ill_) return;
  ill_ = ill;
  feed_(node::JournalHealth{!ill, ill ? journal_.trouble()->text : std::string()});
  if (ill) retry_later();
}

void ShardDisk::retry_later() {
  retry_.expires_after(kRetry);
  retry_.async_wait([this](boost::system::error_code cancelled) {
    if (cancelled || !ill_) return;
    if (!journal_.sync_running() && journal_.retry()) {
      watch_trouble();
      settle();
    } else {
      retry_later();
    }
  });
}

void ShardDisk::run(node::StoreJob job) {
  ++under_way_;
  auto done = std::make_shared<node::JobDone>(node::JobDone{std::move(job), {}});
  disk_.writer().give([this, done] {
    if (persist::Outcome outcome = node::execute(done->job, disk_.store()); !outcome) done->trouble = outcome.error();
    asio::post(context_, [this, done] {
      --under_way_;
      feed_(std::move(*done));
      settle();
    });
  });
}

void ShardDisk::read(const broker::ChunkLoad& load) {
  ++under_way_;
  disk_.reader().give([this, load] {
    auto read = std::make_shared<node::ChunkRead>(node::read_chunk(load, disk_.store()));
    asio::post(context_, [this, read] {
      --under_way_;
      feed_(std::move(*read));
      settle();
    });
  });
}

}  // namespace warren::server
