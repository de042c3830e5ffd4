#include "node/storage/copies.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace warren::node {

using persist::Table;

namespace {

std::string copy_key(Table table, std::string_view key) {
  std::string copy(1, static_cast<char>(table));
  copy.append(key);
  return copy;
}

ByteBuffer copy_of(std::string_view bytes) {
  ByteBuffer buffer;
  buffer.append(bytes);
  return buffer;
}

}  // namespace

void put_twice(persist::StoreBatch& batch, Table table, std::string key, ByteBuffer value) {
  batch.puts.push_back({Table::copies, copy_key(table, key), copy_of(value.view())});
  batch.puts.push_back({table, std::move(key), std::move(value)});
}

void erase_twice(persist::StoreBatch& batch, Table table, const std::string& key) {
  batch.erases.push_back({Table::copies, copy_key(table, key)});
  batch.erases.push_back({table, key});
}

Result<ScanFindings, persist::Trouble> scan_twice(
    persist::Store& store, Table table, const std::function<void(std::string_view key, std::string_view value)>& visit,
    persist::StoreBatch& repairs) {
  ScanFindings findings;
  std::unordered_set<std::string> seen;
  Result<std::uint64_t, persist::Trouble> damaged =
      store.scan(table, std::string_view(), [&](std::string_view key, std::string_view value) {
        seen.emplace(key);
        visit(key, value);
        return true;
      });
  if (!damaged) return std::move(damaged.error());
  const std::string prefix = copy_key(table, {});
  Result<std::uint64_t, persist::Trouble> damaged_copies =
      store.scan(Table::copies, prefix, [&](std::string_view key, std::string_view value) {
        if (!key.starts_with(prefix)) return false;
        key.remove_prefix(prefix.size());
        if (seen.contains(std::string(key))) return true;
        ++findings.mended;
        visit(key, value);
        repairs.puts.push_back({table, std::string(key), copy_of(value)});
        return true;
      });
  if (!damaged_copies) return std::move(damaged_copies.error());
  findings.damaged = *damaged - std::min(*damaged, findings.mended);
  findings.clean = *damaged == 0 && findings.mended == 0;
  return findings;
}

}  // namespace warren::node
