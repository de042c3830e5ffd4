// The queues that live on one shard: machines by identity, and what follows from their effects.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/flat_map.hpp"
#include "base/rng.hpp"
#include "broker/catalog/catalog.hpp"
#include "broker/exchange/router.hpp"
#include "broker/queue/queue.hpp"
#include "broker/queue/settings.hpp"
#include "broker/session/mail.hpp"
#include "node/queues/timers.hpp"
#include "node/storage/bodies/shared_bodies.hpp"
#include "node/storage/jobs.hpp"
#include "node/storage/ledger.hpp"

namespace warren::node {

// Where a host's effects go.
struct HostLanes {
  std::vector<broker::QueueMail>& queue_mail;
  std::vector<broker::SessionMail>& session_mail;
  std::vector<broker::Propose>& proposals;
  std::vector<broker::Remember>& memories;
  broker::RecordWriter& journal;
  std::vector<broker::SessionMail>& mail_when_durable;
  std::vector<broker::ChunkKey>& erased_chunks;
};

// Requires: the catalog and the router outlive it.
class QueueHost {
 public:
  QueueHost(const broker::Catalog& catalog, broker::Router& router, Timers& timers, const StorageSettings& storage,
            ShardIndex shard = 0)
      : catalog_(catalog), router_(router), timers_(timers), storage_(storage), bodies_(shard) {}

  void create(const broker::QueueDefinition& definition, const Now& now);
  // Before any queue is restored.
  void restore(const RecoveredBodies& bodies) { bodies_.restore(bodies); }
  // Gives a queue that was just created what recovery found of it. Requires: it is here.
  void restore(broker::RecoveredQueue recovered, const Now& now);
  // Policies were set or cleared: whoever has others in force than before takes on what they say; end_batch follows.
  void follow_policies(const Now& now, HostLanes lanes);
  // The definition is gone: consumers are told, contents dropped.
  void retire(QueueId id, HostLanes lanes);

  // Gives a command to its queue, unless it means nothing any more. False: the queue does not live here.
  bool step(QueueRef to, broker::QueueCommand& command, const Now& now, HostLanes lanes);
  // Ends the batch for every queue that was stepped since the last call, and routes dead letters.
  void end_batch(const Now& now, Rng& rng, HostLanes lanes);
  void tick(QueueId id, const Now& now, HostLanes lanes);
  // What sessions of that node had of the queues here comes back; end_batch follows.
  void peer_lost(NodeId node, const Now& now, HostLanes lanes);

  // Whether end_batch has something to do: time alone may have let messages die.
  bool busy() const { return !stepped_.empty(); }

  // ---- storage ----

  // Footprints of all ready messages in memory.
  std::size_t hot_bytes() const { return hot_bytes_; }
  // Late messages of the largest queues leave for cold chunks, about so many bytes.
  void page_out(std::size_t bytes, const Now& now, StoreJob& job);
  // What a queue says in a segment that is to be emptied goes into the job; about bytes_max of messages at once. False:
  // there are more messages.
  bool empty_span(QueueId id, const Span& span, std::size_t bytes_max, const Now& now, StoreJob& job);
  // The job erases chunks; the bodies that only they referred to go with them.
  void release_bodies(StoreJob& job) { bodies_.release(job); }
  // The job is done.
  void written(const StoreJob& job);
  // The chunks that queues stepped since the last call will need soon.
  void take_wanted(std::vector<broker::ChunkLoad>& loads);
  // A chunk that was asked for, damaged or not. Returns how many messages are lost.
  std::uint32_t loaded(const ChunkRead& read, const Now& now, HostLanes lanes);

  bool has(QueueId id) const { return queues_.contains(id); }
  // Requires: it is here.
  broker::QueueStats stats(QueueId id) const { return (*queues_.find(id))->machine.stats(); }
  // visit(QueueId), in no useful order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    queues_.for_each([&](QueueId id, const std::unique_ptr<Hosted>&) { visit(id); });
  }
  std::size_t size() const { return queues_.size(); }

 private:
  struct Hosted {
    Hosted(const broker::QueueDefinition& definition, const broker::QueueSettings& settings, const Now& now);
    void send_dead_to(const std::optional<broker::DeadLetterTarget>& target);

    broker::Queue machine;
    broker::PolicyList::InForce policy;                     // null: none
    std::unique_ptr<broker::DeadLetterTarget> dead_letter;  // none: the dead are dropped
    Instant reminded_ms = kNever;
    std::size_t hot_bytes = 0;  // as counted in the host's
    bool stepped = false;       // in this batch
  };

  Hosted* find(QueueId id);
  broker::QueueSettings settings_of(const broker::QueueDefinition& definition,
                                    const broker::PolicyList::InForce& policy) const;
  broker::QueueEffects effects(HostLanes lanes);
  void mark(QueueId id, Hosted& hosted);
  void recount(Hosted& hosted);
  void note_writes(Hosted& hosted, std::size_t first, std::size_t first_note, StoreJob& job);
  void remind(QueueId id, Hosted& hosted);
  void bury(const broker::DeadLetter& letter, const Now& now, Rng& rng, HostLanes lanes);
  void take_leave(HostLanes lanes);

  const broker::Catalog& catalog_;
  broker::Router& router_;
  Timers& timers_;
  const StorageSettings& storage_;
  SharedBodies bodies_;
  FlatMap<QueueId, std::unique_ptr<Hosted>> queues_;
  QueueId last_id_;  // of the queue looked up last
  Hosted* last_ = nullptr;
  std::vector<QueueId> stepped_;
  std::vector<QueueId> may_want_;  // stepped since the last look for chunks to read
  std::size_t hot_bytes_ = 0;
  std::vector<broker::DeadLetter> dead_letters_;
  std::vector<broker::Farewell> farewells_;
};

}  // namespace warren::node
