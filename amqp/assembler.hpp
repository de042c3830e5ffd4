// Method, content header and body of one channel, put in order.
#pragma once

#include <cstdint>
#include <string_view>

#include "amqp/methods/method_id.hpp"
#include "amqp/wire/frame_rules.hpp"
#include "base/bytes.hpp"
#include "base/limits.hpp"

namespace warren::amqp {

// What a content header says. The properties are raw: flags and values, not checked yet.
struct ContentHeader {
  std::uint64_t body_bytes = 0;
  std::string_view properties = {};
};

// Knows, for one channel, which kind of frame must come next and how much of a body is missing. It stores no content:
// the caller owns the message that is being filled. An error is one of the connection (amqp.md 1.4) and final.
//
//   method frame:  method() first; when it carries content, then begin()
//   header frame:  header()
//   body frame:    body(), once per part
class ContentAssembler {
 public:
  enum class Step : std::uint8_t {
    more,      // in order; content is not complete yet
    complete,  // in order; the content is complete, a method comes next
    error,     // out of order; see error()
  };

  // Whether the next frame must be a method.
  bool idle() const { return state_ == State::idle; }

  // A method frame came. `complete`: it may be looked at.
  Step method() { return idle() ? Step::complete : fail(misplaced()); }

  // That method carries content. Requires: idle.
  void begin(MethodId method) {
    method_ = method;
    state_ = State::header;
  }

  // A header frame came. Unless error, `out` holds what it says. `complete`: there is no body.
  // Requires: at least kContentHeadBytes of payload, as is_well_placed() makes sure.
  Step header(std::string_view payload, ContentHeader& out) {
    if (state_ != State::header) [[unlikely]]
      return fail(misplaced());
    const std::uint16_t class_id = load_big<std::uint16_t>(payload.data());
    const std::uint16_t weight = load_big<std::uint16_t>(payload.data() + 2);
    const std::uint64_t body_bytes = load_big<std::uint64_t>(payload.data() + 4);
    if (weight != 0) [[unlikely]]
      return fail(Fault::not_a_header);
    if (class_id != method_.class_id) [[unlikely]]
      return fail(Fault::other_class, class_id);
    if (body_bytes > limits::kBodyBytesCeiling) [[unlikely]]
      return fail(Fault::body_too_large, body_bytes);
    out.body_bytes = body_bytes;
    out.properties = payload.substr(kContentHeadBytes);
    missing_ = static_cast<std::uint32_t>(body_bytes);
    state_ = body_bytes == 0 ? State::idle : State::body;
    return body_bytes == 0 ? Step::complete : Step::more;
  }

  // A part of a body frame came. Unless error, its bytes belong to the content. Content is complete only with the last
  // part of a frame, that is when the end octet has been seen.
  Step body(std::string_view part, bool last) {
    if (state_ != State::body) [[unlikely]]
      return fail(misplaced());
    if (part.size() > missing_) [[unlikely]]
      return fail(Fault::body_exceeds);
    missing_ -= static_cast<std::uint32_t>(part.size());
    if (missing_ != 0 || !last) return Step::more;
    state_ = State::idle;
    return Step::complete;
  }

  // Bytes of the body that have not come yet.
  std::uint32_t missing_bytes() const { return missing_; }

  // The reply to the last step that returned error.
  ProtocolError error() const;

 private:
  enum class State : std::uint8_t { idle, header, body };
  enum class Fault : std::uint8_t {
    none,
    not_a_method,
    not_a_header,
    not_a_body,
    other_class,
    body_too_large,
    body_exceeds
  };

  Fault misplaced() const {
    if (state_ == State::idle) return Fault::not_a_method;
    return state_ == State::header ? Fault::not_a_header : Fault::not_a_body;
  }
  Step fail(Fault fault, std::uint64_t number = 0) {
    fault_ = fault;
    fault_number_ = number;
    return Step::error;
  }

  State state_ = State::idle;
  Fault fault_ = Fault::none;
  MethodId method_ = {};
  std::uint32_t missing_ = 0;
  std::uint64_t fault_number_ = 0;  // the class or the size that was wrong
};

}  // namespace warren::amqp
