#include "amqp/table.hpp"

#include <algorithm>

#include "amqp/wire/value_tags.hpp"

namespace warren::amqp {

namespace {

// The entries ordered by name; those of one name keep their order.
std::vector<const std::pair<std::string, Value>*> by_name(const Table& table) {
  std::vector<const std::pair<std::string, Value>*> entries;
  entries.reserve(table.size());
  for (const auto& entry : table.entries) entries.push_back(&entry);
  std::stable_sort(entries.begin(), entries.end(), [](auto* a, auto* b) { return a->first < b->first; });
  return entries;
}

std::optional<double> as_float(const Value& value) {
  if (const float* number = value.get<float>()) return *number;
  if (const double* number = value.get<double>()) return *number;
  return std::nullopt;
}

const std::string* as_bytes(const Value& value) {
  if (const ByteArray* array = value.get<ByteArray>()) return &array->bytes;
  return value.text();
}

}  // namespace

const Value* Table::find(std::string_view name) const {
  for (const auto& [held, value] : entries)
    if (held == name) return &value;
  return nullptr;
}

void Table::set(std::string_view name, Value value) {
  for (auto& [held, old] : entries) {
    if (held != name) continue;
    old = std::move(value);
    return;
  }
  entries.emplace_back(std::string(name), std::move(value));
}

bool Table::erase(std::string_view name) {
  return std::erase_if(entries, [name](const auto& entry) { return entry.first == name; }) != 0;
}

void Table::sort_and_dedupe() {
  const auto before = [](const auto& a, const auto& b) { return a.first < b.first; };
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  if (!std::is_sorted(entries.begin(), entries.end(), before)) std::stable_sort(entries.begin(), entries.end(), before);
  entries.erase(std::unique(entries.begin(), entries.end(), same), entries.end());
}

bool operator==(const Value& a, const Value& b) { return a.held == b.held; }
bool operator==(const Table& a, const Table& b) { return a.entries == b.entries; }

std::string_view type_name(const Value& value) { return kValueKinds[value.held.index()].name; }

std::optional<std::int64_t> as_integer(const Value& value) {
  return std::visit(
      [](const auto& held) -> std::optional<std::int64_t> {
        using Held = std::remove_cvref_t<decltype(held)>;
        if constexpr (std::is_integral_v<Held> && !std::is_same_v<Held, bool>) return held;
        return std::nullopt;
      },
      value.held);
}

bool equivalent(const Value& a, const Value& b) {
  if (const auto number = as_integer(a)) return number == as_integer(b);
  if (const auto number = as_float(a)) return number == as_float(b);
  if (const std::string* bytes = as_bytes(a)) return as_bytes(b) != nullptr && *bytes == *as_bytes(b);
  if (const Table* table = a.get<Table>()) return b.get<Table>() != nullptr && equivalent(*table, *b.get<Table>());
  if (const Array* array = a.get<Array>()) {
    const Array* other = b.get<Array>();
    return other != nullptr && std::equal(array->begin(), array->end(), other->begin(), other->end(),
                                          [](const Value& x, const Value& y) { return equivalent(x, y); });
  }
  return a == b;
}

bool equivalent(const Table& a, const Table& b) {
  if (a.size() != b.size()) return false;
  const auto ours = by_name(a);
  const auto theirs = by_name(b);
  return std::equal(ours.begin(), ours.end(), theirs.begin(),
                    [](auto* x, auto* y) { return x->first == y->first && equivalent(x->second, y->second); });
}

}  // namespace warren::amqp
