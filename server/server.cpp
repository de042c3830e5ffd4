#include "server/server.hpp"

#include <fmt/core.h>
#include <malloc.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <csignal>
#include <random>
#include <stdexcept>

#include "base/password.hpp"
#include "base/pool.hpp"
#include "server/log.hpp"
#include "server/machine.hpp"

namespace warren::server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds kResourcesEach{1};
constexpr milliseconds kAcceptRetry{100};
constexpr seconds kStopAtMost{4};
constexpr std::string_view kDefaultPassword = "guest";

std::uint32_t random_salt() {
  std::random_device device;
  return device();
}

// On few cores the threads of clients and of the system need theirs too; a hop between shards costs more than it brings
// there.
ShardIndex default_shards() { return static_cast<ShardIndex>(std::max(1u, cores() / 2)); }

}  // namespace

Server::Server(node::Settings settings) : settings_(std::move(settings)) {
  disk_ = std::make_unique<NodeDisk>(settings_);
  open_port();
  make_shards();
}

void Server::make_shards() {
  const ShardIndex shards = settings_.shards != 0 ? settings_.shards : default_shards();
  node::Recovered recovered = disk_->recover(shards);
  for (const std::string& sentence : disk_->sentences()) log(sentence);
  for (const std::string& sentence : recovered.log) log(sentence);
  const std::vector<broker::Command> definitions =
      broker::default_definitions(hash_password(kDefaultPassword, random_salt()));
  for (ShardIndex shard = 0; shard < shards; ++shard) {
    node::ShardSettings of_shard = shard_settings(shard, shards);
    node::RecoveredShard& part = recovered.shards[shard];
    of_shard.definitions = definitions;
    of_shard.image = recovered.image;
    of_shard.storage = disk_->storage_settings(shards);
    // Long before publishers must be blocked, messages leave memory.
    of_shard.storage.hot_bytes = std::clamp<std::size_t>(of_shard.memory_high_watermark_bytes / 2 / shards,
                                                         of_shard.storage.chunk_bytes, of_shard.storage.hot_bytes);
    of_shard.queues = std::move(part.queues);
    of_shard.journal = std::move(part.journal);
    of_shard.bodies = std::move(part.bodies);
    threads_.push_back(std::make_unique<ShardThread>(std::move(of_shard), threads_, *disk_,
                                                     disk_->open_journal(shard, std::move(part.tail))));
  }
}

Server::~Server() = default;

node::ShardSettings Server::shard_settings(ShardIndex shard, ShardIndex shards) const {
  node::ShardSettings of_shard;
  of_shard.shard = shard;
  of_shard.shards = shards;
  of_shard.seed = (static_cast<std::uint64_t>(random_salt()) << 32) | random_salt();
  of_shard.session = settings_.session;
  of_shard.memory_high_watermark_bytes =
      settings_.memory_watermark_absolute
          ? settings_.memory_watermark_bytes
          : static_cast<std::uint64_t>(settings_.memory_watermark_relative * static_cast<double>(memory_total_bytes()));
  of_shard.disk_free_limit_bytes =
      settings_.disk_free_limit_relative > 0
          ? static_cast<std::uint64_t>(settings_.disk_free_limit_relative * static_cast<double>(memory_total_bytes()))
          : settings_.disk_free_limit_bytes;
  return of_shard;
}

void Server::open_port() {
  error_code error;
  const asio::ip::address wanted = asio::ip::make_address(settings_.listen_address, error);
  if (error) throw std::runtime_error(fmt::format("'{}' is not an address to listen on", settings_.listen_address));
  tcp::endpoint endpoint(wanted, settings_.amqp_port);
  acceptor_.open(endpoint.protocol(), error);
  if (error && wanted == asio::ip::address_v6::any()) {
    // A machine without IPv6.
    endpoint.address(asio::ip::address_v4::any());
    acceptor_.open(endpoint.protocol(), error);
  }
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint.address().is_v6()) acceptor_.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    const std::string why = error == asio::error::address_in_use ? "another process uses it" : error.message();
    throw std::runtime_error(fmt::format("cannot listen on port {} ({}): {}; choose another with --amqp-port",
                                         settings_.amqp_port, settings_.listen_address, why));
  }
  ipv6_ = endpoint.address().is_v6();
}

void Server::run() {
  for (const std::unique_ptr<ShardThread>& thread : threads_) thread->start([this] { thread_ended(); });
  accept();
  watch_resources();
  signals_.add(SIGTERM);
  signals_.add(SIGINT);
  signals_.async_wait([this](error_code error, int) {
    if (!error) stop();
  });
  fmt::print("warren {} listens for AMQP on port {}, data in {}; stop it with Ctrl-C or SIGTERM\n", settings_.name,
             settings_.amqp_port, settings_.data_dir);
  std::fflush(stdout);
  context_.run();
  for (const std::unique_ptr<ShardThread>& thread : threads_) thread->join();
  // What the disk's threads still do ends while those who asked for it are there.
  disk_.reset();
}

void Server::accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) {
      error_code ignored;
      const auto handle = socket.release(ignored);
      threads_[next_shard_++ % threads_.size()]->adopt(handle, ipv6_);
      return accept();
    }
    // Out of file descriptors, most likely: those who are connected go on, others wait in the queue of the port.
    retry_.expires_after(kAcceptRetry);
    retry_.async_wait([this](error_code cancelled) {
      if (!cancelled) accept();
    });
  });
}

void Server::watch_resources() {
  const std::int64_t live = pool::live_bytes();
  for (const std::unique_ptr<ShardThread>& thread : threads_)
    thread->give(node::Resources{static_cast<std::uint64_t>(std::max<std::int64_t>(0, live)),
                                 disk_free_bytes(settings_.data_dir)});
  give_memory_back(static_cast<std::uint64_t>(std::max<std::int64_t>(0, live)));
  resources_.expires_after(kResourcesEach);
  resources_.async_wait([this](error_code error) {
    if (!error) watch_resources();
  });
}

// What a backlog leaves behind when it goes to disk or to its readers goes back to the system.
void Server::give_memory_back(std::uint64_t live_bytes) {
  constexpr std::uint64_t kWorthTrimming = 16 << 20;
  constexpr std::uint64_t kNews = 4 << 20;
  const std::uint64_t resident = memory_resident_bytes();
  const bool news = resident > trimmed_resident_bytes_ + kNews || live_bytes + kNews < trimmed_live_bytes_;
  if (resident < live_bytes + kWorthTrimming || !news) return;
  ::malloc_trim(0);
  trimmed_resident_bytes_ = memory_resident_bytes();
  trimmed_live_bytes_ = live_bytes;
}

void Server::stop() {
  log("stopping: closing connections");
  error_code ignored;
  acceptor_.close(ignored);
  resources_.cancel();
  retry_.cancel();
  for (const std::unique_ptr<ShardThread>& thread : threads_) thread->finish();
  deadline_.expires_after(kStopAtMost);
  deadline_.async_wait([this](error_code error) {
    if (error) return;
    for (const std::unique_ptr<ShardThread>& thread : threads_) thread->abort();
  });
}

void Server::thread_ended() {
  asio::post(context_, [this] {
    if (++ended_threads_ == threads_.size()) deadline_.cancel();
  });
}

}  // namespace warren::server
