#include "server/disk/node_disk.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <system_error>

#include "server/clocks.hpp"
#include "server/cluster/identity_file.hpp"
#include "server/log.hpp"

namespace warren::server {
namespace {

constexpr std::uint64_t kSegmentBytesMax = 32 << 20;
constexpr std::uint64_t kSegmentBytesMin = 1 << 20;
// Segments of all shards and what they leave take a small part of the disk.
constexpr std::uint64_t kSegmentsPerDisk = 24;
constexpr std::uint64_t kPageBytes = 4096;

template <class Value>
Value or_throw(Result<Value, persist::Trouble> result) {
  if (!result) throw std::runtime_error(result.error().text);
  return std::move(*result);
}

void make_folder(const std::string& path) {
  std::error_code made;
  std::filesystem::create_directories(path, made);
  if (made) throw std::runtime_error(fmt::format("cannot create the data folder {}: {}", path, made.message()));
  if (::access(path.c_str(), W_OK | X_OK) != 0)
    throw std::runtime_error(fmt::format("the data folder {} is not writable: {}", path, std::strerror(errno)));
}

std::uint64_t segment_bytes(const std::string& folder) {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(folder, error);
  const std::uint64_t share = error ? kSegmentBytesMax : space.capacity / kSegmentsPerDisk;
  return std::clamp(share, kSegmentBytesMin, kSegmentBytesMax) / kPageBytes * kPageBytes;
}

}  // namespace

NodeDisk::NodeDisk(const node::Settings& settings) : settings_(settings) {
  const std::string& folder = settings.data_dir;
  make_folder(folder);
  lock_ = std::make_unique<persist::FolderLock>(or_throw(persist::FolderLock::take(folder)));
  if (const std::optional<StoredIdentity> stored = read_identity(folder)) {
    if (!stored->trouble.empty()) log(stored->trouble);
    if (stored->wipe) wipe_data(folder);
    if (stored->wipe || !stored->trouble.empty()) write_identity(folder, {stored->identity});
  }
  journals_ = or_throw(persist::DiskFolder::open(folder + "/journal"));
  persist::lmdb::StoreSettings store;
  store.compact = settings.compact;
  store_ = or_throw(persist::lmdb::LmdbStore::open(folder + "/store", store));
  syncer_ = std::make_unique<Worker>();
  writer_ = std::make_unique<Worker>();
  reader_ = std::make_unique<Worker>();
}

NodeDisk::~NodeDisk() = default;

node::StorageSettings NodeDisk::storage_settings(ShardIndex shards) const {
  node::StorageSettings storage;
  storage.enabled = true;
  storage.hot_bytes = std::max<std::size_t>(settings_.hot_messages_bytes / shards, storage.chunk_bytes);
  storage.fill_bytes_per_s_max = settings_.fill_bytes_per_s_max;
  return storage;
}

node::Recovered NodeDisk::recover(ShardIndex shards) {
  return or_throw(node::recover(*journals_, *store_, shards, storage_settings(shards), read_clocks()));
}

persist::JournalWriter NodeDisk::open_journal(ShardIndex shard, persist::JournalTail tail) {
  std::random_device device;
  persist::JournalSettings settings;
  settings.shard = shard;
  settings.segment_bytes = segment_bytes(settings_.data_dir);
  settings.salt_seed = (std::uint64_t{device()} << 32) | device();
  return or_throw(persist::JournalWriter::open(*journals_, settings, std::move(tail)));
}

}  // namespace warren::server
