// What was found when the store was opened, for the operator and for those who must look for what is missing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "persist/store.hpp"

namespace warren::persist::lmdb {

struct DamagedValue {
  Table table;
  std::string key;
};
// More than that are only counted.
inline constexpr std::size_t kDamagedNamedMax = 1000;

struct StoreReport {
  bool created = false;  // there was none
  bool compacted = false;
  bool fallback = false;  // the newest commit could not be read; the one before it is what we have
  bool salvaged = false;  // rebuilt from the records that could still be read; others may be missing, or be older ones
  std::uint64_t records_salvaged = 0;
  // Known by their key, their bytes lost. Not looked for in bodies before they are read, unless salvaged.
  std::uint64_t values_damaged = 0;
  std::vector<DamagedValue> damaged;
  std::string set_aside;               // the damaged file's new name
  std::vector<std::string> sentences;  // for the log: what was found and what was done
};

}  // namespace warren::persist::lmdb
