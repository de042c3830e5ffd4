// UTF-8, as names must be (amqp.md 1.10).
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace warren::amqp {

// The whole check: well-formed sequences only, no surrogates, nothing above U+10FFFF, no longer form than needed.
bool is_utf8_beyond_ascii(std::string_view text);

// Whether the bytes are UTF-8. Names are nearly always ASCII, which is found eight bytes at a time.
inline bool is_utf8(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080ull;
  std::uint64_t seen = 0;
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= sizeof seen; left -= sizeof seen, at += sizeof seen) {
    std::uint64_t eight;
    std::memcpy(&eight, at, sizeof eight);
    seen |= eight;
  }
  for (; left > 0; --left, ++at) seen |= static_cast<std::uint8_t>(*at);
  return (seen & kHighBits) == 0 || is_utf8_beyond_ascii(text);
}

}  // namespace warren::amqp
