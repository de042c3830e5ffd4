// The door of the session: input, output and time. Frames are sorted in dispatch.cpp.
#include "broker/session/session.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include "amqp/frame_writer.hpp"
#include "broker/session/bounce.hpp"
#include "broker/session/channel/consumers.hpp"
#include "broker/session/methods/handlers.hpp"
#include "broker/session/rules/consumer_timeout.hpp"

namespace warren::broker::session {
namespace {

constexpr std::int64_t kSecond_ms = 1000;
// How often unsettled deliveries are looked at for their age, at most (amqp.md 3.18).
constexpr std::int64_t kConsumerCheck_ms = 60 * kSecond_ms;

}  // namespace

Session::Session(SessionRef self, Peer peer, const SessionSettings& settings, const Now& now) {
  core_.self = self;
  core_.peer = std::move(peer);
  reader_.set_frame_max(limits::kFrameBytesMin);
  deadline_ms_ = now.instant_ms + settings.handshake_timeout_ms;
}

void Session::receive(std::string_view bytes, SessionContext& context) {
  received_since_check_ = true;
  if (state_ == State::muted || cut_) return;
  if (kept_.empty() && !held_) {
    process(bytes, context);
    return;
  }
  kept_.append(bytes);
  if (held_) return;
  ByteBuffer input = std::move(kept_);
  kept_ = ByteBuffer();
  process(input.view(), context);
}

void Session::process(std::string_view bytes, SessionContext& context) {
  if (state_ == State::awaiting_header && !read_header(bytes, context)) return;
  reader_.feed(bytes);
  process_frames(context);
}

bool Session::read_header(std::string_view& bytes, SessionContext& context) {
  if (bytes.size() < amqp::kProtocolHeaderBytes) {
    kept_.append(bytes);
    return false;
  }
  const std::string_view header = bytes.substr(0, amqp::kProtocolHeaderBytes);
  bytes.remove_prefix(amqp::kProtocolHeaderBytes);
  if (header == amqp::kProtocolHeader || header == amqp::kProtocolHeader09) {
    send_start(context);
    return true;
  }
  core_.out.bytes().append(amqp::kProtocolHeader);  // what we speak, whatever was asked for (amqp.md 1.1)
  cut_ = true;
  return false;
}

void Session::process_frames(SessionContext& context) {
  amqp::Frame frame;
  while (true) {
    switch (reader_.next(frame)) {
      case amqp::FrameReader::Next::wait: return;
      case amqp::FrameReader::Next::error: return fail_framing(reader_.error(), context);
      case amqp::FrameReader::Next::frame: on_frame(frame, context);
    }
    if (state_ == State::muted || cut_) return;
    if (must_hold(context)) [[unlikely]] {
      held_ = true;
      kept_.append(reader_.take_unread());
      return;
    }
  }
}

bool Session::must_hold(const SessionContext& context) const {
  return blocked_ || context.publish_lane_full || core_.waiting_bytes > limits::kChannelBacklogBytesMax ||
         core_.backlog_bytes() > limits::kOutputBytesMax;
}

void Session::reconsider_reading(SessionContext& context) {
  if (blocked_ && context.alarms == kNoAlarm) {
    blocked_ = false;
    if (core_.capabilities.connection_blocked) core_.send(0, amqp::ConnectionUnblocked{});
  }
  if (!held_ || must_hold(context)) return;
  held_ = false;
  if (kept_.empty()) return;
  ByteBuffer input = std::move(kept_);
  kept_ = ByteBuffer();
  process(input.view(), context);
}

void Session::block_on_alarm(SessionContext& context) {
  if (blocked_) return;
  blocked_ = true;
  if (!core_.capabilities.connection_blocked) return;
  const bool memory = (context.alarms & kMemoryAlarm) != 0;
  const bool disk = (context.alarms & kDiskAlarm) != 0;
  core_.send(0, amqp::ConnectionBlocked{.reason = memory && disk ? "low on memory & low on disk"
                                                  : memory       ? "low on memory"
                                                                 : "low on disk"});
}

void Session::sent(std::size_t bytes, SessionContext& context) {
  core_.unsent_bytes -= bytes;
  reconsider_reading(context);
}

void Session::output_taken(std::size_t bytes, const Now& now) {
  core_.unsent_bytes += bytes;
  if (core_.heartbeat_s != 0) send_heartbeat_ms_ = now.instant_ms + core_.heartbeat_s * kSecond_ms / 2;
}

void Session::end_step(SessionContext& context) {
  if (held_) reconsider_reading(context);
  core_.flushing.swap(core_.unflushed);
  for (const ChannelNumber number : core_.flushing) {
    std::unique_ptr<Channel>* found = channels_.find(number);
    if (found == nullptr) continue;
    Channel& channel = **found;
    channel.unflushed = false;
    if (channel.closing) continue;
    Desk desk{core_, channel, context};
    const bool committing = channel.awaiting == Awaiting::commit;
    if (Failure failure = flush_channel(desk))
      conclude(channel, failure, context);
    else if (!return_windows(desk) || !channel.lost_tags.empty())
      desk.mark_unflushed();
    if (committing && channel.awaiting == Awaiting::nothing) run_backlog(channel, context);
  }
  core_.flushing.clear();
  if (state_ == State::finishing && channels_idle()) leave(context);
  retired_.clear();
}

template <class AnswerFails>
void Session::on_every_channel(SessionContext& context, NodeId lost, AnswerFails&& answer_fails) {
  std::vector<ChannelNumber> numbers;
  channels_.for_each([&](ChannelNumber number, const std::unique_ptr<Channel>& channel) {
    if (!channel->closing) numbers.push_back(number);
  });
  std::sort(numbers.begin(), numbers.end());
  for (const ChannelNumber number : numbers) {
    // One that fails may take the others with it.
    std::unique_ptr<Channel>* found = channels_.find(number);
    if (found == nullptr) return;
    Channel& channel = **found;
    Desk desk{core_, channel, context};
    if (!answer_fails(desk)) continue;
    channel.awaiting = Awaiting::nothing;
    resume_channel(channel, ask_again(desk, lost), context);
  }
}

void Session::peer_lost(NodeId node, SessionContext& context) {
  on_every_channel(context, node, [node](Desk& desk) { return forget_node(desk, node); });
}

void Session::peer_restarted(NodeId node, SessionContext& context) {
  on_every_channel(context, {}, [node](Desk& desk) { return forget_handed_on(desk, node), false; });
}

void Session::moves_missed(std::span<const QueueMoved> moves, SessionContext& context) {
  on_every_channel(context, {}, [moves](Desk& desk) { return forget_former_owners(desk, moves), false; });
}

void Session::queues_moved(std::span<const QueueMoved> moves, SessionContext& context) {
  on_every_channel(context, {}, [moves](Desk& desk) { return follow_queues(desk, moves); });
}

// ---- mail ----

Channel* Session::find_channel(ChannelRef ref) {
  std::unique_ptr<Channel>* found = channels_.find(ref.number);
  return found != nullptr && (*found)->ref == ref && !(*found)->closing ? found->get() : nullptr;
}

void Session::deliver(QueueEvent& event, SessionContext& context) {
  if (of_former_reign(event, context.catalog)) return;
  Channel* channel = find_channel(std::visit([](const auto& any) { return any.channel; }, event));
  if (channel == nullptr) {
    bounce(event, core_.self, context.queue_mail, context.proposals);
    return;
  }
  Desk desk{core_, *channel, context};
  if (auto* delivery = std::get_if<Delivery>(&event)) {
    on_delivery(desk, *delivery);
  } else if (const auto* confirmed = std::get_if<Confirmed>(&event)) {
    on_confirmed(desk, *confirmed);
  } else if (const auto* rejected = std::get_if<Rejected>(&event)) {
    on_rejected(desk, *rejected);
  } else if (const auto* paused = std::get_if<Paused>(&event)) {
    on_paused(desk, *paused);
  } else if (const auto* lost = std::get_if<ConsumerLost>(&event)) {
    on_consumer_lost(desk, *lost);
  } else if (is_awaited(*channel, event)) {
    channel->awaiting = Awaiting::nothing;
    resume_channel(*channel, on_answer(desk, event), context);
  } else if (!take_unasked(desk, event)) {
    bounce(event, core_.self, context.queue_mail, context.proposals);
  }
}

void Session::deliver(Letter& letter, SessionContext& context) {
  if (const auto* question = std::get_if<ReplyConsumerQuestion>(&letter.content)) {
    const Channel* channel = find_channel(question->channel);
    const bool alive = channel != nullptr && channel->reply_secret == question->secret;
    context.letters.push_back({question->asker, ReplyConsumerAnswer{question->asking_channel, alive}});
    return;
  }
  if (auto* reply = std::get_if<DirectReply>(&letter.content)) {
    if (Channel* channel = find_channel(reply->channel)) {
      Desk desk{core_, *channel, context};
      on_direct_reply(desk, *reply);
    }
    return;
  }
  if (auto* decided = std::get_if<Decided>(&letter.content)) {
    if (state_ == State::leaving && decided->channel == ChannelRef{}) return finish_leaving(context);
    Channel* channel = find_channel(decided->channel);
    if (channel == nullptr || channel->awaiting != Awaiting::decision) return;
    channel->awaiting = Awaiting::nothing;
    Desk desk{core_, *channel, context};
    resume_channel(*channel, on_decided(desk, *decided), context);
    return;
  }
  const auto& answer = std::get<ReplyConsumerAnswer>(letter.content);
  Channel* channel = find_channel(answer.channel);
  if (channel == nullptr || channel->awaiting != Awaiting::answer) return;
  channel->awaiting = Awaiting::nothing;
  Desk desk{core_, *channel, context};
  resume_channel(*channel, on_reply_consumer_answer(desk, answer), context);
}

// ---- time ----

Instant Session::next_deadline() const {
  return std::min({deadline_ms_, send_heartbeat_ms_, check_heartbeat_ms_, check_consumers_ms_});
}

void Session::tick(SessionContext& context) {
  if (deadline_ms_ <= context.now.instant_ms) {
    deadline_ms_ = kNever;
    cut_ = overdue_ = true;
    return;
  }
  tick_heartbeat(context);
  if (check_consumers_ms_ <= context.now.instant_ms) tick_consumer_timeouts(context);
}

void Session::arm_heartbeat(const Now& now) {
  if (core_.heartbeat_s == 0) return;
  send_heartbeat_ms_ = now.instant_ms + core_.heartbeat_s * kSecond_ms / 2;
  check_heartbeat_ms_ = now.instant_ms + core_.heartbeat_s * kSecond_ms;
}

void Session::tick_heartbeat(SessionContext& context) {
  const Instant now = context.now.instant_ms;
  if (send_heartbeat_ms_ <= now) {
    if (core_.backlog_bytes() == 0) amqp::append_heartbeat(core_.out.bytes());
    send_heartbeat_ms_ = now + core_.heartbeat_s * kSecond_ms / 2;
  }
  if (check_heartbeat_ms_ > now) return;
  check_heartbeat_ms_ = now + core_.heartbeat_s * kSecond_ms;
  // While blocked we do not read, so silence is our doing (amqp.md 1.6).
  silent_checks_ = received_since_check_ || held_ ? 0 : silent_checks_ + 1;
  received_since_check_ = false;
  constexpr int kSilentChecksMax = 2;
  if (silent_checks_ < kSilentChecksMax) return;
  context.log.push_back("closing connection " + core_.peer.name + ": missed heartbeats from client");
  cut_ = overdue_ = true;
}

void Session::arm_consumer_timeout(const SessionContext& context) {
  const std::int64_t timeout_ms = context.settings.consumer_timeout_ms;
  // Where the node allows any time a policy may not.
  const std::int64_t often_ms = timeout_ms == 0 ? kConsumerCheck_ms : timeout_ms / 2 + 1;
  check_consumers_ms_ = context.now.instant_ms + std::min(kConsumerCheck_ms, often_ms);
}

void Session::tick_consumer_timeouts(SessionContext& context) {
  arm_consumer_timeout(context);
  channels_.for_each([&](ChannelNumber, std::unique_ptr<Channel>& channel) {
    if (channel->closing) return;
    const std::int64_t limit_ms = overdue_limit_ms(channel->unsettled, context.catalog,
                                                   context.settings.consumer_timeout_ms, context.now.instant_ms);
    if (limit_ms == 0) return;
    channel->method_id = {0, 0};
    fail_channel(*channel, consumer_timed_out(channel->ref.number, limit_ms), context);
  });
}

}  // namespace warren::broker::session
