#include "server/http/http_door.hpp"

#include <fmt/core.h>

#include <boost/asio/ip/v6_only.hpp>
#include <chrono>
#include <utility>

#include "manage/operations/words/limits.hpp"
#include "server/http/http_client.hpp"

namespace warren::server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kHttpRetry{100};

}  // namespace

HttpDoor::HttpDoor(asio::io_context& context, OnHttpRequest on_request)
    : context_(context),
      on_request_(std::move(on_request)),
      acceptor_(context),
      retry_(std::make_shared<asio::steady_timer>(context)),
      clients_(std::make_shared<std::atomic<std::size_t>>(0)) {}

std::string HttpDoor::open(const std::string& address, std::uint16_t port) {
  error_code error;
  const asio::ip::address where = asio::ip::make_address(address, error);
  const tcp::endpoint endpoint(where, port);
  if (!error) acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && where.is_v6()) {
    error_code ignored;
    acceptor_.set_option(asio::ip::v6_only{false}, ignored);
  }
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  if (error) {
    close();
    return fmt::format("cannot open port {} of {} for HTTP: {}", port, address, error.message());
  }
  accept();
  return {};
}

void HttpDoor::close() {
  error_code ignored;
  acceptor_.close(ignored);
  retry_->cancel();
}

void HttpDoor::accept() {
  acceptor_.async_accept([this, alive = std::weak_ptr(retry_)](error_code error, tcp::socket socket) {
    if (alive.expired() || !acceptor_.is_open()) return;
    const bool full = *clients_ >= manage::limits::kWaitingRequestsMax;
    if (!error && !full) std::make_shared<HttpClient>(std::move(socket), on_request_, clients_)->start();
    if (!error) return accept();
    // Out of file descriptors, most likely.
    retry_->expires_after(kHttpRetry);
    retry_->async_wait([this, alive](error_code cancelled) {
      if (!cancelled && !alive.expired()) accept();
    });
  });
}

}  // namespace warren::server
