#include <filesystem>

#include "base/check.hpp"
#include "persist/lmdb/lmdb_store.hpp"
#include "tests/bench/store/roads.hpp"

namespace warren::bench {

namespace {

using persist::StoreBatch;
using persist::Table;
using persist::lmdb::LmdbStore;

constexpr std::uint64_t kCommitBytes = 4 << 20;
constexpr std::uint64_t kRecordsPerCommit = 1'000;

std::string key_of(std::uint64_t number) {
  std::string key(16, '\0');
  store_big(key.data() + 8, number);
  return key;
}

class StoreRoad : public Road {
 public:
  explicit StoreRoad(const std::string& folder) : path_(folder + "/store") {
    auto opened = LmdbStore::open(path_, {});
    WARREN_CHECK(opened.ok(), "the store opens");
    store_ = std::move(*opened);
  }
  std::uint64_t disk_bytes() const override { return std::filesystem::file_size(path_); }

 protected:
  void commit(StoreBatch& batch) {
    WARREN_CHECK(store_->commit(batch).ok(), "the store has space");
    batch.puts.clear();
    batch.erases.clear();
  }
  std::uint64_t get(Table table, std::uint64_t number) {
    const auto found = store_->get(table, key_of(number), value_);
    WARREN_CHECK(found.ok() && *found, "what was written is there");
    return value_.size();
  }

 private:
  std::string path_;
  std::unique_ptr<LmdbStore> store_;
  ByteBuffer value_;
};

class ChunkRoad final : public StoreRoad {
 public:
  ChunkRoad(const std::string& folder, std::uint64_t chunk_bytes, std::uint64_t message_bytes)
      : StoreRoad(folder), per_chunk_(chunk_bytes / message_bytes), chunks_per_commit_(kCommitBytes / chunk_bytes) {}

  const char* name() const override { return "chunks in LMDB"; }

  void write(std::uint64_t first, std::uint64_t count, std::string_view message) override {
    StoreBatch batch;
    for (std::uint64_t at = first; at < first + count; at += per_chunk_) {
      ByteBuffer body;
      for (std::uint64_t i = at; i < std::min(at + per_chunk_, first + count); ++i) body.append(message);
      ByteBuffer index;
      index.append(std::string(32, '\0'));
      batch.puts.push_back({Table::bodies, key_of(at), std::move(body)});
      batch.puts.push_back({Table::chunks, key_of(at), std::move(index)});
      if (batch.puts.size() >= 2 * chunks_per_commit_) commit(batch);
    }
    commit(batch);
  }
  std::uint64_t read(std::uint64_t first, std::uint64_t count) override {
    std::uint64_t bytes = 0;
    for (std::uint64_t at = first; at < first + count; at += per_chunk_) bytes += get(Table::bodies, at);
    return bytes;
  }
  void erase(std::uint64_t first, std::uint64_t count) override {
    StoreBatch batch;
    for (std::uint64_t at = first; at < first + count; at += per_chunk_) {
      batch.erases.push_back({Table::bodies, key_of(at)});
      batch.erases.push_back({Table::chunks, key_of(at)});
      if (batch.erases.size() >= 2 * chunks_per_commit_) commit(batch);
    }
    commit(batch);
  }

 private:
  std::uint64_t per_chunk_;
  std::uint64_t chunks_per_commit_;
};

class RecordRoad final : public StoreRoad {
 public:
  using StoreRoad::StoreRoad;

  const char* name() const override { return "a record per message"; }

  void write(std::uint64_t first, std::uint64_t count, std::string_view message) override {
    StoreBatch batch;
    for (std::uint64_t at = first; at < first + count; ++at) {
      ByteBuffer value;
      value.append(message);
      batch.puts.push_back({Table::bodies, key_of(at), std::move(value)});
      if (batch.puts.size() >= kRecordsPerCommit) commit(batch);
    }
    commit(batch);
  }
  std::uint64_t read(std::uint64_t first, std::uint64_t count) override {
    std::uint64_t bytes = 0;
    for (std::uint64_t at = first; at < first + count; ++at) bytes += get(Table::bodies, at);
    return bytes;
  }
  void erase(std::uint64_t first, std::uint64_t count) override {
    StoreBatch batch;
    for (std::uint64_t at = first; at < first + count; ++at) {
      batch.erases.push_back({Table::bodies, key_of(at)});
      if (batch.erases.size() >= kRecordsPerCommit) commit(batch);
    }
    commit(batch);
  }
};

}  // namespace

std::unique_ptr<Road> make_chunk_road(const std::string& folder, std::uint64_t chunk_bytes,
                                      std::uint64_t message_bytes) {
  return std::make_unique<ChunkRoad>(folder, chunk_bytes, message_bytes);
}

std::unique_ptr<Road> make_record_road(const std::string& folder) { return std::make_unique<RecordRoad>(folder); }

}  // namespace warren::bench
