// Numbers of one to ten bytes, seven bits each, the lowest first; the top bit says that more follows.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"

namespace warren::broker {

inline constexpr std::size_t kVarintBytesMax = 10;

// Writes to memory that has room for kVarintBytesMax; returns the place behind.
inline char* put_varint(char* to, std::uint64_t number) {
  while (number >= 0x80) {
    *to++ = static_cast<char>(number | 0x80);
    number >>= 7;
  }
  *to++ = static_cast<char>(number);
  return to;
}

inline void append_varint(ByteBuffer& out, std::uint64_t number) {
  char bytes[kVarintBytesMax];
  out.append({bytes, static_cast<std::size_t>(put_varint(bytes, number) - bytes)});
}

// Reads from the front of a view. Once something did not fit, ok() is false and everything read is zero or empty.
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes) : begin_(bytes.data()), at_(begin_), end_(begin_ + bytes.size()) {}

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == end_; }
  std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }

  std::uint8_t octet() {
    if (at_ == end_) return fail();
    return static_cast<std::uint8_t>(*at_++);
  }

  std::uint64_t varint() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; at_ != end_ && shift < 64; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(*at_++);
      number |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return number;
    }
    return fail();
  }

  // What was read makes no sense.
  void spoil() { fail(); }

  std::string_view bytes(std::uint64_t count) {
    if (count > static_cast<std::uint64_t>(end_ - at_)) return fail(), std::string_view();
    const std::string_view view(at_, count);
    at_ += count;
    return view;
  }

 private:
  std::uint8_t fail() {
    ok_ = false;
    at_ = end_;
    return 0;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace warren::broker
