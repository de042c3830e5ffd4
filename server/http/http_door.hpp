// The door for operators over HTTP.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "manage/operations/words/request.hpp"
#include "server/http/admission.hpp"

namespace warren::server {

struct HttpCaller {
  manage::Credentials credentials;
  bool loopback = false;
};
// May be called on any thread, once; later calls do nothing. The answer counts for those who are admitted.
using AnswerHttp = std::function<void(Admission, manage::Answer)>;
using OnHttpRequest = std::function<void(HttpCaller, manage::Request, AnswerHttp)>;

// Everything happens on the context's thread. Requests of one connection are carried out one after the other.
class HttpDoor {
 public:
  HttpDoor(boost::asio::io_context& context, OnHttpRequest on_request);
  ~HttpDoor() { close(); }

  // Returns why it cannot, in a sentence; empty: it is open. Port 0: any.
  std::string open(const std::string& address, std::uint16_t port);
  std::uint16_t port() const { return port_; }
  // No new clients. Those that wait still get their answers.
  void close();

 private:
  void accept();

  boost::asio::io_context& context_;
  OnHttpRequest on_request_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::shared_ptr<boost::asio::steady_timer> retry_;  // gone: so is the door
  std::shared_ptr<std::atomic<std::size_t>> clients_;
  std::uint16_t port_ = 0;
};

}  // namespace warren::server
