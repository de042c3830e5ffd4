// What can still be had from a damaged file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "persist/lmdb/environment.hpp"
#include "persist/lmdb/raw/layout.hpp"
#include "persist/lmdb/raw/page_source.hpp"
#include "persist/lmdb/report.hpp"

namespace warren::persist::lmdb {

// Where the records lie that are worth keeping. Memory goes with their number, not with their bytes.
struct Salvage {
  struct Place {
    std::uint64_t commit = 0;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
  };
  std::map<std::pair<Table, std::string>, Place> records;
  std::uint64_t newest_commit = 0;
  std::uint64_t values_damaged = 0;
  std::vector<DamagedValue> damaged;
};

// Follows the trees of the snapshot as far as they lead. Where they do not, looks at every page of the file that may
// be a leaf; of several values of a key the one of the newest commit counts. Without a snapshot there is only the
// latter. A value that had been replaced, or a record that had been erased, can return only when several places are
// damaged.
Salvage collect(const PageSource& source, const std::optional<MetaPage>& snapshot);

// The schema record, if it is among the records.
std::optional<Schema> schema_of(const PageSource& source, const Salvage& salvage);

// Copies the records, but for the schema record, to a new store. What cannot be read any more is added to the damaged.
Outcome copy_records(const PageSource& source, Salvage& salvage, Environment& to);

}  // namespace warren::persist::lmdb
