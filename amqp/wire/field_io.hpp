// The visitors that read, measure and write the arguments of a method (0-9-1 spec 4.2.5; amqp.md 1.2). Consecutive bits
// share an octet, lowest first; since a field list is known while compiling, so is every place of a bit.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "amqp/table.hpp"
#include "amqp/wire/utf8.hpp"
#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/limits.hpp"

namespace warren::amqp {

enum class DecodeStatus : std::uint8_t {
  ok,
  malformed,       // bytes are missing or left over
  bad_utf8,        // a name that is not UTF-8
  bad_table,       // a table that does not decode
  unknown_method,  // no such class or method
};

inline constexpr int kBitsPerOctet = 8;

// Reads fields. After the first failure nothing more is read and fields keep their values.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  FieldReader& reserved() { return *this; }

  void octet(const char*, std::uint8_t& field) { number(field); }
  void u16(const char*, std::uint16_t& field) { number(field); }
  void u32(const char*, std::uint32_t& field) { number(field); }
  void u64(const char*, std::uint64_t& field) { number(field); }

  void shortstr(const char*, std::string_view& field) {
    bit_ = 0;
    if (left() < 1) [[unlikely]]
      return fail(DecodeStatus::malformed);
    const std::size_t size = static_cast<std::uint8_t>(*at_);
    if (left() <= size) [[unlikely]]
      return fail(DecodeStatus::malformed);
    field = {at_ + 1, size};
    at_ += 1 + size;
  }

  void name(const char* label, std::string_view& field) {
    shortstr(label, field);
    if (status_ == DecodeStatus::ok && !is_utf8(field)) [[unlikely]]
      misspelt_ = true;
  }

  void longstr(const char*, std::string_view& field) {
    bit_ = 0;
    std::string_view bytes;
    if (take_long(bytes)) field = bytes;
  }

  void secret(const char* label, std::string_view& field) { longstr(label, field); }

  void table(const char*, Table& field) {
    bit_ = 0;
    std::string_view body;
    if (!take_long(body)) return;
    if (body.empty()) return field.entries.clear();
    Result<Table, DecodeError> table = decode_table(body);
    if (!table.ok()) return fail(DecodeStatus::bad_table);
    field = std::move(*table);
  }

  void bit(const char*, bool& field) {
    if (bit_ == 0 || bit_ == kBitsPerOctet) {
      bit_ = 0;
      if (left() < 1) [[unlikely]]
        return fail(DecodeStatus::malformed);
      bits_ = static_cast<std::uint8_t>(*at_++);
    }
    field = (bits_ >> bit_++ & 1) != 0;
  }

  // How it went. Bytes left over are malformed; a length that is wrong is told before a name that is.
  DecodeStatus finish() const {
    if (status_ != DecodeStatus::ok) [[unlikely]]
      return status_;
    if (at_ != end_) [[unlikely]]
      return DecodeStatus::malformed;
    return misspelt_ ? DecodeStatus::bad_utf8 : DecodeStatus::ok;
  }

 private:
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  // Going to the end makes every later verb fail by its own check of the length.
  void fail(DecodeStatus status) {
    if (status_ == DecodeStatus::ok) status_ = status;
    at_ = end_;
  }

  template <class Number>
  void number(Number& field) {
    bit_ = 0;
    if (left() < sizeof field) [[unlikely]]
      return fail(DecodeStatus::malformed);
    field = load_big<Number>(at_);
    at_ += sizeof field;
  }

  bool take_long(std::string_view& bytes) {
    std::uint32_t size = 0;
    if (left() < sizeof size || left() - sizeof size < (size = load_big<std::uint32_t>(at_))) {
      fail(DecodeStatus::malformed);
      return false;
    }
    bytes = {at_ + sizeof size, size};
    at_ += sizeof size + size;
    return true;
  }

  const char* at_;
  const char* end_;
  DecodeStatus status_ = DecodeStatus::ok;
  bool misspelt_ = false;
  std::uint8_t bits_ = 0;
  int bit_ = 0;
};

// Counts the bytes that FieldWriter will write, and makes sure that they can be.
class FieldSizer {
 public:
  FieldSizer& reserved() { return *this; }

  void octet(const char*, std::uint8_t) { add(sizeof(std::uint8_t)); }
  void u16(const char*, std::uint16_t) { add(sizeof(std::uint16_t)); }
  void u32(const char*, std::uint32_t) { add(sizeof(std::uint32_t)); }
  void u64(const char*, std::uint64_t) { add(sizeof(std::uint64_t)); }
  void shortstr(const char*, std::string_view field) {
    WARREN_CHECK(field.size() <= limits::kShortStringBytesMax, "a short string has at most 255 bytes");
    add(1 + field.size());
  }
  void name(const char* label, std::string_view field) { shortstr(label, field); }
  void longstr(const char*, std::string_view field) { add(sizeof(std::uint32_t) + field.size()); }
  void secret(const char* label, std::string_view field) { longstr(label, field); }
  void table(const char*, const Table& field) { add(field.empty() ? sizeof(std::uint32_t) : encoded_size(field)); }
  void bit(const char*, bool) {
    if (bit_ == 0 || bit_ == kBitsPerOctet) add(1);
    ++bit_;
  }

  std::size_t size() const { return size_; }

 private:
  void add(std::size_t bytes) {
    size_ += bytes;
    bit_ = 0;
  }

  std::size_t size_ = 0;
  int bit_ = 0;
};

// Writes fields where there is room for them.
class FieldWriter {
 public:
  explicit FieldWriter(char* to) : at_(to) {}

  FieldWriter& reserved() { return *this; }

  void octet(const char*, std::uint8_t field) { number(field); }
  void u16(const char*, std::uint16_t field) { number(field); }
  void u32(const char*, std::uint32_t field) { number(field); }
  void u64(const char*, std::uint64_t field) { number(field); }
  void shortstr(const char*, std::string_view field) {
    number(static_cast<std::uint8_t>(field.size()));
    bytes(field);
  }
  void name(const char* label, std::string_view field) { shortstr(label, field); }
  void longstr(const char*, std::string_view field) {
    number(static_cast<std::uint32_t>(field.size()));
    bytes(field);
  }
  void secret(const char* label, std::string_view field) { longstr(label, field); }
  void table(const char*, const Table& field) {
    if (field.empty()) return number(std::uint32_t{0});
    bit_ = 0;
    at_ = write_table(field, at_);
  }
  void bit(const char*, bool field) {
    if (bit_ == 0 || bit_ == kBitsPerOctet) number(std::uint8_t{0});
    at_[-1] = static_cast<char>(at_[-1] | (field ? 1 : 0) << bit_++);
  }

  char* end() const { return at_; }

 private:
  template <class Number>
  void number(Number field) {
    bit_ = 0;
    store_big(at_, field);
    at_ += sizeof field;
  }
  void bytes(std::string_view field) {
    if (!field.empty()) std::memcpy(at_, field.data(), field.size());
    at_ += field.size();
  }

  char* at_;
  int bit_ = 0;
};

}  // namespace warren::amqp
