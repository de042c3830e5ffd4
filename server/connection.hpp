// One client's socket: waits until it can be read or written, and moves bytes.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>

#include "base/ids.hpp"
#include "broker/session/output.hpp"
#include "server/gather.hpp"

namespace warren::server {

class ShardThread;

// Lives on one shard's thread. Holds no buffer while idle: input goes through a buffer of the thread, and output is the
// session's.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(ShardThread& thread, SessionId session, boost::asio::ip::tcp::socket socket);

  void start() { wait_readable(); }
  // Requires: the former output was reported as sent.
  void write(broker::session::Output output);
  void set_reading(bool on);
  // At once, or when everything is written. The session hears Closed.
  void close(bool at_once);

 private:
  void wait_readable();
  void on_readable();
  void wait_writable();
  void write_some();
  void finish();
  void discard_input();

  ShardThread& thread_;
  SessionId session_;
  boost::asio::ip::tcp::socket socket_;
  broker::session::Output output_;
  std::optional<Gather> gather_;  // set while output_ is being written
  bool reading_ = true;
  bool waiting_readable_ = false;
  bool close_when_written_ = false;
  bool closed_ = false;
};

}  // namespace warren::server
