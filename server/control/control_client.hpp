// One client of the control socket.
#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "server/control/control_socket.hpp"

namespace warren::server {

// Lives as long as its socket, or until its answer has come.
class ControlClient : public std::enable_shared_from_this<ControlClient> {
 public:
  ControlClient(boost::asio::local::stream_protocol::socket socket, OnRequest on_request,
                std::shared_ptr<std::size_t> clients);
  ~ControlClient();

  void start() { read(); }

 private:
  static constexpr std::chrono::seconds kIdleAtMost{60};

  void read();
  void take(std::string_view line);
  void answer(const manage::Answer& answer, bool last);
  void arm();
  void end();

  boost::asio::local::stream_protocol::socket socket_;
  boost::asio::steady_timer idle_;
  OnRequest on_request_;
  std::shared_ptr<std::size_t> clients_;
  std::string read_;     // not yet taken
  std::string written_;  // under way
};

}  // namespace warren::server
