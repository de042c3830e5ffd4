// Who knocks at the port where nodes meet.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "server/link/parts/frame_socket.hpp"
#include "server/link/parts/handshake.hpp"

namespace warren::server {

// Lets in those who know the secret. A stranger costs a few KiB for a few seconds, many strangers no more than some of
// them: the one who has been waiting longest makes room.
class Doorman {
 public:
  struct User {
    std::function<void(std::shared_ptr<FrameSocket>, cluster::LinkPurpose, const std::string& name)> admit;
    std::function<void(std::string line)> log;
  };

  // Throws std::runtime_error with one sentence if the port cannot be had.
  Doorman(boost::asio::io_context& context, LinkIdentity self, const std::string& address, std::uint16_t port,
          User user);
  std::uint16_t port() const;
  void close();

 private:
  struct Stranger {
    std::shared_ptr<FrameSocket> socket;
    Handshake handshake;
    boost::asio::steady_timer deadline;
    bool leaving = false;
  };
  using StrangerRef = std::shared_ptr<Stranger>;

  void listen(const std::string& address, std::uint16_t port);
  void accept();
  void welcome(boost::asio::ip::tcp::socket socket);
  void on_step(const StrangerRef& stranger, const Handshake::Step& step);
  void wait(const StrangerRef& stranger, std::chrono::seconds time);
  void turn_away(const StrangerRef& stranger, const std::string& why);
  void forget(StrangerRef stranger);
  void complain(const std::string& line);

  boost::asio::io_context& context_;
  LinkIdentity self_;
  User user_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::shared_ptr<boost::asio::steady_timer> retry_;
  std::list<StrangerRef> strangers_;
  std::chrono::steady_clock::time_point complained_{};
  std::uint64_t unsaid_ = 0;  // complaints
};

}  // namespace warren::server
