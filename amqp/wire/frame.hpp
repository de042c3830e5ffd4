// What a frame looks like on the wire (0-9-1 spec 4.2.3; amqp.md 1.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace warren::amqp {

// type:octet channel:short size:long payload end:octet
inline constexpr std::size_t kFrameHeadBytes = 7;
inline constexpr std::size_t kFrameChannelAt = 1;
inline constexpr std::size_t kFrameSizeAt = 3;
inline constexpr std::size_t kFrameOverheadBytes = kFrameHeadBytes + 1;
inline constexpr char kFrameEnd = static_cast<char>(0xCE);

// class:short weight:short body-size:longlong, then flags and properties.
inline constexpr std::size_t kContentHeadBytes = 12;

// class:short method:short, then arguments.
inline constexpr std::size_t kMethodHeadBytes = 4;

enum class FrameType : std::uint8_t { method = 1, header = 2, body = 3, heartbeat = 8 };

// One frame, or a part of a body frame. The type is kept as the octet that came: it may be unknown.
struct Frame {
  std::uint8_t type = 0;
  bool first = true;  // begins its frame; always true but for parts of body frames
  bool last = true;   // ends its frame, and the end octet has been seen
  ChannelNumber channel = 0;
  std::string_view payload = {};

  bool is(FrameType wanted) const { return type == static_cast<std::uint8_t>(wanted); }
};

// Writes the seven octets before a payload. Returns their end.
inline char* write_frame_head(char* to, FrameType type, ChannelNumber channel, std::uint32_t payload_bytes) {
  to[0] = static_cast<char>(type);
  store_big<std::uint16_t>(to + kFrameChannelAt, channel);
  store_big<std::uint32_t>(to + kFrameSizeAt, payload_bytes);
  return to + kFrameHeadBytes;
}

}  // namespace warren::amqp
