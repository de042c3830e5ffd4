// Acknowledging, rejecting, recovering (amqp.md 3.14).
#include <fmt/core.h>

#include <vector>

#include "broker/session/methods/handlers.hpp"

namespace warren::broker::session {
namespace {

using amqp::ReplyCode;

Failure unknown_tag(std::uint64_t tag) {
  return refuse(ReplyCode::precondition_failed, fmt::format("unknown delivery tag {}", tag));
}

// Neighbouring positions of one queue become one Settle.
class SettleRun {
 public:
  SettleRun(Desk& desk, Outcome outcome) : desk_(desk), outcome_(outcome) {}
  ~SettleRun() { flush(); }
  SettleRun(const SettleRun&) = delete;
  SettleRun& operator=(const SettleRun&) = delete;

  void add(const UnsettledDelivery& entry) {
    if (open_ && entry.queue == queue_ && entry.position == last_ + 1) {
      ++last_;
      return;
    }
    flush();
    queue_ = entry.queue;
    first_ = last_ = entry.position;
    open_ = true;
  }

 private:
  void flush() {
    if (open_) desk_.send(queue_, Settle{desk_.session.self, desk_.channel.ref, first_, last_, outcome_});
    open_ = false;
  }

  Desk& desk_;
  Outcome outcome_;
  bool open_ = false;
  QueueRef queue_;
  Position first_ = 0;
  Position last_ = 0;
};

void settle_one(Desk& desk, SettleRun& run, UnsettledDelivery& entry) {
  if (!entry.orphan) {
    run.add(entry);
    if (entry.consumer) --desk.channel.shared_used;
  }
  desk.channel.unsettled.settle(entry);
}

// Notes what the client settled for tx.commit; the tags are used up at once.
void buffer(Desk& desk, std::uint64_t tag, bool multiple, Outcome outcome) {
  BufferedSettle settle{{}, outcome};
  const auto take = [&](UnsettledDelivery& entry) {
    if (entry.buffered) return;
    entry.buffered = true;
    settle.tags.push_back(entry.tag);
  };
  if (multiple)
    desk.channel.unsettled.for_each_up_to(tag, take);
  else
    take(*desk.channel.unsettled.find(tag));
  desk.channel.transaction->settles.push_back(std::move(settle));
}

Failure settle(Desk& desk, std::uint64_t tag, bool multiple, Outcome outcome) {
  Channel& channel = desk.channel;
  const bool everything = tag == 0 && multiple;
  UnsettledDelivery* entry = everything ? nullptr : channel.unsettled.find(tag);
  if (!everything && entry == nullptr) return unknown_tag(tag);
  if (channel.mode == ChannelMode::transactional) {
    buffer(desk, tag, multiple, outcome);
    return {};
  }
  if (multiple) {
    settle_up_to(desk, tag, outcome);
    return {};
  }
  {
    SettleRun run(desk, outcome);
    settle_one(desk, run, *entry);
  }
  channel.unsettled.sweep();
  update_pauses(desk);
  return {};
}

Failure recover(Desk& desk, bool requeue) {
  if (!requeue) return refuse(ReplyCode::not_implemented, "requeue=false");
  settle_up_to(desk, 0, Outcome::requeued);
  return {};
}

}  // namespace

void settle_up_to(Desk& desk, std::uint64_t tag, Outcome outcome) {
  {
    SettleRun run(desk, outcome);
    desk.channel.unsettled.for_each_up_to(tag, [&](UnsettledDelivery& entry) {
      if (!entry.buffered) settle_one(desk, run, entry);
    });
  }
  desk.channel.unsettled.sweep();
  update_pauses(desk);
}

void settle_buffered(Desk& desk, const BufferedSettle& buffered) {
  {
    SettleRun run(desk, buffered.outcome);
    for (const std::uint64_t tag : buffered.tags)
      if (UnsettledDelivery* entry = desk.channel.unsettled.find_buffered(tag)) settle_one(desk, run, *entry);
  }
  desk.channel.unsettled.sweep();
  update_pauses(desk);
}

void update_pauses(Desk& desk) {
  Channel& channel = desk.channel;
  if (channel.paused_consumers == 0 || channel.at_shared_limit()) return;
  channel.paused_consumers = 0;
  channel.consumers.for_each([&](ConsumerId, Consumer& consumer) {
    if (!consumer.paused) return;
    if (!consumer.pause_heard || !consumer.slot) {
      ++channel.paused_consumers;
      return;
    }
    consumer.paused = false;
    desk.send(consumer.queue, Pause{consumer.slot, false});
  });
}

Failure on(Desk& desk, const amqp::BasicAck& method) {
  return settle(desk, method.delivery_tag, method.multiple, Outcome::accepted);
}

Failure on(Desk& desk, const amqp::BasicNack& method) {
  return settle(desk, method.delivery_tag, method.multiple, method.requeue ? Outcome::requeued : Outcome::discarded);
}

Failure on(Desk& desk, const amqp::BasicReject& method) {
  return settle(desk, method.delivery_tag, false, method.requeue ? Outcome::requeued : Outcome::discarded);
}

Failure on(Desk& desk, const amqp::BasicRecover& method) {
  if (Failure failure = recover(desk, method.requeue)) return failure;
  desk.reply(amqp::BasicRecoverOk{});
  return {};
}

Failure on(Desk& desk, const amqp::BasicRecoverAsync& method) { return recover(desk, method.requeue); }

}  // namespace warren::broker::session
