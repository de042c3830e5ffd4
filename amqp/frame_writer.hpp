// Frames written by hand: content, heartbeats, the protocol header (amqp.md 1.1 to 1.3, 1.8).
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "amqp/methods/basic.hpp"
#include "amqp/wire/frame.hpp"
#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace warren::amqp {

// What a client opens with: for 0-9-1, and for the 0-9 that some still send. Both mean the same framing.
inline constexpr std::string_view kProtocolHeader{"AMQP\x00\x00\x09\x01", 8};
inline constexpr std::string_view kProtocolHeader09{"AMQP\x01\x01\x00\x09", 8};
// Answers to anything else: what we speak, and, as RabbitMQ 4 does for most, AMQP 1.0 with SASL.
inline constexpr std::string_view kProtocolHeader10Sasl{"AMQP\x03\x01\x00\x00", 8};
inline constexpr std::size_t kProtocolHeaderBytes = 8;

inline constexpr std::string_view kHeartbeatFrame{"\x08\x00\x00\x00\x00\x00\x00\xCE", 8};

inline void append_heartbeat(ByteBuffer& out) { out.append(kHeartbeatFrame); }

// Copies bytes and returns where they end.
inline char* write_bytes(char* to, std::string_view bytes) {
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

// Writes a whole content header frame, for which there is room. Returns the end.
inline char* write_content_header_frame(char* to, ChannelNumber channel, std::uint64_t body_bytes,
                                        std::string_view raw_properties) {
  const std::size_t size = kContentHeadBytes + raw_properties.size();
  to = write_frame_head(to, FrameType::header, channel, static_cast<std::uint32_t>(size));
  store_big<std::uint32_t>(to, std::uint32_t{BasicPublish::id.class_id} << 16);  // and a weight of 0
  store_big<std::uint64_t>(to + 4, body_bytes);
  to = write_bytes(to + kContentHeadBytes, raw_properties);
  *to = kFrameEnd;
  return to + 1;
}

// Appends a content header frame. It is never split, whatever frame-max says (amqp.md 1.3).
inline void append_content_header_frame(ByteBuffer& out, ChannelNumber channel, std::uint64_t body_bytes,
                                        std::string_view raw_properties) {
  char* to = out.extend(kFrameOverheadBytes + kContentHeadBytes + raw_properties.size());
  write_content_header_frame(to, channel, body_bytes, raw_properties);
}

// Appends what stands before the payload of a body frame; after it come the payload and append_frame_end().
inline void append_body_frame_head(ByteBuffer& out, ChannelNumber channel, std::uint32_t payload_bytes) {
  write_frame_head(out.extend(kFrameHeadBytes), FrameType::body, channel, payload_bytes);
}

inline void append_frame_end(ByteBuffer& out) { *out.extend(1) = kFrameEnd; }

// Appends a whole body frame.
inline void append_body_frame(ByteBuffer& out, ChannelNumber channel, std::string_view payload) {
  char* to = out.extend(kFrameOverheadBytes + payload.size());
  to = write_frame_head(to, FrameType::body, channel, static_cast<std::uint32_t>(payload.size()));
  *write_bytes(to, payload) = kFrameEnd;
}

// Appends a body as frames of at most `frame_max` bytes each; 0 means one frame. An empty body has no frame.
void append_body_frames(ByteBuffer& out, ChannelNumber channel, std::string_view body, std::uint32_t frame_max);

// Appends basic.deliver and its content header in one go; the body frames follow from elsewhere. `exchange_and_key` are
// the two names as short strings, one after the other, as they came in the publish. Requires: a tag of at most 255
// bytes.
inline void append_deliver(ByteBuffer& out, ChannelNumber channel, std::string_view consumer_tag,
                           std::uint64_t delivery_tag, bool redelivered, std::string_view exchange_and_key,
                           std::string_view raw_properties, std::uint32_t body_bytes) {
  constexpr std::size_t kFixedBytes = kMethodHeadBytes + 1 + sizeof delivery_tag + 1;
  const std::size_t method_bytes = kFixedBytes + consumer_tag.size() + exchange_and_key.size();
  char* to =
      out.extend(kFrameOverheadBytes + method_bytes + kFrameOverheadBytes + kContentHeadBytes + raw_properties.size());
  to = write_frame_head(to, FrameType::method, channel, static_cast<std::uint32_t>(method_bytes));
  store_big<std::uint32_t>(to, BasicDeliver::id.packed());
  to[kMethodHeadBytes] = static_cast<char>(consumer_tag.size());
  to = write_bytes(to + kMethodHeadBytes + 1, consumer_tag);
  store_big<std::uint64_t>(to, delivery_tag);
  to[sizeof delivery_tag] = redelivered ? 1 : 0;
  to = write_bytes(to + sizeof delivery_tag + 1, exchange_and_key);
  *to = kFrameEnd;
  write_content_header_frame(to + 1, channel, body_bytes, raw_properties);
}

}  // namespace warren::amqp
