// basic.publish: from complete content to the queues (amqp.md 3.9, 4.1, 4.13).
#include <fmt/core.h>

#include <string>
#include <utility>
#include <vector>

#include "amqp/frame_writer.hpp"
#include "broker/catalog/checks.hpp"
#include "broker/session/methods/access.hpp"
#include "broker/session/methods/handlers.hpp"
#include "broker/session/methods/names.hpp"
#include "broker/session/rules/reach.hpp"

namespace warren::broker::session {
namespace {

using amqp::ReplyCode;

Failure check_size(const Desk& desk, const IncomingPublish& publish) {
  const std::uint64_t most = desk.context.settings.max_message_size;
  if (publish.body_bytes <= most) return {};
  if (most >= limits::kBodyBytesCeiling)
    return refuse(ReplyCode::precondition_failed, fmt::format("message size {} is larger than max size {}",
                                                              publish.body_bytes, limits::kBodyBytesCeiling));
  return refuse(ReplyCode::precondition_failed,
                fmt::format("message size {} is larger than configured max size {}", publish.body_bytes, most));
}

// The checks of amqp.md 3.9 in their order. Gives the exchange.
Failure check_publish(Desk& desk, const IncomingPublish& publish, const Exchange*& exchange) {
  const SessionCore& session = desk.session;
  if (Failure failure = check_size(desk, publish)) return failure;
  if (publish.method.immediate) return refuse(ReplyCode::not_implemented, "immediate=true");
  const std::string_view name = publish.method.exchange;
  if (Failure failure = check_exchange_right(desk, Right::write, name)) return failure;
  exchange = desk.context.catalog.find_exchange(session.vhost, name);
  if (exchange == nullptr) return no_exchange(name, session.vhost_name);
  if (exchange->definition.internal)
    return refuse(ReplyCode::access_refused, "cannot publish to internal " + exchange_phrase(name, session.vhost_name));
  if (Failure failure = check_topic_right(desk, Right::write, *exchange, publish.method.routing_key)) return failure;
  if (publish.extras && publish.extras->undecodable) {
    desk.channel.method_id = {0, 0};
    return refuse(ReplyCode::internal_error, "");
  }
  if (publish.extras && publish.extras->refusal) return publish.extras->refusal;
  if (!publish.extras) return {};
  for (const std::string& key : publish.extras->extra_keys)
    if (Failure failure = check_topic_right(desk, Right::write, *exchange, key)) return failure;
  return {};
}

// Sends the message to the direct reply-to consumer that the key names. False if it names none.
bool reply_directly(Desk& desk, const IncomingPublish& publish, const MessageRef& message) {
  if (!publish.method.exchange.empty() || !publish.method.routing_key.starts_with(kReplyQueueName)) return false;
  const std::optional<ReplyAddress> address = read_reply_address(publish.method.routing_key);
  if (!address) return false;
  // Clients may make addresses up: nothing is sent to nodes that are not there.
  if (runs(desk.context.catalog, address->session.node, desk.session.self.node))
    desk.context.letters.push_back({address->session, DirectReply{address->channel, address->secret, message}});
  return true;
}

void remember_reach(Desk& desk, const IncomingPublish& publish, const Reach& reach) {
  PublishMemo& memo = desk.channel.memo;
  memo.valid = true;
  memo.stamp = desk.context.catalog.stamp();
  memo.arguments.clear();
  memo.arguments.append(publish.arguments.view());
  memo.reach = reach;
}

// For the exchanges on the way that keep it for destinations to come.
void remember_message(Desk& desk, const MessageRef& message, std::span<const ExchangeId> exchanges) {
  const bool waits = desk.channel.mode == ChannelMode::transactional;
  std::vector<Remember>& memories = waits ? desk.channel.transaction->memories : desk.context.memories;
  for (const ExchangeId exchange : exchanges) memories.push_back({exchange, message});
}

// Hands the message to its queues, or keeps it for tx.commit, and sees to confirms and returns.
void dispatch(Desk& desk, const IncomingPublish& publish, MessageRef message, const Reach& reach,
              bool delivered_directly) {
  Channel& channel = desk.channel;
  const bool returnable = !delivered_directly && publish.method.mandatory;
  if (channel.mode == ChannelMode::transactional) {
    channel.transaction->publishes.push_back({std::move(message), reach.queues, reach.absent, returnable});
    return;
  }
  if (returnable && reach.queues.empty()) return_unroutable(desk, message);
  const std::uint64_t sequence =
      channel.mode == ChannelMode::confirming ? expect_confirms(desk, channel.confirms, reach) : 0;
  enqueue(desk, std::move(message), reach.queues, sequence);
}

// True when the channel's last publish answers everything that would be asked about this one.
bool same_as_last(const Desk& desk, const IncomingPublish& publish) {
  const PublishMemo& memo = desk.channel.memo;
  return memo.valid && memo.stamp == desk.context.catalog.stamp() && !publish.extras && publish.draft &&
         memo.arguments.view() == publish.arguments.view();
}

}  // namespace

Failure on_publish(Desk& desk, IncomingPublish& publish) {
  if (same_as_last(desk, publish)) [[likely]] {
    dispatch(desk, publish, publish.draft.finish(), desk.channel.memo.reach, false);
    return {};
  }
  const Exchange* exchange = nullptr;
  if (Failure failure = check_publish(desk, publish, exchange)) return failure;
  const MessageRef message = publish.draft.finish();
  amqp::PropertiesView properties;
  amqp::scan_properties(message->properties(), properties);
  std::vector<std::string_view> more_keys;
  if (publish.extras) more_keys.assign(publish.extras->extra_keys.begin(), publish.extras->extra_keys.end());
  if (reply_directly(desk, publish, message)) {
    dispatch(desk, publish, message, Reach{}, true);
    return {};
  }
  Reach& reach = desk.session.reach;
  find_reach(
      desk.context.catalog, desk.session.self.node,
      desk.context.router.route(*exchange, publish.method.routing_key, {more_keys, &properties}, desk.context.rng),
      reach);
  if (desk.context.router.last_is_repeatable() && !publish.extras) {
    remember_reach(desk, publish, reach);
  } else {
    desk.channel.memo.valid = false;
    remember_message(desk, message, desk.context.router.last_rememberers());
  }
  dispatch(desk, publish, message, reach, false);
  return {};
}

std::uint64_t expect_confirms(Desk& desk, Confirms& confirms, const Reach& reach) {
  const std::uint64_t sequence = confirms.publish(static_cast<std::uint32_t>(reach.queues.size()), reach.absent);
  for (const NodeId node : reach.abroad) confirms.owe(node);
  if (reach.queues.empty()) desk.mark_unflushed();
  return sequence;
}

void enqueue(Desk& desk, MessageRef message, std::span<const QueueRef> queues, std::uint64_t sequence) {
  for (std::size_t left = queues.size(); const QueueRef& queue : queues) {
    // The last takes the caller's reference: with one queue, the counter stays untouched.
    MessageRef own = --left == 0 ? std::move(message) : message;
    desk.context.queue_mail.push_back({queue, Enqueue{std::move(own), desk.session.self, desk.channel.ref, sequence}});
  }
}

void return_unroutable(Desk& desk, const MessageRef& message) {
  desk.reply(amqp::BasicReturn{.reply_code = static_cast<std::uint16_t>(ReplyCode::no_route),
                               .reply_text = amqp::reply_name(ReplyCode::no_route),
                               .exchange = message->exchange(),
                               .routing_key = message->routing_key()});
  write_content(desk.session, desk.channel.ref.number, message);
}

void write_content(SessionCore& session, ChannelNumber channel, const MessageRef& message) {
  amqp::append_content_header_frame(session.out.bytes(), channel, message->body_bytes(), message->properties());
  write_body(session, channel, message);
}

void write_body(SessionCore& session, ChannelNumber channel, const MessageRef& message) {
  // Below this, copying costs less than one more piece for the system call that writes.
  constexpr std::uint32_t kCopiedBytesMax = 4096;
  const std::uint32_t frame_bytes = session.body_frame_bytes();
  const std::uint32_t total = message->body_bytes();
  ByteBuffer& out = session.out.bytes();
  for (std::uint32_t first = 0; first < total; first += frame_bytes) {
    const std::uint32_t bytes = std::min(frame_bytes, total - first);
    if (bytes <= kCopiedBytesMax) {
      amqp::append_body_frame(out, channel, message->body().substr(first, bytes));
    } else {
      amqp::append_body_frame_head(out, channel, bytes);
      session.out.append_body(message, first, bytes);
      amqp::append_frame_end(out);
    }
    if (total - first <= frame_bytes) break;
  }
}

}  // namespace warren::broker::session
