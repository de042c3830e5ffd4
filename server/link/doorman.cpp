#include "server/link/doorman.hpp"

#include <fmt/core.h>

#include <boost/asio/ip/v6_only.hpp>
#include <stdexcept>
#include <utility>

namespace warren::server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kStrangersMax = 128;
constexpr std::chrono::seconds kStrangerPatience{5};
constexpr std::chrono::seconds kStrangerLeaves{1};
constexpr std::chrono::milliseconds kStrangerRetry{100};
constexpr std::chrono::seconds kComplaintsEach{1};

}  // namespace

Doorman::Doorman(asio::io_context& context, LinkIdentity self, const std::string& address, std::uint16_t port,
                 User user)
    : context_(context),
      self_(std::move(self)),
      user_(std::move(user)),
      acceptor_(context),
      retry_(std::make_shared<asio::steady_timer>(context)) {
  listen(address, port);
  accept();
}

void Doorman::listen(const std::string& address, std::uint16_t port) {
  error_code error;
  const asio::ip::address wanted = asio::ip::make_address(address, error);
  if (error) throw std::runtime_error(fmt::format("'{}' is not an address to listen on", address));
  tcp::endpoint endpoint(wanted, port);
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
  if (!error) return;
  const std::string why = error == asio::error::address_in_use ? "another process uses it" : error.message();
  throw std::runtime_error(
      fmt::format("cannot listen for other nodes on port {} ({}): {}; choose another with "
                  "--cluster-port",
                  port, address, why));
}

std::uint16_t Doorman::port() const {
  error_code error;
  return acceptor_.local_endpoint(error).port();
}

void Doorman::accept() {
  acceptor_.async_accept([this, alive = std::weak_ptr(retry_)](error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || alive.expired() || !acceptor_.is_open()) return;
    if (!error) {
      welcome(std::move(socket));
      return accept();
    }
    // Out of file descriptors, most likely.
    retry_->expires_after(kStrangerRetry);
    retry_->async_wait([this, alive](error_code cancelled) {
      if (!cancelled && !alive.expired() && acceptor_.is_open()) accept();
    });
  });
}

void Doorman::welcome(tcp::socket socket) {
  if (strangers_.size() >= kStrangersMax) forget(StrangerRef(strangers_.front()));
  const auto stranger = std::make_shared<Stranger>(
      Stranger{std::make_shared<FrameSocket>(std::move(socket), self_.tls.get(), TlsLayer::Side::accepting),
               Handshake(self_), asio::steady_timer(context_)});
  strangers_.push_back(stranger);
  wait(stranger, kStrangerPatience);
  stranger->socket->start({
      [this, stranger](std::string_view bytes) { on_step(stranger, stranger->handshake.on_preamble(bytes)); },
      [this, stranger](cluster::LinkFrame kind, std::string_view payload) {
        on_step(stranger, stranger->handshake.on_frame(kind, payload));
      },
      [this, stranger](const std::string& why) { turn_away(stranger, why); },
  });
}

void Doorman::wait(const StrangerRef& stranger, std::chrono::seconds time) {
  stranger->deadline.expires_after(time);
  stranger->deadline.async_wait([this, weak = std::weak_ptr(stranger)](error_code error) {
    const StrangerRef late = weak.lock();
    if (error || !late || !late->socket || late->socket->closed()) return;
    if (!late->leaving) turn_away(late, "no handshake came in time");
    forget(late);
  });
}

void Doorman::on_step(const StrangerRef& stranger, const Handshake::Step& step) {
  if (!step.send.empty()) stranger->socket->send(step.send);
  if (!step.refusal.empty()) return turn_away(stranger, step.refusal);
  if (!step.done) return;
  stranger->deadline.cancel();
  strangers_.remove(stranger);
  user_.admit(std::exchange(stranger->socket, nullptr), stranger->handshake.purpose(), stranger->handshake.peer());
}

// It is counted until it is gone.
void Doorman::turn_away(const StrangerRef& stranger, const std::string& why) {
  complain(fmt::format("{} was turned away at the cluster's port: {}", stranger->socket->peer_address(), why));
  if (stranger->socket->closed()) return forget(stranger);
  stranger->leaving = true;
  stranger->socket->close_when_written();
  wait(stranger, kStrangerLeaves);
}

void Doorman::forget(StrangerRef stranger) {
  stranger->deadline.cancel();
  stranger->socket->close();
  strangers_.remove(stranger);
}

void Doorman::complain(const std::string& line) {
  const auto now = std::chrono::steady_clock::now();
  ++unsaid_;
  if (now - complained_ < kComplaintsEach) return;
  complained_ = now;
  user_.log(unsaid_ == 1 ? line : fmt::format("{} (and {} others before)", line, unsaid_ - 1));
  unsaid_ = 0;
}

void Doorman::close() {
  error_code ignored;
  acceptor_.close(ignored);
  retry_->cancel();
  for (const StrangerRef& stranger : strangers_) {
    stranger->deadline.cancel();
    stranger->socket->close();
  }
  strangers_.clear();
}

}  // namespace warren::server
