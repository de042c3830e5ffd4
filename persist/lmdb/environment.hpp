// An open LMDB file with our tables, and transactions that end themselves.
#pragma once

#include <lmdb.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "persist/lmdb/schema.hpp"
#include "persist/store.hpp"

namespace warren::persist::lmdb {

struct EndTransaction {
  void operator()(MDB_txn* transaction) const { mdb_txn_abort(transaction); }
};
using Transaction = std::unique_ptr<MDB_txn, EndTransaction>;

// LMDB's number as trouble: "cannot <action> <path>: <LMDB's words>".
Trouble lmdb_trouble(int error, std::string_view action, std::string_view path);

inline MDB_val as_lmdb(std::string_view bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }
inline std::string_view as_view(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

// Owns LMDB's environment. Nobody else may have the same file open.
class Environment {
 public:
  using Opened = Result<std::unique_ptr<Environment>, Trouble>;

  // Commits are durable. Requires that the structure of the file was found sound: LMDB trusts it. map_bytes 0: what
  // fits the disk.
  static Opened open(const std::string& path, std::uint64_t map_bytes);
  // Makes a file with empty tables and a schema record. Nothing is durable before sync(). Requires: no such file.
  static Opened create(const std::string& path, std::uint64_t map_bytes, std::uint64_t commit_base);

  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // Requires: no other writing transaction.
  Result<Transaction, Trouble> begin(unsigned flags);
  // Nothing of the transaction has happened when there is trouble.
  Outcome commit(Transaction transaction);
  Outcome sync();
  // Changes the commit base; durable as commits are.
  Outcome rebase(std::uint64_t commit_base);

  MDB_env* handle() const { return environment_; }
  MDB_dbi table(Table table) const { return tables_[static_cast<std::size_t>(table)]; }
  const std::string& path() const { return path_; }
  std::uint64_t commit_base() const { return commit_base_; }
  std::uint64_t map_bytes() const { return map_bytes_; }
  std::uint32_t page_bytes() const { return page_bytes_; }
  int descriptor() const { return descriptor_; }
  // Where the map begins. LMDB does not tell; the page of the schema record, found when the file was opened, does.
  const char* map() const { return map_; }

 private:
  Environment() = default;
  int set_up(std::uint64_t map_bytes, unsigned flags);
  int open_tables(unsigned transaction_flags, unsigned table_flags);
  int put_schema(MDB_txn* transaction, std::uint64_t commit_base);
  int learn_layout();
  int find_map();

  MDB_env* environment_ = nullptr;
  std::array<MDB_dbi, kTableLast + 1> tables_{};
  std::string path_;
  std::uint64_t commit_base_ = 0;
  const char* map_ = nullptr;
  std::uint64_t map_bytes_ = 0;
  std::uint32_t page_bytes_ = 0;
  int descriptor_ = -1;
};

}  // namespace warren::persist::lmdb
