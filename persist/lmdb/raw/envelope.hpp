// How a value lies in the store: checksum, table, number of the commit, then the caller's bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "persist/store.hpp"

namespace warren::persist::lmdb {

inline constexpr std::size_t kEnvelopeHeadBytes = 13;
// What a store promises to hold in one value.
inline constexpr std::uint64_t kValueBytesMax = std::uint64_t{1} << 30;

struct EnvelopeHead {
  std::uint32_t checksum = 0;
  Table table = Table::meta;
  std::uint64_t commit = 0;  // higher is newer; never falls within one store, whatever befalls it
};

// Writes envelope and value to `to`. Requires: room for kEnvelopeHeadBytes + value.size() bytes.
void seal(Table table, std::string_view key, std::uint64_t commit, std::string_view value, char* to);

// Nothing unless the table named is one of ours. Requires: kEnvelopeHeadBytes bytes.
std::optional<EnvelopeHead> read_envelope_head(const char* from);

// The checksum of an envelope whose head and key these are, before its value is added with crc32c().
std::uint32_t begin_checksum(const char* head, std::string_view key);

// Whether these are the bytes that were sealed under that table and key.
bool is_sound(Table table, std::string_view key, std::string_view sealed);

// Requires: is_sound().
inline std::string_view opened(std::string_view sealed) { return sealed.substr(kEnvelopeHeadBytes); }

}  // namespace warren::persist::lmdb
