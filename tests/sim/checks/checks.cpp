// The book-keeping of what clients do.
#include "tests/sim/checks/checks.hpp"

#include <algorithm>
#include <utility>

#include "tests/sim/checks/content.hpp"

namespace warren::sim {

ChannelUid Checks::channel_opened() {
  facts_.channels.emplace_back();
  return static_cast<ChannelUid>(facts_.channels.size() - 1);
}

void Checks::channel_ended(ChannelUid channel, bool broken) {
  ChannelFacts& facts = facts_.channels[channel];
  facts.ended = true;
  facts.broken = broken;
  const Micros aftermath = scene_.now + kAftermath;
  for (const ReaderUid uid : facts.readers) {
    Reader& reader = facts_.readers[uid];
    QueueFacts& queue = facts_.queues[reader.queue];
    if (reader.until == kOpenEnd) {
      reader.until = aftermath;
      queue.risks.push_back({uid, scene_.now, aftermath});
      if (reader.no_ack) queue.lost_until = std::max(queue.lost_until, aftermath);
    }
    // What it had taken and not settled goes back even if the reader has left before.
    if (broken && !reader.no_ack) queue.dark_until = std::max(queue.dark_until, aftermath);
  }
}

ReaderUid Checks::reader_opened(ChannelUid channel, QueueIndex queue, bool shared_limit, bool no_ack) {
  const auto uid = static_cast<ReaderUid>(facts_.readers.size());
  Reader reader;
  reader.queue = queue;
  reader.channel = channel;
  reader.shared_limit = shared_limit;
  reader.no_ack = no_ack;
  reader.life = facts_.life();
  facts_.readers.push_back(std::move(reader));
  facts_.queues[queue].readers.push_back(uid);
  facts_.channels[channel].readers.push_back(uid);
  return uid;
}

void Checks::reader_closed(ReaderUid uid) {
  Reader& reader = facts_.readers[uid];
  if (reader.until != kOpenEnd) return;
  reader.until = scene_.now + kAftermath;
  if (reader.shared_limit) facts_.queues[reader.queue].risks.push_back({uid, scene_.now, reader.until});
}

const Message& Checks::published(Message draft) {
  draft.number = facts_.messages.size() + 1;
  draft.order = ++facts_.channels[draft.channel].published;
  draft.sent_at = scene_.now;
  draft.life = facts_.life();
  for (const QueueIndex queue : facts_.topology.targets[draft.target].queues) {
    Copy copy;
    copy.queue = queue;
    copy.surely_routed = facts_.whole || facts_.topology.lasts(facts_.topology.targets[draft.target], queue);
    draft.copies.push_back(copy);
  }
  facts_.messages.push_back(std::move(draft));
  return facts_.messages.back();
}

void Checks::settled(ChannelUid channel, MessageNumber number, QueueIndex queue, bool dead_letter, bool discarded) {
  Copy* copy = facts_.find_copy(facts_.message(number), queue, dead_letter);
  if (copy == nullptr) return;
  copy->done = true;
  copy->done_life = facts_.life();
  copy->done_at = scene_.now;
  copy->done_on = channel;
  copy->discarded = discarded;
}

void Checks::committing(std::span<const MessageNumber> numbers) {
  for (const MessageNumber number : numbers) {
    Message& message = facts_.message(number);
    message.state = PublishState::committing;
    message.sent_at = scene_.now;
  }
}

void Checks::rolled_back(std::span<const MessageNumber> numbers) {
  for (const MessageNumber number : numbers) facts_.message(number).state = PublishState::rolled_back;
}

void Checks::committed(std::span<const MessageNumber> numbers) {
  for (const MessageNumber number : numbers) facts_.message(number).state = PublishState::committed;
}

// ---- the node ----

void Checks::node_crashed(CrashKind kind, bool disk_failed) {
  facts_.crashes.push_back({scene_.now, kind, disk_failed});
  facts_.whole = false;
}

void Checks::topology_whole() {
  facts_.whole = true;
  for (QueueIndex queue = 0; queue < facts_.queues.size(); ++queue)
    if (!facts_.topology.queues[queue].durable) facts_.queues[queue].lost_until = scene_.now;
}

// ---- confirms ----

void Checks::confirmed(MessageNumber number, bool accepted) {
  Message& message = facts_.message(number);
  if (message.state != PublishState::sent)
    return scene_.fail("confirmed exactly once", "m{} was answered twice", number);
  message.state = accepted ? PublishState::confirmed : PublishState::nacked;
  const Target& target = facts_.topology.targets[message.target];
  if (message.mandatory && target.queues.empty() && target.key == "nowhere" && !message.returned)
    return scene_.fail("unroutable mandatory messages come back", "m{} was confirmed and not returned", number);
  if (accepted) return;
  scene_.marks.hit(Mark::publish_nacked);
  if (facts_.disk_failed) return;
  for (const QueueIndex queue : target.queues)
    if (facts_.topology.queues[queue].reject_publish) return;
  scene_.fail("only full queues refuse", "m{} was nacked and none of its queues refuses", number);
}

void Checks::returned(ChannelUid channel, const Seen& seen) {
  bool dead_letter = false;
  Message* message = recognise(seen, dead_letter);
  if (message == nullptr) return;
  scene_.marks.hit(Mark::publish_returned);
  if (message->channel != channel || !message->mandatory || message->returned)
    return scene_.fail("returns", "m{} was returned to channel {}, wrongly or twice", message->number, channel);
  message->returned = true;
  const bool taken =
      std::any_of(message->copies.begin(), message->copies.end(), [](const Copy& copy) { return copy.surely_routed; });
  if (taken) scene_.fail("returns", "m{} was returned although a queue takes it", message->number);
}

void Checks::counted(QueueIndex queue, std::uint32_t messages) {
  const QueuePlan& plan = facts_.topology.queues[queue];
  // What is requeued may go beyond where publishes are refused.
  if (plan.max_length && !plan.reject_publish && !facts_.paging &&
      messages > static_cast<std::uint32_t>(*plan.max_length))
    scene_.fail("length limits hold", "{} has {} messages, {} are allowed", plan.name, messages, *plan.max_length);
}

}  // namespace warren::sim
