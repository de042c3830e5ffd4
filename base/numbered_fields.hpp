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
#include <vector>

#include "base/bytes.hpp"
#include "base/fields.hpp"

namespace warren {

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
  // One of the values of an enumeration of one byte, up to `last`.
  template <class Choice>
  void choice(FieldNumber field, Choice value, Choice /*last*/) {
    number(field, static_cast<std::uint8_t>(value));
  }
  void text(FieldNumber field, std::string_view value) {
    if (!value.empty()) std::memcpy(begin(field, value.size()), value.data(), value.size());
  }
  void texts(FieldNumber field, const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      char* to = begin(field, value.size());
      if (!value.empty()) std::memcpy(to, value.data(), value.size());
    }
  }
  // Records inside this one, each a field of its own.
  template <class Record>
  void records(FieldNumber field, const std::vector<Record>& values, std::size_t /*count_max*/) {
    for (const Record& value : values) record(field, value);
  }
  // Written even when all its fields have their defaults.
  template <class Record>
  void record(FieldNumber field, const Record& value) {
    begin(field, 0);
    const std::size_t at = out_.size();
    visit_fields(value, *this);
    store_big(out_.data() + at - sizeof(std::uint32_t), static_cast<std::uint32_t>(out_.size() - at));
  }

 protected:
  // Makes the text longer and gives where the new part begins.
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

 private:
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
  // Fails for what is beyond `last`.
  template <class Choice>
  void choice(FieldNumber field, Choice& value, Choice last) {
    auto byte = static_cast<std::uint8_t>(value);
    number(field, byte);
    if (byte > static_cast<std::uint8_t>(last)) return fail();
    value = static_cast<Choice>(byte);
  }
  void text(FieldNumber field, std::string& value) {
    if (!reach(field)) return;
    value = bytes_;
    advance_past(field);
  }
  void texts(FieldNumber field, std::vector<std::string>& values) {
    for (; reach(field); advance()) values.emplace_back(bytes_);
  }
  // Stops at a record that is not sound, and at one beyond `count_max`.
  template <class Record>
  void records(FieldNumber field, std::vector<Record>& values, std::size_t count_max) {
    for (; reach(field); advance()) {
      if (values.size() >= count_max) return fail();
      NumberedReader inner(bytes_);
      visit_fields(values.emplace_back(), inner);
      if (!inner.finish()) return fail();
    }
  }
  template <class Record>
  void record(FieldNumber field, Record& value) {
    if (!reach(field)) return;
    NumberedReader inner(bytes_);
    visit_fields(value, inner);
    if (!inner.finish()) return fail();
    advance_past(field);
  }

  // Whether the record is sound to its end. Call it last.
  bool finish() {
    while (has_field_) advance();
    return sound_;
  }

 protected:
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
  // The content of the field at hand.
  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view left_;
  std::string_view bytes_;  // of the field at hand
  FieldNumber number_ = 0;  // of the field at hand, or of the last one
  bool has_field_ = false;
  bool sound_ = true;
};

}  // namespace warren
