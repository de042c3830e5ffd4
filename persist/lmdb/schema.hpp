// The names of the tables in the file, and the record that tells which program wrote it. Its own form never changes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "persist/store.hpp"

namespace warren::persist::lmdb {

// The names that LMDB knows the tables by.
inline constexpr std::array<const char*, kTableLast + 1> kTableNames{"",       "meta",   "catalog", "queues",
                                                                     "chunks", "bodies", "copies"};
inline const char* name_of(Table table) { return kTableNames[static_cast<std::size_t>(table)]; }

// Of the meta table, kept from users of the store.
inline constexpr std::string_view kSchemaKey = "schema";
inline constexpr std::uint32_t kSchemaKnown = 1;

struct Schema {
  std::uint32_t number = kSchemaKnown;
  // Added to LMDB's number of a transaction gives the number of the commit. LMDB begins anew in a new file.
  std::uint64_t commit_base = 0;
};

std::string encode_schema(const Schema& schema);
// Newer programs may add to it.
std::optional<Schema> decode_schema(std::string_view value);

}  // namespace warren::persist::lmdb
