// A socket that carries frames, in the clear or inside TLS.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "cluster/link_messages.hpp"
#include "server/link/parts/tls_layer.hpp"

namespace warren::server {

// Bytes that wait to be sent: one or more whole frames. Counted, since what is sent may have to be sent again.
using FrameBytes = std::shared_ptr<const ByteBuffer>;

FrameBytes make_frame(cluster::LinkFrame kind, std::string_view payload);

// Reads and writes on one io_context. What comes goes to the user of the moment; nothing is called from inside a call
// into this class, and nothing any more after close(). Everything sent while the last write ran goes in the next one.
class FrameSocket : public std::enable_shared_from_this<FrameSocket> {
 public:
  struct User {
    std::function<void(std::string_view)> preamble = {};  // comes first, once
    std::function<void(cluster::LinkFrame, std::string_view)> frame;
    std::function<void(const std::string& why)> closed;  // by the other side, or by trouble
  };

  // Inside TLS, if there is a context: then everything that is sent waits until both sides believe each other.
  FrameSocket(boost::asio::ip::tcp::socket socket, const TlsContext* tls, TlsLayer::Side side);

  // Starts to read. Requires: the user has a place for the preamble.
  void start(User user);
  // Frames go to another user from now on, and may be longer.
  void hand_to(User user, std::size_t payload_bytes_max);
  void send(FrameBytes bytes);
  void send(std::string bytes);
  std::size_t waiting_bytes() const { return waiting_bytes_; }
  // At once, or when what waits has been written and the other side has had a moment to read it. The user hears nothing
  // more of it.
  void close();
  void close_when_written();
  bool closed() const { return closed_; }
  const std::string& peer_address() const { return peer_address_; }

 private:
  void wait_readable();
  void on_readable();
  std::size_t read_plain(std::size_t bytes_max, boost::system::error_code& error);
  std::size_t read_sealed(std::size_t bytes_max, boost::system::error_code& error);
  bool unseal();
  bool take_input();
  bool take_preamble();
  bool take_frames();
  void flush_soon();
  void flush();
  void gather();
  void seal();
  void on_written(std::size_t bytes);
  void on_left(std::size_t bytes);
  void on_tls_trouble();
  void drop_output();
  void take_leave();
  void fail(const std::string& why);

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer leave_;
  std::string peer_address_;
  std::shared_ptr<const User> user_;
  std::size_t payload_bytes_max_ = cluster::kHandshakeBytesMax;
  ByteBuffer input_;
  std::size_t consumed_ = 0;  // of the input
  bool has_preamble_ = false;
  std::deque<FrameBytes> output_;
  std::size_t taken_ = 0;  // of the output's front
  std::size_t waiting_bytes_ = 0;
  std::vector<boost::asio::const_buffer> gathered_;
  std::unique_ptr<TlsLayer> tls_;  // none: in the clear
  ByteBuffer sealed_;              // is being written
  bool writing_ = false;           // or about to
  bool close_when_written_ = false;
  bool closed_ = false;
};

}  // namespace warren::server
