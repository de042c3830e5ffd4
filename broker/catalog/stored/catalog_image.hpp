// The stored catalog as it is read back.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "broker/catalog/catalog.hpp"
#include "broker/catalog/stored/definition_writes.hpp"

namespace warren::broker {

// What restoring found to say and to do.
struct Restored {
  std::vector<std::string> complaints;  // sentences for the log, at most kComplaintsMax
  std::vector<DefinitionWrite> writes;  // what was mended: to be made durable as that of commands; usually nothing
};

// Collects records in the order in which they were written, from the store first and from the journal behind it, and
// makes catalogs of them. Every restore() of one image gives the same.
class CatalogImage {
 public:
  void set(std::string_view key, std::string_view value);
  void erase(std::string_view key);
  void apply(const DefinitionWrite& write);
  // Becomes what catalog_snapshot (see there) wrote, and nothing else. False: these bytes are no whole snapshot; the
  // image stays as it was.
  bool read_snapshot(std::string_view snapshot);
  // Something on disk refers to this queue, though it may not exist: its identity is not given again.
  void reserve(QueueId queue);

  // Nothing was ever stored here.
  bool empty() const { return records_.empty(); }

  // Damaged records and what hangs on them are left out and told. Requires: the catalog is empty.
  Restored restore(Catalog& catalog) const;

 private:
  std::map<std::string, std::string, std::less<>> records_;
  QueueId reserved_;
};

}  // namespace warren::broker
