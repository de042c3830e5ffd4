// The store on a disk, with LMDB inside. Damage ends neither the program nor the store; see README.md.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "persist/lmdb/environment.hpp"
#include "persist/lmdb/report.hpp"
#include "persist/lmdb/settings.hpp"
#include "persist/store.hpp"

namespace warren::persist::lmdb {

class LmdbStore final : public Store {
 public:
  // Opens the file, makes it, or mends it. Its folder must exist. Two programs must not open one store: whoever owns
  // the folder sees to that. Trouble `foreign`: the file is not ours or newer; it is as it was.
  static Result<std::unique_ptr<LmdbStore>, Trouble> open(const std::string& path, const StoreSettings& settings);

  Outcome commit(const StoreBatch& batch) override;
  Result<bool, Trouble> get(Table table, std::string_view key, ByteBuffer& value) override;
  Result<std::uint64_t, Trouble> scan(Table table, std::string_view from, const Visit& visit) override;
  Outcome scan_keys(Table table, std::string_view from, const VisitKey& visit) override;

  const StoreReport& report() const { return report_; }

 private:
  struct Change {
    Table table;
    std::string_view key;
    const ByteBuffer* value;  // null: erase
  };
  class Reading;

  LmdbStore(std::unique_ptr<Environment> environment, StoreReport report)
      : environment_(std::move(environment)), report_(std::move(report)) {}

  // Moves over the entries of a table until `at` returns false; values are empty if they are not wanted.
  template <class At>
  int walk(Table table, std::string_view from, bool values, At&& at);
  static std::vector<Change> sorted(const StoreBatch& batch);
  int apply(MDB_txn* transaction, const Change& change);
  int mend_header(std::string_view sealed);
  Result<bool, Trouble> copy_out(Table table, std::string_view key, std::string_view sealed, ByteBuffer& value);
  bool is_large(std::string_view sealed) const;
  void forget_pages();

  std::unique_ptr<Environment> environment_;
  StoreReport report_;
  std::mutex idle_mutex_;
  std::vector<Transaction> idle_;  // reading transactions at rest
  std::atomic<std::uint32_t> reads_{0};
};

}  // namespace warren::persist::lmdb
