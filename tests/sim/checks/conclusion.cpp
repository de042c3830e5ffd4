// What must be true at the end, when every queue is empty and every client content.
#include <algorithm>

#include "tests/sim/checks/checks.hpp"

namespace warren::sim {

void Checks::conclude() {
  for (const Resurrection& again : resurrections_)
    if (!again.forgotten && !facts_.channels[again.settled_on].broken && !facts_.channels[again.came_on].broken)
      return scene_.fail("settled messages stay away", "m{} came again from {} after it was settled", again.number,
                         facts_.topology.queues[again.queue].name);
  for (const Overtaken& late : overtaken_)
    if (!may_have_waited(late))
      return scene_.fail("order is kept", "m{} came to reader {} of {} after a later one, at {} ms", late.number,
                         late.reader, facts_.topology.queues[facts_.readers[late.reader].queue].name, late.at / kMilli);
  for (const Message& message : facts_.messages) {
    conclude_existence(message);
    for (const Copy& copy : message.copies) {
      conclude_first_flags(message, copy);
      conclude_copy(message, copy);
    }
    if (scene_.failed()) return;
  }
}

// Whether the message may have been with another reader that never saw it. A client may hear of its end after another
// has heard what followed from it.
bool Checks::may_have_waited(const Overtaken& late) const {
  const QueueFacts& queue = facts_.queues[facts_.readers[late.reader].queue];
  const Micros sent_at = facts_.messages[late.number - 1].sent_at;
  for (const ReturnRisk& risk : queue.risks)
    if (risk.reader != late.reader && risk.until >= sent_at && risk.from <= late.at + kAftermath) return true;
  for (const ReaderUid other : queue.readers)
    if (other != late.reader && facts_.readers[other].shared_limit && facts_.readers[other].until >= sent_at)
      return true;
  return false;
}

// The broker has said that it has the message, or it took it in a conversation that ended well.
bool Checks::surely_kept(const Message& message) const {
  switch (message.state) {
    case PublishState::confirmed:
    case PublishState::committed: return true;
    case PublishState::sent: return !message.wants_confirm && !facts_.channels[message.channel].broken;
    default: return false;
  }
}

void Checks::conclude_existence(const Message& message) {
  if (message.wants_confirm && message.state == PublishState::sent && !facts_.channels[message.channel].ended)
    scene_.fail("confirmed exactly once", "m{} was never answered", message.number);
  // What the disk refused may still be found there.
  if (message.state != PublishState::nacked || message.copies.size() != 1 || facts_.disk_failed) return;
  const Copy& copy = message.copies.front();
  if (copy.first_seen + copy.again_seen != 0)
    scene_.fail("what is refused is not delivered", "m{} was nacked and came", message.number);
}

void Checks::conclude_first_flags(const Message& message, const Copy& copy) {
  if (copy.again_seen == 0 || copy.first_seen != 0) return;
  // The disk does not learn that a delivery came back unseen.
  if (message.life < facts_.life()) return;
  if (facts_.queues[copy.queue].dark_until >= message.sent_at) return;
  scene_.fail("a first delivery is not marked", "m{} came from {} as redelivered, and nobody had it before",
              message.number, facts_.topology.queues[copy.queue].name);
}

void Checks::conclude_copy(const Message& message, const Copy& copy) {
  const QueuePlan& plan = facts_.topology.queues[copy.queue];
  const QueueFacts& queue = facts_.queues[copy.queue];
  if (!plan.stable() || !copy.surely_routed || !surely_kept(message)) return;
  if (plan.reject_publish && message.state == PublishState::sent) return;
  // What is to be dead-lettered may die twice or, on its way, with the node.
  if (message.life < facts_.life() && (!message.persistent || !plan.durable || message.state == PublishState::sent ||
                                       copy.discarded || (plan.dead_letters != kNoQueue && plan.drops())))
    return;
  const bool died = !copy.done || (copy.discarded && !facts_.channels[copy.done_on].broken);
  if (!died || queue.lost_until >= message.sent_at) return;
  if (plan.dead_letters != kNoQueue && !plan.purged && (copy.discarded || plan.drops())) {
    const bool grave_is_sure = facts_.queues[plan.dead_letters].lost_until < message.sent_at;
    const bool seen = std::any_of(message.copies.begin(), message.copies.end(), [&](const Copy& other) {
      return other.dead_letter && other.queue == plan.dead_letters && other.first_seen + other.again_seen != 0;
    });
    if (!seen && grave_is_sure)
      scene_.fail("the dead are buried", "m{} died in {} and never came to {}", message.number, plan.name,
                  facts_.topology.queues[plan.dead_letters].name);
    return;
  }
  if (copy.done || plan.drops()) return;
  scene_.fail("what is confirmed is kept", "m{} was taken by {} and is gone; it was seen {} times, {} of them flagged",
              message.number, plan.name, copy.first_seen + copy.again_seen, copy.again_seen);
}

}  // namespace warren::sim
