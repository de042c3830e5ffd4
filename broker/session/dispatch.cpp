// From frames to the handlers of methods, channel by channel (amqp.md 1.4, 1.11, 1.12).
#include <fmt/core.h>

#include <cstring>
#include <utility>
#include <variant>

#include "amqp/wire/erlang_text.hpp"
#include "amqp/wire/frame_rules.hpp"
#include "broker/session/channel/publish_properties.hpp"
#include "broker/session/methods/handlers.hpp"
#include "broker/session/methods/names.hpp"
#include "broker/session/session.hpp"

namespace warren::broker::session {
namespace {

using amqp::FrameType;
using amqp::ReplyCode;
using Step = amqp::ContentAssembler::Step;

constexpr amqp::MethodId kPublish = amqp::BasicPublish::id;

}  // namespace

void Session::on_frame(const amqp::Frame& frame, SessionContext& context) {
  const bool handshake = state_ != State::running && state_ != State::closing && state_ != State::left &&
                         state_ != State::finishing && state_ != State::leaving;
  if (frame.channel != 0 && state_ == State::running) [[likely]] {
    if (!amqp::is_well_placed(frame)) [[unlikely]]
      return fail_with(amqp::misplaced_frame(frame), context);
    if (Channel* channel = channel_for(frame, context)) on_channel_frame(*channel, frame, context);
    return;
  }
  if (frame.channel == 0 && frame.is(FrameType::method) && amqp::is_well_placed(frame))
    return on_connection_frame(frame, context);
  if (state_ == State::opening && frame.channel != 0)
    return fail_connection(ReplyCode::unexpected_frame,
                           fmt::format("type {}, {}", frame.type, amqp::octets_text(frame.payload)), {0, 0}, context);
  if (handshake) {
    if (!frame.is(FrameType::heartbeat)) mute(context, kMisbehaviour_ms);
    return;
  }
  if (state_ == State::running && !amqp::is_well_placed(frame)) fail_with(amqp::misplaced_frame(frame), context);
}

void Session::fail_with(const amqp::ProtocolError& error, SessionContext& context) {
  fail_connection(error.code, error.text, error.method, context);
}

Channel* Session::channel_for(const amqp::Frame& frame, SessionContext& context) {
  if (std::unique_ptr<Channel>* found = channels_.find(frame.channel)) return found->get();
  const std::size_t most = core_.channel_max;
  if (most != 0 && channels_.size() >= most) {
    fail_connection(ReplyCode::not_allowed,
                    fmt::format("number of channels opened ({}) has reached the negotiated channel_max ({})",
                                channels_.size(), most),
                    {0, 0}, context);
    return nullptr;
  }
  if (!frame.is(FrameType::method)) {
    amqp::ContentAssembler unopened;
    unopened.body({}, true);
    fail_with(unopened.error(), context);
    return nullptr;
  }
  const amqp::MethodId id = amqp::method_id(frame.payload);
  if (id != amqp::ChannelOpen::id) {
    fail_connection(ReplyCode::channel_error, "expected 'channel.open'", id, context);
    return nullptr;
  }
  channels_.insert(frame.channel, std::make_unique<Channel>(ChannelRef{++core_.channels_opened, frame.channel}));
  core_.send(frame.channel, amqp::ChannelOpenOk{});
  return nullptr;
}

void Session::on_channel_frame(Channel& channel, const amqp::Frame& frame, SessionContext& context) {
  switch (static_cast<FrameType>(frame.type)) {
    case FrameType::body: return on_content_body(channel, frame, context);
    case FrameType::header: return on_content_header(channel, frame, context);
    default: break;
  }
  if (channel.content.method() == Step::error) return fail_with(channel.content.error(), context);
  if (amqp::method_id(frame.payload) == kPublish)
    begin_publish(channel, frame.payload, context);
  else
    on_method(channel, frame.payload, context);
}

// ---- content ----

void Session::begin_publish(Channel& channel, std::string_view payload, SessionContext& context) {
  channel.content.begin(kPublish);
  if (!channel.incoming) channel.incoming = std::make_unique<IncomingPublish>();
  IncomingPublish& incoming = *channel.incoming;
  const std::string_view arguments = amqp::method_arguments(payload);
  // Most publishes of a channel are alike: what was decoded then holds now.
  if (incoming.arguments.view() == arguments && !arguments.empty()) return;
  incoming.arguments.clear();
  incoming.arguments.append(arguments);
  if (amqp::decode(incoming.arguments.view(), incoming.method) == amqp::DecodeStatus::ok) return;
  incoming.arguments.clear();
  fail_connection(ReplyCode::frame_error, amqp::cannot_decode_text(arguments), kPublish, context);
}

void Session::on_content_header(Channel& channel, const amqp::Frame& frame, SessionContext& context) {
  amqp::ContentHeader header;
  const Step step = channel.content.header(frame.payload, header);
  if (step == Step::error) return fail_with(channel.content.error(), context);
  if (!channel.closing) {
    IncomingPublish& incoming = *channel.incoming;
    const std::string address = own_reply_address(Desk{core_, channel, context});
    const PropertyRules rules{core_.user, core_.impersonator, address};
    PreparedProperties properties = prepare_properties(header.properties, rules, scratch_);
    incoming.extras = std::move(properties.extras);
    incoming.body_bytes = header.body_bytes;
    if (header.body_bytes <= context.settings.max_message_size)
      incoming.draft = MessageDraft(incoming.method.exchange, incoming.method.routing_key, properties.raw,
                                    header.body_bytes, properties.traits);
  }
  if (step == Step::complete) content_complete(channel, context);
}

void Session::on_content_body(Channel& channel, const amqp::Frame& frame, SessionContext& context) {
  const Step step = channel.content.body(frame.payload, frame.last);
  if (step == Step::error) return fail_with(channel.content.error(), context);
  if (!channel.closing && channel.incoming->draft) channel.incoming->draft.append(frame.payload);
  if (step == Step::complete) content_complete(channel, context);
}

void Session::content_complete(Channel& channel, SessionContext& context) {
  if (channel.closing) {
    channel.incoming.reset();
    return;
  }
  if (channel.awaiting == Awaiting::nothing && channel.backlog.empty()) [[likely]] {
    Desk desk{core_, channel, context};
    channel.method_id = kPublish;
    conclude(channel, on_publish(desk, *channel.incoming), context);
  } else {
    const std::size_t bytes = channel.incoming->arguments.size() + channel.incoming->body_bytes;
    wait_in_line(channel, std::move(channel.incoming), bytes, context);
  }
  if (context.alarms != kNoAlarm && state_ == State::running) block_on_alarm(context);
}

// ---- methods ----

void Session::on_method(Channel& channel, std::string_view payload, SessionContext& context) {
  const amqp::MethodId id = amqp::method_id(payload);
  if (channel.closing) return on_closing_method(channel, id, context);
  if (channel.awaiting == Awaiting::nothing && channel.backlog.empty())
    run_method(channel, payload, context);
  else
    wait_in_line(channel, std::string(payload), payload.size(), context);
}

void Session::on_closing_method(Channel& channel, amqp::MethodId id, SessionContext& context) {
  // A close that crossed ours is answered, but the number is free only with the answer to ours.
  if (id == amqp::ChannelClose::id) return core_.send(channel.ref.number, amqp::ChannelCloseOk{});
  if (id == amqp::ChannelCloseOk::id) return forget_channel(channel);
  if (id == amqp::ChannelOpen::id) fail_connection(ReplyCode::channel_error, "second 'channel.open' seen", id, context);
}

void Session::run_method(Channel& channel, std::string_view payload, SessionContext& context) {
  const amqp::MethodId id = amqp::method_id(payload);
  if (id == amqp::ChannelOpen::id)
    return fail_connection(ReplyCode::channel_error, "second 'channel.open' seen", id, context);
  if (id == amqp::ChannelClose::id) return close_channel(channel, context);
  if (amqp::method_name(id).empty()) {
    cut_ = true;
    return;
  }
  channel.method_id = id;
  channel.decision = Decision::none;
  channel.generated_name.clear();
  Desk desk{core_, channel, context};
  const Failure failure = handle_method(desk, payload);
  if (!failure && channel.awaiting != Awaiting::nothing) channel.held_method.assign(payload);
  conclude(channel, failure, context);
}

void Session::wait_in_line(Channel& channel, WaitingCommand command, std::size_t bytes, SessionContext& context) {
  if (channel.awaiting == Awaiting::commit) {
    const auto* payload = std::get_if<std::string>(&command);
    return fail_connection(ReplyCode::channel_error, "unexpected command while processing 'tx.commit'",
                           payload != nullptr ? amqp::method_id(*payload) : kPublish, context);
  }
  channel.backlog.push_back({std::move(command), bytes});
  core_.waiting_bytes += bytes;
}

void Session::run_backlog(Channel& channel, SessionContext& context) {
  const auto working = [this] { return state_ == State::running || state_ == State::finishing; };
  while (working() && !channel.closing && channel.awaiting == Awaiting::nothing && !channel.backlog.empty()) {
    Waiting waiting = channel.backlog.pop_front();
    core_.waiting_bytes -= waiting.bytes;
    if (const auto* payload = std::get_if<std::string>(&waiting.command)) {
      run_method(channel, *payload, context);
      continue;
    }
    Desk desk{core_, channel, context};
    channel.method_id = kPublish;
    conclude(channel, on_publish(desk, *std::get<std::unique_ptr<IncomingPublish>>(waiting.command)), context);
  }
}

void Session::resume_channel(Channel& channel, const Failure& failure, SessionContext& context) {
  conclude(channel, failure, context);
  run_backlog(channel, context);
}

void Session::conclude(Channel& channel, const Failure& failure, SessionContext& context) {
  if (!failure) [[likely]]
    return;
  if (amqp::is_connection_error(failure->code))
    fail_connection(failure->code, failure->text, channel.method_id, context);
  else
    fail_channel(channel, *failure, context);
}

}  // namespace warren::broker::session
