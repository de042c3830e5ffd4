// What becomes of a channel when a node is lost on which it had queues, and when queues begin new reigns (clustering.md
// 3.4, 4.8).
#include "broker/session/channel/consumers.hpp"
#include "broker/session/methods/access.hpp"
#include "broker/session/methods/handlers.hpp"

namespace warren::broker::session {
namespace {

// The queue, if what the channel has of it goes on though that node is lost (none: no node is). A mirrored one whose
// owner is believed to run goes on: if that node is there it hears what it is asked, and if not it is lost once more
// when that was agreed. By then another node has taken over, or none will.
const QueueDefinition* going_on(const Desk& desk, QueueId id, NodeId lost) {
  const Catalog& catalog = desk.context.catalog;
  const QueueDefinition* queue = catalog.queue(id);
  if (queue == nullptr || !runs(catalog, queue->owner, desk.session.self.node)) return nullptr;
  return queue->owner == lost && !catalog.mirrored(id) ? nullptr : queue;
}

bool moved(const Desk& desk, const QueueRef& ref) {
  const QueueDefinition* queue = desk.context.catalog.queue(ref.id);
  return queue != nullptr && queue->ref != ref;
}

// All but the consumer that the method under way answers for.
template <class Concerned>
void move_consumers(Desk& desk, NodeId lost, const Concerned& concerned) {
  const ConsumerId under_way = desk.channel.consumer_under_way();
  for (const ConsumerId id : consumers_where(desk.channel, concerned)) {
    if (id == under_way) continue;
    Consumer& consumer = *desk.channel.consumers.find(id);
    const QueueDefinition* queue = going_on(desk, consumer.queue.id, lost);
    if (queue == nullptr || consumer.cancel_on_failover)
      lose_consumer(desk, id);
    else
      attach_again(desk, consumer, *queue);
  }
}

// Deliveries from that node stay with the client, which may settle them, but are nobody's any more: what a queue of the
// same identity has after a restart is not meant. The same goes for deliveries of queues that have ceased to exist. The
// prefetch that they took is given back. Who takes a mirrored queue over has their messages at the same positions.
void orphan_deliveries(Desk& desk, NodeId node) {
  Channel& channel = desk.channel;
  QueueId last;
  bool last_lost = false;
  channel.unsettled.for_each_up_to(0, [&](UnsettledDelivery& entry) {
    if (entry.orphan) return;
    if (entry.queue.id != last) {
      last = entry.queue.id;
      const QueueDefinition* queue = desk.context.catalog.queue(last);
      last_lost = queue == nullptr || (queue->owner == node && going_on(desk, last, node) == nullptr);
    }
    if (!last_lost) return;
    entry.orphan = true;
    if (entry.consumer) --channel.shared_used;
  });
  update_pauses(desk);
}

// Publishes that the former owner has not answered may be answered by either. One that is down answers none.
void hand_on_debts(Desk& desk, const QueueMoved& move) {
  const NodeId self = desk.session.self.node;
  if (move.from == move.to || move.to == self || !runs(desk.context.catalog, move.from, self)) return;
  Channel& channel = desk.channel;
  const NodeId from = move.from == self ? NodeId{} : move.from;
  channel.confirms.hand_on(from, move.to);
  if (channel.transaction) channel.transaction->confirms.hand_on(from, move.to);
}

// What a queue that is no more would have answered.
Failure on_gone(Desk& desk) {
  const ChannelRef channel = desk.channel.ref;
  const Asked& asked = desk.channel.asked;
  const amqp::MethodId method = desk.channel.method_id;
  if (method == amqp::QueueDeclare::id && !asked.queue.id) return on_reply_consumer_answer(desk, {channel, false});
  if (method == amqp::QueueDeclare::id) return on_counted(desk, {asked.queue, channel, 0, 0, true});
  if (method == amqp::QueuePurge::id) return on_purged(desk, {asked.queue, channel, 0, true});
  if (method == amqp::QueueDelete::id)
    return on_delete_answer(desk, {asked.queue, channel, DeleteAnswer::Verdict::gone, 0});
  if (method == amqp::BasicConsume::id) return on_attach_refused(desk, {asked.queue, channel, asked.consumer, true});
  if (method == amqp::BasicCancel::id) return on_detached(desk, {asked.queue, channel, asked.consumer});
  GetAnswer answer;
  answer.gone = true;
  return on_get_answer(desk, answer);
}

}  // namespace

bool forget_node(Desk& desk, NodeId node) {
  Channel& channel = desk.channel;
  move_consumers(desk, node, [&](const Consumer& consumer) { return consumer.home == node; });
  orphan_deliveries(desk, node);
  channel.confirms.lose(node);
  if (channel.transaction) channel.transaction->confirms.lose(node);
  if (channel.confirms.changed() || channel.awaiting == Awaiting::commit) desk.mark_unflushed();
  return channel.awaiting == Awaiting::answer && channel.asked.home == node;
}

void forget_handed_on(Desk& desk, NodeId node) {
  Channel& channel = desk.channel;
  channel.confirms.lose_handed_on(node);
  if (channel.transaction) channel.transaction->confirms.lose_handed_on(node);
  if (channel.confirms.changed() || channel.awaiting == Awaiting::commit) desk.mark_unflushed();
}

void forget_former_owners(Desk& desk, std::span<const QueueMoved> moves) {
  Channel& channel = desk.channel;
  for (const QueueMoved& move : moves) {
    if (move.from == desk.session.self.node) continue;
    channel.confirms.lose(move.from);
    if (channel.transaction) channel.transaction->confirms.lose(move.from);
  }
  if (channel.confirms.changed() || channel.awaiting == Awaiting::commit) desk.mark_unflushed();
}

bool follow_queues(Desk& desk, std::span<const QueueMoved> moves) {
  for (const QueueMoved& move : moves) hand_on_debts(desk, move);
  move_consumers(desk, {}, [&](const Consumer& consumer) { return moved(desk, consumer.queue); });
  return desk.channel.awaiting == Awaiting::answer && moved(desk, desk.channel.asked.queue);
}

Failure ask_again(Desk& desk, NodeId lost) {
  Channel& channel = desk.channel;
  // A consumer that was leaving has left.
  if (channel.method_id == amqp::BasicCancel::id) return on_gone(desk);
  const Asked asked = channel.asked;
  if (const QueueDefinition* queue = going_on(desk, asked.queue.id, lost)) {
    Consumer* consumer = channel.consumers.find(asked.consumer);
    if (consumer == nullptr) return look_again(desk);
    attach_again(desk, *consumer, *queue);
    desk.await_answer({queue->ref, queue->owner, asked.consumer});
    return {};
  }
  const QueueDefinition* queue = desk.context.catalog.queue(asked.queue.id);
  if (queue != nullptr && queue->survives_restart()) return home_down(desk, *queue);
  return on_gone(desk);
}

}  // namespace warren::broker::session
