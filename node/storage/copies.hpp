// Records that are kept twice: a definition, a checkpoint or a chunk's index is small, and what hangs on it is not. The
// copy lies in a table of its own, so in other pages: what damages one leaves the other.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "persist/store.hpp"

namespace warren::node {

// Adds the record and its copy to the batch; takes both away.
void put_twice(persist::StoreBatch& batch, persist::Table table, std::string key, ByteBuffer value);
void erase_twice(persist::StoreBatch& batch, persist::Table table, const std::string& key);

// What a scan found beside the records.
struct ScanFindings {
  std::uint64_t damaged = 0;  // neither the record nor its copy is left, as far as one can know
  std::uint64_t mended = 0;   // taken from the copy
  bool clean = true;          // nothing was damaged or missing
};

// Visits the records of a table in no certain order, each once, from the copy where the record is damaged or missing.
// What was mended is added to `repairs`. The views are valid during the visit.
Result<ScanFindings, persist::Trouble> scan_twice(
    persist::Store& store, persist::Table table,
    const std::function<void(std::string_view key, std::string_view value)>& visit, persist::StoreBatch& repairs);

}  // namespace warren::node
