// A walk over all trees of one snapshot of a store's file, that trusts nothing and goes on behind what is damaged.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "persist/lmdb/raw/envelope.hpp"
#include "persist/lmdb/raw/layout.hpp"
#include "persist/lmdb/raw/page_source.hpp"
#include "persist/lmdb/report.hpp"
#include "persist/lmdb/schema.hpp"

namespace warren::persist::lmdb {

// A sound value, and where its envelope lies in the file.
struct FoundValue {
  Table table = Table::meta;
  std::string_view key;
  std::uint64_t commit = 0;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;  // of envelope and value
};
using FoundSink = std::function<void(const FoundValue&)>;

// Keys of a table that may have been lost with pages that could not be followed.
struct Hole {
  Table table = Table::meta;
  std::string from;
  std::string to;                // not included; empty: no end
  bool contested = false;        // the page that was found may be an old one
  bool known_keys_only = false;  // nothing is missing, but what was found may be old
};
inline constexpr std::size_t kHolesMax = 1000;  // beyond, whole tables are holes

struct Findings {
  std::uint64_t faults = 0;  // of the structure; with none LMDB can be trusted with the file
  std::string first_fault;
  std::vector<Hole> holes;
  std::vector<bool> free;  // by number of page
  std::optional<Schema> schema;
  bool is_other = false;  // a sound file of LMDB without any table of ours
  // The newest transaction that left a trace. Each one does: it frees pages or writes a record.
  std::uint64_t newest_transaction = 0;
  std::uint64_t values_damaged = 0;
  std::vector<DamagedValue> damaged;
  std::uint64_t pages_read = 0;

  bool sound() const { return faults == 0; }
};

struct WalkOptions {
  bool check_bodies = false;     // they are many and large; without, only their places are checked
  FoundSink found;               // may be empty; the key is valid during the call
  bool only_free_pages = false;  // the other trees are not walked
};

// Takes time and memory in proportion to the file's size at most, whatever its bytes are.
Findings walk_trees(const PageSource& source, const MetaPage& meta, const WalkOptions& options);

// Checks a value in the file without taking memory for it. Nothing: it is not what was written.
std::optional<EnvelopeHead> check_value(const PageSource& source, std::string_view key, std::uint64_t offset,
                                        std::uint64_t bytes);

}  // namespace warren::persist::lmdb
