// What state a store's file is in, found without LMDB.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "persist/lmdb/raw/layout.hpp"
#include "persist/lmdb/raw/page_source.hpp"
#include "persist/lmdb/report.hpp"

namespace warren::persist::lmdb {

enum class FileState : std::uint8_t {
  sound,    // LMDB may open it, once its meta pages are as `snapshot` says
  newer,    // written by a newer program
  other,    // made by LMDB, but not by us, or by another LMDB
  broken,   // something of it may be salvaged
  unknown,  // nothing in it tells of LMDB, neither of us
};

struct Inspection {
  FileState state = FileState::unknown;
  std::optional<MetaPage> snapshot;  // of sound: the one to use; of broken: the newest there is, perhaps none
  std::uint64_t slot = 0;            // the meta page that tells of it
  bool fallback = false;             // the other meta page must not be used; perhaps it was the newer one
  std::uint32_t schema_found = 0;    // of newer
  std::string fault;                 // what is wrong, if something is
  std::uint64_t values_damaged = 0;
  std::vector<DamagedValue> damaged;
};

// Reads the pages of the trees, but neither large bodies nor what is free.
Inspection inspect(const PageSource& source);

}  // namespace warren::persist::lmdb
