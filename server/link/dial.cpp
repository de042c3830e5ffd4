#include "server/link/dial.hpp"

#include <fmt/core.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace warren::server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

Dial::Dial(asio::io_context& context, const LinkIdentity& self, cluster::LinkPurpose purpose, DialTo to,
           Outcome outcome)
    : to_(std::move(to)),
      tls_(self.tls),
      handshake_(self, purpose, to_.name),
      outcome_(std::move(outcome)),
      resolver_(context),
      socket_(context),
      deadline_(context) {}

std::shared_ptr<Dial> Dial::start(asio::io_context& context, const LinkIdentity& self, cluster::LinkPurpose purpose,
                                  DialTo to, Outcome outcome) {
  auto dial = std::make_shared<Dial>(context, self, purpose, std::move(to), std::move(outcome));
  dial->deadline_.expires_after(dial->to_.timeout);
  dial->deadline_.async_wait([dial](error_code error) {
    if (!error) dial->finish(nullptr, fmt::format("no answer within {} ms", dial->to_.timeout.count()));
  });
  dial->resolve();
  return dial;
}

void Dial::resolve() {
  error_code error;
  const asio::ip::address address = asio::ip::make_address(to_.host, error);
  if (!error) {
    const tcp::endpoint endpoint(address, to_.port);
    return connect(tcp::resolver::results_type::create(endpoint, to_.host, std::to_string(to_.port)));
  }
  resolver_.async_resolve(to_.host, std::to_string(to_.port),
                          [self = shared_from_this()](error_code failed, const auto& addresses) {
                            if (self->finished_) return;
                            if (failed) return self->finish(nullptr, failed.message());
                            self->connect(addresses);
                          });
}

void Dial::connect(const tcp::resolver::results_type& addresses) {
  asio::async_connect(socket_, addresses, [self = shared_from_this()](error_code error, const tcp::endpoint&) {
    if (self->finished_) return;
    if (error) return self->finish(nullptr, error.message());
    self->shake_hands();
  });
}

void Dial::shake_hands() {
  frames_ = std::make_shared<FrameSocket>(std::move(socket_), tls_.get(), TlsLayer::Side::connecting);
  frames_->start({
      [self = shared_from_this()](std::string_view preamble) { self->on_step(self->handshake_.on_preamble(preamble)); },
      [self = shared_from_this()](cluster::LinkFrame kind, std::string_view payload) {
        self->on_step(self->handshake_.on_frame(kind, payload));
      },
      [self = shared_from_this()](const std::string& why) { self->finish(nullptr, why); },
  });
  frames_->send(handshake_.opening());
}

void Dial::on_step(const Handshake::Step& step) {
  if (finished_) return;
  if (!step.send.empty()) frames_->send(step.send);
  if (!step.refusal.empty()) return finish(nullptr, step.refusal);
  if (step.done) finish(std::exchange(frames_, nullptr), {});
}

void Dial::finish(std::shared_ptr<FrameSocket> socket, const std::string& trouble) {
  if (finished_) return;
  const Outcome outcome = std::move(outcome_);
  cancel();
  outcome(std::move(socket), trouble);
}

void Dial::cancel() {
  if (std::exchange(finished_, true)) return;
  deadline_.cancel();
  resolver_.cancel();
  error_code ignored;
  socket_.close(ignored);
  if (frames_) frames_->close_when_written();
  // Its functions may be the ones that are running.
  asio::post(deadline_.get_executor(), [outcome = std::move(outcome_), frames = std::move(frames_)] {});
}

}  // namespace warren::server
