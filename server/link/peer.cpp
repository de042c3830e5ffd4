#include "server/link/peer.hpp"

#include <fmt/core.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/bytes.hpp"
#include "node/wire/mail.hpp"

namespace warren::server {

using boost::system::error_code;
using cluster::Greeting;
using cluster::LinkFrame;
using cluster::LinkPurpose;

namespace {

constexpr std::size_t kControlWaitingBytesMax = 64 << 20;
constexpr std::size_t kAcknowledgeEachBytes = 64 << 10;
constexpr std::chrono::milliseconds kAcknowledgeEach{10};

// The frame of a batch: shard of the receiver, and the batch.
FrameBytes mail_frame(ShardIndex to_shard, const node::MailBatch& batch) {
  ByteBuffer bytes;
  bytes.extend(cluster::kLinkFrameHeaderBytes);
  store_big(bytes.extend(sizeof to_shard), to_shard);
  node::encode(batch, bytes);
  std::string header;
  cluster::append_frame_header(header, LinkFrame::mail, bytes.size() - cluster::kLinkFrameHeaderBytes);
  std::memcpy(bytes.data(), header.data(), header.size());
  return std::make_shared<const ByteBuffer>(std::move(bytes));
}

}  // namespace

Peer::Peer(LinkContext& context, PeerAddress address)
    : context_(context), address_(std::move(address)), acknowledge_timer_(context.io) {
  (void)mail_.set_number(address_.stream);
  control_line_ = std::make_shared<PeerLine>(
      context_, address_, LinkPurpose::control,
      PeerLine::User{[this] { return greeting(); },
                     [this](const Greeting&, const Greeting& heard) { return on_control_greeting(heard); },
                     [this](LinkFrame kind, std::string_view payload) { on_control(kind, payload); }});
  mail_line_ = std::make_shared<PeerLine>(
      context_, address_, LinkPurpose::mail,
      PeerLine::User{[this] { return greeting(); },
                     [this](const Greeting& told, const Greeting& heard) { return on_mail_greeting(told, heard); },
                     [this](LinkFrame kind, std::string_view payload) { on_mail_line(kind, payload); }});
}

void Peer::start() {
  control_line_->start();
  mail_line_->start();
}

void Peer::update(PeerAddress address) {
  address_ = std::move(address);
  if (!mail_.set_number(address_.stream)) return;
  mail_line_->drop();
  tell_lost();
}

void Peer::adopt(LinkPurpose purpose, std::shared_ptr<FrameSocket> socket) {
  (purpose == LinkPurpose::mail ? mail_line_ : control_line_)->adopt(std::move(socket));
}

void Peer::send_control(std::string_view bytes) {
  FrameSocket* socket = control_line_->ready();
  if (socket == nullptr || bytes.size() > cluster::kControlBytesMax) return;
  if (socket->waiting_bytes() + bytes.size() > kControlWaitingBytesMax) return;
  socket->send(make_frame(LinkFrame::control, bytes));
}

bool Peer::on_control_greeting(const Greeting& heard) {
  if (!mail_.meets(heard.incarnation)) return true;
  mail_line_->drop();
  context_.events.lost(address_.node);
  return true;
}

void Peer::on_control(LinkFrame kind, std::string_view payload) {
  if (kind == LinkFrame::control) return context_.events.control(address_.node, std::string(payload));
  context_.events.log(fmt::format("node {} sent what is no control message", address_.name));
  control_line_->drop();
}

void Peer::send_mail(ShardIndex to_shard, const node::MailBatch& batch) {
  FrameBytes frame = mail_frame(to_shard, batch);
  const bool too_long = frame->size() - cluster::kLinkFrameHeaderBytes > cluster::kMailBytesMax;
  if (too_long || !mail_.push(frame)) {
    context_.events.log(fmt::format("too much mail waits for node {}: it is given up", address_.name));
    mail_.reset();
    mail_line_->drop();
    return tell_lost();
  }
  FrameSocket* socket = mail_line_->ready();
  if (socket == nullptr) return;
  if (mail_.untold()) acknowledge();
  socket->send(std::move(frame));
}

bool Peer::on_mail_greeting(const Greeting& told, const Greeting& heard) {
  const MailStream::Meeting meeting = mail_.meet(told, heard);
  if (!meeting.sound) {
    context_.events.log(fmt::format("node {} acknowledges mail that was never sent", address_.name));
    if (mail_.reset()) context_.events.lost(address_.node);
    return false;
  }
  // Before the user hears of anything: it may send more.
  for (const FrameBytes& frame : mail_.unacknowledged()) mail_line_->ready()->send(frame);
  if (meeting.lost) context_.events.lost(address_.node);
  return true;
}

void Peer::on_mail_line(LinkFrame kind, std::string_view payload) {
  if (kind == LinkFrame::mail) return on_mail(payload);
  const bool whole = kind == LinkFrame::acknowledgement && payload.size() == sizeof(std::uint64_t);
  if (!whole || !mail_.acknowledged(load_big<std::uint64_t>(payload.data()))) spoiled("what is no acknowledgement");
}

void Peer::on_mail(std::string_view payload) {
  node::MailBatch batch;
  if (payload.size() < sizeof(ShardIndex) || !node::decode(payload.substr(sizeof(ShardIndex)), batch))
    return spoiled("mail that cannot be read");
  mail_.received(payload.size());
  if (mail_.untold_bytes() >= kAcknowledgeEachBytes)
    acknowledge();
  else
    acknowledge_soon();
  context_.events.mail(address_.node, load_big<ShardIndex>(payload.data()), std::move(batch));
}

void Peer::acknowledge() {
  FrameSocket* socket = mail_line_->ready();
  if (socket == nullptr) return;
  char number[sizeof(std::uint64_t)];
  store_big(number, mail_.received());
  socket->send(make_frame(LinkFrame::acknowledgement, {number, sizeof number}));
  mail_.told();
}

void Peer::acknowledge_soon() {
  if (std::exchange(acknowledging_, true)) return;
  acknowledge_timer_.expires_after(kAcknowledgeEach);
  acknowledge_timer_.async_wait([weak = weak_from_this()](error_code error) {
    const std::shared_ptr<Peer> self = weak.lock();
    if (error || !self || self->closed_) return;
    self->acknowledging_ = false;
    if (self->mail_.untold()) self->acknowledge();
  });
}

void Peer::spoiled(const char* why) {
  context_.events.log(fmt::format("node {} sent {}: all mail with it is given up", address_.name, why));
  const bool lost = mail_.reset();
  mail_line_->drop();
  if (lost) context_.events.lost(address_.node);
}

void Peer::reset() {
  const bool lost = mail_.reset();
  mail_line_->drop();
  if (lost) tell_lost();
}

void Peer::tell_lost() {
  boost::asio::post(context_.io, [&context = context_, alive = std::weak_ptr(context_.alive), node = address_.node] {
    if (alive.lock()) context.events.lost(node);
  });
}

void Peer::break_connections() {
  control_line_->drop();
  mail_line_->drop();
}

void Peer::close() {
  closed_ = true;
  acknowledge_timer_.cancel();
  control_line_->close();
  mail_line_->close();
}

}  // namespace warren::server
