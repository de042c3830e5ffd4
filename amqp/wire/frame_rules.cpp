#include "amqp/wire/frame_rules.hpp"

#include <fmt/core.h>

#include "amqp/wire/erlang_text.hpp"

namespace warren::amqp {

ProtocolError misplaced_frame(const Frame& frame) {
  const std::string shown = fmt::format("type {}, {}", frame.type, octets_text(frame.payload));
  if (!has_right_shape(frame)) return {ReplyCode::frame_error, shown + ": unknown_frame", {}};
  return {ReplyCode::unexpected_frame, shown, {}};
}

}  // namespace warren::amqp
