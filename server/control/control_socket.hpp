// The door for operators: a socket on the node's machine that takes requests and gives answers, a line each.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "manage/operations/words/request.hpp"

namespace warren::server {

// May be called on any thread, once; later calls do nothing.
using AnswerRequest = std::function<void(manage::Answer)>;
using OnRequest = std::function<void(manage::Request, AnswerRequest)>;

// Everything happens on the context's thread. Requests of one client are carried out one after the other, those of
// several side by side. The socket and the pid file beside it are there as long as this object, and for the owner only.
class ControlSocket {
 public:
  ControlSocket(boost::asio::io_context& context, OnRequest on_request);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  // Opens NODE.sock in the folder, over what a process that ended has left there. Returns why it cannot, in a sentence;
  // empty: it is open.
  std::string open(const std::string& directory, const std::string& node);
  // No new clients. Those that wait still get their answers.
  // No more operators. The pid file stays: the process has not ended yet.
  void close();
  // Another life of the process follows: the pid file is right.
  void process_goes_on() { process_goes_on_ = true; }

  const std::string& path() const { return path_; }
  std::size_t clients() const { return *clients_; }

 private:
  std::string listen(const std::string& path);
  void accept();

  boost::asio::io_context& context_;
  OnRequest on_request_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  std::shared_ptr<std::size_t> clients_;
  std::shared_ptr<bool> alive_;  // false: this object is gone, and what completes late must leave it alone
  std::string path_;             // empty: not open
  bool process_goes_on_ = false;
  std::string pid_path_;  // the same
};

}  // namespace warren::server
