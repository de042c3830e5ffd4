// One node as a process: its shards' threads, the port, the signals.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <vector>

#include "node/cluster/identity.hpp"
#include "node/settings/settings.hpp"
#include "server/cluster/administrator.hpp"
#include "server/cluster/cluster_driver.hpp"
#include "server/control/control_socket.hpp"
#include "server/control/operator_desk.hpp"
#include "server/disk/node_disk.hpp"
#include "server/http/http_door.hpp"
#include "server/link/parts/tls_context.hpp"
#include "server/link/secret.hpp"
#include "server/shard_thread.hpp"

namespace warren::server {

class Server {
 public:
  enum class End { stopped, begin_again };

  // Takes the data folder and the ports; a new node finds its cluster. Throws std::runtime_error with one clear
  // sentence when it cannot.
  explicit Server(node::Settings settings);
  ~Server();

  // Serves until SIGTERM or SIGINT, then closes every client and returns, at the latest after five seconds. Otherwise
  // the node has become another one: it is to be made anew from the same settings.
  End run();

 private:
  void take_port();
  void listen();
  void listen_later(boost::system::error_code why);
  void enter_registry();
  void close_port();
  void set_serving(bool on);
  void accept();
  void choose_cluster_port();
  void know_thyself(bool virgin);
  node::Identity seek_cluster();
  void open_links();
  void open_control();
  LinkSettings link_settings();
  manage::NodeFacts node_facts() const;
  std::vector<node::ListenerTold> listeners() const;
  static node::ResourceLimits limits_of(const node::Settings& settings);
  Result<Done, std::string> set_limit(const manage::SetSetting& wanted);
  void tell_resources();
  void watch_resources();
  void give_memory_back(std::uint64_t live_bytes);
  void stop();
  void thread_ended();
  void make_shards(node::Recovered recovered);
  node::ShardSettings shard_settings(ShardIndex shard, ShardIndex shards) const;

  node::Settings settings_;
  ShardIndex shards_ = 1;
  std::string run_dir_;
  Secret secret_;
  std::shared_ptr<const TlsContext> tls_;  // of links; none: they are in the clear
  node::Identity identity_;
  End end_ = End::stopped;
  boost::asio::io_context context_{1};
  boost::asio::ip::tcp::acceptor acceptor_{context_};
  boost::asio::ip::tcp::acceptor reserved_{context_};  // the cluster's port, before the links have it
  boost::asio::signal_set signals_{context_};
  boost::asio::steady_timer retry_{context_};
  boost::asio::steady_timer resources_{context_};
  std::vector<std::unique_ptr<ShardThread>> threads_;
  std::unique_ptr<ClusterDriver> cluster_;
  std::unique_ptr<Administrator> administrator_;
  std::unique_ptr<OperatorDesk> operator_desk_;
  std::unique_ptr<ControlSocket> control_;
  std::unique_ptr<HttpDoor> http_;
  std::unique_ptr<NodeDisk> disk_;                // behind the threads: its own end first, and touch them no more
  boost::asio::steady_timer deadline_{context_};  // of the end
  std::size_t ended_threads_ = 0;
  std::size_t next_shard_ = 0;
  std::uint64_t trimmed_resident_bytes_ = 0;  // these when memory was given back last
  std::uint64_t trimmed_live_bytes_ = 0;
  std::atomic<std::uint64_t> memory_limit_bytes_ = 0;
  std::atomic<std::uint64_t> disk_limit_bytes_ = 0;
  Instant started_ms_ = 0;
  bool ipv6_ = false;
  bool listening_ = false;
  bool stopping_ = false;
};

}  // namespace warren::server
