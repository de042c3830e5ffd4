// Bytes from a peer, cut into frames.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "amqp/wire/erlang_text.hpp"
#include "amqp/wire/frame.hpp"
#include "base/bytes.hpp"
#include "base/limits.hpp"

namespace warren::amqp {

// Reads frames from pieces of input of any size. Frames other than body frames are handed out whole; body frames are
// handed out as their parts arrive, so that a large body is never kept here. What lies whole in the input is not
// copied. A part of a frame is kept in a buffer that grows with what has arrived, whatever size the frame announces.
class FrameReader {
 public:
  enum class Next : std::uint8_t { frame, wait, error };

  // Sets the size that frames may have; 0 means any. Holds for frames whose head has not been read yet. Payloads of up
  // to `frame_max` pass: the fudge of eight octets that RabbitMQ allows (amqp.md 1.3).
  void set_frame_max(std::uint32_t frame_max) {
    payload_max_ = frame_max == 0 ? std::numeric_limits<std::uint32_t>::max() : frame_max;
  }

  // Gives the next piece of input, which stays with the caller. Requires: next() has returned wait since the last
  // piece. After an error, input is ignored.
  void feed(std::string_view input) {
    at_ = input.data();
    end_ = input.data() + input.size();
  }

  // Hands out the next frame or part of a body frame. Its payload is valid until the next call of next(), and no longer
  // than the input it came in. `error` is final. `out` is set only when a frame is returned.
  // Parts: a body frame ends with a part that has `last` set, which may be empty when the end octet came late.
  Next next(Frame& out) {
    if (state_ == State::between) [[likely]] {
      const std::size_t have = static_cast<std::size_t>(end_ - at_);
      if (have >= kFrameOverheadBytes) [[likely]] {
        const std::uint32_t size = load_big<std::uint32_t>(at_ + kFrameSizeAt);
        const char* payload = at_ + kFrameHeadBytes;
        if (size <= payload_max_ && size <= have - kFrameOverheadBytes && payload[size] == kFrameEnd) [[likely]] {
          out.type = static_cast<std::uint8_t>(*at_);
          out.first = true;
          out.last = true;
          out.channel = load_big<std::uint16_t>(at_ + kFrameChannelAt);
          out.payload = {payload, size};
          at_ = payload + size + 1;
          return Next::frame;
        }
      }
    }
    return next_slowly(out);
  }

  // Why next() returned error, without the name of the code: "type 1, all octets = <<>>: {frame_too_large,9000,4088}".
  // The code is FRAME_ERROR. Empty while there is no error.
  const std::string& error() const { return error_; }

  // Takes the input back that no frame has been made of, for a caller that cannot go on now. To be fed again later.
  std::string_view take_unread() {
    const std::string_view unread(at_, static_cast<std::size_t>(end_ - at_));
    at_ = end_;
    return unread;
  }

  // Bytes kept of a frame that has not arrived whole.
  std::size_t kept_bytes() const { return kept_.size(); }

 private:
  enum class State : std::uint8_t {
    between,     // nothing is kept; the input begins with a frame
    gathering,   // the start of a frame is kept
    handed_out,  // a frame that was kept is being looked at
    in_body,     // within a body frame
    failed,
  };
  static constexpr std::size_t kErrorOctets = 16;

  Next next_slowly(Frame& out);
  Next begin(Frame& out);
  Next gather(Frame& out);
  bool admit(const char* head);
  bool gather_up_to(std::size_t bytes);
  Next stream_body(Frame& out);
  void remember_start(std::string_view part);
  Next fail(std::string text);
  Next fail_end_marker(std::uint8_t type, std::string_view start, std::size_t payload_bytes, char marker);
  std::size_t input_left() const { return static_cast<std::size_t>(end_ - at_); }

  const char* at_ = nullptr;
  const char* end_ = nullptr;
  std::uint32_t payload_max_ = limits::kFrameBytesMin;
  State state_ = State::between;

  bool body_first_ = false;
  ChannelNumber body_channel_ = 0;
  std::uint32_t body_bytes_ = 0;
  std::uint32_t body_left_ = 0;
  std::size_t body_start_bytes_ = 0;
  std::array<char, kErrorOctets> body_start_ = {};  // what an error would show of a body frame in parts

  std::size_t wanted_ = 0;  // bytes of the frame that is kept in part
  ByteBuffer kept_;
  std::string error_;
};

}  // namespace warren::amqp
