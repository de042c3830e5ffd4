// What a client hears on its channels.
#include <utility>
#include <variant>

#include "tests/sim/client/client.hpp"

namespace warren::sim {

Channel* Client::channel_of(ChannelNumber number) {
  const auto found = channels_.find(number);
  return found == channels_.end() ? nullptr : &found->second;
}

void Client::on_method(ChannelNumber number, const amqp::Method& method) {
  if (state_ == State::away) return;
  if (number == 0) return on_connection_method(method);
  if (Channel* channel = channel_of(number)) on_channel_method(*channel, method);
}

void Client::on_channel_method(Channel& channel, const amqp::Method& method) {
  if (channel.failed) return;
  if (const auto* ack = std::get_if<amqp::BasicAck>(&method))
    return on_confirm(channel, ack->delivery_tag, ack->multiple, true);
  if (const auto* nack = std::get_if<amqp::BasicNack>(&method))
    return on_confirm(channel, nack->delivery_tag, nack->multiple, false);
  if (const auto* cancel = std::get_if<amqp::BasicCancel>(&method)) {
    scene_.marks.hit(Mark::consumer_cancelled_by_broker);
    return on_cancelled(channel, cancel->consumer_tag);
  }
  if (const auto* close = std::get_if<amqp::ChannelClose>(&method)) return on_channel_close(channel, *close);
  if (std::holds_alternative<amqp::ChannelCloseOk>(method)) return forget_channel(channel, false);
  on_answer(channel, method);
}

// Answers come in the order of the questions; a channel asks one at a time.
void Client::on_answer(Channel& channel, const amqp::Method& method) {
  if (channel.expect == Expect::close_ok) return;  // to what was asked before
  const bool setting_up = channel.expect == Expect::open_ok || channel.expect == Expect::select_ok;
  if (setting_up) return set_up(channel);
  const Expect expected = std::exchange(channel.expect, Expect::nothing);
  if (const auto* declared = std::get_if<amqp::QueueDeclareOk>(&method))
    return checks_.counted(channel.asked, declared->message_count);
  if (std::holds_alternative<amqp::BasicGetEmpty>(method)) return scene_.marks.hit(Mark::get_empty);
  if (const auto* cancelled = std::get_if<amqp::BasicCancelOk>(&method))
    return on_cancelled(channel, cancelled->consumer_tag);
  if (std::holds_alternative<amqp::BasicRecoverOk>(method)) return on_recovered(channel);
  if (std::holds_alternative<amqp::TxCommitOk>(method)) return on_transaction_end(channel, true);
  if (std::holds_alternative<amqp::TxRollbackOk>(method)) return on_transaction_end(channel, false);
  if (expected == Expect::nothing || expected == Expect::refusal)
    scene_.fail("answers fit their questions", "c{} ch{} heard {} and had not asked", plan_.number, channel.uid,
                amqp::method_name(method));
}

void Client::on_channel_close(Channel& channel, const amqp::ChannelClose& close) {
  scene_.tell("c{} ch{} is refused: {}", plan_.number, channel.uid, close.reply_text);
  scene_.marks.hit(channel.expect == Expect::commit_ok ? Mark::transaction_refused : Mark::channel_refused);
  wire_->send(channel.number, amqp::ChannelCloseOk{});
  forget_channel(channel, true);
}

void Client::forget_channel(Channel& channel, bool broken) {
  checks_.channel_ended(channel.uid, broken);
  channels_.erase(channel.number);
}

void Client::on_transaction_end(Channel& channel, bool committed) {
  scene_.tell("c{} ch{} has {}", plan_.number, channel.uid, committed ? "committed" : "rolled back");
  scene_.marks.hit(committed ? Mark::transaction_committed : Mark::transaction_rolled_back);
  if (committed) checks_.committed(std::exchange(channel.committing, {}));
}

void Client::on_cancelled(Channel& channel, std::string_view tag) {
  for (Consumer& consumer : channel.consumers) {
    if (consumer.tag != tag || consumer.gone) continue;
    consumer.gone = true;
    scene_.tell("c{} ch{} reader {} is cancelled", plan_.number, channel.uid, consumer.reader);
    checks_.reader_closed(consumer.reader);
  }
}

void Client::on_confirm(Channel& channel, std::uint64_t tag, bool multiple, bool accepted) {
  const auto asked = channel.unconfirmed.find(tag);
  if (asked == channel.unconfirmed.end())
    return scene_.fail("confirmed exactly once", "ch{} heard about publish {} that was not open", channel.uid, tag);
  scene_.tell("c{} ch{} hears {} {}{}", plan_.number, channel.uid, accepted ? "ack" : "nack", multiple ? "up to " : "",
              tag);
  if (!multiple) {
    if (asked != channel.unconfirmed.begin()) scene_.marks.hit(Mark::confirm_out_of_order);
    checks_.confirmed(asked->second, accepted);
    channel.unconfirmed.erase(asked);
    return;
  }
  scene_.marks.hit(Mark::confirm_multiple);
  while (!channel.unconfirmed.empty() && channel.unconfirmed.begin()->first <= tag) {
    checks_.confirmed(channel.unconfirmed.begin()->second, accepted);
    channel.unconfirmed.erase(channel.unconfirmed.begin());
  }
}

// ---- contents ----

void Client::on_content(ChannelNumber number, const amqp::Method& method, std::string_view properties,
                        std::string_view body) {
  Channel* channel = state_ == State::away ? nullptr : channel_of(number);
  if (channel == nullptr || channel->failed) return;
  Seen seen;
  seen.properties = properties;
  seen.body = body;
  seen.while_giving_back =
      state_ == State::closing || channel->expect == Expect::close_ok || channel->expect == Expect::recover_ok;
  if (const auto* deliver = std::get_if<amqp::BasicDeliver>(&method)) {
    seen.exchange = deliver->exchange;
    seen.key = deliver->routing_key;
    seen.redelivered = deliver->redelivered;
    return on_delivery(*channel, *deliver, seen);
  }
  if (const auto* got = std::get_if<amqp::BasicGetOk>(&method)) {
    seen.exchange = got->exchange;
    seen.key = got->routing_key;
    seen.redelivered = got->redelivered;
    return on_got(*channel, *got, seen);
  }
  const auto& returned = std::get<amqp::BasicReturn>(method);
  seen.exchange = returned.exchange;
  seen.key = returned.routing_key;
  checks_.returned(channel->uid, seen);
}

void Client::on_delivery(Channel& channel, const amqp::BasicDeliver& method, Seen seen) {
  for (std::size_t i = 0; i < channel.consumers.size(); ++i) {
    Consumer& consumer = channel.consumers[i];
    if (consumer.tag != method.consumer_tag) continue;
    if (consumer.gone)
      return scene_.fail("nothing comes after cancel-ok", "reader {} got a delivery after its end", consumer.reader);
    return hold(channel, method.delivery_tag, static_cast<int>(i), consumer.reader, consumer.no_ack, seen);
  }
  scene_.fail("deliveries are for consumers", "ch{} got a delivery for '{}'", channel.uid, method.consumer_tag);
}

void Client::on_got(Channel& channel, const amqp::BasicGetOk& method, Seen seen) {
  const auto getter = channel.getters.find(channel.asked);
  if (channel.expect != Expect::close_ok) {
    if (channel.expect != Expect::got || getter == channel.getters.end())
      return scene_.fail("answers fit their questions", "ch{} got a message that it had not asked for", channel.uid);
    channel.expect = Expect::nothing;
  }
  hold(channel, method.delivery_tag, -1, getter->second, false, seen);
}

void Client::hold(Channel& channel, std::uint64_t tag, int consumer, ReaderUid reader, bool no_ack, const Seen& seen) {
  if (tag != ++channel.last_tag)
    return scene_.fail("delivery tags increase by one", "ch{} got tag {} after {}", channel.uid, tag,
                       channel.last_tag - 1);
  const Checks::Recognised recognised = checks_.delivered(reader, seen);
  if (recognised.number == 0) return;
  const QueueIndex queue = consumer < 0 ? channel.asked : channel.consumers[static_cast<std::size_t>(consumer)].queue;
  scene_.tell("c{} ch{} reader {} gets m{} from {} with tag {}{}{}", plan_.number, channel.uid, reader,
              recognised.number, topology_.queues[queue].name, tag, seen.redelivered ? ", redelivered" : "",
              recognised.dead_letter ? ", dead" : "");
  if (no_ack) return;
  Held held;
  held.number = recognised.number;
  held.queue = queue;
  held.dead_letter = recognised.dead_letter;
  held.consumer = consumer;
  channel.held.emplace(tag, held);
  if (consumer < 0) return;
  ++channel.consumers[static_cast<std::size_t>(consumer)].held;
  ++channel.shared_held;
  check_limits(channel, consumer);
}

void Client::check_limits(const Channel& channel, int consumer) {
  const Consumer& receiver = channel.consumers[static_cast<std::size_t>(consumer)];
  if (receiver.prefetch != 0 && receiver.held > receiver.prefetch)
    scene_.fail("prefetch is kept", "reader {} holds {}, its prefetch is {}", receiver.reader, receiver.held,
                receiver.prefetch);
  if (channel.shared_limit != 0 && channel.shared_held > channel.shared_limit)
    scene_.fail("prefetch is kept", "ch{} holds {}, its shared limit is {}", channel.uid, channel.shared_held,
                channel.shared_limit);
}

}  // namespace warren::sim
