#include "persist/lmdb/schema.hpp"

#include "base/bytes.hpp"

namespace warren::persist::lmdb {

namespace {

constexpr std::size_t kBytes = 12;

}  // namespace

std::string encode_schema(const Schema& schema) {
  std::string value(kBytes, '\0');
  store_big(value.data(), schema.number);
  store_big(value.data() + 4, schema.commit_base);
  return value;
}

std::optional<Schema> decode_schema(std::string_view value) {
  if (value.size() < kBytes) return std::nullopt;
  return Schema{load_big<std::uint32_t>(value.data()), load_big<std::uint64_t>(value.data() + 4)};
}

}  // namespace warren::persist::lmdb
