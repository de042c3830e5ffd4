// The classic queue as a machine: commands in, mail for sessions, dead letters and farewells out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "broker/queue/effects.hpp"
#include "broker/queue/messages.hpp"
#include "broker/queue/parts/confirms.hpp"
#include "broker/queue/parts/consumers.hpp"
#include "broker/queue/parts/limits_policy.hpp"
#include "broker/queue/parts/ready_order.hpp"
#include "broker/queue/parts/unsettled.hpp"
#include "broker/queue/settings.hpp"

namespace warren::broker {

struct QueueStats {
  std::uint64_t ready = 0;
  std::uint64_t unsettled = 0;
  std::uint64_t consumers = 0;
  std::uint64_t ready_body_bytes = 0;
  std::uint64_t footprint_bytes = 0;  // memory, messages included; a message in several queues counts in each
};

// The host calls step for each command of a batch, then end_batch once, and tick when next_deadline has come.
// After a Farewell or a yes to Delete the queue is closed: it answers "gone", and confirms and drops what is published.
class Queue {
 public:
  Queue(QueueRef ref, const QueueSettings& settings, Now now);

  // May move from the command.
  void step(QueueCommand& command, const Now& now, QueueEffects& effects);
  // Requires: called after each batch of commands. Confirms go out and requeued messages are delivered here.
  void end_batch(const Now& now, QueueEffects& effects);
  // What time alone brings about: the death of messages and of the queue.
  void tick(const Now& now, QueueEffects& effects);
  // When tick is due, or kNever.
  Instant next_deadline() const;
  // The queue is deleted: tells each consumer, sends the pending confirms, drops everything.
  void retire(QueueEffects& effects);

  QueueRef ref() const { return ref_; }
  bool closed() const { return closed_; }
  std::size_t ready() const { return ready_.size(); }
  std::size_t unsettled() const { return unsettled_.size(); }
  std::size_t consumers() const { return consumers_ == nullptr ? 0 : consumers_->size(); }
  QueueStats stats() const;

 private:
  void on(Enqueue& enqueue, const Now& now, QueueEffects& effects);
  void on(const Attach& attach, const Now& now, QueueEffects& effects);
  void on(const Detach& detach, const Now& now, QueueEffects& effects);
  void on(const Get& get, const Now& now, QueueEffects& effects);
  void on(const Settle& settle, const Now& now, QueueEffects& effects);
  void on(const Replenish& replenish, const Now& now, QueueEffects& effects);
  void on(const Pause& pause, const Now& now, QueueEffects& effects);
  void on(const Inspect& inspect, const Now& now, QueueEffects& effects);
  void on(const Purge& purge, const Now& now, QueueEffects& effects);
  void on(const Delete& del, const Now& now, QueueEffects& effects);

  void refuse(Enqueue& enqueue, QueueEffects& effects);
  void keep(Queued queued, const Now& now, QueueEffects& effects);
  void hand_over(Consumer& consumer, Queued queued, QueueEffects& effects);
  void dispatch(const Now& now, QueueEffects& effects);
  void take_back(UnsettledDelivery&& delivery, Outcome outcome, QueueEffects& effects);
  void drop_surplus(QueueEffects& effects);
  // Counts a message out that is neither ready nor unsettled any more.
  void forget(const Queued& queued) { held_bytes_ -= queued.message->footprint_bytes(); }
  void expire_heads(Instant now, QueueEffects& effects);
  void bury(Queued queued, DeathReason reason, QueueEffects& effects);
  void touch(Instant now);
  void close();
  void farewell(QueueEffects& effects);

  QueueRef ref_;
  Position next_position_ = 1;
  ReadyOrder ready_;
  std::unique_ptr<Consumers> consumers_;  // none before the first
  Unsettled unsettled_;
  Confirms confirms_;
  std::unique_ptr<LimitsPolicy> limits_;  // none: nothing is limited
  std::uint64_t held_bytes_ = 0;          // footprints of all messages here, ready or not
  bool auto_delete_;
  bool single_active_;
  bool has_dead_letter_;
  bool closed_ = false;
  bool requeued_ = false;  // in this batch: deliveries wait for its end, so that those come back in order
};

}  // namespace warren::broker
