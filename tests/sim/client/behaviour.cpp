// What a client does next: a throw of its weights while it works, tidying up once faults are over.
#include <iterator>

#include "tests/sim/client/client.hpp"

namespace warren::sim {
namespace {

// Publishes in a row that one thought may bring.
constexpr std::uint64_t kBurstMax = 12;

}  // namespace

void Client::act() {
  if (stage_ != Stage::working) return act_healed();
  // Who does not answer in time is dead to the broker.
  if (plan_.heartbeat_s != 0 && rng_.one_in(400)) silent_until_ = scene_.now + 3 * plan_.heartbeat_s * kSecond;
  if (plan_.lazy) world_.set_reading(socket_, rng_.one_in(12));
  const Weights& weights = plan_.weights;
  const std::uint64_t rare = 4000;
  if (rng_.below(rare) < weights.die) return die();
  if (rng_.below(rare) < weights.close_connection) return close_connection();
  if (channels_.size() < plan_.channels_max && (channels_.empty() || rng_.one_in(4))) return open_channel();
  if (Channel* channel = some_channel()) act_on(*channel);
}

Channel* Client::some_channel() {
  if (channels_.empty()) return nullptr;
  Channel& channel = std::next(channels_.begin(), static_cast<std::ptrdiff_t>(rng_.below(channels_.size())))->second;
  return channel.usable() ? &channel : nullptr;
}

QueueIndex Client::some_queue() { return static_cast<QueueIndex>(rng_.below(topology_.queues.size())); }

void Client::act_on(Channel& channel) {
  const Weights& weights = plan_.weights;
  // These may be sent while the channel waits for an answer: the broker lets them wait in line.
  const bool waiting = !channel.idle();
  if (waiting && !rng_.one_in(3)) return;
  if (waiting) scene_.marks.hit(Mark::requests_in_line);
  std::uint64_t draw = rng_.below(weights.publish + weights.settle + weights.requeue);
  const std::uint64_t others = weights.get + weights.consume + weights.cancel + weights.recover + weights.declare +
                               weights.remove + weights.purge + weights.commit + weights.close_channel + weights.offend;
  const auto pick = [&draw](std::uint32_t weight) {
    if (draw < weight) return true;
    draw -= weight;
    return false;
  };
  if (!waiting) draw = rng_.below(weights.publish + weights.settle + weights.requeue + others);
  if (pick(weights.publish)) {
    for (std::uint64_t burst = 1 + rng_.below(kBurstMax); burst > 0; --burst) publish(channel);
    return;
  }
  if (pick(weights.settle)) return settle_some(channel, false);
  if (pick(weights.requeue)) return settle_some(channel, true);
  if (pick(weights.get)) return get(channel);
  if (pick(weights.consume)) return consume(channel, some_queue());
  if (pick(weights.cancel)) return cancel(channel);
  if (pick(weights.recover)) return recover(channel);
  if (pick(weights.declare)) return declare(channel, some_queue(), false);
  if (pick(weights.remove)) return remove(channel);
  if (pick(weights.purge)) return purge(channel);
  if (pick(weights.commit)) return commit(channel, !rng_.one_in(4));
  if (pick(weights.close_channel)) return close_channel(channel);
  offend(channel);
}

void Client::act_healed() {
  if (stage_ == Stage::leaving) {
    for (auto& [number, channel] : channels_)
      if (channel.usable() && channel.mode == ChannelMode::transactional && !channel.uncommitted.empty() &&
          channel.idle())
        return commit(channel, true);
    return close_connection();
  }
  if (!plan_.drain.empty() && channels_.empty()) return open_channel();
  for (auto& [number, channel] : channels_) {
    if (!channel.usable()) continue;
    if (!act_draining(channel)) finish(channel);
  }
}

bool Client::act_draining(Channel& channel) {
  if (!channel.idle()) return false;
  for (const QueueIndex queue : plan_.drain)
    if (!reads(queue)) {
      consume(channel, queue);
      return true;
    }
  return false;
}

// Settles what is held and ends the open transaction.
void Client::finish(Channel& channel) {
  settle_everything(channel);
  const bool open = channel.mode == ChannelMode::transactional;
  bool buffered = !channel.uncommitted.empty();
  for (const auto& [tag, held] : channel.held) buffered |= held.buffered;
  if (open && buffered && channel.idle()) commit(channel, true);
}

}  // namespace warren::sim
