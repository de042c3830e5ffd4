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

// True for a frame that no rule below forbids.
inline bool is_well_placed(const Frame& frame) {
  const std::size_t size = frame.payload.size();
  switch (static_cast<FrameType>(frame.type)) {
    case FrameType::method: return size >= kMethodHeadBytes;
    case FrameType::header: return frame.channel != 0 && size >= kContentHeadBytes;
    case FrameType::body: return frame.channel != 0;
    case FrameType::heartbeat: return frame.channel == 0 && size == 0;
  }
  return false;
}

// What is wrong with a frame that is not well placed: FRAME_ERROR "...: unknown_frame" for unknown types, heartbeats
// with a payload, methods and headers too short to be one; UNEXPECTED_FRAME for heartbeats on a channel and content on
// channel 0. Requires: !is_well_placed(frame).
ProtocolError misplaced_frame(const Frame& frame);

}  // namespace warren::amqp
