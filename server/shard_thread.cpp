#include "server/shard_thread.hpp"

#include <fmt/core.h>

#include <boost/asio/post.hpp>
#include <random>
#include <utility>
#include <variant>

#include "server/clocks.hpp"
#include "server/cluster/cluster_driver.hpp"
#include "server/log.hpp"

namespace warren::server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// An address as people write it: IPv4 clients of a dual-stack socket look like IPv4.
asio::ip::address plain(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address;
}

broker::session::Peer peer_of(const tcp::socket& socket, error_code& error) {
  const tcp::endpoint remote = socket.remote_endpoint(error);
  if (error) return {};
  const tcp::endpoint local = socket.local_endpoint(error);
  if (error) return {};
  const asio::ip::address from = plain(remote.address());
  return {
      fmt::format("{}:{} -> {}:{}", from.to_string(), remote.port(), plain(local.address()).to_string(), local.port()),
      from.is_loopback()};
}

// A publisher and a consumer, and who looks after them.
constexpr std::size_t kFewClients = 3;

// Sessions of different shards never share an identity.
constexpr int kShardShift = 48;

// Somewhere else for every process, so that what is told late to a session of a former life reaches nobody.
std::uint64_t first_session() {
  std::random_device device;
  return (std::uint64_t{device()} << 15 | (device() & 0x7fff)) & ((std::uint64_t{1} << (kShardShift - 1)) - 1);
}

}  // namespace

ShardThread::ShardThread(node::ShardSettings settings, std::vector<std::unique_ptr<ShardThread>>& all, NodeDisk& disk,
                         persist::JournalWriter journal)
    : index_(settings.shard),
      all_(all),
      work_(asio::make_work_guard(context_)),
      shard_(std::move(settings)),
      disk_(disk, std::move(journal), context_, [this](node::ShardInput input) { feed(std::move(input)); }),
      timer_(context_),
      sessions_given_(first_session()),
      read_buffer_(std::make_unique_for_overwrite<char[]>(limits::kReadBytesMax)) {}

void ShardThread::start(std::function<void()> ended) {
  thread_ = std::thread([this, ended = std::move(ended)] {
    // What was recovered has deadlines, and may have something to write.
    feed(node::Tick{});
    context_.run();
    ended();
  });
}

void ShardThread::adopt(tcp::socket::native_handle_type handle, bool ipv6) {
  asio::post(context_, [this, handle, ipv6] {
    tcp::socket socket(context_);
    error_code error;
    socket.assign(ipv6 ? tcp::v6() : tcp::v4(), handle, error);
    if (!error) welcome(std::move(socket));
  });
}

void ShardThread::welcome(tcp::socket socket) {
  error_code error;
  broker::session::Peer peer = peer_of(socket, error);
  if (error) return;  // gone before it was here
  socket.non_blocking(true, error);
  socket.set_option(tcp::no_delay(true), error);
  const SessionId id((static_cast<std::uint64_t>(index_) << kShardShift) | ++sessions_given_);
  auto fresh = std::make_shared<Connection>(*this, id, std::move(socket));
  connections_.emplace(id.value, fresh);
  clients_ = connections_.size();
  feed(node::Accepted{id, std::move(peer)});
  fresh->start();
}

void ShardThread::give(node::ShardInput input) {
  asio::post(context_, [this, input = std::move(input)]() mutable { feed(std::move(input)); });
}

void ShardThread::deliver(node::MailBatch batch) {
  if (mail_.push(std::move(batch))) asio::post(context_, [this] { take_mail(); });
}

void ShardThread::take_mail() {
  mail_.take(taken_mail_);
  for (node::MailBatch& batch : taken_mail_) feed(node::Arrived{std::move(batch)});
  taken_mail_.clear();
}

void ShardThread::feed(node::ShardInput input) {
  if (feeding_) {
    inputs_.push_back(std::move(input));
    return;
  }
  feeding_ = true;
  effects_.clear();
  shard_.step(std::move(input), read_clocks(), effects_);
  carry_out(effects_);
  do {
    while (!inputs_.empty()) {
      inputs_in_hand_.swap(inputs_);
      for (node::ShardInput& next : inputs_in_hand_) {
        effects_.clear();
        shard_.step(std::move(next), read_clocks(), effects_);
        carry_out(effects_);
      }
      inputs_in_hand_.clear();
    }
    // A sync beside gains nothing by waiting, and few clients give less company than waiting costs.
    if (!disk_.short_sync() || connections_.size() <= kFewClients) disk_.settle();
  } while (!inputs_.empty());
  feeding_ = false;
  settle_soon();
  if (finishing_) end_if_done();
}

// Behind the sockets that are readable by now: one sync for all of them.
void ShardThread::settle_soon() {
  if (!disk_.unsettled() || std::exchange(settling_, true)) return;
  asio::post(context_, [this] {
    settling_ = false;
    disk_.settle();
  });
}

Connection* ShardThread::connection(SessionId id) {
  const auto found = connections_.find(id.value);
  return found == connections_.end() ? nullptr : found->second.get();
}

void ShardThread::carry_out(node::ShardEffects& effects) {
  disk_.carry_out(effects);
  for (node::Post& post : effects.posts) all_[post.to]->deliver(std::move(post.batch));
  cluster_->carry_out(index_, effects);
  for (node::Write& write : effects.writes)
    if (Connection* to = connection(write.session)) to->write(std::move(write.output));
  for (const node::Reading& reading : effects.readings)
    if (Connection* of = connection(reading.session)) of->set_reading(reading.on);
  for (const node::Close& close : effects.closes) {
    const auto found = connections_.find(close.session.value);
    if (found == connections_.end()) continue;
    const std::shared_ptr<Connection> leaving = found->second;
    leaving->close(close.at_once);
  }
  for (const std::string& line : effects.log) log(line);
  arm(effects.wake_at_ms);
}

void ShardThread::arm(Instant at_ms) {
  if (at_ms >= armed_ms_) return;
  armed_ms_ = at_ms;
  timer_.expires_at(std::chrono::steady_clock::time_point(std::chrono::milliseconds(at_ms)));
  timer_.async_wait([this](error_code error) {
    if (error) return;
    armed_ms_ = kNever;
    feed(node::Tick{});
  });
}

void ShardThread::finish() {
  asio::post(context_, [this] {
    finishing_ = true;
    feed(node::Stop{});
    end_if_done();
  });
}

void ShardThread::closed(SessionId session) {
  feed(node::Closed{session});
  // The connection may be in the middle of a call.
  asio::post(context_, [this, session] {
    connections_.erase(session.value);
    clients_ = connections_.size();
    end_if_done();
  });
}

void ShardThread::end_if_done() {
  if (finishing_ && connections_.empty() && disk_.idle() && shard_.may_end(read_clocks().instant_ms)) context_.stop();
}

}  // namespace warren::server
