#include "persist/lmdb/lmdb_store.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <tuple>

#include "base/check.hpp"
#include "persist/crc32c.hpp"
#include "persist/lmdb/files.hpp"
#include "persist/lmdb/raw/envelope.hpp"
#include "persist/lmdb/raw/layout.hpp"
#include "persist/lmdb/raw/page_source.hpp"
#include "persist/lmdb/start.hpp"

namespace warren::persist::lmdb {

namespace {

// Pages that were read stay in this process's memory until it says otherwise.
constexpr std::uint32_t kReadsBeforeForgetting = 64;

void check_key(Table table, std::string_view key) {
  const auto number = static_cast<std::uint8_t>(table);
  WARREN_CHECK(number >= kTableFirst && number <= kTableLast, "who uses the store names one of its tables");
  WARREN_CHECK(!key.empty() && key.size() <= kKeyBytesMax, "keys of the store are 1 to 200 bytes long");
  WARREN_CHECK(table != Table::meta || key != kSchemaKey, "the schema record belongs to the store");
}

std::uint64_t bytes_of(const StoreBatch& batch) {
  std::uint64_t bytes = 0;
  for (const auto& put : batch.puts) bytes += put.value.size();
  return bytes;
}

Trouble damaged_value(Table table, std::string_view path) {
  return {TroubleKind::damaged,
          fmt::format("a value of the table {} in {} is not what was written", name_of(table), path)};
}

}  // namespace

// A view of the store between two commits, for as long as this lives.
class LmdbStore::Reading {
 public:
  explicit Reading(LmdbStore& store) : store_(store) {
    {
      const std::scoped_lock lock(store.idle_mutex_);
      if (!store.idle_.empty()) {
        transaction_ = std::move(store.idle_.back());
        store.idle_.pop_back();
      }
    }
    MDB_txn* begun = nullptr;
    if (transaction_) {
      error_ = mdb_txn_renew(transaction_.get());
    } else {
      error_ = mdb_txn_begin(store.environment_->handle(), nullptr, MDB_RDONLY, &begun);
      transaction_.reset(begun);
    }
  }
  ~Reading() {
    if (error_ != 0) return;
    mdb_txn_reset(transaction_.get());
    const std::scoped_lock lock(store_.idle_mutex_);
    store_.idle_.push_back(std::move(transaction_));
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  int error() const { return error_; }
  MDB_txn* get() const { return transaction_.get(); }

 private:
  LmdbStore& store_;
  Transaction transaction_;
  int error_ = 0;
};

Result<std::unique_ptr<LmdbStore>, Trouble> LmdbStore::open(const std::string& path, const StoreSettings& settings) {
  StoreReport report;
  auto environment = start(path, settings, report);
  if (!environment) return environment.error();
  return std::unique_ptr<LmdbStore>(new LmdbStore(std::move(*environment), std::move(report)));
}

Outcome LmdbStore::commit(const StoreBatch& batch) {
  const auto changes = sorted(batch);
  if (changes.empty()) return Done{};
  auto transaction = environment_->begin(0);
  if (!transaction) return transaction.error();
  for (const Change& change : changes) {
    const int error = apply(transaction->get(), change);
    if (error != 0) return lmdb_trouble(error, "write to", environment_->path());
  }
  auto outcome = environment_->commit(std::move(*transaction));
  forget_pages();
  if (!outcome && lacks_space(environment_->descriptor(), bytes_of(batch))) {
    return Trouble{TroubleKind::full, fmt::format("cannot write to {}: there is no space left", environment_->path())};
  }
  return outcome;
}

Result<bool, Trouble> LmdbStore::get(Table table, std::string_view key, ByteBuffer& value) {
  check_key(table, key);
  if (reads_.fetch_add(1, std::memory_order_relaxed) % kReadsBeforeForgetting == 0) forget_pages();
  value.clear();
  const Reading reading(*this);
  MDB_val sought = as_lmdb(key);
  MDB_val found{};
  int error = reading.error();
  if (error == 0) error = mdb_get(reading.get(), environment_->table(table), &sought, &found);
  if (error == MDB_NOTFOUND) return false;
  if (error != 0) return lmdb_trouble(error, "read", environment_->path());
  return copy_out(table, key, as_view(found), value);
}

Result<std::uint64_t, Trouble> LmdbStore::scan(Table table, std::string_view from, const Visit& visit) {
  std::uint64_t skipped = 0;
  std::optional<Trouble> trouble;
  ByteBuffer scratch;
  const int error = walk(table, from, true, [&](std::string_view key, const MDB_val& found) {
    scratch.clear();
    const auto copied = copy_out(table, key, as_view(found), scratch);
    if (copied) return visit(key, scratch.view());
    if (copied.error().kind == TroubleKind::damaged) return ++skipped, true;
    trouble = copied.error();
    return false;
  });
  if (trouble) return *trouble;
  if (error != 0) return lmdb_trouble(error, "read", environment_->path());
  return skipped;
}

Outcome LmdbStore::scan_keys(Table table, std::string_view from, const VisitKey& visit) {
  const int error = walk(table, from, false, [&](std::string_view key, const MDB_val&) { return visit(key); });
  if (error != 0) return lmdb_trouble(error, "read", environment_->path());
  return Done{};
}

template <class At>
int LmdbStore::walk(Table table, std::string_view from, bool values, At&& at) {
  const Reading reading(*this);
  MDB_cursor* cursor = nullptr;
  int error = reading.error();
  if (error == 0) error = mdb_cursor_open(reading.get(), environment_->table(table), &cursor);
  if (error != 0) return error;
  const std::unique_ptr<MDB_cursor, decltype(&mdb_cursor_close)> closing(cursor, &mdb_cursor_close);
  std::uint32_t visited = 0;
  MDB_val key = as_lmdb(from);
  MDB_val found{};
  MDB_val* const value = values ? &found : nullptr;
  error = mdb_cursor_get(cursor, &key, value, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
  for (; error == 0; error = mdb_cursor_get(cursor, &key, value, MDB_NEXT)) {
    const std::string_view name = as_view(key);
    if (table == Table::meta && name == kSchemaKey) continue;
    if (!at(name, found)) break;
    if (++visited % kReadsBeforeForgetting == 0) forget_pages();
  }
  forget_pages();
  return error == MDB_NOTFOUND ? 0 : error;
}

std::vector<LmdbStore::Change> LmdbStore::sorted(const StoreBatch& batch) {
  std::vector<Change> changes;
  changes.reserve(batch.erases.size() + batch.puts.size());
  for (const auto& erase : batch.erases) changes.push_back({erase.table, erase.key, nullptr});
  for (const auto& put : batch.puts) changes.push_back({put.table, put.key, &put.value});
  for (const Change& change : changes) {
    check_key(change.table, change.key);
    WARREN_CHECK(change.value == nullptr || change.value->size() <= kValueBytesMax, "a value has at most 1 GiB");
  }
  std::stable_sort(changes.begin(), changes.end(), [](const Change& left, const Change& right) {
    return std::tie(left.table, left.key) < std::tie(right.table, right.key);
  });
  // Of several for one key the last counts.
  const auto same = [](const Change& left, const Change& right) {
    return left.table == right.table && left.key == right.key;
  };
  const auto kept = std::unique(changes.rbegin(), changes.rend(), same);
  changes.erase(changes.begin(), kept.base());
  return changes;
}

int LmdbStore::apply(MDB_txn* transaction, const Change& change) {
  const MDB_dbi table = environment_->table(change.table);
  MDB_val key = as_lmdb(change.key);
  MDB_val value{};
  int error = mdb_get(transaction, table, &key, &value);
  if (error != 0 && error != MDB_NOTFOUND) return error;
  const bool exists = error == 0;
  if (exists && is_large(as_view(value))) {
    if ((error = mend_header(as_view(value))) != 0) return error;
  }
  if (change.value == nullptr) return exists ? mdb_del(transaction, table, &key, nullptr) : 0;
  value = {kEnvelopeHeadBytes + change.value->size(), nullptr};
  if ((error = mdb_put(transaction, table, &key, &value, MDB_RESERVE)) != 0) return error;
  const std::uint64_t commit = environment_->commit_base() + mdb_txn_id(transaction);
  seal(change.table, change.key, commit, change.value->view(), static_cast<char*>(value.mv_data));
  return 0;
}

// LMDB frees as many pages as the header of a large value says, and we have not looked at these headers when opening.
// What must stand there is known, so a damaged one is written anew.
int LmdbStore::mend_header(std::string_view sealed) {
  const std::uint32_t page_bytes = environment_->page_bytes();
  const auto offset = static_cast<std::uint64_t>(sealed.data() - environment_->map()) - kPageHeadBytes;
  const PageHead right = large_value_head(offset / page_bytes, sealed.size(), page_bytes);
  char head[kPageHeadBytes];
  const int file = environment_->descriptor();
  if (::pread(file, head, sizeof head, static_cast<off_t>(offset)) != sizeof head) return EIO;
  const PageHead found = read_page_head(head);
  if (found.number == right.number && found.flags == right.flags && found.pages() == right.pages()) return 0;
  write_page_head(right, head);
  return ::pwrite(file, head, sizeof head, static_cast<off_t>(offset)) == sizeof head ? 0 : EIO;
}

bool LmdbStore::is_large(std::string_view sealed) const {
  const char* map = environment_->map();
  if (std::less<>()(sealed.data(), map) || !std::less<>()(sealed.data(), map + environment_->map_bytes())) return false;
  // A small value lies behind the head of its page, the places of the values and its key.
  return static_cast<std::uint64_t>(sealed.data() - map) % environment_->page_bytes() == kPageHeadBytes;
}

// Large values are read from the file, not from the map: the map would fetch them page by page, and they would count
// as this process's memory.
Result<bool, Trouble> LmdbStore::copy_out(Table table, std::string_view key, std::string_view sealed,
                                          ByteBuffer& value) {
  if (sealed.size() < kEnvelopeHeadBytes) return damaged_value(table, environment_->path());
  if (!is_large(sealed)) {
    if (!is_sound(table, key, sealed)) return damaged_value(table, environment_->path());
    value.append(opened(sealed));
    return true;
  }
  const auto offset = static_cast<std::uint64_t>(sealed.data() - environment_->map());
  const std::size_t bytes = sealed.size() - kEnvelopeHeadBytes;
  char head[kEnvelopeHeadBytes];
  const FileSource file(environment_->descriptor());
  bool sound = file.read(offset, head, sizeof head) && file.read(offset + sizeof head, value.extend(bytes), bytes);
  if (sound) {
    const auto read = read_envelope_head(head);
    sound = read && read->table == table && read->checksum == crc32c(begin_checksum(head, key), value.view());
  }
  if (sound) return true;
  value.clear();
  return damaged_value(table, environment_->path());
}

void LmdbStore::forget_pages() {
  ::madvise(const_cast<char*>(environment_->map()), environment_->map_bytes(), MADV_DONTNEED);
}

}  // namespace warren::persist::lmdb
