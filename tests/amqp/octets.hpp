// Bytes as tests write them down.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "amqp/wire/frame.hpp"
#include "base/bytes.hpp"

namespace warren::amqp {

// octets({0, 20, 0xCE})
inline std::string octets(std::initializer_list<int> numbers) {
  std::string bytes;
  for (int number : numbers) bytes += static_cast<char>(number);
  return bytes;
}

// A string literal with its zero bytes: bytes("\x00\x01").
template <std::size_t N>
std::string bytes(const char (&literal)[N]) {
  return std::string(literal, N - 1);
}

template <class Number>
std::string big(Number number) {
  std::string bytes(sizeof number, '\0');
  store_big(bytes.data(), number);
  return bytes;
}

inline std::string short_string(std::string_view text) {
  return std::string(1, static_cast<char>(text.size())) + std::string(text);
}

inline std::string long_string(std::string_view text) {
  return big(static_cast<std::uint32_t>(text.size())) + std::string(text);
}

// A frame of any type, also of unknown ones; `end` may be wrong.
inline std::string frame_bytes(int type, ChannelNumber channel, std::string_view payload, char end = kFrameEnd) {
  return octets({type}) + big(channel) + long_string(payload) + end;
}

}  // namespace warren::amqp
