// Consuming: basic.qos, consume, cancel, get (amqp.md 3.10 to 3.13).
#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "broker/catalog/checks.hpp"
#include "broker/queue/arguments.hpp"
#include "broker/session/channel/consumers.hpp"
#include "broker/session/methods/access.hpp"
#include "broker/session/methods/handlers.hpp"
#include "broker/session/methods/names.hpp"

namespace warren::broker::session {
namespace {

using amqp::ReplyCode;

constexpr std::string_view kGeneratedTagPrefix = "amq.ctag-";

// The queue, if this session may read from it.
Result<const QueueDefinition*, Refusal> readable_queue(Desk& desk, const std::string& name) {
  if (Failure failure = check_queue_right(desk, Right::read, name)) return std::move(*failure);
  return usable_queue(desk, name);
}

Failure consume_replies(Desk& desk, const amqp::BasicConsume& method, const std::string& tag) {
  Channel& channel = desk.channel;
  if (channel.reply_secret != 0) return refuse(ReplyCode::precondition_failed, "reply consumer already set");
  if (!method.no_ack) return refuse(ReplyCode::precondition_failed, "reply consumer cannot acknowledge");
  channel.reply_consumer_tag = tag;
  channel.reply_secret = desk.context.rng.next() | 1;
  if (!method.nowait) desk.reply(amqp::BasicConsumeOk{.consumer_tag = tag});
  return {};
}

Failure check_new_consumer(Desk& desk, const std::string& tag) {
  const Channel& channel = desk.channel;
  const std::uint32_t most = desk.context.settings.consumer_max_per_channel;
  if (most != 0 && channel.consumers.size() >= most)
    return refuse(ReplyCode::not_allowed, fmt::format("reached maximum ({}) of consumers per channel", most));
  if (desk.find_consumer(tag) != nullptr || (channel.reply_secret != 0 && channel.reply_consumer_tag == tag))
    return refuse(ReplyCode::not_allowed, "attempt to reuse consumer tag '" + tag + "'");
  return {};
}

void open_consumer(Desk& desk, const amqp::BasicConsume& method, const QueueDefinition& queue, const std::string& tag,
                   const ConsumerArguments& meaning) {
  Consumer consumer;
  consumer.id = ConsumerId(++desk.session.consumers_opened);
  consumer.tag = tag;
  consumer.no_ack = method.no_ack;
  consumer.exclusive = method.exclusive;
  consumer.cancel_on_failover = meaning.cancel_on_failover;
  consumer.priority = meaning.priority;
  consumer.prefetch = desk.channel.prefetch;
  consumer.arguments = method.arguments;
  open_consumer(desk, std::move(consumer), queue);
}

}  // namespace

Failure on(Desk& desk, const amqp::BasicConsume& method) {
  Result<std::string, Refusal> name = queue_or_last(desk, method.queue);
  if (!name) return name.error();
  const std::string tag = method.consumer_tag.empty() ? generated_name(kGeneratedTagPrefix, desk.context.rng)
                                                      : std::string(method.consumer_tag);
  if (Failure failure = check_new_consumer(desk, tag)) return failure;
  if (*name == kReplyQueueName) return consume_replies(desk, method, tag);
  Result<const QueueDefinition*, Refusal> queue = readable_queue(desk, *name);
  if (!queue) return queue.error();
  Result<ConsumerArguments, Refusal> arguments =
      check_consumer_arguments((*queue)->name, desk.session.vhost_name, method.arguments);
  if (!arguments) return arguments.error();
  open_consumer(desk, method, **queue, tag, *arguments);
  return {};
}

Failure on_attached(Desk& desk, const Attached& attached) {
  if (!take_attached(desk, attached)) {
    desk.send(attached.queue, Detach{desk.session.self, attached.channel, attached.consumer, attached.slot});
    return {};
  }
  amqp::BasicConsume method;
  amqp::decode(amqp::method_arguments(desk.channel.held_method), method);
  const std::string& tag = desk.channel.consumers.find(attached.consumer)->tag;
  if (!method.nowait) desk.reply(amqp::BasicConsumeOk{.consumer_tag = tag});
  return {};
}

Failure on_attach_refused(Desk& desk, const AttachRefused& refused) {
  amqp::BasicConsume method;
  amqp::decode(amqp::method_arguments(desk.channel.held_method), method);
  const std::string name = method.queue.empty() ? desk.channel.last_queue : std::string(method.queue);
  forget_consumer(desk.channel, refused.consumer);
  if (refused.gone) return no_queue(name, desk.session.vhost_name);
  return refuse(ReplyCode::access_refused, queue_phrase(name, desk.session.vhost_name) + " in exclusive use");
}

Failure on(Desk& desk, const amqp::BasicCancel& method) {
  Channel& channel = desk.channel;
  if (const Consumer* consumer = desk.find_consumer(method.consumer_tag)) {
    desk.ask({consumer->queue, consumer->home, consumer->id},
             Detach{desk.session.self, channel.ref, consumer->id, consumer->slot});
    return {};
  }
  if (channel.reply_secret != 0 && channel.reply_consumer_tag == method.consumer_tag) channel.reply_secret = 0;
  if (!method.nowait) desk.reply(amqp::BasicCancelOk{.consumer_tag = method.consumer_tag});
  return {};
}

Failure on_detached(Desk& desk, const Detached& detached) {
  forget_consumer(desk.channel, detached.consumer);
  amqp::BasicCancel method;
  amqp::decode(amqp::method_arguments(desk.channel.held_method), method);
  // Its queue may have gone before it heard.
  std::erase(desk.channel.lost_tags, method.consumer_tag);
  if (!method.nowait) desk.reply(amqp::BasicCancelOk{.consumer_tag = method.consumer_tag});
  return {};
}

// The client confirms a cancellation that we sent; there is nothing left to do.
Failure on(Desk&, const amqp::BasicCancelOk&) { return {}; }

void on_consumer_lost(Desk& desk, const ConsumerLost& lost) { lose_consumer(desk, lost.consumer); }

void tell_lost_consumers(Desk& desk) {
  std::vector<std::string> tags = std::exchange(desk.channel.lost_tags, {});
  std::sort(tags.begin(), tags.end());
  if (!desk.session.capabilities.consumer_cancel_notify) return;
  for (const std::string& tag : tags) desk.reply(amqp::BasicCancel{.consumer_tag = tag, .nowait = true});
}

Failure on(Desk& desk, const amqp::BasicGet& method) {
  Result<std::string, Refusal> name = queue_or_last(desk, method.queue);
  if (!name) return name.error();
  Result<const QueueDefinition*, Refusal> queue = readable_queue(desk, *name);
  if (!queue) return queue.error();
  desk.ask(**queue, Get{desk.session.self, desk.channel.ref, method.no_ack});
  return {};
}

Failure on_get_answer(Desk& desk, GetAnswer& answer) {
  Channel& channel = desk.channel;
  if (answer.gone) {
    amqp::BasicGet method;
    amqp::decode(amqp::method_arguments(channel.held_method), method);
    return no_queue(method.queue, desk.session.vhost_name);
  }
  if (!answer.message) {
    desk.reply(amqp::BasicGetEmpty{});
    return {};
  }
  const std::uint64_t tag = ++channel.delivery_tag;
  if (!answer.no_ack)
    channel.unsettled.add({.tag = tag,
                           .queue = answer.queue,
                           .position = answer.position,
                           .delivered_ms = desk.context.now.instant_ms,
                           .consumer = {}});
  desk.reply(amqp::BasicGetOk{.delivery_tag = tag,
                              .redelivered = answer.redelivered,
                              .exchange = answer.message->exchange(),
                              .routing_key = answer.message->routing_key(),
                              .message_count = answer.remaining});
  write_content(desk.session, channel.ref.number, answer.message);
  return {};
}

Failure on(Desk& desk, const amqp::BasicQos& method) {
  Channel& channel = desk.channel;
  if (method.prefetch_size != 0)
    return refuse(ReplyCode::not_implemented, fmt::format("prefetch_size!=0 ({})", method.prefetch_size));
  if (method.global) {
    channel.shared_limit = method.prefetch_count;
  } else {
    channel.prefetch = method.prefetch_count;
    channel.shared_limit = 0;
  }
  update_pauses(desk);
  desk.reply(amqp::BasicQosOk{});
  return {};
}

}  // namespace warren::broker::session
