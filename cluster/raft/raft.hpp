// Raft as one machine: a member of a group that agrees on a sequence of commands. See README.md.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/rng.hpp"
#include "base/time.hpp"
#include "cluster/raft/effects.hpp"
#include "cluster/raft/inputs.hpp"
#include "cluster/raft/parts/configuration.hpp"
#include "cluster/raft/parts/log.hpp"
#include "cluster/raft/parts/outbox.hpp"
#include "cluster/raft/parts/progress.hpp"
#include "cluster/raft/parts/votes.hpp"
#include "cluster/raft/settings.hpp"
#include "cluster/raft/wire/records.hpp"

namespace warren::raft {

// How a member comes to life. A founder gets `founding_state` and `founding_snapshot`, both persisted before; a joiner
// gets nothing and waits to be added; one that restarts gets what it persisted.
struct Start {
  NodeId self;
  Kind kind = Kind::disc;
  Settings settings;
  std::uint64_t lineage = 0;
  std::uint64_t incarnation = 0;  // differs from that of every former process of this node; not zero
  std::uint64_t boot = 0;         // names this run of the operating system
  std::uint64_t seed = 0;
  std::optional<HardState> state;
  // What the disk holds. Ram members have nothing but what they were founded with, the first time.
  Snapshot snapshot;
  std::vector<Entry> entries;  // requires: in order, without a gap, from after the snapshot or before it
  Index applied = 0;           // the driven machine's state is that after this entry
};

struct Status {
  Role role = Role::follower;
  Term term = 0;
  NodeId leader;
  Admission admission = 0;  // to be named by the change that adds this member
  bool admitted = false;
  Index commit = 0;
  Index applied = 0;
  Place last;
  Index snapshot = 0;
  Configuration configuration;
  bool handing_over = false;
};

HardState founding_state(const Configuration& founders, NodeId self, std::uint64_t boot);
Snapshot founding_snapshot(Configuration founders);

class Raft {
 public:
  Raft(Start start, Instant now);

  // Takes one input and adds to the effects. Requires: time does not go back.
  void step(Input input, Instant now, Effects& effects);

  Status status() const;
  const Log& log() const { return log_; }
  // What stands before the log's entries. It may not be durable or applied yet.
  const Snapshot& snapshot() const { return snapshot_; }

 private:
  struct Peer {
    Progress progress;
    Snapshot sending;  // while it is sent one
  };
  struct Waiting {
    Ticket ticket;
    Index index;
  };
  struct Arriving {  // a snapshot, piece by piece
    Place last;
    Configuration configuration;
    std::size_t total = 0;
    std::string bytes;
  };

  // raft.cpp: the door, time, persisting, roles
  void on(Receive& input);
  void on(Tick& input);
  void on(Persisted& input);
  void on(DiscAlive& input) { disc_alive_ = input.alive; }
  void receive(Message& message);
  bool heed_term(const Message& message);
  void finish_step();
  void release();
  void advance();
  void become_follower(Term term, NodeId leader);
  void follow(NodeId leader);
  void announce(Role role, NodeId leader);
  Instant next_deadline() const;
  bool keeps_in_memory() const { return kind_ != Kind::disc; }

  // raft.cpp: sending
  Head head() const;
  void send(NodeId to, Body body);
  void hold(NodeId to, Body body);

  // election.cpp
  bool hears_leader() const;
  bool can_campaign() const;
  Place standard() const;
  void reset_election_timer();
  void ask_for_votes(bool question, bool at_leaders_wish);
  void start_question();
  void campaign(bool at_leaders_wish);
  void become_leader();
  void handle(const Head& head, VoteRequest& request);
  void handle(const Head& head, VoteAnswer& answer);
  void handle(const Head& head, CampaignNow& now);

  // following.cpp
  void handle(const Head& head, Append& append);
  void adopt(std::vector<Entry>& entries);
  void append_entry(Entry entry);
  void truncate_after(Index index);

  // leading.cpp
  void on(Propose& input);
  std::optional<Refused> objection(EntryClass of, std::size_t bytes) const;
  Index append_own(EntryClass of, std::string command);
  void send_entries(NodeId to, Peer& peer, bool heartbeat);
  void send_to_all(bool heartbeat);
  void handle(const Head& head, AppendAnswer& answer);
  void hear(const Head& head, Peer& peer);
  void commit_what_is_agreed();
  Index held_by(const Member& member) const;
  Index agreed_index() const;
  Index agreed_in(const Configuration& configuration) const;
  Index disc_index() const;
  void answer_waiting();
  void leave_office();
  void check_quorum();

  // membership.cpp
  void on(ChangeMembership& input);
  bool can_go_on(const Configuration& without) const;
  void on(TransferLeadership& input);
  void hand_over_if_ready();
  void abandon_transfer();
  void match_peers_to_configuration();

  // snapshots.cpp
  void on(SnapshotTaken& input);
  void begin_snapshot(NodeId to, Peer& peer);
  void send_piece(NodeId to, Peer& peer, bool heartbeat);
  void handle(const Head& head, SnapshotPiece& piece);
  void handle(const Head& head, SnapshotAnswer& answer);
  void install();

  const NodeId self_;
  const Kind kind_;
  const Settings settings_;
  const std::uint64_t lineage_;
  const std::uint64_t incarnation_;
  Rng rng_;

  // Of what is persisted: as it should be, and as it was last asked for.
  HardState state_;
  std::optional<HardState> saved_;
  Snapshot snapshot_;
  bool snapshot_unsaved_ = false;
  Log log_;
  ConfigurationHistory history_;
  std::optional<Index> unsaved_from_;
  Outbox outbox_;
  bool refilling_ = false;  // the log in memory does not reach the mark yet

  Role role_ = Role::follower;
  NodeId leader_;
  Instant leader_heard_at_ = 0;
  Index commit_ = 0;
  Index applied_ = 0;
  bool snapshot_asked_ = false;
  bool disc_alive_ = false;
  std::optional<Arriving> arriving_;

  // Of a candidate, and of a leader.
  Votes votes_;
  std::map<NodeId, Peer> peers_;
  std::deque<Waiting> definitions_;  // proposals on their way, by index
  std::deque<Waiting> topology_;
  std::map<NodeId, Admission> readmissions_;  // that were asked for
  NodeId transfer_to_;
  Ticket transfer_ticket_ = 0;

  Instant election_at_ = kNever;
  Instant heartbeat_at_ = kNever;
  Instant quorum_check_at_ = kNever;
  Instant transfer_ends_at_ = kNever;

  // Of the step that is being carried out.
  Instant now_ = 0;
  Effects* out_ = nullptr;
};

}  // namespace warren::raft
