// One connection to one other node for one purpose, again and again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "server/link/dial.hpp"
#include "server/link/link_types.hpp"

namespace warren::server {

// Of two nodes the one with the smaller name connects; the other waits for it. A newer connection takes the place of an
// older one.
class PeerLine : public std::enable_shared_from_this<PeerLine> {
 public:
  struct User {
    std::function<cluster::Greeting()> greet;
    // Both have greeted. False: that makes no sense, and the connection is dropped.
    std::function<bool(const cluster::Greeting& told, const cluster::Greeting& heard)> greeted;
    std::function<void(cluster::LinkFrame, std::string_view)> frame;
  };

  // Requires: context and address outlive it, and it is closed before it goes.
  PeerLine(LinkContext& context, const PeerAddress& address, cluster::LinkPurpose purpose, User user);

  // Connects, if that is this side's part.
  void start();
  // The other side has connected, and was made sure of.
  void adopt(std::shared_ptr<FrameSocket> socket);
  // The connection, once both have greeted; else null.
  FrameSocket* ready() const { return greeted_ ? socket_.get() : nullptr; }
  // Ends this connection; the next one is made at once.
  void drop();
  void close();

 private:
  bool connects() const { return context_.identity.name < address_.name; }
  std::size_t payload_bytes_max() const;
  void dial();
  void dial_later();
  void wait(std::chrono::milliseconds time, void (PeerLine::*then)());
  void on_dialled(std::shared_ptr<FrameSocket> socket, const std::string& trouble);
  void on_silence() { on_trouble("it does not greet"); }
  void on_frame(cluster::LinkFrame kind, std::string_view payload);
  void on_greeting(std::string_view payload);
  void on_trouble(const std::string& why);
  void let_go();

  LinkContext& context_;
  const PeerAddress& address_;
  const cluster::LinkPurpose purpose_;
  const User user_;
  std::shared_ptr<Dial> dial_;
  std::shared_ptr<FrameSocket> socket_;
  cluster::Greeting told_;
  bool greeted_ = false;
  bool closed_ = false;
  boost::asio::steady_timer timer_;  // until the next attempt, or for the greeting
  std::chrono::milliseconds pause_;
  std::string trouble_;  // told last, until it works again
};

}  // namespace warren::server
