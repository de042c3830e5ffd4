// What queues send: deliveries and confirms on their way to the client, and the end of a channel (amqp.md 1.11, 3.16).
#include <fmt/core.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "amqp/frame_writer.hpp"
#include "broker/session/bounce.hpp"
#include "broker/session/methods/handlers.hpp"
#include "broker/session/methods/names.hpp"

namespace warren::broker::session {
namespace {

// The window is given back in pieces of this part, so that a queue is told once per many deliveries.
constexpr std::int64_t kWindowPieceBytes = limits::kConsumerWindowBytes / 4;

// Refuses a delivery that the channel's shared limit has no room for, and those behind it: room that comes meanwhile
// must not let later messages pass. The queue keeps them and waits.
void give_back(Desk& desk, Consumer& consumer, const Delivery& delivery) {
  desk.send(delivery.queue,
            Settle{desk.session.self, desk.channel.ref, delivery.position, delivery.position, Outcome::returned});
  desk.send(delivery.queue, Replenish{consumer.slot, delivery_window_bytes(*delivery.message)});
  if (consumer.paused) return;
  consumer.paused = true;
  consumer.pause_heard = false;
  ++desk.channel.paused_consumers;
  desk.send(delivery.queue, Pause{consumer.slot, true});
}

}  // namespace

void on_delivery(Desk& desk, Delivery& delivery) {
  Channel& channel = desk.channel;
  Consumer* consumer = channel.consumers.find(delivery.consumer);
  if (consumer == nullptr) {
    if (!of_former_reign(delivery.queue, desk.context.catalog))
      desk.send(delivery.queue,
                Settle{desk.session.self, channel.ref, delivery.position, delivery.position, Outcome::returned});
    return;
  }
  // Of a former reign: the one that follows it has the message, and delivers it again.
  if (delivery.queue != consumer->queue) return;
  if (!consumer->no_ack) {
    if (consumer->paused || channel.at_shared_limit()) return give_back(desk, *consumer, delivery);
    ++channel.shared_used;
    channel.unsettled.add({.tag = channel.delivery_tag + 1,
                           .queue = delivery.queue,
                           .position = delivery.position,
                           .delivered_ms = desk.context.now.instant_ms,
                           .consumer = consumer->id});
  }
  const Message& message = *delivery.message;
  amqp::append_deliver(desk.session.out.bytes(), channel.ref.number, consumer->tag, ++channel.delivery_tag,
                       delivery.redelivered, message.encoded_names(), message.properties(), message.body_bytes());
  write_body(desk.session, channel.ref.number, delivery.message);
  consumer->unreturned += delivery_window_bytes(message);
  if (consumer->unreturned < kWindowPieceBytes || consumer->due) return;
  consumer->due = true;
  channel.due_consumers.push_back(consumer->id);
  desk.mark_unflushed();
}

void on_paused(Desk& desk, const Paused& paused) {
  Consumer* consumer = desk.channel.consumers.find(paused.consumer);
  if (consumer == nullptr || !consumer->paused) return;
  consumer->pause_heard = true;
  update_pauses(desk);
}

void on_direct_reply(Desk& desk, DirectReply& reply) {
  Channel& channel = desk.channel;
  if (channel.reply_secret != reply.secret) return;
  const Message& message = *reply.message;
  amqp::append_deliver(desk.session.out.bytes(), channel.ref.number, channel.reply_consumer_tag, ++channel.delivery_tag,
                       false, message.encoded_names(), message.properties(), message.body_bytes());
  write_body(desk.session, channel.ref.number, reply.message);
}

namespace {

void answer_publishes(Desk& desk, std::uint64_t first, std::uint64_t last, bool rejected) {
  Channel& channel = desk.channel;
  if (channel.mode == ChannelMode::transactional)
    channel.transaction->confirms.answer(first, last, rejected);
  else
    channel.confirms.answer(first, last, rejected);
  desk.mark_unflushed();
}

void write_confirms(Desk& desk) {
  std::vector<ConfirmVerdict>& verdicts = desk.session.verdicts;
  verdicts.clear();
  desk.channel.confirms.flush(verdicts);
  for (const ConfirmVerdict& verdict : verdicts) {
    if (verdict.rejected)
      desk.reply(amqp::BasicNack{.delivery_tag = verdict.tag, .multiple = verdict.multiple, .requeue = true});
    else
      desk.reply(amqp::BasicAck{.delivery_tag = verdict.tag, .multiple = verdict.multiple});
  }
}

}  // namespace

void on_confirmed(Desk& desk, const Confirmed& confirmed) {
  answer_publishes(desk, confirmed.first, confirmed.last, false);
}

void on_rejected(Desk& desk, const Rejected& rejected) { answer_publishes(desk, rejected.first, rejected.last, true); }

Failure flush_channel(Desk& desk) {
  Channel& channel = desk.channel;
  // The answer to the delete that took the queue away comes before the news of its consumers (amqp.md 3.5).
  if (!channel.lost_tags.empty() && channel.awaiting != Awaiting::decision) tell_lost_consumers(desk);
  if (channel.confirms.changed()) write_confirms(desk);
  if (channel.awaiting == Awaiting::commit) return finish_commit(desk);
  return {};
}

bool return_windows(Desk& desk) {
  Channel& channel = desk.channel;
  if (channel.due_consumers.empty()) return true;
  if (desk.session.backlog_bytes() >= limits::kOutputBytesHigh) return false;
  for (const ConsumerId id : channel.due_consumers)
    if (Consumer* consumer = channel.consumers.find(id)) {
      consumer->due = false;
      // Windows begin anew with the reign of their queue.
      if (consumer->unreturned == 0) continue;
      desk.send(consumer->queue, Replenish{consumer->slot, std::exchange(consumer->unreturned, 0)});
    }
  channel.due_consumers.clear();
  return true;
}

Refusal consumer_timed_out(ChannelNumber channel, std::int64_t timeout_ms) {
  return {amqp::ReplyCode::precondition_failed,
          fmt::format(
              "delivery acknowledgement on channel {} timed out. Timeout value used: {} ms. This timeout value can be "
              "configured, see consumers doc guide to learn more",
              channel, timeout_ms)};
}

void abandon_channel(Desk& desk) {
  Channel& channel = desk.channel;
  // Consumers leave first: what goes back must not come again to them.
  channel.consumers.for_each([&](ConsumerId id, const Consumer& consumer) {
    if (consumer.slot) desk.send(consumer.queue, Detach{desk.session.self, channel.ref, id, consumer.slot});
  });
  channel.consumers.clear();
  channel.consumer_tags.clear();
  channel.reply_secret = 0;
  if (channel.transaction)
    for (const BufferedSettle& settle : channel.transaction->settles)
      for (const std::uint64_t tag : settle.tags)
        if (UnsettledDelivery* entry = channel.unsettled.find_buffered(tag)) entry->buffered = false;
  channel.transaction.reset();
  channel.mode = ChannelMode::plain;
  settle_up_to(desk, 0, Outcome::requeued);
  for (std::size_t i = 0; i < channel.backlog.size(); ++i) desk.session.waiting_bytes -= channel.backlog[i].bytes;
  channel.backlog.clear();
  channel.awaiting = Awaiting::nothing;
}

}  // namespace warren::broker::session
