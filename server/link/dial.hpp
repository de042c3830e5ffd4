// Connecting to another node.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "server/link/parts/frame_socket.hpp"
#include "server/link/parts/handshake.hpp"

namespace warren::server {

struct DialTo {
  std::string host;
  std::uint16_t port = 0;
  std::string name = {};  // of the node that must be there; empty: any
  std::chrono::milliseconds timeout{};
};

// One attempt, from the name of a host to a socket whose other side knows the secret.
class Dial : public std::enable_shared_from_this<Dial> {
 public:
  // With a socket, or without one and with one sentence. Once, and never if it is cancelled before.
  using Outcome = std::function<void(std::shared_ptr<FrameSocket>, const std::string& trouble)>;

  static std::shared_ptr<Dial> start(boost::asio::io_context& context, const LinkIdentity& self,
                                     cluster::LinkPurpose purpose, DialTo to, Outcome outcome);
  void cancel();

  Dial(boost::asio::io_context& context, const LinkIdentity& self, cluster::LinkPurpose purpose, DialTo to,
       Outcome outcome);

 private:
  void resolve();
  void connect(const boost::asio::ip::tcp::resolver::results_type& addresses);
  void shake_hands();
  void on_step(const Handshake::Step& step);
  void finish(std::shared_ptr<FrameSocket> socket, const std::string& trouble);

  DialTo to_;
  const std::shared_ptr<const TlsContext> tls_;
  Handshake handshake_;
  Outcome outcome_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  std::shared_ptr<FrameSocket> frames_;
  bool finished_ = false;
};

}  // namespace warren::server
