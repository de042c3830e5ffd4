#include "server/link/peer_line.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace warren::server {

using boost::system::error_code;
using cluster::LinkFrame;
using cluster::LinkPurpose;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kPauseAtFirst{50};
constexpr milliseconds kPauseMax{500};
constexpr milliseconds kDialAtMost{3000};
constexpr milliseconds kGreetingWithin{5000};

}  // namespace

PeerLine::PeerLine(LinkContext& context, const PeerAddress& address, LinkPurpose purpose, User user)
    : context_(context),
      address_(address),
      purpose_(purpose),
      user_(std::move(user)),
      timer_(context.io),
      pause_(kPauseAtFirst) {}

std::size_t PeerLine::payload_bytes_max() const {
  return purpose_ == LinkPurpose::mail ? cluster::kMailBytesMax : cluster::kControlBytesMax;
}

void PeerLine::start() {
  if (connects() && context_.self && !closed_ && !socket_ && !dial_) dial();
}

void PeerLine::dial() {
  if (closed_ || socket_ || dial_) return;
  dial_ =
      Dial::start(context_.io, context_.identity, purpose_, {address_.host, address_.port, address_.name, kDialAtMost},
                  [this](std::shared_ptr<FrameSocket> socket, const std::string& trouble) {
                    on_dialled(std::move(socket), trouble);
                  });
}

void PeerLine::on_dialled(std::shared_ptr<FrameSocket> socket, const std::string& trouble) {
  dial_.reset();
  if (socket) return adopt(std::move(socket));
  on_trouble(trouble);
}

void PeerLine::dial_later() {
  if (closed_ || !connects()) return;
  wait(pause_, &PeerLine::dial);
  pause_ = std::min(kPauseMax, pause_ * 2);
}

void PeerLine::wait(milliseconds time, void (PeerLine::*then)()) {
  timer_.expires_after(time);
  timer_.async_wait([weak = weak_from_this(), then](error_code error) {
    const std::shared_ptr<PeerLine> self = weak.lock();
    if (!error && self && !self->closed_) (self.get()->*then)();
  });
}

void PeerLine::adopt(std::shared_ptr<FrameSocket> socket) {
  let_go();
  socket_ = std::move(socket);
  socket_->hand_to({{},
                    [this](LinkFrame kind, std::string_view payload) { on_frame(kind, payload); },
                    [this](const std::string& why) { on_trouble(why); }},
                   payload_bytes_max());
  told_ = user_.greet();
  socket_->send(make_frame(LinkFrame::greeting, encode(told_)));
  wait(kGreetingWithin, &PeerLine::on_silence);
}

void PeerLine::on_frame(LinkFrame kind, std::string_view payload) {
  if (kind == LinkFrame::refusal) return on_trouble(cluster::printable(payload));
  if (greeted_) return user_.frame(kind, payload);
  if (kind != LinkFrame::greeting) return on_trouble("it does not begin with a greeting");
  on_greeting(payload);
}

void PeerLine::on_greeting(std::string_view payload) {
  cluster::Greeting heard;
  if (!decode(payload, heard)) return on_trouble("its greeting cannot be read");
  if (heard.node != address_.node)
    return on_trouble(fmt::format("it takes itself for member {}, not {}", heard.node.value, address_.node.value));
  timer_.cancel();
  greeted_ = true;
  pause_ = kPauseAtFirst;
  trouble_.clear();
  if (purpose_ == LinkPurpose::control) context_.events.log(fmt::format("connected to node {}", address_.name));
  if (!user_.greeted(told_, heard)) on_trouble("its greeting makes no sense");
}

void PeerLine::on_trouble(const std::string& why) {
  const bool news = why != trouble_;
  trouble_ = why;
  let_go();
  // What is wrong with one connection is wrong with the other, most likely.
  if (news && purpose_ == LinkPurpose::control)
    context_.events.log(
        fmt::format("no connection with node {} ({}:{}): {}", address_.name, address_.host, address_.port, why));
  dial_later();
}

void PeerLine::drop() {
  if (!socket_) return;
  let_go();
  dial_later();
}

void PeerLine::let_go() {
  timer_.cancel();
  greeted_ = false;
  if (dial_) std::exchange(dial_, nullptr)->cancel();
  if (socket_) std::exchange(socket_, nullptr)->close();
}

void PeerLine::close() {
  closed_ = true;
  let_go();
}

}  // namespace warren::server
