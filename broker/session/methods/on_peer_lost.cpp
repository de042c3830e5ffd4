// What becomes of a channel when a node is lost on which it had queues (clustering.md 3.4).
#include "broker/session/methods/access.hpp"
#include "broker/session/methods/handlers.hpp"

namespace warren::broker::session {
namespace {

// Deliveries from that node stay with the client, which may settle them, but are nobody's any more: what a queue of the
// same identity has after a restart is not meant. The same goes for deliveries of queues that have ceased to exist. The
// prefetch that they took is given back.
void orphan_deliveries(Desk& desk, NodeId node) {
  Channel& channel = desk.channel;
  QueueRef last;
  bool last_lost = false;
  channel.unsettled.for_each_up_to(0, [&](UnsettledDelivery& entry) {
    if (entry.orphan) return;
    if (entry.queue != last) {
      const QueueDefinition* queue = desk.context.catalog.queue(entry.queue.id);
      last_lost = queue == nullptr || queue->ref != entry.queue || queue->owner == node;
      last = entry.queue;
    }
    if (!last_lost) return;
    entry.orphan = true;
    if (entry.consumer) --channel.shared_used;
  });
  update_pauses(desk);
}

// The consumer that waits to be attached.
ConsumerId waiting_consumer(const Channel& channel) {
  ConsumerId waiting;
  channel.consumers.for_each([&](ConsumerId id, const Consumer& consumer) {
    if (!consumer.slot) waiting = id;
  });
  return waiting;
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
  if (method == amqp::BasicConsume::id) return on_attach_refused(desk, {asked.queue, channel, waiting_consumer(desk.channel), true});
  if (method == amqp::BasicCancel::id) return on_detached(desk, {asked.queue, channel, {}});
  GetAnswer answer;
  answer.gone = true;
  return on_get_answer(desk, answer);
}

}  // namespace

bool forget_node(Desk& desk, NodeId node) {
  Channel& channel = desk.channel;
  lose_consumers_of(desk, node);
  orphan_deliveries(desk, node);
  channel.confirms.lose(node);
  if (channel.transaction) channel.transaction->confirms.lose(node);
  if (channel.confirms.changed() || channel.awaiting == Awaiting::commit) desk.mark_unflushed();
  return channel.awaiting == Awaiting::answer && channel.asked.home == node;
}

Failure on_home_lost(Desk& desk) {
  // A consumer that was leaving has left.
  if (desk.channel.method_id == amqp::BasicCancel::id) return on_gone(desk);
  const QueueDefinition* queue = desk.context.catalog.queue(desk.channel.asked.queue.id);
  if (queue != nullptr && queue->survives_restart()) return home_down(desk, *queue);
  return on_gone(desk);
}

}  // namespace warren::broker::session
