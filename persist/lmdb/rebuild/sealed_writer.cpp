#include "persist/lmdb/rebuild/sealed_writer.hpp"

#include <cstring>

namespace warren::persist::lmdb {

namespace {

constexpr std::uint64_t kCommitBytes = 4 << 20;
constexpr std::uint64_t kRecordCostBytes = 256;

}  // namespace

Outcome SealedWriter::put(Table table, std::string_view key, std::string_view sealed) {
  if (!transaction_) {
    auto begun = environment_.begin(0);
    if (!begun) return begun.error();
    transaction_ = std::move(*begun);
  }
  MDB_val name = as_lmdb(key);
  MDB_val value{sealed.size(), nullptr};
  // The schema record is in its table already.
  const unsigned flags = MDB_RESERVE | (table == Table::meta ? 0U : static_cast<unsigned>(MDB_APPEND));
  const int error = mdb_put(transaction_.get(), environment_.table(table), &name, &value, flags);
  if (error != 0) return lmdb_trouble(error, "write to", environment_.path());
  std::memcpy(value.mv_data, sealed.data(), sealed.size());
  ++records_;
  bytes_waiting_ += sealed.size() + kRecordCostBytes;
  return bytes_waiting_ < kCommitBytes ? Outcome(Done{}) : finish();
}

Outcome SealedWriter::finish() {
  bytes_waiting_ = 0;
  return transaction_ ? environment_.commit(std::move(transaction_)) : Outcome(Done{});
}

}  // namespace warren::persist::lmdb
