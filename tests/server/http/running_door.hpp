// A door over HTTP with a thread of its own, and somebody who writes what he likes to it.
#pragma once

#include <doctest/doctest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "server/http/http_door.hpp"

namespace warren::server::testing {

class RunningDoor {
 public:
  explicit RunningDoor(OnHttpRequest on_request) : door_(context_, std::move(on_request)) {
    REQUIRE(door_.open("127.0.0.1", 0) == "");
    thread_ = std::thread([this] { context_.run(); });
  }
  ~RunningDoor() {
    boost::asio::post(context_, [this] {
      door_.close();
      context_.stop();
    });
    thread_.join();
  }

  std::uint16_t port() const { return door_.port(); }

  // All that is answered to these bytes until the connection ends.
  std::string say(std::string_view bytes) const {
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), port()});
    boost::system::error_code ignored;
    boost::asio::write(socket, boost::asio::buffer(bytes), ignored);
    socket.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    std::string answer;
    boost::asio::read(socket, boost::asio::dynamic_buffer(answer), ignored);
    return answer;
  }

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
  HttpDoor door_;
  std::thread thread_;
};

// Admits who says "let me in" as password, and answers with the operation's name.
inline void echo(const HttpCaller& caller, const manage::Request& request, const AnswerHttp& answer) {
  const bool known = caller.credentials.password == "let me in" && caller.loopback;
  answer(known ? Admission::admitted : Admission::unknown, manage::Value(request.operation));
}

}  // namespace warren::server::testing
