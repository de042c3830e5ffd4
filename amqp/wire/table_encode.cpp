// Writing field tables (amqp.md 1.9): whether they can be written, how long they become, and the bytes.
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>

#include "amqp/table.hpp"
#include "amqp/wire/value_tags.hpp"
#include "base/check.hpp"

namespace warren::amqp {

namespace {

// Writes values where there is room for them. Lengths of what nests are filled in behind it.
class TableWriter {
 public:
  explicit TableWriter(char* to) : at_(to) {}

  void table(const Table& table) {
    char* length_at = begin_nested();
    for (const auto& [name, value] : table.entries) {
      integer(static_cast<std::uint8_t>(name.size()));
      bytes(name);
      tagged(value);
    }
    end_nested(length_at);
  }

  char* end() const { return at_; }

 private:
  void tagged(const Value& value) {
    *at_++ = kValueKinds[value.held.index()].tag;
    std::visit([this](const auto& held) { put(held); }, value.held);
  }

  void put(Void) {}
  void put(bool truth) { integer(static_cast<std::uint8_t>(truth ? 1 : 0)); }
  template <class Number>
  requires std::is_integral_v<Number>
  void put(Number number) { integer(number); }
  void put(float number) { integer(std::bit_cast<std::uint32_t>(number)); }
  void put(double number) { integer(std::bit_cast<std::uint64_t>(number)); }
  void put(Decimal decimal) {
    integer(decimal.scale);
    integer(decimal.value);
  }
  void put(const LongStr& text) { long_bytes(text.bytes); }
  void put(const ByteArray& array) { long_bytes(array.bytes); }
  void put(Timestamp timestamp) { integer(timestamp.seconds); }
  void put(const Array& values) {
    char* length_at = begin_nested();
    for (const Value& value : values) tagged(value);
    end_nested(length_at);
  }
  void put(const Table& nested) { table(nested); }

  template <class Number>
  void integer(Number number) {
    store_big(at_, number);
    at_ += sizeof number;
  }
  void bytes(std::string_view text) {
    if (!text.empty()) std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void long_bytes(std::string_view text) {
    integer(static_cast<std::uint32_t>(text.size()));
    bytes(text);
  }
  char* begin_nested() {
    char* length_at = at_;
    at_ += sizeof(std::uint32_t);
    return length_at;
  }
  void end_nested(char* length_at) {
    store_big(length_at,
              static_cast<std::uint32_t>(at_ - length_at - static_cast<std::ptrdiff_t>(sizeof(std::uint32_t))));
  }

  char* at_;
};

constexpr std::size_t kLengthBytes = sizeof(std::uint32_t);

std::size_t value_bytes(const Value& value);

struct BytesOf {
  std::size_t operator()(Void) const { return 0; }
  std::size_t operator()(Decimal decimal) const { return sizeof decimal.scale + sizeof decimal.value; }
  std::size_t operator()(Timestamp timestamp) const { return sizeof timestamp.seconds; }
  std::size_t operator()(const LongStr& text) const { return kLengthBytes + text.bytes.size(); }
  std::size_t operator()(const ByteArray& array) const { return kLengthBytes + array.bytes.size(); }
  std::size_t operator()(const Table& table) const { return encoded_size(table); }
  std::size_t operator()(const Array& values) const {
    std::size_t size = kLengthBytes;
    for (const Value& value : values) size += value_bytes(value);
    return size;
  }
  template <class Number>
  requires std::is_arithmetic_v<Number> std::size_t operator()(Number number) const { return sizeof number; }
};

// With the tag.
std::size_t value_bytes(const Value& value) { return 1 + std::visit(BytesOf{}, value.held); }

bool fits(const Table& table, int depth);

struct Fits {
  int depth;
  bool operator()(float number) const { return std::isfinite(number); }
  bool operator()(double number) const { return std::isfinite(number); }
  bool operator()(const Table& table) const { return fits(table, depth); }
  bool operator()(const Array& values) const {
    if (depth >= limits::kTableDepthMax) return false;
    for (const Value& value : values)
      if (!std::visit(Fits{depth + 1}, value.held)) return false;
    return true;
  }
  template <class Other>
  bool operator()(const Other&) const {
    return true;
  }
};

bool fits(const Table& table, int depth) {
  if (depth >= limits::kTableDepthMax) return false;
  for (const auto& [name, value] : table.entries)
    if (name.size() > limits::kShortStringBytesMax || !std::visit(Fits{depth + 1}, value.held)) return false;
  return true;
}

}  // namespace

bool encodable(const Table& table) {
  return fits(table, 0) && encoded_size(table) - kLengthBytes <= std::numeric_limits<std::uint32_t>::max();
}

std::size_t encoded_size(const Table& table) {
  std::size_t size = kLengthBytes;
  for (const auto& [name, value] : table.entries) {
    WARREN_CHECK(name.size() <= limits::kShortStringBytesMax, "a name in a table has at most 255 bytes");
    size += 1 + name.size() + value_bytes(value);
  }
  return size;
}

char* write_table(const Table& table, char* to) {
  TableWriter writer(to);
  writer.table(table);
  return writer.end();
}

void encode_table(const Table& table, ByteBuffer& out) { write_table(table, out.extend(encoded_size(table))); }

}  // namespace warren::amqp
