// How a store on a disk is opened.
#pragma once

#include <cstdint>

namespace warren::persist::lmdb {

struct StoreSettings {
  std::uint64_t map_bytes = 0;         // the file never grows beyond; 0: as large as the disk
  std::uint32_t damaged_kept_max = 3;  // damaged files set aside
  bool compact = false;                // give unused space back to the disk first; takes as long as copying the data
};

}  // namespace warren::persist::lmdb
