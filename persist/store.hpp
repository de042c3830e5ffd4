// An ordered key-value store with atomic, durable batches: LMDB on a disk, a map in the simulator.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "persist/trouble.hpp"

namespace warren::persist {

// Tables of the store. Numbers are on disk: never reused.
enum class Table : std::uint8_t {
  meta = 1,     // schema, identity, counters, checkpoints: few small records
  catalog = 2,  // durable definitions
  queues = 3,   // per queue: what recovery must know beside its messages
  chunks = 4,   // per cold chunk: its small index record
  bodies = 5,   // per cold chunk: its messages; large
  copies = 6,   // of the records of the small tables, in pages of their own; see node/storage/copies.hpp
};
inline constexpr std::uint8_t kTableFirst = 1;
inline constexpr std::uint8_t kTableLast = 6;

// Keys are at most that long and never empty.
inline constexpr std::size_t kKeyBytesMax = 200;

// Changes that happen together or not at all. Later ones win over earlier ones of the same key.
struct StoreBatch {
  struct Put {
    Table table;
    std::string key;
    ByteBuffer value;
  };
  struct Erase {  // what is not there is no trouble
    Table table;
    std::string key;
  };
  std::vector<Put> puts;
  std::vector<Erase> erases;  // carried out before the puts

  bool empty() const { return puts.empty() && erases.empty(); }
};

// Every value is kept with a checksum over its table, key and bytes; what does not match is never given out.
// commit() belongs to one thread at a time; get() and scan() may run beside it on other threads, one call at a time
// each, and see a state between two commits.
class Store {
 public:
  virtual ~Store() = default;

  // Durable when it returns without trouble; otherwise nothing of it has happened.
  virtual Outcome commit(const StoreBatch& batch) = 0;
  // False: there is no such key. Trouble `damaged`: there is, and its bytes are not what was written.
  virtual Result<bool, Trouble> get(Table table, std::string_view key, ByteBuffer& value) = 0;
  // Visits keys from `from` on in order, until visit returns false. Values that are damaged are skipped and counted.
  // The views are valid during the visit; the visit must not call the store.
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;
  virtual Result<std::uint64_t, Trouble> scan(Table table, std::string_view from, const Visit& visit) = 0;
  // The same for keys alone: no value is read, so damaged ones are visited, too.
  using VisitKey = std::function<bool(std::string_view key)>;
  virtual Outcome scan_keys(Table table, std::string_view from, const VisitKey& visit) = 0;
};

}  // namespace warren::persist
