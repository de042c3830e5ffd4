#include "amqp/assembler.hpp"

#include <fmt/core.h>

namespace warren::amqp {

ProtocolError ContentAssembler::error() const {
  const std::uint16_t class_id = method_.class_id;
  switch (fault_) {
    case Fault::none: break;
    case Fault::not_a_method:
      return {ReplyCode::unexpected_frame, "expected method frame, got non method frame instead", {}};
    case Fault::not_a_header:
      return {
          ReplyCode::unexpected_frame,
          fmt::format("expected content header for class {}, got non content header frame instead", class_id),
          method_,
      };
    case Fault::not_a_body:
      return {ReplyCode::unexpected_frame, "expected content body, got non content body frame instead", method_};
    case Fault::other_class:
      return {
          ReplyCode::unexpected_frame,
          fmt::format("expected content header for class {}, got one for class {} instead", class_id, fault_number_),
          method_,
      };
    case Fault::body_too_large:
      return {
          ReplyCode::frame_error,
          fmt::format("content body size {} exceeds maximum allowed size {}", fault_number_, limits::kBodyBytesCeiling),
          method_,
      };
    case Fault::body_exceeds:
      return {ReplyCode::frame_error, "content body frame exceeds remaining content size", method_};
  }
  return {ReplyCode::internal_error, "", {}};
}

}  // namespace warren::amqp
