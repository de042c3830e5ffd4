// Reading field tables (amqp.md 1.9). One walk serves decoding and validating: without a place to put values it
// only looks, and takes no memory.
#include <bit>
#include <cmath>

#include "amqp/table.hpp"
#include "amqp/wire/value_tags.hpp"

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

}  // namespace

Result<Table, DecodeError> decode_table(std::string_view body, int depth) {
  Table table;
  Walk walk(body);
  if (!walk.table(&table, depth)) return walk.error();
  return table;
}

bool validate_table(std::string_view body, int depth) { return Walk(body).table(nullptr, depth); }

}  // namespace warren::amqp
