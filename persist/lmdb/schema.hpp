// The record that tells which program wrote a store. Its own form never changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace warren::persist::lmdb {

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
