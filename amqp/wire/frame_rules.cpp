#include "amqp/wire/frame_rules.hpp"

#include <fmt/core.h>

#include "amqp/wire/erlang_text.hpp"

namespace warren::amqp {

namespace {

bool has_right_shape(const Frame& frame) {
  const std::size_t size = frame.payload.size();
  switch (static_cast<FrameType>(frame.type)) {
    case FrameType::method: return size >= kMethodHeadBytes;
    case FrameType::header: return size >= kContentHeadBytes;
    case FrameType::body: return true;
    case FrameType::heartbeat: return size == 0;
  }
  return false;
}

}  // namespace

ProtocolError misplaced_frame(const Frame& frame) {
  const std::string shown = fmt::format("type {}, {}", frame.type, octets_text(frame.payload));
  if (!has_right_shape(frame)) return {ReplyCode::frame_error, shown + ": unknown_frame", {}};
  return {ReplyCode::unexpected_frame, shown, {}};
}

}  // namespace warren::amqp
