// Field tables and the values in them, owned (amqp.md 1.9).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"

namespace warren::amqp {

struct Value;
using Array = std::vector<Value>;

// Names with values, in the order of the wire; a name may occur more than once. Takes no memory while empty.
struct Table {
  std::vector<std::pair<std::string, Value>> entries;

  // The first value of that name, or null. Valid until the table changes.
  const Value* find(std::string_view name) const;
  // Replaces the first value of that name, or adds one at the end.
  void set(std::string_view name, Value value);
  // Removes every value of that name. Returns whether there was one.
  bool erase(std::string_view name);
  bool empty() const;
  std::size_t size() const;
  // Orders by the bytes of the names and keeps, of equal names, the first (as headers are delivered, amqp.md 1.8).
  void sort_and_dedupe();
};

// One small type per wire tag, so that a value is written with the tag it came with.
struct Void {
  friend bool operator==(Void, Void) = default;
};
struct Decimal {
  std::uint8_t scale = 0;
  std::uint32_t value = 0;
  friend bool operator==(Decimal, Decimal) = default;
};
struct LongStr {
  std::string bytes;
  friend bool operator==(const LongStr&, const LongStr&) = default;
};
struct ByteArray {
  std::string bytes;
  friend bool operator==(const ByteArray&, const ByteArray&) = default;
};
struct Timestamp {
  std::uint64_t seconds = 0;
  friend bool operator==(Timestamp, Timestamp) = default;
};

struct Value {
  // The order is that of the tags in wire/value_tags.hpp.
  using Held =
      std::variant<Void, bool, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t,
                   std::int64_t, float, double, Decimal, LongStr, ByteArray, Timestamp, Array, Table>;
  Held held;

  Value() = default;
  // From exactly one of the alternatives: no number changes its width on the way.
  template <class T>
  requires(std::is_same_v<T, bool> || std::is_arithmetic_v<T>) Value(T number)
      : held(std::in_place_type<T>, number) {}  // NOLINT(google-explicit-constructor)
  Value(Void v) : held(v) {}                    // NOLINT(google-explicit-constructor)
  Value(Decimal v) : held(v) {}                 // NOLINT(google-explicit-constructor)
  Value(Timestamp v) : held(v) {}               // NOLINT(google-explicit-constructor)
  Value(LongStr v) : held(std::move(v)) {}      // NOLINT(google-explicit-constructor)
  Value(ByteArray v) : held(std::move(v)) {}    // NOLINT(google-explicit-constructor)
  Value(Array v) : held(std::move(v)) {}        // NOLINT(google-explicit-constructor)
  Value(Table v) : held(std::move(v)) {}        // NOLINT(google-explicit-constructor)
  // Text becomes a long string, as RabbitMQ itself writes.
  Value(std::string_view text) : held(LongStr{std::string(text)}) {}  // NOLINT(google-explicit-constructor)
  Value(const char* text) : Value(std::string_view(text)) {}          // NOLINT(google-explicit-constructor)

  // The value when it is of that very type, else null.
  template <class T>
  const T* get() const {
    return std::get_if<T>(&held);
  }
  template <class T>
  T* get() {
    return std::get_if<T>(&held);
  }
  // The bytes of a long string, else null: what most arguments want.
  const std::string* text() const {
    const LongStr* string = get<LongStr>();
    return string == nullptr ? nullptr : &string->bytes;
  }
};

inline bool Table::empty() const { return entries.empty(); }
inline std::size_t Table::size() const { return entries.size(); }

// Equal in type and content, tables in the same order. For meaning rather than bytes see equivalent().
bool operator==(const Value& a, const Value& b);
bool operator==(const Table& a, const Table& b);

enum class DecodeError : std::uint8_t {
  truncated,    // a value or a name ends after the bytes do
  trailing,     // bytes are left over
  unknown_tag,  // a type that 0-9-1 as spoken here does not have
  not_finite,   // NaN or infinity
  too_deep,     // nested beyond limits::kTableDepthMax
};

// Reads a table from its body, that is without the u32 length. `depth` counts the tables and arrays around it.
Result<Table, DecodeError> decode_table(std::string_view body, int depth = 0);

// True when decode_table would succeed. Takes no memory.
bool validate_table(std::string_view body, int depth = 0);

// Whether the wire can carry it: names of at most 255 bytes, finite numbers, nesting within the limit, less than 4 GiB.
bool encodable(const Table& table);

// Bytes that encode_table would add.
std::size_t encoded_size(const Table& table);

// Appends the table with its u32 length. Requires: encodable.
void encode_table(const Table& table, ByteBuffer& out);

// Writes the table with its u32 length at `to`, which has room for encoded_size bytes. Returns the end. Requires:
// encodable.
char* write_table(const Table& table, char* to);

// RabbitMQ's internal name of the type, as its error texts show it: "signedint", "longstr" (amqp.md 1.9).
std::string_view type_name(const Value& value);

// The number, when the value is an integer of any width. Bool, decimal and timestamp are none.
std::optional<std::int64_t> as_integer(const Value& value);

// Whether two values mean the same: integers by value whatever their width, floats among themselves, long strings and
// byte arrays by bytes, arrays in order, tables in any order of names.
bool equivalent(const Value& a, const Value& b);
bool equivalent(const Table& a, const Table& b);

// As error texts print argument values: numbers in decimal, doubles as Erlang does ("1.0e3"), long strings bare.
// Tables print as {a=1, b=2}, arrays as [1, 2], cut off beyond a few KiB.
std::string print(const Value& value);
std::string print(const Table& table);

}  // namespace warren::amqp
