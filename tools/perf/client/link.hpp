// One connection to a broker, as its client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "amqp/codec.hpp"
#include "amqp/frame_reader.hpp"
#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "tools/perf/address.hpp"

namespace warren::perf {

// Every link uses one channel.
inline constexpr ChannelNumber kChannel = 1;

// The broker cannot be reached, said no, or went away. What it says is a sentence.
struct Trouble : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct LinkSettings {
  std::uint32_t frame_max = 0;
  std::size_t read_bytes = 0;  // of the buffer: at most so much is read at once
};

// The socket does not block; connecting, call() and close() wait. Everything throws Trouble.
class Link {
 public:
  // Connects and opens the connection.
  Link(const Address& to, const LinkSettings& settings);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  int socket() const { return socket_; }
  // Agreed with the broker.
  std::uint32_t frame_max() const { return frame_max_; }
  // False while the broker asks publishers to wait.
  bool may_publish() const { return !blocked_ && flow_; }
  std::uint64_t times_blocked() const { return times_blocked_; }

  // Frames to be sent, before anything that is sent with send_some().
  ByteBuffer& out() { return out_; }
  // Sends what is in out(). Returns whether all of it was taken.
  bool flush();
  // Sends what the socket takes, and removes it from `bytes`. Requires: out() is empty.
  bool send_some(std::string_view& bytes);
  // The socket took less than it was offered, and has not become writable since.
  bool full() const { return full_; }
  void writable() { full_ = false; }

  // Reads once. False: nothing was there. Requires: next() returned false since.
  bool receive();
  // The next frame of a channel among what was received. What concerns the connection as a whole is dealt with here.
  bool next(amqp::Frame& frame);

  // Sends a method and waits for its answer, whose strings are valid until more is received. Other frames of that
  // channel are passed over.
  template <class Reply, class Method>
  Reply call(ChannelNumber channel, const Method& method) {
    amqp::append_method_frame(out_, channel, method);
    return await<Reply>(channel);
  }
  // Waits for such a method, as the answer to something sent before.
  template <class Reply>
  Reply await(ChannelNumber channel) {
    Reply reply;
    const std::string_view arguments = await(channel, Reply::id, Reply::name);
    if (amqp::decode(arguments, reply) != amqp::DecodeStatus::ok) fail_decoding(Reply::name);
    return reply;
  }
  void open_channel(ChannelNumber channel);
  // Says goodbye and waits for the answer.
  void close();

 private:
  void connect(const Address& to);
  void handshake(const Address& to);
  bool read_frame(amqp::Frame& frame);
  bool absorb(const amqp::Frame& frame);
  std::string_view await(ChannelNumber channel, amqp::MethodId id, std::string_view name);
  void wait_readable(std::string_view awaited);
  void flush_all();
  [[noreturn]] void fail_decoding(std::string_view method) const;

  std::string name_;  // "host:port"
  int socket_ = -1;
  std::uint32_t frame_max_;
  std::size_t read_bytes_;
  std::unique_ptr<char[]> buffer_;
  amqp::FrameReader reader_;
  ByteBuffer out_;
  std::size_t out_taken_ = 0;  // bytes of out_ that the socket has
  bool full_ = false;
  bool blocked_ = false;
  bool flow_ = true;
  std::uint64_t times_blocked_ = 0;
};

}  // namespace warren::perf
