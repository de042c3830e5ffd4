// The queues that live on one shard, and the copies of other nodes' queues: machines by identity, and what follows
// from their effects.
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
#include "mirror/comparison.hpp"
#include "mirror/copy.hpp"
#include "mirror/shipping.hpp"
#include "mirror/weighing.hpp"
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
  // For copies, and of them.
  std::vector<mirror::Parcel>& parcels;
  std::vector<broker::ChunkLoad>& loads;
  std::uint64_t coming_write = 1;   // the write of the journal that the records go into
  std::uint64_t durable_write = 0;  // writes up to it are durable
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
  // Gives a queue or copy that was just created what recovery found of it. Requires: it is here.
  void restore(broker::RecoveredQueue recovered, const Now& now);
  // What recovery found of a queue that is none of this node's any more.
  void discard(const broker::RecoveredQueue& recovered, HostLanes lanes);
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

  // ---- mirrors (queue_host_mirrors.cpp) ----

  // Makes of what is here of a queue what its definition says: the queue, a copy, or nothing. end_batch follows. While
  // this node counts as down nothing goes: it is for the time after that, when this is to be called again.
  void follow(const broker::QueueDefinition& definition, NodeId self, const Now& now, HostLanes lanes);
  // Gives every queue that a mirror of the set can take over to that mirror: what comes for the queue waits until the
  // mirror has everything and the group has agreed, then it follows the queue. Returns whether there is one.
  bool hand_over_all(const Now& now, HostLanes lanes);
  // The same for one queue, to that mirror. False: it is not here, or that node cannot take it over now.
  bool hand_over(QueueId id, NodeId to, const Now& now);
  // Whether some queue, or that one, is on its way to another node.
  bool handing_over() const { return handing_over_ != 0; }
  bool handing_over(QueueId id) const;
  // The copy here, if there is one, has these no more.
  void give_away(QueueId id, const broker::Ranges& positions, const Now& now, HostLanes lanes);
  // From the owner of a queue to its copy, or back.
  void take(NodeId from, mirror::MirrorMail& mail, const Now& now, HostLanes lanes);
  // The journal has gone on.
  void durable(HostLanes lanes);
  bool has_copy(QueueId id) const { return copies_.contains(id); }
  // Requires: it is here.
  const mirror::Copy& copy(QueueId id) const { return (*copies_.find(id))->copy; }
  // Null: the queue is not here, or nobody mirrors it.
  const mirror::Shipping* shipping(QueueId id) const;

  // Whether end_batch has something to do: time alone may have let messages die.
  bool busy() const { return !stepped_.empty() || !told_copies_.empty(); }

  // ---- comparing a queue with its copies (queue_host_compare.cpp) ----

  // Begins, unless it is under way; ends by then at the latest. end_batch follows. False: the queue is not here.
  bool compare(QueueId id, Instant until);
  // The one that is under way or has ended. Null: none was begun, or the queue is not here any more.
  const mirror::Comparison* comparison(QueueId id) const;
  void forget_comparison(QueueId id);

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
  bool has_any(QueueId id) const { return has(id) || has_copy(id); }
  // Requires: it is here.
  const broker::Queue& queue(QueueId id) const { return (*queues_.find(id))->machine; }
  // Positions of all that it has. Requires: it is here.
  broker::Ranges live(QueueId id) const { return (*queues_.find(id))->machine.live(); }
  // Requires: it is here.
  broker::QueueStats stats(QueueId id) const { return (*queues_.find(id))->machine.stats(); }
  // visit(QueueId) for queues and copies, in no useful order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    queues_.for_each([&](QueueId id, const std::unique_ptr<Hosted>&) { visit(id); });
    copies_.for_each([&](QueueId id, const std::unique_ptr<HostedCopy>&) { visit(id); });
  }
  std::size_t size() const { return queues_.size(); }

 private:
  // Of a queue to another node.
  struct HandOver {
    NodeId to;
    Instant until_ms = kNever;
    bool proposed = false;
    std::vector<broker::QueueMail> waiting = {};
  };
  struct Hosted {
    Hosted(const broker::QueueDefinition& definition, const broker::QueueSettings& settings, const Now& now);
    void send_dead_to(const std::optional<broker::DeadLetterTarget>& target);

    broker::Queue machine;
    broker::PolicyList::InForce policy;                     // null: none
    std::unique_ptr<broker::DeadLetterTarget> dead_letter;  // none: the dead are dropped
    std::unique_ptr<mirror::Shipping> shipping;             // none: nobody mirrors it
    std::unique_ptr<HandOver> hand_over;                    // none: it stays
    std::unique_ptr<mirror::Comparison> comparison;         // none: nobody wants to know
    Instant moves_ms = kNever;                              // it is to go elsewhere by a policy, and tries that then
    Instant reminded_ms = kNever;
    std::size_t hot_bytes = 0;  // as counted in the host's
    bool stepped = false;       // in this batch
    bool waits = false;         // stands in waiting_
  };
  struct HostedCopy {
    HostedCopy(QueueRef ref, std::size_t levels, bool durable) : copy(ref, levels, durable) {}

    mirror::Copy copy;
    std::optional<mirror::Weighing> weighing;  // for its owner
    bool told = false;                         // stands in told_copies_
    bool waits = false;                        // stands in waiting_
  };

  Hosted* find(QueueId id);
  broker::QueueSettings settings_of(const broker::QueueDefinition& definition,
                                    const broker::PolicyList::InForce& policy) const;
  broker::QueueEffects effects(Hosted& hosted, HostLanes lanes);
  void mark(QueueId id, Hosted& hosted);
  void begin_hand_over(QueueId id, Hosted& hosted, NodeId to, const Now& now);
  bool can_take_over(const broker::QueueDefinition& definition, NodeId node) const;
  void recount(Hosted& hosted);
  template <class Machine>
  void note_writes(const Machine& machine, std::size_t first, std::size_t first_note, StoreJob& job);
  bool empty_span(mirror::Copy& copy, const Span& span, std::size_t bytes_max, const Now& now, StoreJob& job);
  void remind(QueueId id, Hosted& hosted);
  void bury(const broker::DeadLetter& letter, const Now& now, Rng& rng, HostLanes lanes);
  void take_leave(HostLanes lanes);
  void follow_shipping(Hosted& hosted, const broker::QueueDefinition& definition);
  void end_shipping(QueueId id, Hosted& hosted, const Now& now, HostLanes lanes);
  void answer_owners(HostLanes lanes);
  void follow_owner(QueueId id, Hosted& hosted, const Now& now);
  void see_to_hand_over(Hosted& hosted, const Now& now, HostLanes lanes);
  void end_hand_over(Hosted& hosted, HostLanes lanes);
  void compare_on(Hosted& hosted, const Now& now, HostLanes lanes);
  bool hear_of_comparison(Hosted& hosted, NodeId from, mirror::Content& content);
  void tell_of_comparison(HostedCopy& hosted, const mirror::Content& content, HostLanes lanes,
                          std::vector<mirror::MirrorMail>& answers);
  void weigh_on(HostedCopy& hosted, HostLanes lanes, std::vector<mirror::MirrorMail>& answers);
  void loaded_to_weigh(const ChunkRead& read, HostLanes lanes);
  void tell_copy(NodeId from, mirror::Copy& copy, const mirror::MirrorMail& mail, const Now& now, HostLanes lanes);
  void promote(const broker::QueueDefinition& definition, const Now& now);
  void demote(const broker::QueueDefinition& definition, bool to_copy, HostLanes lanes);
  void begin_anew(const broker::QueueDefinition& definition, const Now& now, HostLanes lanes);
  // All that it has. Whoever waits for it waits for the reign that the definition says.
  broker::QueueContents let_go(Hosted& hosted, const broker::QueueDefinition& definition, HostLanes lanes);
  void add_copy(const broker::QueueDefinition& definition, broker::QueueContents contents);
  void drop_copy(QueueId id, HostLanes lanes);
  mirror::Copy* find_copy(QueueId id);
  bool is_away(NodeId self) const;
  mirror::ShippingLanes shipping_lanes(HostLanes lanes) {
    return {lanes.parcels, lanes.proposals, lanes.session_mail, lanes.loads};
  }

  const broker::Catalog& catalog_;
  broker::Router& router_;
  Timers& timers_;
  const StorageSettings& storage_;
  SharedBodies bodies_;
  FlatMap<QueueId, std::unique_ptr<Hosted>> queues_;
  QueueId last_id_;  // of the queue looked up last
  Hosted* last_ = nullptr;
  FlatMap<QueueId, std::unique_ptr<HostedCopy>> copies_;
  mirror::Serial last_serial_ = 0;
  mirror::ComparisonNumber last_comparison_ = 0;
  std::size_t handing_over_ = 0;
  std::vector<QueueId> told_copies_;  // in this batch
  std::vector<QueueId> waiting_;      // queues with answers that wait for copies or the journal, and copies
  std::vector<QueueId> stepped_;
  std::vector<QueueId> may_want_;  // stepped since the last look for chunks to read
  std::size_t hot_bytes_ = 0;
  std::vector<broker::DeadLetter> dead_letters_;
  std::vector<broker::Farewell> farewells_;
};

}  // namespace warren::node
