#include "amqp/frame_reader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

namespace warren::amqp {

FrameReader::Next FrameReader::next_slowly(Frame& out) {
  switch (state_) {
    case State::between: return begin(out);
    case State::gathering: return gather(out);
    case State::in_body: return stream_body(out);
    case State::failed: return Next::error;
    case State::handed_out: break;
  }
  kept_.release();
  state_ = State::between;
  return next(out);
}

// A frame begins whose head, payload or end octet is missing, or is wrong.
FrameReader::Next FrameReader::begin(Frame& out) {
  if (input_left() == 0) return Next::wait;
  state_ = State::gathering;
  if (input_left() < kFrameHeadBytes) return gather(out);
  if (!admit(at_)) return Next::error;
  if (state_ != State::in_body) return gather(out);
  at_ += kFrameHeadBytes;
  return stream_body(out);
}

FrameReader::Next FrameReader::gather(Frame& out) {
  if (kept_.size() < kFrameHeadBytes) {
    if (!gather_up_to(kFrameHeadBytes)) return Next::wait;
    if (!admit(kept_.data())) return Next::error;
    if (state_ == State::in_body) return stream_body(out);
  }
  if (!gather_up_to(wanted_)) return Next::wait;
  const std::string_view payload = kept_.view().substr(kFrameHeadBytes, wanted_ - kFrameOverheadBytes);
  const std::uint8_t type = static_cast<std::uint8_t>(kept_.data()[0]);
  const char marker = kept_.data()[wanted_ - 1];
  if (marker != kFrameEnd) return fail_end_marker(type, payload, payload.size(), marker);
  out = {type, true, true, load_big<std::uint16_t>(kept_.data() + kFrameChannelAt), payload};
  state_ = State::handed_out;
  return Next::frame;
}

// Looks at a whole head. False: the frame is too large, which is an error.
bool FrameReader::admit(const char* head) {
  const std::uint8_t type = static_cast<std::uint8_t>(head[0]);
  const std::uint32_t size = load_big<std::uint32_t>(head + kFrameSizeAt);
  if (size > payload_max_) {
    const std::int64_t limit = static_cast<std::int64_t>(payload_max_) - static_cast<std::int64_t>(kFrameOverheadBytes);
    fail(fmt::format("type {}, all octets = <<>>: {{frame_too_large,{},{}}}", type, size, limit));
    return false;
  }
  if (type == static_cast<std::uint8_t>(FrameType::body)) {
    body_first_ = true;
    body_channel_ = load_big<std::uint16_t>(head + kFrameChannelAt);
    body_bytes_ = body_left_ = size;
    body_start_bytes_ = 0;
    kept_.release();
    state_ = State::in_body;
  } else {
    wanted_ = kFrameOverheadBytes + size;
  }
  return true;
}

// Moves input to what is kept until that many bytes are there. False: input ran out.
bool FrameReader::gather_up_to(std::size_t bytes) {
  const std::size_t taken = std::min(bytes - kept_.size(), input_left());
  kept_.append({at_, taken});
  at_ += taken;
  return kept_.size() == bytes;
}

FrameReader::Next FrameReader::stream_body(Frame& out) {
  const std::size_t have = input_left();
  const std::size_t size = std::min<std::size_t>(have, body_left_);
  const bool ends = size == body_left_ && have > size;
  if (size == 0 && !ends) return Next::wait;
  const std::string_view part(at_, size);
  remember_start(part);
  if (ends && at_[size] != kFrameEnd)
    return fail_end_marker(static_cast<std::uint8_t>(FrameType::body), {body_start_.data(), body_start_bytes_},
                           body_bytes_, at_[size]);
  out = {static_cast<std::uint8_t>(FrameType::body), body_first_, ends, body_channel_, part};
  at_ += size + (ends ? 1 : 0);
  body_left_ -= static_cast<std::uint32_t>(size);
  body_first_ = false;
  if (ends) state_ = State::between;
  return Next::frame;
}

void FrameReader::remember_start(std::string_view part) {
  const std::size_t size = std::min(part.size(), body_start_.size() - body_start_bytes_);
  if (size != 0) std::memcpy(body_start_.data() + body_start_bytes_, part.data(), size);
  body_start_bytes_ += size;
}

FrameReader::Next FrameReader::fail(std::string text) {
  error_ = std::move(text);
  kept_.release();
  state_ = State::failed;
  return Next::error;
}

FrameReader::Next FrameReader::fail_end_marker(std::uint8_t type, std::string_view start, std::size_t payload_bytes,
                                               char marker) {
  const unsigned octet = static_cast<std::uint8_t>(marker);
  return fail(
      fmt::format("type {}, {}: {{invalid_frame_end_marker,{}}}", type, octets_text(start, payload_bytes), octet));
}

}  // namespace warren::amqp
