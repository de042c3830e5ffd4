// The stream of mail with one other node: what was sent and not acknowledged, what was received, and what becomes of it
// when the two connect again. No sockets here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "cluster/link_messages.hpp"
#include "server/link/parts/frame_socket.hpp"

namespace warren::server {

// A stream is agreed on by two processes. While both live and neither forgets it, it goes on behind what was received,
// whatever happens to connections. Mail that was put in before there is an agreement waits for it.
class MailStream {
 public:
  // Bytes that may wait for an acknowledgement. One frame alone may be longer.
  static constexpr std::size_t kUnacknowledgedBytesMax = 256 << 20;

  // False: that is too much.
  [[nodiscard]] bool push(FrameBytes frame);
  // One more has come.
  void received(std::size_t bytes);
  std::uint64_t received() const { return received_; }
  // Bytes that came since received() was told last.
  std::size_t untold_bytes() const { return untold_bytes_; }
  bool untold() const { return told_ != received_; }
  void told() { told_ = received_, untold_bytes_ = 0; }
  // False for one who acknowledges what was never sent.
  [[nodiscard]] bool acknowledged(std::uint64_t up_to);
  const std::deque<FrameBytes>& unacknowledged() const { return frames_; }

  // Forgets everything in both directions. Whether there was anything.
  bool reset();
  // The catalog counts on: what was agreed before is not worth anything any more. As above.
  bool set_number(std::uint64_t number);
  // The other is a process of that incarnation: another one than before ends the stream. As above.
  bool meets(std::uint64_t incarnation);

  // What to tell the other.
  cluster::Greeting greeting(NodeId self, std::uint64_t incarnation) const;
  struct Meeting {
    bool sound = true;   // the other's words make sense
    bool lost = false;   // what there was is gone
    bool fresh = false;  // the stream begins anew; otherwise unacknowledged() must be sent again
  };
  // Both have told: the stream goes on or begins anew. Requires: nothing was received in between.
  Meeting meet(const cluster::Greeting& told, const cluster::Greeting& heard);

 private:
  bool agreed() const { return peer_incarnation_ != 0; }

  std::uint64_t number_ = 0;
  std::uint64_t generation_ = 0;
  std::uint64_t peer_incarnation_ = 0;
  bool heard_ = false;  // the other has shown that it agreed to this generation
  std::deque<FrameBytes> frames_;
  std::size_t bytes_ = 0;
  std::uint64_t acknowledged_ = 0;  // frames before the first of frames_
  std::uint64_t received_ = 0;
  std::uint64_t told_ = 0;
  std::size_t untold_bytes_ = 0;
};

}  // namespace warren::server
