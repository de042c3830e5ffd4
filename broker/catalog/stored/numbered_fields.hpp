// Records of numbered fields, and the visitors that write and read them from one field list (see base/fields).
//
//   record = field*        field = u8 number, u32 length, bytes        numbers grow; those of a list repeat
//
// Integers are big-endian, as wide as their type when written, of any width that holds the value when read. Fields that
// have their default, zero or empty, are not written. So programs of different age read each other's records: what one
// does not know it skips, what one does not find keeps its default. A number is never used again for something else.
#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "amqp/table.hpp"
#include "base/bytes.hpp"

namespace warren::broker {

using FieldNumber = std::uint8_t;
inline constexpr std::size_t kFieldHeaderBytes = sizeof(FieldNumber) + sizeof(std::uint32_t);

// Appends fields to a text. Requires: fields come in order of their numbers, each is shorter than 4 GiB.
class NumberedWriter {
 public:
  explicit NumberedWriter(std::string& out) : out_(out) {}

  template <std::unsigned_integral Number>
  void number(FieldNumber field, Number value) {
    if (value != 0) store_big(begin(field, sizeof value), value);
  }
  void flag(FieldNumber field, bool value) { number(field, static_cast<std::uint8_t>(value ? 1 : 0)); }
  void text(FieldNumber field, std::string_view value) {
    if (!value.empty()) std::memcpy(begin(field, value.size()), value.data(), value.size());
  }
  void texts(FieldNumber field, const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      char* to = begin(field, value.size());
      if (!value.empty()) std::memcpy(to, value.data(), value.size());
    }
  }
  // A table begins with its own length, which is that of the field.
  void table(FieldNumber field, const amqp::Table& value) {
    if (value.empty()) return;
    char* to = extend(sizeof field + amqp::encoded_size(value));
    store_big(to, field);
    amqp::write_table(value, to + sizeof field);
  }

 private:
  char* extend(std::size_t bytes) {
    const std::size_t at = out_.size();
    out_.resize(at + bytes);
    return out_.data() + at;
  }
  char* begin(FieldNumber field, std::size_t bytes) {
    char* to = extend(kFieldHeaderBytes + bytes);
    store_big(to, field);
    store_big(to + sizeof field, static_cast<std::uint32_t>(bytes));
    return to + kFieldHeaderBytes;
  }

  std::string& out_;
};

// Reads fields. After the first failure nothing more is read; what was read stays.
class NumberedReader {
 public:
  explicit NumberedReader(std::string_view record) : left_(record) { advance(); }

  template <std::unsigned_integral Number>
  void number(FieldNumber field, Number& value) {
    if (!reach(field)) return;
    std::uint64_t wide = 0;
    if (bytes_.empty() || bytes_.size() > sizeof wide) return fail();
    for (const char byte : bytes_) wide = wide << 8 | static_cast<std::uint8_t>(byte);
    value = static_cast<Number>(wide);
    if (value != wide) return fail();
    advance_past(field);
  }
  void flag(FieldNumber field, bool& value) {
    std::uint8_t byte = value ? 1 : 0;
    number(field, byte);
    value = byte != 0;
  }
  void text(FieldNumber field, std::string& value) {
    if (!reach(field)) return;
    value = bytes_;
    advance_past(field);
  }
  void texts(FieldNumber field, std::vector<std::string>& values) {
    for (; reach(field); advance()) values.emplace_back(bytes_);
  }
  void table(FieldNumber field, amqp::Table& value) {
    if (!reach(field)) return;
    Result<amqp::Table, amqp::DecodeError> table = amqp::decode_table(bytes_);
    if (!table) return fail();
    value = std::move(*table);
    advance_past(field);
  }

  // Whether the record is sound to its end. Call it last.
  bool finish() {
    while (has_field_) advance();
    return sound_;
  }

 private:
  // Whether that field is the one at hand, those before it being skipped.
  bool reach(FieldNumber field) {
    while (has_field_ && number_ < field) advance();
    return has_field_ && number_ == field;
  }

  // Takes the next field in hand.
  void advance() {
    has_field_ = false;
    if (left_.empty()) return;
    if (left_.size() < kFieldHeaderBytes) return fail();
    const FieldNumber number = load_big<FieldNumber>(left_.data());
    const std::uint32_t size = load_big<std::uint32_t>(left_.data() + sizeof number);
    left_.remove_prefix(kFieldHeaderBytes);
    if (number < number_ || size > left_.size()) return fail();
    number_ = number;
    bytes_ = left_.substr(0, size);
    left_.remove_prefix(size);
    has_field_ = true;
  }

  // The same for a field that does not repeat.
  void advance_past(FieldNumber field) {
    advance();
    if (has_field_ && number_ == field) fail();
  }

  void fail() {
    sound_ = has_field_ = false;
    left_ = {};
  }

  std::string_view left_;
  std::string_view bytes_;  // of the field at hand
  FieldNumber number_ = 0;  // of the field at hand, or of the last one
  bool has_field_ = false;
  bool sound_ = true;
};

}  // namespace warren::broker
