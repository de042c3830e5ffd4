// A node's part in the group that agrees on the catalog: brings its proposals to the leader, learns what is decided,
// and sees who is alive. Quiet. The shard that has it applies what is decided and says so.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "broker/catalog/catalog.hpp"
#include "broker/session/mail.hpp"
#include "cluster/failure_detector.hpp"
#include "cluster/raft/raft.hpp"
#include "node/cluster/agreement.hpp"
#include "node/cluster/control_messages.hpp"
#include "node/cluster/identity.hpp"
#include "node/cluster/own_proposals.hpp"
#include "node/cluster/partition/apart.hpp"
#include "node/cluster/state/departures.hpp"
#include "node/cluster/state/peer_states.hpp"
#include "node/cluster/state/refused_changes.hpp"
#include "node/registrar/happening.hpp"

namespace warren::node {

// Decided: a command to be applied, if Registrar::takes it when its turn has come. Answered by Registrar::applied.
struct DecidedCommand {
  raft::Place place;
  Envelope envelope;
};
// Decided and without a command for the catalog. Answered by Registrar::passed.
struct DecidedNothing {
  raft::Place place;
  std::optional<raft::Configuration> configuration = {};  // in force from here on
};
// The catalog becomes what this snapshot says; answered by Registrar::installed.
struct DecidedWhole {
  raft::Snapshot snapshot;
};
using DecidedItem = std::variant<DecidedCommand, DecidedNothing, DecidedWhole>;

// What became of an operator's request.
struct RequestAnswer {
  RequestNumber request = 0;
  std::optional<broker::Refusal> refusal;
  bool changed = false;
};

struct RegistrarEffects {
  std::vector<raft::Persist> persists;  // in order; answered by Registrar::persisted
  std::vector<DecidedItem> decided;
  std::vector<broker::Letter> letters;  // Decided, for sessions
  std::vector<RequestAnswer> answers;
  std::vector<QueueId> spared;                          // they had agreed to go, and stay
  std::vector<std::pair<NodeId, std::string>> control;  // to be sent to these nodes
  std::vector<std::string> log;
  std::vector<Happening> happenings;
  bool peers_changed = false;  // look at peers()
  // What stands on disk of the agreement belongs to another log and goes, before anything that is persisted from here
  // on.
  std::optional<Lineage> new_lineage;

  bool empty() const {
    return persists.empty() && decided.empty() && letters.empty() && answers.empty() && spared.empty() &&
           control.empty() && log.empty() && happenings.empty() && !peers_changed && !new_lineage;
  }
};

// Whether definitions can change at present, and if not why.
std::optional<broker::Refusal> no_disc_refusal();

class Registrar {
 public:
  // Requires: the catalog outlives it and is what the agreement's applied state says, or what a founder begins with.
  // `whole` is the catalog as it is (encode(Whole)).
  Registrar(const Identity& identity, const GroupSettings& settings, const broker::Catalog& catalog,
            Agreement agreement, raft::SnapshotBytes whole, std::uint64_t seed, Instant now);

  // ---- inputs ----

  void propose(broker::Propose proposal, Instant now);
  // To remove a member that counts as running waits until it is down, and is refused when it is at work.
  void request(RequestNumber number, std::string user, const broker::Command& command, Instant now);
  // From another node. Anything counts as a sign of life.
  void control(NodeId from, std::string_view bytes, Instant now);
  void tick(Instant now);
  void persisted(std::uint64_t sequence, Instant now);
  // The turn of this command has come: false if it was applied before, for it may have been sent twice. What the record
  // of the applied state says is true of the catalog beside it, and of nothing that is still to come.
  bool takes(const DecidedCommand& item, Instant now);
  void passed(const DecidedNothing& item);
  void applied(const DecidedCommand& item, bool changed, std::optional<broker::Refusal> refusal, Instant now);
  // All that was decided so far is applied, up to there.
  void batch_applied(raft::Index index);
  // The catalog was replaced, by one in which these proposals are applied.
  void installed(const raft::Snapshot& snapshot, Whole whole, Instant now);
  // The catalog has lost this node; the group is to part from it.
  void removed(const broker::NodeDefinition& node) { parting_.add(node); }
  // The catalog's nodes are not what they were.
  void nodes_changed(Instant now);
  // The group has agreed on the word of that node that it runs. It counts as a sign of life, as what it sends itself
  // may be still on its way.
  void word_agreed(NodeId from, Instant now);
  // Every node that can be reached has heard that this one runs, or was waited for long enough.
  bool announced() const { return !own_.holds(announced_); }
  // This node serves clients, or does not.
  void serve(bool on, Instant now);
  // What is wrong with this node (a set of broker::session::Alarm); others hear of it with the next heartbeat.
  void tell_alarms(std::uint8_t alarms) { settings_.about.alarms = alarms; }
  // Of this node, by vhost.
  void tell_connections(broker::session::VhostCounts counts) { settings_.about.connections = std::move(counts); }
  // This node holds messages of reigns up to that one: the group begins its next ones behind it.
  void hold_reigns(Epoch up_to) { untold_reigns_ = std::max(untold_reigns_, up_to); }
  // As long as it may not have heard of them.
  Epoch untold_reigns() const { return untold_reigns_; }
  // So many clients are connected to this node.
  void count_clients(std::uint64_t connections) { apart_.connections = connections; }
  // This process stood still for a while: others may have gone on without it. It asks, and is in doubt until the group
  // has answered, or for a short time when there is no group that could.
  void stood_still(Instant now);
  bool in_doubt(Instant now) const;
  // This node is about to end: says so to the group, and hands over.
  void leave(Instant now);
  // It has left, or nobody took notice in time.
  bool has_left(Instant now) const;

  RegistrarEffects take_effects() { return std::exchange(effects_, {}); }
  bool has_effects() const { return !effects_.empty(); }
  Instant deadline() const;

  // ---- going on alone (design, section 5: takeover) ----

  // This node should go on without the others: everything it has of the log counts as decided (see the effects), then
  // take_over is to be called with the whole as it is after that, and after the catalog has begun its log.
  bool wants_takeover() const { return wants_takeover_; }
  // Who is up as far as is known, and does not go on with this node.
  std::vector<NodeId> left_behind() const;
  void take_over(raft::SnapshotBytes whole, Instant now);
  // An operator says that the others will not come back as they were.
  void force();

  // ---- what is known ----

  // Whether a write need not be durable before it counts: nobody else was told, and nothing of it lasts.
  bool passing(const raft::Persist& persist) const;
  bool alone() const { return status_.configuration.members().size() == 1; }
  const Identity& identity() const { return identity_; }
  const Lineage& lineage() const { return lineage_; }
  // Everybody else who belongs to the cluster, as far as it is known here.
  std::vector<broker::NodeDefinition> peers() const;
  bool disc_alive() const;
  bool majority_reachable() const;
  // Why what is of that class cannot change at present; none: it can.
  std::optional<broker::Refusal> objection(raft::EntryClass of = raft::EntryClass::definitions) const;
  const cluster::FailureDetector& detector() const { return detector_; }
  const raft::Status& status() const { return status_; }
  // What a node says of itself. Null: it is not running or not heard at present.
  const NodeState* state_of(NodeId node) const;
  // What is wrong with any of the others.
  std::uint8_t alarms_elsewhere() const;
  broker::session::VhostCounts connections_elsewhere() const;
  bool serves() const { return serves_; }

  // ---- partitions (partition/registrar_partition.cpp) ----

  // Clients are closed and not let in: an operator, or the handling of partitions, wants it so.
  bool turns_away() const;
  bool paused() const { return apart_.paused; }
  // Whom a node is parted from: it hears them, and they have logs of their own.
  std::vector<NodeId> parted_from(NodeId observer) const;

  // Decided by the group, for the record of what was applied.
  const std::vector<LastTicket>& tickets() const { return tickets_.all(); }
  const std::vector<Acquaintance>& parting() const { return parting_.all(); }
  const raft::Configuration& applied_configuration() const { return applied_configuration_; }
  // Takes the snapshot that the group wants, if it does: the whole as it is after the entry at that place.
  bool wants_snapshot() const { return wants_snapshot_; }
  void snapshot_taken(raft::Index index, raft::SnapshotBytes whole, Instant now);
  bool keeps_definitions() const { return identity_.kind == broker::NodeKind::disc; }

 private:
  struct Forwarder {
    NodeId node;
    std::uint64_t incarnation = 0;
    Ticket ticket = 0;
  };

  void step(raft::Input input, Instant now);
  void carry_out(raft::Effects& effects, Instant now);
  void decide(const raft::Entry& entry);
  void hear(const raft::Answer& answer, Instant now);
  void hear_verdict(const Verdict& verdict, Instant now);
  void happen(const raft::Event& event, Instant now);
  void on(NodeId from, GroupMail& mail, Instant now);
  void on(NodeId from, Heartbeat& heartbeat, Instant now);
  void on(NodeId from, Forward& forward, Instant now);
  void on(NodeId from, Verdicts& verdicts, Instant now);
  void on(NodeId from, AdmissionWanted& wanted, Instant now);
  void on(NodeId from, LineageTold& told, Instant now);
  void on(NodeId from, AppliedTold& told, Instant now);
  void on(NodeId from, NodesTold& told, Instant now);
  void tell_nodes(NodeId to);
  void on(NodeId from, Standing& standing, Instant now);
  void on(NodeId from, GiveIn& word, Instant now);

  std::string name_of(NodeId node) const;
  std::vector<SeenMember> seen_members() const;
  Standing own_standing() const;
  void look_at_partition(Instant now);
  void consider_pause(const std::vector<SeenMember>& members, bool gap, Instant now);
  void note_sight(const cluster::DetectorEffects& effects, Instant now);
  void tell_gaps(const std::vector<Gap>& gaps, Instant now);
  void keep_apart(const std::vector<Gap>& gaps, const std::vector<SeenMember>& members, Instant now);
  void look_at_sides(const std::vector<SeenMember>& members, Instant now);
  void agree_within_side(Instant now);
  void heal(const std::vector<SeenMember>& members, Instant now);
  void give_in(Instant now);
  // A member with which a majority can be made.
  bool reaches(NodeId node) const;
  bool shuns(NodeId node) const;
  // Whether it is seen to stand where this node stands, as that goes on without others.
  bool shares_side(NodeId node) const;
  std::uint64_t next_life();

  OwnProposal& add(raft::EntryClass of, std::string user, const broker::Command& command, Instant now);
  void send_proposals(Instant now);
  void refuse_hopeless(Instant now);
  void finish(Ticket ticket, std::optional<broker::Refusal> refusal);
  void give_up(Ticket ticket);
  void turn_down(const broker::Propose& proposal, broker::Refusal why, Instant now);
  void tell_refused(const broker::Refusal& why, std::string_view user, Instant now);
  void finish_if_done(Ticket ticket, Instant now);
  bool is_spread(const OwnProposal& own, Instant now) const;
  void finish_spread(Instant now);
  void hear_of_taken(Instant now);
  bool is_early() const;
  void announce(Instant now);
  void heard_of_reigns(Ticket ticket);
  void say_goodbye(Instant now);
  bool hands_over() const;
  void step_detector(const cluster::DetectorInput& input, Instant now);
  void tell_disc(Instant now);
  void watch_members(Instant now);
  void see_departures(Instant now);
  void look_after_members(Instant now);
  void consider_takeover(Instant now);
  void begin_takeover();
  void follow_lineage(const Lineage& lineage, Instant now);
  void begin_anew(raft::Start start, Instant now);
  void hand_over(Instant now);
  void yield_to_who_sees_more(Instant now);
  void change_members(Instant now);
  bool change_membership(const raft::MembershipChange& change, Instant now);
  bool unheard_of(NodeId node) const;
  void remember_nodes();
  bool has_company() const { return catalog_.node_count() > 1 || identity_.contacts.size() > 1; }
  bool admitted() const;
  void send(NodeId to, const ControlMessage& message);
  void tell_lineage(NodeId to);

  Identity identity_;
  GroupSettings settings_;
  const broker::Catalog& catalog_;
  Lineage lineage_;
  std::uint64_t seed_;
  std::optional<raft::Raft> raft_;
  raft::Status status_;
  cluster::FailureDetector detector_;
  OwnProposals own_;
  LastTickets tickets_;
  raft::Configuration applied_configuration_;
  std::map<raft::Ticket, Forwarder> forwarded_;  // by the number that the group's machine knows
  PeerStates peer_states_;
  Departures departures_;
  RefusedChanges refused_;
  raft::Ticket last_group_ticket_ = 0;
  raft::Ticket membership_ticket_ = 0;        // of the change that is under way; zero: none
  std::map<NodeId, raft::Index> applied_by_;  // as the others said
  std::vector<NodeId> tell_applied_;          // who proposed what was applied since the last word
  PartingNodes parting_;
  std::map<NodeId, raft::Admission> wanted_;  // who asks to be a member
  RegistrarEffects effects_;
  Instant group_at_ = kNever;  // deadlines of the machines
  Instant detector_at_ = kNever;
  Instant look_at_ = 0;
  Instant announced_at_ = 0;
  Instant yielded_at_ = 0;
  NodeId heir_;                         // whom this node, leading, tried to hand over to
  std::vector<broker::Propose> early_;  // until this node has said that it runs
  Ticket announced_ = 0;                // the proposal of it
  Epoch announced_reigns_;
  Epoch untold_reigns_;         // that the group may not have heard of
  bool lineage_stands_ = true;  // on this disk: others may be told of it
  bool disc_alive_ = false;
  bool serves_ = true;
  bool leaving_ = false;
  Instant leave_until_ = 0;
  Instant linger_until_ = 0;
  Ticket doubt_ = 0;  // the question what the group has decided meanwhile; zero: there is none
  Instant doubt_until_ = 0;
  Instant goodbye_by_ = 0;  // then the others hear that this node ends; zero: they need not, or have heard
  bool wants_snapshot_ = false;
  bool wants_takeover_ = false;
  Instant alone_since_ = kNever;  // nobody else of a group of two was heard since
  Apart apart_;
};

}  // namespace warren::node
