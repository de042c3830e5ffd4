// Frames that are wrong whatever the state of their channel (amqp.md 1.4, the first rows).
#pragma once

#include <optional>
#include <string>

#include "amqp/methods/method_id.hpp"
#include "amqp/reply_codes.hpp"
#include "amqp/wire/frame.hpp"

namespace warren::amqp {

// Why a peer gets a close: the code, the explanation without the code's name, and the method at fault (0/0: none).
struct ProtocolError {
  ReplyCode code = ReplyCode::frame_error;
  std::string text = {};
  MethodId method = {};
};

// Whether the type is known and the payload can be one of that type.
inline bool has_right_shape(const Frame& frame) {
  const std::size_t size = frame.payload.size();
  switch (static_cast<FrameType>(frame.type)) {
    case FrameType::method: return size >= kMethodHeadBytes;
    case FrameType::header: return size >= kContentHeadBytes;
    case FrameType::body: return true;
    case FrameType::heartbeat: return size == 0;
  }
  return false;
}

// True for a frame that no rule below forbids: methods go anywhere, heartbeats on channel 0, content on the others.
inline bool is_well_placed(const Frame& frame) {
  if (!has_right_shape(frame)) [[unlikely]]
    return false;
  if (frame.is(FrameType::method)) return true;
  return frame.is(FrameType::heartbeat) == (frame.channel == 0);
}

// What is wrong with a frame that is not well placed: FRAME_ERROR "...: unknown_frame" for unknown types, heartbeats
// with a payload, methods and headers too short to be one; UNEXPECTED_FRAME for heartbeats on a channel and content on
// channel 0. Requires: !is_well_placed(frame).
ProtocolError misplaced_frame(const Frame& frame);

}  // namespace warren::amqp
