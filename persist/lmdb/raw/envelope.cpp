#include "persist/lmdb/raw/envelope.hpp"

#include <cstring>

#include "base/bytes.hpp"
#include "persist/crc32c.hpp"

namespace warren::persist::lmdb {

namespace {

constexpr std::size_t kChecksumBytes = 4;

}  // namespace

void seal(Table table, std::string_view key, std::uint64_t commit, std::string_view value, char* to) {
  to[kChecksumBytes] = static_cast<char>(table);
  store_big(to + kChecksumBytes + 1, commit);
  if (!value.empty()) std::memcpy(to + kEnvelopeHeadBytes, value.data(), value.size());
  store_big(to, crc32c(begin_checksum(to, key), value));
}

std::optional<EnvelopeHead> read_envelope_head(const char* from) {
  const auto table = static_cast<std::uint8_t>(from[kChecksumBytes]);
  if (table < kTableFirst || table > kTableLast) return std::nullopt;
  return EnvelopeHead{load_big<std::uint32_t>(from), static_cast<Table>(table),
                      load_big<std::uint64_t>(from + kChecksumBytes + 1)};
}

std::uint32_t begin_checksum(const char* head, std::string_view key) {
  // The length keeps bytes from moving between key and value.
  const char length = static_cast<char>(key.size());
  const std::string_view rest(head + kChecksumBytes, kEnvelopeHeadBytes - kChecksumBytes);
  return crc32c(crc32c(crc32c(0, rest), {&length, 1}), key);
}

bool is_sound(Table table, std::string_view key, std::string_view sealed) {
  if (sealed.size() < kEnvelopeHeadBytes) return false;
  const auto head = read_envelope_head(sealed.data());
  return head && head->table == table &&
         head->checksum == crc32c(begin_checksum(sealed.data(), key), sealed.substr(kEnvelopeHeadBytes));
}

}  // namespace warren::persist::lmdb
