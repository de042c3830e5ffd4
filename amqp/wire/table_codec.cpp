// Field tables on the wire (amqp.md 1.9). One walk serves decoding and validating: without a place to put values it
// only looks, and takes no memory.
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "amqp/table.hpp"
#include "amqp/wire/value_tags.hpp"
#include "base/check.hpp"

namespace warren::amqp {

namespace {

class Walk {
 public:
  explicit Walk(std::string_view bytes) : left_(bytes) {}

  // Reads entries up to the end of the bytes. `depth` counts the tables and arrays around this one. `out` may be null.
  bool table(Table* out, int depth) {
    if (depth >= limits::kTableDepthMax) return fail(DecodeError::too_deep);
    while (!left_.empty()) {
      std::string_view name;
      if (!short_bytes(name)) return false;
      Value* value = nullptr;
      if (out != nullptr) value = &out->entries.emplace_back(std::string(name), Value{}).second;
      if (!any_value(value, depth)) return false;
    }
    return true;
  }

  bool array(Array* out, int depth) {
    if (depth >= limits::kTableDepthMax) return fail(DecodeError::too_deep);
    while (!left_.empty()) {
      Value* value = out == nullptr ? nullptr : &out->emplace_back();
      if (!any_value(value, depth)) return false;
    }
    return true;
  }

  DecodeError error() const { return error_; }

 private:
  bool fail(DecodeError error) {
    error_ = error;
    return false;
  }

  bool take(std::size_t size, std::string_view& bytes) {
    if (left_.size() < size) return fail(DecodeError::truncated);
    bytes = left_.substr(0, size);
    left_.remove_prefix(size);
    return true;
  }

  template <class Number>
  bool integer(Number& number) {
    std::string_view bytes;
    if (!take(sizeof number, bytes)) return false;
    number = load_big<Number>(bytes.data());
    return true;
  }

  bool short_bytes(std::string_view& bytes) {
    std::uint8_t size = 0;
    return integer(size) && take(size, bytes);
  }

  bool long_bytes(std::string_view& bytes) {
    std::uint32_t size = 0;
    return integer(size) && take(size, bytes);
  }

  template <class Number>
  bool integer_value(Value* out) {
    Number number{};
    if (!integer(number)) return false;
    if (out != nullptr) *out = Value(number);
    return true;
  }

  template <class Float, class Bits>
  bool float_value(Value* out) {
    Bits bits{};
    if (!integer(bits)) return false;
    const Float number = std::bit_cast<Float>(bits);
    if (!std::isfinite(number)) return fail(DecodeError::not_finite);
    if (out != nullptr) *out = Value(number);
    return true;
  }

  bool bool_value(Value* out) {
    std::uint8_t octet = 0;
    if (!integer(octet)) return false;
    if (out != nullptr) *out = Value(octet != 0);
    return true;
  }

  bool decimal_value(Value* out) {
    Decimal decimal;
    if (!integer(decimal.scale) || !integer(decimal.value)) return false;
    if (out != nullptr) *out = Value(decimal);
    return true;
  }

  bool timestamp_value(Value* out) {
    Timestamp timestamp;
    if (!integer(timestamp.seconds)) return false;
    if (out != nullptr) *out = Value(timestamp);
    return true;
  }

  template <class Text>
  bool text_value(Value* out) {
    std::string_view bytes;
    if (!long_bytes(bytes)) return false;
    if (out != nullptr) *out = Value(Text{std::string(bytes)});
    return true;
  }

  template <class Nested, class Read>
  bool nested_value(Value* out, Read read, int depth) {
    std::string_view body;
    if (!long_bytes(body)) return false;
    Walk inside(body);
    Nested* nested = out == nullptr ? nullptr : &out->held.emplace<Nested>();
    return (inside.*read)(nested, depth) || fail(inside.error());
  }

  // A tag and what belongs to it, inside a table or array of that depth.
  bool any_value(Value* out, int depth) {
    char tag = 0;
    if (!integer(tag)) return false;
    switch (tag) {
      case 'V': return true;
      case 't': return bool_value(out);
      case 'b': return integer_value<std::int8_t>(out);
      case 'B': return integer_value<std::uint8_t>(out);
      case 's': return integer_value<std::int16_t>(out);
      case 'u': return integer_value<std::uint16_t>(out);
      case 'I': return integer_value<std::int32_t>(out);
      case 'i': return integer_value<std::uint32_t>(out);
      case 'l':
      case kOtherLongTag: return integer_value<std::int64_t>(out);
      case 'f': return float_value<float, std::uint32_t>(out);
      case 'd': return float_value<double, std::uint64_t>(out);
      case 'D': return decimal_value(out);
      case 'S': return text_value<LongStr>(out);
      case 'x': return text_value<ByteArray>(out);
      case 'T': return timestamp_value(out);
      case 'A': return nested_value<Array>(out, &Walk::array, depth + 1);
      case 'F': return nested_value<Table>(out, &Walk::table, depth + 1);
      default: return fail(DecodeError::unknown_tag);
    }
  }

  std::string_view left_;
  DecodeError error_ = DecodeError::truncated;
};

// Writes values where there is room for them. Lengths of what nests are filled in behind it.
class Writer {
 public:
  explicit Writer(char* to) : at_(to) {}

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

Result<Table, DecodeError> decode_table(std::string_view body, int depth) {
  Table table;
  Walk walk(body);
  if (!walk.table(&table, depth)) return walk.error();
  return table;
}

bool validate_table(std::string_view body, int depth) { return Walk(body).table(nullptr, depth); }

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
  Writer writer(to);
  writer.table(table);
  return writer.end();
}

void encode_table(const Table& table, ByteBuffer& out) { write_table(table, out.extend(encoded_size(table))); }

}  // namespace warren::amqp
