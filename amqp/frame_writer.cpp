#include "amqp/frame_writer.hpp"

#include "base/check.hpp"

namespace warren::amqp {

void append_body_frames(ByteBuffer& out, ChannelNumber channel, std::string_view body, std::uint32_t frame_max) {
  WARREN_CHECK(frame_max == 0 || frame_max > kFrameOverheadBytes, "a frame has room for a payload");
  const std::size_t part_max = frame_max == 0 ? body.size() : frame_max - kFrameOverheadBytes;
  while (!body.empty()) {
    const std::string_view part = body.substr(0, part_max);
    append_body_frame(out, channel, part);
    body.remove_prefix(part.size());
  }
}

}  // namespace warren::amqp
