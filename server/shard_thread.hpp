// Drives one shard: its thread, its sockets, its clock.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "node/shard.hpp"
#include "server/connection.hpp"
#include "server/disk/shard_disk.hpp"
#include "server/mail_ring.hpp"

namespace warren::server {

class ClusterDriver;

// Everything but the constructor, start, adopt, post and join happens on the own thread.
class ShardThread {
 public:
  ShardThread(node::ShardSettings settings, std::vector<std::unique_ptr<ShardThread>>& all, NodeDisk& disk,
              persist::JournalWriter journal);

  // Any thread.
  // `ended` is called on the own thread when the loop has ended.
  void start(std::function<void()> ended);
  // Before start.
  void join_cluster(ClusterDriver& cluster) { cluster_ = &cluster; }
  void join() { thread_.join(); }
  void adopt(boost::asio::ip::tcp::socket::native_handle_type socket, bool ipv6);
  void give(node::ShardInput input);
  void deliver(node::MailBatch batch);
  // The loop ends when the shard has no more clients, or when the time is up.
  void finish();
  void abort() { context_.stop(); }
  std::size_t clients() const { return clients_.load(std::memory_order_relaxed); }

  boost::asio::io_context& context() { return context_; }
  // On the own thread.
  const node::Shard& shard() const { return shard_; }

  // Gives an input to the shard and carries out what follows. May be called while effects are being carried out.
  void feed(node::ShardInput input);
  // The socket of this session is closed.
  void closed(SessionId session);
  boost::asio::mutable_buffer read_buffer() { return boost::asio::buffer(read_buffer_.get(), limits::kReadBytesMax); }
  boost::asio::mutable_buffer discard_buffer() { return boost::asio::buffer(discard_buffer_); }

 private:
  void carry_out(node::ShardEffects& effects);
  void settle_soon();
  void take_mail();
  void arm(Instant at_ms);
  void welcome(boost::asio::ip::tcp::socket socket);
  void end_if_done();
  Connection* connection(SessionId id);

  ShardIndex index_;
  std::vector<std::unique_ptr<ShardThread>>& all_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  node::Shard shard_;
  ShardDisk disk_;
  std::thread thread_;
  MailRing mail_;
  std::vector<node::MailBatch> taken_mail_;
  boost::asio::steady_timer timer_;
  Instant armed_ms_ = kNever;
  std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> connections_;
  std::atomic<std::size_t> clients_{0};  // how many connections there are
  std::uint64_t sessions_given_;
  std::vector<node::ShardInput> inputs_;  // waiting for the one being processed
  std::vector<node::ShardInput> inputs_in_hand_;
  node::ShardEffects effects_;
  ClusterDriver* cluster_ = nullptr;
  bool feeding_ = false;
  bool settling_ = false;
  bool finishing_ = false;
  std::unique_ptr<char[]> read_buffer_;
  std::array<char, 16 << 10> discard_buffer_;
};

}  // namespace warren::server
