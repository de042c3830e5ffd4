#include "broker/catalog/stored/catalog_snapshot.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "broker/catalog/stored/catalog_image.hpp"
#include "broker/catalog/stored/definition_records.hpp"

namespace warren::broker {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kNumberBytes = sizeof(std::uint32_t);

void put_number(std::string& out, std::size_t number) {
  const std::size_t at = out.size();
  out.resize(at + kNumberBytes);
  store_big(out.data() + at, static_cast<std::uint32_t>(number));
}

void put(std::string& out, std::string_view bytes) {
  put_number(out, bytes.size());
  out.append(bytes);
}

// Takes off the front what is there. Nothing: it ends before.
std::optional<std::uint32_t> take_number(std::string_view& bytes) {
  if (bytes.size() < kNumberBytes) return {};
  const auto number = load_big<std::uint32_t>(bytes.data());
  bytes.remove_prefix(kNumberBytes);
  return number;
}

std::optional<std::string_view> take_text(std::string_view& bytes) {
  const std::optional<std::uint32_t> size = take_number(bytes);
  if (!size || *size > bytes.size()) return {};
  const std::string_view piece = bytes.substr(0, *size);
  bytes.remove_prefix(*size);
  return piece;
}

}  // namespace

std::string catalog_snapshot(const Catalog& catalog) {
  const std::vector<DefinitionWrite> records = all_definition_writes(catalog);
  std::size_t bytes = sizeof kVersion + kNumberBytes;
  for (const DefinitionWrite& record : records) bytes += 2 * kNumberBytes + record.key.size() + record.value.size();
  std::string snapshot;
  snapshot.reserve(bytes);
  snapshot.push_back(kVersion);
  put_number(snapshot, records.size());
  for (const DefinitionWrite& record : records) {
    put(snapshot, record.key);
    put(snapshot, record.value);
  }
  return snapshot;
}

bool CatalogImage::read_snapshot(std::string_view snapshot) {
  if (snapshot.empty() || snapshot.front() != kVersion) return false;
  snapshot.remove_prefix(sizeof kVersion);
  const std::optional<std::uint32_t> count = take_number(snapshot);
  std::map<std::string, std::string, std::less<>> records;
  for (std::uint32_t left = count.value_or(0); left > 0; --left) {
    const std::optional<std::string_view> key = take_text(snapshot);
    const std::optional<std::string_view> value = key ? take_text(snapshot) : std::nullopt;
    if (!value || (!records.empty() && *key <= records.rbegin()->first)) return false;
    records.emplace_hint(records.end(), *key, *value);
  }
  if (!snapshot.empty() || !records.contains(counters_key())) return false;
  records_ = std::move(records);
  reserved_ = {};
  return true;
}

}  // namespace warren::broker
