// How channels and connections end (amqp.md 1.11).
#include <algorithm>
#include <string>
#include <utility>

#include "broker/session/methods/handlers.hpp"
#include "broker/session/session.hpp"

namespace warren::broker::session {
namespace {

// How long the client may take to close its side.
constexpr std::int64_t kCloseWait_s = 30;

// "NAME - explanation", within what a short string holds.
std::string reply_text(amqp::ReplyCode code, std::string_view text) {
  constexpr std::string_view kEllipsis = "...";
  std::string whole(amqp::reply_name(code));
  if (!text.empty()) whole.append(" - ").append(text);
  if (whole.size() > limits::kReplyTextBytesMax) {
    whole.resize(limits::kReplyTextBytesMax - kEllipsis.size());
    whole.append(kEllipsis);
  }
  return whole;
}

Instant close_deadline(const SessionCore& core, const Now& now) {
  const std::int64_t wait_s =
      core.heartbeat_s == 0 ? kCloseWait_s : std::min<std::int64_t>(core.heartbeat_s, kCloseWait_s);
  return now.instant_ms + wait_s * 1000;
}

}  // namespace

void Session::abandon_channels(SessionContext& context) {
  channels_.for_each([&](ChannelNumber, std::unique_ptr<Channel>& channel) {
    Desk desk{core_, *channel, context};
    if (!channel->closing) abandon_channel(desk);
    channel->closing = true;
    retired_.push_back(std::move(channel));
  });
  channels_.clear();
  core_.unflushed.clear();
  core_.waiting_bytes = 0;
}

void Session::peer_gone(SessionContext& context) {
  abandon_channels(context);
  if (core_.owns_exclusive_queues) context.proposals.push_back({{}, {}, DeleteExclusiveQueues{core_.self}});
  core_.owns_exclusive_queues = false;
  cut_ = true;
}

void Session::fail_connection(amqp::ReplyCode code, std::string_view text, amqp::MethodId method,
                              SessionContext& context) {
  abandon_channels(context);
  if (core_.owns_exclusive_queues) context.proposals.push_back({{}, {}, DeleteExclusiveQueues{core_.self}});
  core_.owns_exclusive_queues = false;
  const std::string whole = reply_text(code, text);
  core_.send(0, amqp::ConnectionClose{.reply_code = static_cast<std::uint16_t>(code),
                                      .reply_text = whole,
                                      .class_id = method.class_id,
                                      .method_id = method.method_id});
  context.log.push_back("closing connection " + core_.peer.name + ": " + whole);
  state_ = State::closing;
  blocked_ = false;
  deadline_ms_ = close_deadline(core_, context.now);
}

void Session::fail_framing(std::string_view text, SessionContext& context) {
  if (state_ == State::running) fail_connection(amqp::ReplyCode::frame_error, text, {0, 0}, context);
  mute(context, kMisbehaviour_ms);
}

void Session::mute(SessionContext& context, std::int64_t delay_ms) {
  state_ = State::muted;
  deadline_ms_ = context.now.instant_ms + delay_ms;
  send_heartbeat_ms_ = check_heartbeat_ms_ = kNever;
  kept_.release();
}

// Commands that wait in a channel's line came before connection.close: publishes and settlements among them must not be
// lost.
void Session::leave_when_idle(SessionContext& context) {
  if (channels_idle()) return leave(context);
  state_ = State::finishing;
  deadline_ms_ = close_deadline(core_, context.now);
}

bool Session::channels_idle() const {
  bool idle = true;
  channels_.for_each([&](ChannelNumber, const std::unique_ptr<Channel>& channel) {
    idle &= channel->closing || (channel->awaiting == Awaiting::nothing && channel->backlog.empty());
  });
  return idle;
}

void Session::leave(SessionContext& context) {
  abandon_channels(context);
  state_ = State::leaving;
  if (!core_.owns_exclusive_queues) return finish_leaving(context);
  core_.owns_exclusive_queues = false;
  context.proposals.push_back({core_.self, {}, DeleteExclusiveQueues{core_.self}});
}

void Session::finish_leaving(SessionContext& context) {
  core_.send(0, amqp::ConnectionCloseOk{});
  state_ = State::left;
  deadline_ms_ = close_deadline(core_, context.now);
}

void Session::force_close(std::string_view reason, SessionContext& context) {
  if (state_ == State::running)
    fail_connection(amqp::ReplyCode::connection_forced, reason, {0, 0}, context);
  else if (state_ != State::closing)
    cut_ = true;
}

void Session::fail_channel(Channel& channel, const Refusal& refusal, SessionContext& context) {
  Desk desk{core_, channel, context};
  abandon_channel(desk);
  channel.closing = true;
  const std::string text = reply_text(refusal.code, refusal.text);
  core_.send(channel.ref.number, amqp::ChannelClose{.reply_code = static_cast<std::uint16_t>(refusal.code),
                                                    .reply_text = text,
                                                    .class_id = channel.method_id.class_id,
                                                    .method_id = channel.method_id.method_id});
}

void Session::close_channel(Channel& channel, SessionContext& context) {
  Desk desk{core_, channel, context};
  abandon_channel(desk);
  core_.send(channel.ref.number, amqp::ChannelCloseOk{});
  forget_channel(channel);
}

void Session::forget_channel(Channel& channel) {
  channel.closing = true;
  std::unique_ptr<Channel> gone = channels_.take(channel.ref.number);
  retired_.push_back(std::move(gone));
}

}  // namespace warren::broker::session
