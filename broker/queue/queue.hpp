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
#include "broker/queue/stored/contents.hpp"
#include "broker/queue/stored/keeper.hpp"
#include "broker/queue/stored/ranges.hpp"
#include "broker/queue/stored/values.hpp"

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
  // Limits and where the dead go are those of other settings from now on; what the queue was declared as stays. What
  // is too much leaves at once; messages keep the deadlines that they came under. To be followed by end_batch.
  void adopt(const QueueSettings& settings, const Now& now, QueueEffects& effects);
  // When tick is due, or kNever.
  Instant next_deadline() const;
  // The process of a node ended, or nobody hears of it: its sessions are gone without a word. What they held is
  // requeued, their consumers leave, nothing is told to them. Returns whether there was anything. To be followed by
  // end_batch.
  bool peer_lost(NodeId node, const Now& now, QueueEffects& effects);
  // The queue is deleted: tells each consumer, sends the pending confirms, drops everything.
  void retire(QueueEffects& effects);

  // ---- storage ----
  // Persistent messages of a durable queue stand in the journal before they are confirmed. Any message may be moved to
  // cold chunks; what is needed next is asked for ahead.

  // Takes over what recovery found. Requires: nothing was given to this queue before.
  void restore(RecoveredQueue recovered, const Now& now);
  // Footprints of ready messages that are in memory.
  std::size_t hot_bytes() const { return ready_.hot_bytes(); }
  // Whether some of what it holds may be cold.
  bool has_cold() const { return keeper_ != nullptr && !keeper_->shelf().empty(); }
  // Gives late messages to cold chunks of up to so many bytes each, until about bytes_max are taken. Returns how many.
  std::size_t page_out(std::size_t bytes_max, std::size_t chunk_bytes, const Now& now, std::vector<ChunkWrite>& writes);
  // Gives messages at first..last that lie in no chunk to chunks, until about bytes_max are given; they stay in memory.
  // False: there are more.
  bool write_cold(Position first, Position last, std::size_t bytes_max, std::size_t chunk_bytes, const Now& now,
                  std::vector<ChunkWrite>& writes);
  // A chunk that this queue gave away is in the store.
  void written(Level level, Position chunk);
  // The chunks that will be needed soon and were not asked for yet; so many bytes ahead of the readers.
  void wanted(std::size_t bytes_ahead, std::vector<ChunkLoad>& loads);
  // A chunk that was asked for; none of it when it is damaged. Returns how many ready messages are lost.
  std::uint32_t loaded(Level level, Position chunk, const std::vector<StoredMessage>& messages, const Now& now,
                       QueueEffects& effects);
  // What the store must know of a chunk that is on the shelf; of all whose state has changed, and which are gone; of
  // the queue as a whole.
  ChunkNote chunk_note(Level level, Position chunk) const;
  void take_changed(std::vector<ChunkNote>& notes, std::vector<ChunkKey>& erased);
  QueueNote note() const;

  // ---- copies (queue_copies.cpp) ----

  // The reign that begins, with this ref; positions go on from its first one.
  void reign(QueueRef ref);
  // Whether copies on other nodes are to hear of everything from now on.
  void tell_copies(bool on);
  // Takes over what another machine held. Requires: nothing was given to this queue before.
  void take_over(QueueContents contents);
  // Gives everything away, what is with clients included: those hear nothing. What was published and waits for the
  // decision about a deletion is appended to `waiting`. The queue is of no use afterwards.
  QueueContents surrender(std::vector<Enqueue>& waiting);
  // Positions of all that is here.
  Ranges live() const;
  Position next_position() const { return next_position_; }
  std::size_t level_count() const { return ready_.level_count(); }
  // Null: nothing was ever stored.
  const Shelf* shelf() const { return keeper_ == nullptr ? nullptr : &keeper_->shelf(); }
  // visit(const Queued&) for all that is in memory, with clients or not, in no useful order.
  template <class Visit>
  void for_each_in_memory(Visit&& visit) const {
    for_each_ready_in_memory(visit);
    for_each_unsettled(visit);
  }
  // The same for what is ready.
  template <class Visit>
  void for_each_ready_in_memory(Visit&& visit) const {
    for (std::size_t level = 0; level < ready_.level_count(); ++level)
      ready_.level(static_cast<Level>(level)).for_each_hot(visit);
  }
  // The same for what is with clients.
  template <class Visit>
  void for_each_unsettled(Visit&& visit) const {
    unsettled_.for_each([&](const UnsettledDelivery& delivery) { visit(delivery.queued); });
  }

  QueueRef ref() const { return ref_; }
  bool durable() const { return durable_; }
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
  void on(const Stay& stay, const Now& now, QueueEffects& effects);

  void refuse(Enqueue& enqueue, QueueEffects& effects);
  void keep(Queued queued, const Now& now, QueueEffects& effects);
  // Unstored: the journal has not heard of the message.
  void hand_over(Consumer& consumer, Queued queued, QueueEffects& effects, bool unstored = false);
  void dispatch(const Now& now, QueueEffects& effects);
  // Some consumers have left.
  void consumers_left(const Now& now, QueueEffects& effects);
  void take_back(UnsettledDelivery&& delivery, Outcome outcome, QueueEffects& effects);
  void drop_surplus(QueueEffects& effects);
  void drop_ready();
  // Counts a message out that is neither ready nor unsettled any more.
  void forget(const Queued& queued) {
    held_bytes_ -= queued.message->footprint_bytes();
    if (keeper_ != nullptr) keeper_->settled(level_of(queued), queued.position, journals(*queued.message));
  }
  bool journals(const Message& message) const { return durable_ && message.traits().persistent; }
  void note_delivered(const Queued& queued) {
    const bool journaled = journals(*queued.message);
    if (journaled || copied_) keeper().delivered(level_of(queued), queued.position, journaled);
  }
  Level level_of(const Queued& queued) const { return ready_.level_of(*queued.message); }
  Keeper& keeper();
  void answer(const Get& get, QueueEffects& effects);
  // What of a chunk's run did not come is lost: it is not to be missed again after a restart.
  void give_up(Level level, Position first, Position last, const std::vector<StoredMessage>& came);
  void answer_waiting_gets(const Now& now, QueueEffects& effects);
  void restore_level(Level level, std::vector<Queued> hot, std::vector<ColdRun> cold);
  // Journal and chunks hear what the batch did.
  void settle_with_storage(QueueEffects& effects);
  std::vector<ColdRun> shelve(Level level, std::vector<Queued> batch, const Now& now, std::vector<ChunkWrite>& writes);
  // The first messages of the batch as one chunk, if they lie in none; else as a run of the chunk they lie in. Returns
  // how many it took.
  std::size_t shelve_run(Level level, std::vector<Queued>& batch, std::size_t at, const Now& now, ColdRun& run,
                         std::vector<ChunkWrite>& writes);
  void expire_heads(Instant now, QueueEffects& effects);
  void bury(Queued queued, DeathReason reason, QueueEffects& effects);
  void touch(Instant now);
  void close(QueueEffects& effects);
  void farewell(QueueEffects& effects);

  QueueRef ref_;
  Position next_position_ = 1;
  ReadyOrder ready_;
  std::unique_ptr<Consumers> consumers_;  // none before the first
  Unsettled unsettled_;
  Confirms confirms_;
  Confirms durable_confirms_;             // of what stands in the journal
  std::unique_ptr<Keeper> keeper_;        // none: nothing was ever stored
  std::vector<Get> waiting_gets_;         // the next message is cold
  std::unique_ptr<LimitsPolicy> limits_;  // none: nothing is limited
  std::uint64_t held_bytes_ = 0;          // footprints of all messages here, ready or not
  std::uint32_t first_slot_serial_;
  bool durable_;
  bool auto_delete_;
  bool single_active_;
  bool has_dead_letter_;
  std::unique_ptr<std::vector<Enqueue>> leaving_;  // it has agreed to go: what is published waits
  bool closed_ = false;
  bool copied_ = false;    // copies on other nodes hear of everything
  bool requeued_ = false;  // in this batch: deliveries wait for its end, so that those come back in order
};

}  // namespace warren::broker
