// What a client asks for, one function per deed.
#include <utility>

#include "tests/sim/checks/content.hpp"
#include "tests/sim/client/client.hpp"

namespace warren::sim {
namespace {

constexpr std::uint64_t kPrefetchMax = 6;
constexpr std::uint64_t kPatientPrefetchMax = 2;
constexpr std::uint64_t kConsumersMax = 4;

}  // namespace

void Client::open_channel() {
  Channel channel;
  channel.number = ++last_number_;
  channel.uid = checks_.channel_opened();
  const std::uint64_t kind = rng_.below(6);
  channel.mode = kind == 0 ? ChannelMode::transactional : kind < 4 ? ChannelMode::confirming : ChannelMode::plain;
  if (!plan_.drain.empty()) channel.mode = ChannelMode::plain;
  const std::uint64_t most = plan_.patient ? kPatientPrefetchMax : kPrefetchMax;
  if (rng_.one_in(3)) channel.shared_limit = static_cast<std::uint16_t>(1 + rng_.below(most));
  if (channel.shared_limit == 0 && !rng_.one_in(4)) channel.prefetch = static_cast<std::uint16_t>(1 + rng_.below(most));
  constexpr std::string_view kModes[] = {"plain", "confirming", "transactional"};
  scene_.tell("c{} opens channel {} (ch{}), {}", plan_.number, channel.number, channel.uid,
              kModes[static_cast<int>(channel.mode)]);
  wire_->send(channel.number, amqp::ChannelOpen{});
  channels_.emplace(channel.number, std::move(channel));
}

// After open-ok the mode, after the mode the limits.
void Client::set_up(Channel& channel) {
  if (channel.expect == Expect::open_ok && channel.mode != ChannelMode::plain) {
    channel.expect = Expect::select_ok;
    if (channel.mode == ChannelMode::confirming) return wire_->send(channel.number, amqp::ConfirmSelect{});
    return wire_->send(channel.number, amqp::TxSelect{});
  }
  const bool limited = channel.prefetch != 0 || channel.shared_limit != 0;
  channel.expect = limited ? Expect::qos_ok : Expect::nothing;
  if (!limited) return;
  const bool shared = channel.shared_limit != 0;
  wire_->send(channel.number,
              amqp::BasicQos{.prefetch_count = shared ? channel.shared_limit : channel.prefetch, .global = shared});
}

void Client::publish(Channel& channel) {
  Message draft;
  draft.channel = channel.uid;
  draft.target = static_cast<std::uint32_t>(rng_.below(topology_.targets.size()));
  const bool big = plan_.big_body_each != 0 && rng_.one_in(plan_.big_body_each);
  draft.body_bytes =
      static_cast<std::uint32_t>(kBodyBytesMin + rng_.below(big ? plan_.big_body_bytes_max : plan_.body_bytes_max));
  draft.priority = rng_.one_in(3) ? static_cast<std::uint8_t>(rng_.below(8)) : std::uint8_t{0};
  draft.persistent = rng_.one_in(2);
  draft.mandatory = rng_.one_in(5);
  draft.wants_confirm = channel.mode == ChannelMode::confirming;
  const bool transactional = channel.mode == ChannelMode::transactional;
  draft.state = transactional ? PublishState::uncommitted : PublishState::sent;
  const Message& message = checks_.published(std::move(draft));
  const Target& target = topology_.targets[message.target];
  scene_.tell("c{} ch{} publishes m{} ({} bytes) to '{}' '{}'", plan_.number, channel.uid, message.number,
              message.body_bytes, target.exchange, target.key);
  if (message.wants_confirm) channel.unconfirmed.emplace(++channel.sequence, message.number);
  if (transactional) channel.uncommitted.push_back(message.number);
  wire_->publish(channel.number,
                 {.exchange = target.exchange, .routing_key = target.key, .mandatory = message.mandatory},
                 properties_of(message).view(), body_of(message));
}

void Client::consume(Channel& channel, QueueIndex queue) {
  const bool draining = !plan_.drain.empty();
  if (!draining && channel.consumers.size() >= kConsumersMax) return;
  Consumer consumer;
  consumer.tag = fmt::format("t{}", ++tags_given_);
  consumer.queue = queue;
  consumer.no_ack = !draining && rng_.one_in(plan_.no_ack_each);
  consumer.prefetch = consumer.no_ack ? std::uint16_t{0} : channel.prefetch;
  consumer.reader =
      checks_.reader_opened(channel.uid, queue, channel.shared_limit != 0 && !consumer.no_ack, consumer.no_ack);
  scene_.tell("c{} ch{} consumes {} as reader {}{}, prefetch {}, shared {}", plan_.number, channel.uid,
              topology_.queues[queue].name, consumer.reader, consumer.no_ack ? " without acks" : "", consumer.prefetch,
              channel.shared_limit);
  amqp::Table arguments;
  if (rng_.one_in(6)) arguments.set("x-priority", static_cast<std::int32_t>(rng_.below(3)));
  wire_->send(channel.number, amqp::BasicConsume{.queue = topology_.queues[queue].name,
                                                 .consumer_tag = consumer.tag,
                                                 .no_ack = consumer.no_ack,
                                                 .exclusive = !draining && rng_.one_in(40),
                                                 .arguments = std::move(arguments)});
  channel.expect = Expect::consume_ok;
  channel.asked = queue;
  channel.asked_consumer = static_cast<int>(channel.consumers.size());
  channel.consumers.push_back(std::move(consumer));
}

void Client::cancel(Channel& channel) {
  for (std::size_t i = 0; i < channel.consumers.size(); ++i) {
    Consumer& consumer = channel.consumers[i];
    if (consumer.gone || !rng_.one_in(2)) continue;
    scene_.tell("c{} ch{} cancels reader {}", plan_.number, channel.uid, consumer.reader);
    consumer.cancelling = true;
    channel.expect = Expect::cancel_ok;
    channel.asked_consumer = static_cast<int>(i);
    return wire_->send(channel.number, amqp::BasicCancel{.consumer_tag = consumer.tag});
  }
}

void Client::get(Channel& channel) {
  const QueueIndex queue = some_queue();
  if (!channel.getters.contains(queue))
    channel.getters.emplace(queue, checks_.reader_opened(channel.uid, queue, false, false));
  scene_.tell("c{} ch{} gets from {}", plan_.number, channel.uid, topology_.queues[queue].name);
  channel.expect = Expect::got;
  channel.asked = queue;
  wire_->send(channel.number, amqp::BasicGet{.queue = topology_.queues[queue].name});
}

void Client::declare(Channel& channel, QueueIndex queue, bool passive) {
  const QueuePlan& plan = topology_.queues[queue];
  scene_.tell("c{} ch{} declares {}", plan_.number, channel.uid, plan.name);
  channel.expect = Expect::declare_ok;
  channel.asked = queue;
  wire_->send(channel.number, amqp::QueueDeclare{.queue = plan.name,
                                                 .passive = passive,
                                                 .durable = plan.durable,
                                                 .exclusive = plan.exclusive,
                                                 .auto_delete = plan.auto_delete,
                                                 .arguments = plan.arguments(topology_.queues)});
}

void Client::remove(Channel& channel) {
  const QueueIndex queue = some_queue();
  if (topology_.queues[queue].stable()) return;
  scene_.tell("c{} ch{} deletes {}", plan_.number, channel.uid, topology_.queues[queue].name);
  channel.expect = Expect::delete_ok;
  wire_->send(channel.number,
              amqp::QueueDelete{
                  .queue = topology_.queues[queue].name, .if_unused = rng_.one_in(6), .if_empty = rng_.one_in(6)});
}

void Client::purge(Channel& channel) {
  const QueueIndex queue = some_queue();
  const QueuePlan& plan = topology_.queues[queue];
  if (plan.stable() && !plan.purged) return;
  scene_.tell("c{} ch{} purges {}", plan_.number, channel.uid, plan.name);
  channel.expect = Expect::purge_ok;
  wire_->send(channel.number, amqp::QueuePurge{.queue = plan.name});
}

void Client::commit(Channel& channel, bool really) {
  if (channel.mode != ChannelMode::transactional || !channel.idle()) return;
  scene_.tell("c{} ch{} {}", plan_.number, channel.uid, really ? "commits" : "rolls back");
  if (really) {
    channel.committing = std::exchange(channel.uncommitted, {});
    checks_.committing(channel.committing);
    channel.expect = Expect::commit_ok;
    // From now on the settlements may count.
    for (auto& [tag, held] : channel.held)
      if (held.buffered) settled(channel, held, held.how);
    std::erase_if(channel.held, [](const auto& one) { return one.second.buffered; });
    return wire_->send(channel.number, amqp::TxCommit{});
  }
  channel.expect = Expect::rollback_ok;
  checks_.rolled_back(channel.uncommitted);
  channel.uncommitted.clear();
  for (auto& [tag, held] : channel.held) held.buffered = false;
  wire_->send(channel.number, amqp::TxRollback{});
}

void Client::close_channel(Channel& channel) {
  scene_.tell("c{} closes ch{}", plan_.number, channel.uid);
  channel.expect = Expect::close_ok;
  wire_->send(channel.number, amqp::ChannelClose{.reply_code = 200, .reply_text = "done"});
}

// Each of these ends the channel.
void Client::offend(Channel& channel) {
  scene_.tell("c{} ch{} asks for what must be refused", plan_.number, channel.uid);
  channel.expect = Expect::refusal;
  switch (rng_.below(5)) {
    case 0: return wire_->send(channel.number, amqp::BasicAck{.delivery_tag = channel.last_tag + 1000});
    case 1: return wire_->send(channel.number, amqp::BasicGet{.queue = "nowhere"});
    case 2: return wire_->send(channel.number, amqp::ExchangeDeclare{.exchange = "amq.direct", .type = "fanout"});
    case 3: return wire_->send(channel.number, amqp::ChannelOpen{});  // ends the connection too
    default: return wire_->send(channel.number, amqp::BasicConsume{.queue = "nowhere", .consumer_tag = "lost"});
  }
}

}  // namespace warren::sim
