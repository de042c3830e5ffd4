// What requests and answers carry: the values of JSON, in maps that keep the order of their names.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace warren::manage {

struct Value;
using List = std::vector<Value>;

// Names with values, in the order in which they were set; a name occurs once.
struct Map {
  std::vector<std::pair<std::string, Value>> entries;

  // The value of that name, or null. Valid until the map changes.
  const Value* find(std::string_view name) const;
  // Replaces the value of that name, or adds one at the end.
  Map& set(std::string_view name, Value value);
  // The same, for a name that is known to be new.
  Map& add(std::string_view name, Value value);
  bool empty() const;
  std::size_t size() const;
};

struct Null {
  friend bool operator==(Null, Null) = default;
};

struct Value {
  using Held = std::variant<Null, bool, std::int64_t, double, std::string, List, Map>;
  Held held;

  Value() = default;
  Value(Null) {}                    // NOLINT(google-explicit-constructor)
  Value(bool flag) : held(flag) {}  // NOLINT(google-explicit-constructor)
  template <class Integer>
  requires(std::integral<Integer> && !std::same_as<Integer, bool>) Value(Integer number)
      : held(static_cast<std::int64_t>(number)) {}            // NOLINT(google-explicit-constructor)
  Value(double number) : held(number) {}                      // NOLINT(google-explicit-constructor)
  Value(std::string text) : held(std::move(text)) {}          // NOLINT(google-explicit-constructor)
  Value(std::string_view text) : held(std::string(text)) {}   // NOLINT(google-explicit-constructor)
  Value(const char* text) : Value(std::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  Value(List list) : held(std::move(list)) {}                 // NOLINT(google-explicit-constructor)
  Value(Map map) : held(std::move(map)) {}                    // NOLINT(google-explicit-constructor)

  bool is_null() const { return held.index() == 0; }
  // The value when it is of that very type, else null.
  template <class T>
  const T* get() const {
    return std::get_if<T>(&held);
  }
  template <class T>
  T* get() {
    return std::get_if<T>(&held);
  }
};

inline const Value* Map::find(std::string_view name) const {
  for (const auto& [held_name, value] : entries)
    if (held_name == name) return &value;
  return nullptr;
}

inline Map& Map::add(std::string_view name, Value value) {
  entries.emplace_back(std::string(name), std::move(value));
  return *this;
}

inline Map& Map::set(std::string_view name, Value value) {
  for (auto& [held_name, held] : entries) {
    if (held_name != name) continue;
    held = std::move(value);
    return *this;
  }
  return add(name, std::move(value));
}

inline bool Map::empty() const { return entries.empty(); }
inline std::size_t Map::size() const { return entries.size(); }

inline bool operator==(const Map& a, const Map& b) { return a.entries == b.entries; }
inline bool operator==(const Value& a, const Value& b) { return a.held == b.held; }

// What is held under a name when it is of the type expected, else what stands for nothing.
inline std::string_view text_of(const Map& map, std::string_view name) {
  const Value* value = map.find(name);
  const std::string* text = value == nullptr ? nullptr : value->get<std::string>();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}
inline bool flag_of(const Map& map, std::string_view name) {
  const Value* value = map.find(name);
  const bool* flag = value == nullptr ? nullptr : value->get<bool>();
  return flag != nullptr && *flag;
}
inline const List& list_of(const Map& map, std::string_view name) {
  static const List kNone;
  const Value* value = map.find(name);
  const List* list = value == nullptr ? nullptr : value->get<List>();
  return list == nullptr ? kNone : *list;
}
inline const Map& map_of(const Map& map, std::string_view name) {
  static const Map kNone;
  const Value* value = map.find(name);
  const Map* found = value == nullptr ? nullptr : value->get<Map>();
  return found == nullptr ? kNone : *found;
}

}  // namespace warren::manage
