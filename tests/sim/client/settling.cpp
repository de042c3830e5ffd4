// How a client settles what it holds.
#include <iterator>
#include <vector>

#include "tests/sim/client/client.hpp"

namespace warren::sim {

namespace {

// Tag 0 means all that was delivered, seen or not: only where nothing can be on its way does a client know what it
// says. Requires: something is held that is not settled in a transaction.
std::uint64_t tag_for_all(const Channel& channel) {
  if (channel.consumers.empty() && channel.expect != Expect::got) return 0;
  std::uint64_t last = 0;
  for (const auto& [tag, held] : channel.held)
    if (!held.buffered) last = tag;
  return last;
}

bool holds_anything(const Channel& channel) {
  for (const auto& [tag, held] : channel.held)
    if (!held.buffered) return true;
  return false;
}

}  // namespace

void Client::settle_some(Channel& channel, bool requeue) {
  if (!holds_anything(channel) || channel.expect == Expect::recover_ok || (plan_.patient && !rng_.one_in(4))) return;
  if (requeue && rng_.one_in(3)) {
    note_full_return(channel);
    return settle(channel, tag_for_all(channel), true, How::requeue);
  }
  const auto place = static_cast<std::ptrdiff_t>(rng_.below(channel.held.size()));
  const auto chosen = std::next(channel.held.begin(), place);
  if (chosen->second.buffered) return;
  const How how = requeue ? How::requeue : rng_.one_in(8) ? How::reject : How::ack;
  const bool multiple = rng_.one_in(2);
  if (requeue && channel.held.size() == 1) note_full_return(channel);
  settle(channel, multiple && rng_.one_in(4) ? tag_for_all(channel) : chosen->first, multiple, how);
}

void Client::settle_everything(Channel& channel) {
  if (channel.expect != Expect::recover_ok && holds_anything(channel))
    settle(channel, tag_for_all(channel), true, How::ack);
}

void Client::recover(Channel& channel) {
  if (channel.mode == ChannelMode::transactional) return;
  scene_.tell("c{} ch{} recovers", plan_.number, channel.uid);
  channel.expect = Expect::recover_ok;
  wire_->send(channel.number, amqp::BasicRecover{.requeue = true});
}

// All that came before recover-ok goes back, what was on its way then too.
void Client::on_recovered(Channel& channel) {
  note_full_return(channel);
  for (auto& [tag, held] : channel.held) settled(channel, held, How::requeue);
  channel.held.clear();
}

// Requires: a delivery of that tag is held, or the tag is 0 and multiple.
void Client::settle(Channel& channel, std::uint64_t tag, bool multiple, How how) {
  scene_.tell("c{} ch{} {} {}{}", plan_.number, channel.uid,
              how == How::ack      ? "acks"
              : how == How::reject ? "rejects"
                                   : "requeues",
              multiple ? "all up to " : "", tag);
  for (auto at = channel.held.begin(); at != channel.held.end();) {
    const bool meant = multiple ? tag == 0 || at->first <= tag : at->first == tag;
    if (!meant || at->second.buffered) {
      ++at;
    } else if (channel.mode == ChannelMode::transactional) {
      at->second.buffered = true;
      at->second.how = how;
      ++at;
    } else {
      settled(channel, at->second, how);
      at = channel.held.erase(at);
    }
  }
  if (how == How::ack) return wire_->send(channel.number, amqp::BasicAck{.delivery_tag = tag, .multiple = multiple});
  if (!multiple && rng_.one_in(2))
    return wire_->send(channel.number, amqp::BasicReject{.delivery_tag = tag, .requeue = how == How::requeue});
  wire_->send(channel.number,
              amqp::BasicNack{.delivery_tag = tag, .multiple = multiple, .requeue = how == How::requeue});
}

void Client::settled(Channel& channel, Held& held, How how) {
  if (held.consumer >= 0) {
    --channel.consumers[static_cast<std::size_t>(held.consumer)].held;
    --channel.shared_held;
  }
  if (how != How::requeue) checks_.settled(channel.uid, held.number, held.queue, held.dead_letter, how == How::reject);
}

// A consumer that is at its prefetch and gives all back at once gets nothing before that has reached its queue.
void Client::note_full_return(Channel& channel) {
  if (channel.mode == ChannelMode::transactional) return;
  for (std::size_t i = 0; i < channel.consumers.size(); ++i) {
    const Consumer& consumer = channel.consumers[i];
    if (consumer.gone || consumer.prefetch == 0 || consumer.held != consumer.prefetch) continue;
    std::vector<MessageNumber> numbers;
    for (const auto& [tag, held] : channel.held)
      if (held.consumer == static_cast<int>(i) && !held.dead_letter) numbers.push_back(held.number);
    checks_.requeued_all(consumer.reader, numbers);
  }
}

}  // namespace warren::sim
