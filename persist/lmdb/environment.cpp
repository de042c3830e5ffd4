#include "persist/lmdb/environment.hpp"

#include <fmt/format.h>

#include <cstring>

#include "persist/lmdb/files.hpp"
#include "persist/lmdb/raw/envelope.hpp"

namespace warren::persist::lmdb {

namespace {

constexpr unsigned kFlags = MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD;
constexpr mdb_mode_t kMode = 0600;

}  // namespace

Trouble lmdb_trouble(int error, std::string_view action, std::string_view path) {
  if (error > 0) return trouble_of(error, action, path);
  return {error == MDB_MAP_FULL ? TroubleKind::full : TroubleKind::failed,
          fmt::format("cannot {} {}: {}", action, path, mdb_strerror(error))};
}

Environment::Opened Environment::open(const std::string& path, std::uint64_t map_bytes) {
  std::unique_ptr<Environment> opened(new Environment);
  opened->path_ = path;
  int error = opened->set_up(map_bytes, 0);
  if (error == 0) error = opened->open_tables(MDB_RDONLY, 0);
  if (error == 0) error = opened->learn_layout();
  if (error != 0) return lmdb_trouble(error, "open", path);
  return opened;
}

Environment::Opened Environment::create(const std::string& path, std::uint64_t map_bytes, std::uint64_t commit_base) {
  std::unique_ptr<Environment> created(new Environment);
  created->path_ = path;
  created->commit_base_ = commit_base;
  int error = created->set_up(map_bytes, MDB_NOSYNC);
  if (error == 0) error = created->open_tables(0, MDB_CREATE);
  if (error == 0) error = created->learn_layout();
  if (error != 0) return lmdb_trouble(error, "create", path);
  return created;
}

Environment::~Environment() {
  if (environment_ != nullptr) mdb_env_close(environment_);
}

Result<Transaction, Trouble> Environment::begin(unsigned flags) {
  MDB_txn* begun = nullptr;
  if (const int error = mdb_txn_begin(environment_, nullptr, flags, &begun); error != 0) {
    return lmdb_trouble(error, "begin a transaction in", path_);
  }
  return Transaction(begun);
}

Outcome Environment::commit(Transaction transaction) {
  if (const int error = mdb_txn_commit(transaction.release()); error != 0)
    return lmdb_trouble(error, "commit to", path_);
  return Done{};
}

Outcome Environment::sync() {
  if (const int error = mdb_env_sync(environment_, 1); error != 0) return lmdb_trouble(error, "sync", path_);
  return Done{};
}

Outcome Environment::rebase(std::uint64_t commit_base) {
  auto transaction = begin(0);
  if (!transaction) return transaction.error();
  if (const int error = put_schema(transaction->get(), commit_base); error != 0)
    return lmdb_trouble(error, "write to", path_);
  auto committed = commit(std::move(*transaction));
  if (committed) commit_base_ = commit_base;
  return committed;
}

int Environment::set_up(std::uint64_t map_bytes, unsigned flags) {
  int error = mdb_env_create(&environment_);
  if (error == 0) error = mdb_env_set_maxdbs(environment_, kTableLast);
  if (error == 0) error = mdb_env_set_mapsize(environment_, map_bytes == 0 ? map_bytes_for(path_) : map_bytes);
  if (error == 0) error = mdb_env_open(environment_, path_.c_str(), kFlags | flags, kMode);
  int stale_readers = 0;
  if (error == 0) error = mdb_reader_check(environment_, &stale_readers);
  return error;
}

int Environment::open_tables(unsigned transaction_flags, unsigned table_flags) {
  MDB_txn* begun = nullptr;
  if (const int error = mdb_txn_begin(environment_, nullptr, transaction_flags, &begun); error != 0) return error;
  Transaction transaction(begun);
  for (std::size_t i = kTableFirst; i <= kTableLast; ++i) {
    if (const int error = mdb_dbi_open(begun, kTableNames[i], table_flags, &tables_[i]); error != 0) return error;
  }
  if (table_flags != 0) {
    if (const int error = put_schema(begun, commit_base_); error != 0) return error;
  }
  return mdb_txn_commit(transaction.release());
}

int Environment::put_schema(MDB_txn* transaction, std::uint64_t commit_base) {
  const std::string value = encode_schema({kSchemaKnown, commit_base});
  MDB_val key = as_lmdb(kSchemaKey);
  MDB_val sealed{kEnvelopeHeadBytes + value.size(), nullptr};
  const int error = mdb_put(transaction, table(Table::meta), &key, &sealed, MDB_RESERVE);
  if (error != 0) return error;
  const std::uint64_t commit = commit_base + mdb_txn_id(transaction);
  seal(Table::meta, kSchemaKey, commit, value, static_cast<char*>(sealed.mv_data));
  return 0;
}

int Environment::learn_layout() {
  MDB_envinfo information{};
  int error = mdb_env_info(environment_, &information);
  MDB_stat figures{};
  if (error == 0) error = mdb_env_stat(environment_, &figures);
  if (error == 0) error = mdb_env_get_fd(environment_, &descriptor_);
  map_bytes_ = information.me_mapsize;
  page_bytes_ = figures.ms_psize;
  return error == 0 ? find_map() : error;
}

int Environment::find_map() {
  MDB_txn* begun = nullptr;
  if (const int error = mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &begun); error != 0) return error;
  const Transaction transaction(begun);
  MDB_val key = as_lmdb(kSchemaKey);
  MDB_val value{};
  if (const int error = mdb_get(begun, table(Table::meta), &key, &value); error != 0) return error;
  if (!is_sound(Table::meta, kSchemaKey, as_view(value))) return MDB_CORRUPTED;
  const auto schema = decode_schema(opened(as_view(value)));
  if (!schema || schema->number != kSchemaKnown) return MDB_VERSION_MISMATCH;
  commit_base_ = schema->commit_base;
  // The record is small, so it lies in a page of a tree, which begins with its own number.
  const auto address = reinterpret_cast<std::uintptr_t>(value.mv_data);
  const char* page = static_cast<const char*>(value.mv_data) - address % page_bytes_;
  std::uint64_t number = 0;
  std::memcpy(&number, page, sizeof number);
  map_ = page - number * page_bytes_;
  return 0;
}

}  // namespace warren::persist::lmdb
