// All machines of one core as one machine: sessions, queues, a copy of the catalog, and on shard 0 the registrar.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/flat_map.hpp"
#include "base/ring.hpp"
#include "base/rng.hpp"
#include "broker/catalog/catalog.hpp"
#include "broker/exchange/router.hpp"
#include "broker/session/session.hpp"
#include "node/cluster/registrar.hpp"
#include "node/post_office.hpp"
#include "node/queues/comparisons.hpp"
#include "node/queues/moves/fences.hpp"
#include "node/queues/moves/moves.hpp"
#include "node/queues/moves/reigns.hpp"
#include "node/queues/offers.hpp"
#include "node/queues/queue_host.hpp"
#include "node/queues/timers.hpp"
#include "node/registrar/events.hpp"
#include "node/registrar/happening.hpp"
#include "node/registrar/history_keeper.hpp"
#include "node/registrar/inside_publisher.hpp"
#include "node/shard_io.hpp"
#include "node/shard_settings.hpp"
#include "node/storage/ledger.hpp"
#include "node/storage/planner.hpp"

namespace warren::node {

// One input, then everything that follows from it on this shard, until all is quiet. The driver carries the effects
// out.
class Shard {
 public:
  explicit Shard(ShardSettings settings);

  // Appends to `effects`, whose wake_at_ms is set each time.
  void step(ShardInput input, const Now& now, ShardEffects& effects);

  // After Stop: whether the others know that this node ends, or need not.
  bool may_end(Instant now) const { return !registrar_ || registrar_->has_left(now); }

  // For the driver and the tests.
  std::size_t sessions() const { return sessions_.size(); }
  std::size_t queues() const { return host_.size(); }
  const broker::Catalog& catalog() const { return catalog_; }
  const QueueHost& host() const { return host_; }
  // Of the registrar's shard, after its first step; else null.
  const Registrar* registrar() const { return registrar_ ? &*registrar_ : nullptr; }
  bool serving() const { return announced_serving_.value_or(false); }
  // Messages that a given-up log took wait for their queues' owners.
  bool offering() const { return given_up_.has_value() || !offers_.idle(); }
  // What is wrong with this node (a set of broker::session::Alarm), as far as this shard knows.
  std::uint8_t own_alarms() const { return own_alarms_; }

 private:
  using Session = broker::session::Session;

  // A session and what its driver was told.
  struct Seat {
    Seat(SessionRef ref, broker::session::Peer peer, const broker::session::SessionSettings& settings, const Now& now)
        : session(ref, std::move(peer), settings, now) {}

    Session session;
    Instant reminded_ms = kNever;
    bool busy = false;     // stands in busy_
    bool reading = true;   // what the driver was told last
    bool dirty = false;    // has got something since its step was ended
    bool closing = false;  // Close was emitted
    bool cutting = false;  // and at once
  };

  void on(Accepted& input);
  void on(Received& input);
  void on(Sent& input);
  void on(const Closed& input);
  void on(Arrived& input);
  void on(const Tick& input);
  void on(const Resources& input);
  void on(const Stop& input);
  void on(Durable& input);
  void on(const SegmentBegun& input);
  void on(const JournalHealth& input);
  void on(JobDone& input);
  void on(ChunkRead& input);
  void on(const PeerControl& input);
  void on(PeerMail& input);
  void on(const PeerLost& input);
  void on(const Asked& input);
  void on(ChangeRequest& input);
  void on(const Serve& input);
  void on(const TurnAway& input);
  void on(const GoAlone& input);
  void on(const Inquiry& input);

  // ---- agreement (shard_registrar.cpp) ----
  void restore();
  void begin_with(const broker::Command& command);
  void start_agreement();
  // Queues come to life once the group has heard of this process: what the catalog says of them is up to date then.
  void start_queues();
  bool hosts(const broker::QueueDefinition& queue) const {
    return queue.owner == settings_.identity.self && post_office_.shard_of(queue) == settings_.shard;
  }
  // The queue or a copy.
  bool has_of(const broker::QueueDefinition& queue) const {
    return hosts(queue) ||
           (queue.mirrored_by(settings_.identity.self) && post_office_.shard_of(queue) == settings_.shard);
  }
  void follow_queue(QueueId id);
  void go_on_after_absence();
  bool carry_agreement();
  void begin_log();
  void forget_agreement(const Lineage& lineage);
  void persist(const raft::Persist& persist);
  void persist_whole(const raft::Snapshot& snapshot);
  void carry_out(DecidedCommand& item);
  void take_effect(const broker::Applied& applied);
  void carry_out(DecidedNothing& item);
  void carry_out(DecidedWhole& item);
  void pass(raft::Place place);
  void define_whole(const broker::CatalogImage& image, raft::Index index);
  void define_whole(std::vector<broker::DefinitionWrite> stored, const broker::Catalog& coming);
  // A ram node that has started is told the past first. Until it is told the present its disk goes on saying what
  // queues it has: their messages lie there.
  bool stores_definitions() const {
    return settings_.storage.enabled && (settings_.identity.kind == broker::NodeKind::disc || ready_);
  }
  void note_applied(raft::Place place);
  void become(const broker::CatalogImage& whole);
  broker::Ranges offer(const Reign& reign, bool all);
  void set_aside(const Reign& reign);
  void note_given_up(const broker::CatalogCounters& former, Epoch last);
  void forget_given_up();
  void publish_offers();
  void note(Happening happening);
  bool carry_happenings();
  raft::SnapshotBytes whole() const;
  void lose_peer(NodeId node);
  void tell_moves(std::span<const broker::QueueMoved> moves);
  void tell_moves_missed(std::span<const broker::QueueMoved> moves);
  void tell_restart(NodeId node);
  void lose_all_peers();
  std::vector<broker::NodeDefinition> nodes_known() const;
  void lose_peers_missed(const std::vector<broker::NodeDefinition>& before);
  bool was_away(const std::vector<broker::NodeDefinition>& before) const;
  void conclude_agreement(ShardEffects& effects);
  void add_queue_row(const manage::ShardQuestion& question, const broker::QueueDefinition& queue,
                     manage::Rows& rows) const;
  // Writes what a command changed to the journal.
  void record(const broker::Applied& applied);
  Seat* seat(SessionId id);
  void touch(SessionId id, Seat& seat);
  // Each is told something: visit(session).
  template <class Visit>
  void each_session(const Visit& visit) {
    sessions_.for_each([&](SessionId id, std::unique_ptr<Seat>& seat) {
      touch(id, *seat);
      visit(seat->session);
    });
  }
  void run();
  bool carry_mail();
  void carry_queue_mail();
  void carry(broker::QueueMail& mail);
  void raise_fence(const broker::QueueMoved& move);
  void free_fenced();
  void carry_mirror_mail();
  void carry_parcels();
  void carry_session_mail();
  void carry_memories();
  void carry_letters();
  void carry_proposals();
  void answer_decided();
  void follow(const broker::Applied& applied);
  void follow_node(const broker::Change& change);
  // Whether the group has heard of this process, as far as the catalog goes here.
  bool heard_of() const;
  void see_whether_serving();
  // Clients of this shard are closed and not let in, or are again.
  void turn_away(bool on);
  void close_sessions(std::string_view reason);
  void close_sessions_of(VhostId vhost, std::string_view reason);
  void close_sessions_of(std::string_view user, std::string_view reason);
  void take_in(ShardAddress from, MailBatch& batch);
  void arrived(ShardAddress from, MailBatch& batch);
  void bounce_absent(broker::QueueMail& mail);
  void take_in_waiting();
  void reconsider_held();
  void set_alarms();
  // The registrar may have heard of others.
  void hear_alarms();
  // ---- connections per vhost (shard_connections.cpp) ----
  void count_connections();
  void hear_connections(ShardIndex from, broker::session::VhostCounts counts);
  void share_connections();
  // Publishers have to wait for a while.
  bool congested() const;
  void conclude_storage(ShardEffects& effects);
  void conclude(ShardEffects& effects);
  void conclude(SessionId id, Seat& seat, ShardEffects& effects);
  void write(SessionId id, Session& session, ShardEffects& effects);
  void keep_spare(broker::session::Output output);
  HostLanes lanes() {
    return {queue_mail_,
            session_mail_,
            proposals_,
            memories_,
            ledger_.records(),
            ledger_.mail_when_durable(),
            planner_.erased_chunks(),
            parcels_,
            loads_,
            ledger_.coming_write(),
            ledger_.durable_write()};
  }

  ShardSettings settings_;
  broker::Catalog catalog_;
  broker::Router router_;
  Rng rng_;
  Now now_;
  PostOffice post_office_;
  Timers timers_;
  Ledger ledger_;
  QueueHost host_;
  Moves moves_;
  Fences fences_;
  Offers offers_;
  // The log that this node has given up, until the other one tells that it is up again; and its queues that are not
  // known there so far.
  std::optional<broker::CatalogCounters> given_up_;
  Epoch given_up_last_;
  // Of a queue that was here when the log was given up.
  struct TakenHere {
    Position end = 0;   // what lies below was taken before
    bool kept = false;  // it was this node's in the other log, too: whoever has it now may have all that was here
  };
  FlatMap<QueueId, TakenHere> taken_here_;
  Instant heard_by_ms_ = kNever;
  std::vector<Reign> unknown_;
  Comparisons comparisons_;
  Planner planner_;

  std::vector<broker::QueueMail> queue_mail_;      // what others sent, and what comes again
  std::vector<broker::QueueMail> own_queue_mail_;  // what sessions and other publishers of this shard send
  std::vector<broker::SessionMail> session_mail_;
  std::vector<broker::Remember> memories_;
  std::vector<broker::Letter> letters_;
  std::vector<broker::Propose> proposals_;
  std::vector<std::string> log_;
  broker::session::SessionContext context_;

  // Work of the registrar's shard. What others notice themselves they tell, too.
  InsidePublisher inside_publisher_;
  HistoryKeeper history_;
  Events events_;
  std::vector<Happening> happenings_;

  // Mail about copies: what came, and from which node; what goes.
  std::vector<std::pair<NodeId, mirror::MirrorMail>> mirror_mail_;
  std::vector<mirror::Parcel> parcels_;

  // Lanes being carried; kept for their memory.
  std::vector<broker::QueueMail> carried_queue_mail_;
  std::vector<broker::SessionMail> carried_session_mail_;

  FlatMap<SessionId, std::unique_ptr<Seat>> sessions_;
  SessionId last_id_;  // of the seat looked up last
  Seat* last_ = nullptr;
  std::vector<SessionId> busy_;  // sessions with something to do before the step ends
  std::vector<SessionId> held_;  // sessions that do not read
  std::vector<broker::session::Output> spare_outputs_;
  // By sender: batches that speak of a catalog we do not have yet.
  std::map<ShardAddress, Ring<MailBatch>> early_;
  // The registrar's answers, until every shard of the node has applied what they speak of: what one connection was told
  // is done is done for every other.
  struct HeldAnswer {
    Revision revision;
    broker::Letter letter;
  };
  Ring<HeldAnswer> held_answers_;
  std::optional<AskDesk> ask_desk_;
  std::optional<Registrar> registrar_;  // of the registrar's shard, from the first step on
  // What the group's machine waits for, until it is durable.
  struct WaitingPersist {
    std::uint64_t sequence = 0;
    WriteNumber write = 0;
  };
  Ring<WaitingPersist> waiting_persists_;
  WriteNumber unsynced_ = 0;  // up to it the log counted before it was durable: this node was alone
  std::vector<broker::DefinitionWrite> former_definitions_;  // of a ram node that is not ready: they stand on disk
  // What the disk says of the definitions, with the index up to which it goes, where that is more than the catalog has.
  std::optional<std::vector<broker::DefinitionWrite>> whole_ahead_;
  raft::Index whole_ahead_index_ = 0;
  raft::Index stored_to_ = 0;  // entries up to it may be on disk
  raft::Place applied_;        // the catalog is that after it
  bool ready_ = false;         // queues have come to life
  bool serving_ = false;       // as the catalog says
  std::optional<bool> announced_serving_;
  bool turned_away_ = false;
  bool told_turned_away_ = false;  // to the other shards
  bool nodes_changed_ = false;
  bool peers_changed_ = false;
  std::vector<NodeId> resets_;
  std::vector<std::pair<NodeId, std::string>> control_;
  std::vector<RequestAnswer> request_answers_;
  std::vector<Findings> findings_;
  std::vector<Revision> acknowledged_;           // by shard
  std::vector<broker::ChunkLoad> loads_;         // asked for in this step
  std::vector<broker::ChunkLoad> failed_loads_;  // tried again with the next tick
  std::uint64_t free_before_segment_ = 0;
  bool started_ = false;
  broker::session::ConnectionCounts connections_;
  std::vector<broker::session::VhostCounts> counted_;  // by shard; of the registrar's shard alone
  broker::session::VhostCounts counted_elsewhere_;     // by other nodes; the same
  Revision counted_at_;                                // the catalog's, with its limits
  std::uint8_t own_alarms_ = 0;
  std::uint8_t alarms_elsewhere_ = 0;
  bool memory_short_ = false;
  bool disk_short_ = false;
  bool journal_ill_ = false;
  bool any_dirty_ = false;
  bool stopping_ = false;
};

}  // namespace warren::node
