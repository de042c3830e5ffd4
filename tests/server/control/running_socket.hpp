// A control socket with a thread of its own, and ways to talk to it.
#pragma once

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "manage/socket/run_directory.hpp"
#include "server/control/control_socket.hpp"
#include "tools/ctl/node/socket_door.hpp"

namespace warren::server::testing {

// Node "a@h" in a folder of its own.
class RunningSocket {
 public:
  explicit RunningSocket(OnRequest on_request) : socket_(context_, std::move(on_request)) {
    REQUIRE(::mkdtemp(folder_.data()) != nullptr);
    REQUIRE(socket_.open(folder_, "a@h").empty());
    thread_ = std::thread([this] { context_.run(); });
  }
  ~RunningSocket() {
    boost::asio::post(context_, [this] {
      socket_.close();
      context_.stop();
    });
    thread_.join();
    ::rmdir(folder_.c_str());
  }

  const std::string& folder() const { return folder_; }
  ctl::SocketDoor door() const { return {"a@h", {folder_}}; }

 private:
  std::string folder_ = "/tmp/control_test.XXXXXX";
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
  ControlSocket socket_;
  std::thread thread_;
};

// A client that need not keep to the rules.
class RawClient {
 public:
  explicit RawClient(const RunningSocket& node) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = manage::socket_path(node.folder(), "a@h");
    std::memcpy(address.sun_path, path.data(), path.size());
    REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  ~RawClient() { ::close(socket_); }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // The next line; empty: the connection has ended.
  std::string line() {
    std::string text;
    for (char c = 0; ::recv(socket_, &c, 1, 0) == 1 && c != '\n';) text += c;
    return text;
  }

 private:
  int socket_;
};

}  // namespace warren::server::testing
