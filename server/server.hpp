// One node as a process: its shards' threads, the port, the signals.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <vector>

#include "node/settings.hpp"
#include "server/disk/node_disk.hpp"
#include "server/shard_thread.hpp"

namespace warren::server {

class Server {
 public:
  // Opens the port and the data folder. Throws std::runtime_error with one clear sentence when it cannot.
  explicit Server(node::Settings settings);
  ~Server();

  // Serves until SIGTERM or SIGINT, then closes every client and returns, at the latest after five seconds.
  void run();

 private:
  void open_port();
  void accept();
  void watch_resources();
  void give_memory_back(std::uint64_t live_bytes);
  void stop();
  void thread_ended();
  void make_shards();
  node::ShardSettings shard_settings(ShardIndex shard, ShardIndex shards) const;

  node::Settings settings_;
  boost::asio::io_context context_{1};
  boost::asio::ip::tcp::acceptor acceptor_{context_};
  boost::asio::signal_set signals_{context_};
  boost::asio::steady_timer retry_{context_};
  boost::asio::steady_timer resources_{context_};
  std::vector<std::unique_ptr<ShardThread>> threads_;
  std::unique_ptr<NodeDisk> disk_;                // behind the threads: its own end first, and touch them no more
  boost::asio::steady_timer deadline_{context_};  // of the end
  std::size_t ended_threads_ = 0;
  std::size_t next_shard_ = 0;
  std::uint64_t trimmed_resident_bytes_ = 0;  // these when memory was given back last
  std::uint64_t trimmed_live_bytes_ = 0;
  bool ipv6_ = false;
};

}  // namespace warren::server
