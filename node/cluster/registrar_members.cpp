// Who belongs to the cluster and who is alive: what the registrar sees, says and, as the leader, does about it.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/plant.hpp"
#include "node/cluster/registrar.hpp"
#include "node/cluster/state/alarm_words.hpp"
#include "node/cluster/state/tally.hpp"

namespace warren::node {
namespace {

// A node that is not what it says of itself in the catalog says it again after that.
constexpr Instant kAnnounceEach_ms = 500;
// A node that ends waits so long for the group to hear of it.
constexpr Instant kLeaveAtMost_ms = 1000;
// Without a group that answers a node goes on with what it believes.
constexpr Instant kDoubtAtMost_ms = 2000;
// After its queues went to others a node stays so long.
constexpr Instant kLinger_ms = 300;
// Before that its queues go to others; what is not gone by then waits for its return.
constexpr Instant kHandOverAtMost_ms = 2500;
// A leader tries to hand over at most that often.
constexpr Instant kYieldEach_ms = 2000;

}  // namespace

std::vector<broker::NodeDefinition> Registrar::peers() const {
  std::vector<broker::NodeDefinition> peers;
  catalog_.for_each_node([&](const broker::NodeDefinition& node) {
    if (node.id != identity_.self) peers.push_back(node);
  });
  for (const broker::NodeDefinition& contact : identity_.contacts)
    if (contact.id != identity_.self && unheard_of(contact.id)) peers.push_back(contact);
  // The group cannot part from a member that it does not talk to. Its name may be another one's by now.
  for (const Acquaintance& node : parting_.all())
    if (status_.configuration.find(node.id) != nullptr && node.id != identity_.self &&
        catalog_.find_node(node.name) == nullptr)
      peers.push_back(definition_of(node));
  return peers;
}

// Until the catalog is here, or while it is one from before that node came, as an old snapshot brings it: the leader
// itself may not be in it.
bool Registrar::unheard_of(NodeId node) const { return catalog_.counters().node < node; }

// Who was known is known until the catalog has heard of it and does not have it.
void Registrar::remember_nodes() {
  std::erase_if(identity_.contacts, [this](const broker::NodeDefinition& contact) { return !unheard_of(contact.id); });
  catalog_.for_each_node([this](const broker::NodeDefinition& node) { identity_.contacts.push_back(node); });
}

// ---- who is alive ----

void Registrar::step_detector(const cluster::DetectorInput& input, Instant now) {
  cluster::DetectorEffects effects;
  detector_.step(input, now, effects);
  detector_at_ = effects.wake_at;
  note_sight(effects, now);
  for (const NodeId node : effects.silent)
    if (const broker::NodeDefinition* peer = catalog_.node(node)) {
      effects_.log.push_back(fmt::format("node {} is silent: subjectively down", peer->name));
      effects_.happenings.emplace_back(NodeSight{peer->name, false});
    }
  if (!effects.silent.empty() || !effects.heard_again.empty()) {
    tell_disc(now);
    refuse_hopeless(now);
  }
  const std::vector<NodeId> report = effects.report.value_or(std::vector<NodeId>{});
  settings_.about.serves = serves_ && !leaving_;
  for (const NodeId to : effects.heartbeats) send(to, Heartbeat{report, settings_.about});
  if (status_.role != raft::Role::leader) return;
  for (const cluster::AgreedState& verdict : effects.proposals) {
    const broker::NodeDefinition* node = catalog_.node(verdict.node);
    if (!verdict.down || node == nullptr || !node->running) continue;
    if (own_.has_verdict_on(node->id)) continue;  // on its way: twice it might hit who is up again
    add(raft::EntryClass::topology, {}, broker::NodeDown{node->id, node->incarnation}, now).verdict_on = node->id;
    send_proposals(now);
  }
}

void Registrar::on(NodeId from, Heartbeat& heartbeat, Instant now) {
  const std::uint8_t alarms = heartbeat.state.alarms;
  if (heartbeat.state.serves) departures_.at_work(from);
  const std::uint8_t changed = peer_states_.hear(from, std::move(heartbeat.state));
  if (const broker::NodeDefinition* peer = changed == 0 ? nullptr : catalog_.node(from))
    for (std::string& line : alarm_news(peer->name, changed, alarms)) effects_.log.push_back(std::move(line));
  step_detector(cluster::ObserverReport{from, std::move(heartbeat.sees_down)}, now);
}

void Registrar::word_agreed(NodeId from, Instant now) {
  if (detector_.subjectively_down(from)) step_detector(cluster::HeardFrom{from}, now);
}

const NodeState* Registrar::state_of(NodeId node) const {
  if (node == identity_.self) return &settings_.about;
  return catalog_.node_running(node) && !detector_.subjectively_down(node) ? peer_states_.of(node) : nullptr;
}

std::uint8_t Registrar::alarms_elsewhere() const {
  std::uint8_t alarms = 0;
  for (const auto& [node, state] : peer_states_.all())
    if (state.alarms != 0 && state_of(node) != nullptr) alarms |= state.alarms;
  return alarms;
}

broker::session::VhostCounts Registrar::connections_elsewhere() const {
  broker::session::VhostCounts counts;
  for (const auto& [node, state] : peer_states_.all())
    if (!state.connections.empty() && state_of(node) != nullptr) add_counts(counts, state.connections);
  return counts;
}

void Registrar::watch_members(Instant now) {
  std::vector<NodeId> members{identity_.self};
  for (const broker::NodeDefinition& peer : peers()) members.push_back(peer.id);
  std::ranges::sort(members);
  step_detector(cluster::ClusterMembers{std::move(members)}, now);
}

void Registrar::nodes_changed(Instant now) {
  peer_states_.keep([this](NodeId node) { return catalog_.node(node) != nullptr; });
  remember_nodes();
  watch_members(now);
  catalog_.for_each_node([&](const broker::NodeDefinition& node) {
    if (node.id != identity_.self) step_detector(cluster::AgreedState{node.id, !node.running}, now);
  });
  effects_.peers_changed = true;
  see_departures(now);
  tell_disc(now);
  announce(now);
  if (early_.empty() || is_early()) return;
  for (broker::Propose& proposal : std::exchange(early_, {})) propose(std::move(proposal), now);
}

bool Registrar::disc_alive() const {
  return std::ranges::any_of(status_.configuration.members(), [this](const raft::Member& member) {
    if (member.kind != raft::Kind::disc || !member.voter) return false;
    return reaches(member.id);
  });
}

bool Registrar::majority_reachable() const {
  const auto& members = status_.configuration.members();
  const auto reachable =
      std::ranges::count_if(members, [this](const raft::Member& member) { return member.voter && reaches(member.id); });
  return static_cast<std::size_t>(reachable) >= status_.configuration.majority();
}

void Registrar::tell_disc(Instant now) {
  const bool alive = disc_alive();
  if (alive == disc_alive_) return;
  disc_alive_ = alive;
  if (catalog_.node_count() > 1)
    effects_.log.push_back(alive ? "cluster contains disc nodes again" : "only running disc node went down");
  step(raft::DiscAlive{alive}, now);
}

// ---- this node ----

// Tells the group that this process is there, once it can.
void Registrar::announce(Instant now) {
  const broker::NodeDefinition* self = catalog_.node(identity_.self);
  // Only as a member with a vote: who counts as running counts.
  if (!serves_ || leaving_ || self == nullptr || !status_.leader || !admitted()) return;
  if (apart_.paused || (settings_.partition.sides_stay_apart() && apart_.sides.waits())) return;
  if (self->running && self->incarnation == identity_.incarnation && !untold_reigns_) return;
  if (announced_at_ != 0 && now < announced_at_ + kAnnounceEach_ms) return;
  if (own_.find(announced_) != nullptr) return;  // on its way
  announced_at_ = std::max<Instant>(now, 1);
  announced_reigns_ = untold_reigns_;
  announced_ =
      add(raft::EntryClass::topology, {},
          broker::NodeUp{identity_.self, identity_.incarnation, identity_.host, identity_.cluster_port, untold_reigns_},
          now)
          .ticket;
  send_proposals(now);
}

// One of this node's proposals was applied.
void Registrar::heard_of_reigns(Ticket ticket) {
  if (ticket == announced_ && announced_reigns_ == untold_reigns_) untold_reigns_ = {};
}

// That this node runs, it has said already: what matters is what stands in the log before this word.
void Registrar::stood_still(Instant now) {
  if (!has_company() || !serves_ || leaving_ || !admitted() || in_doubt(now)) return;
  doubt_until_ = now + kDoubtAtMost_ms;
  doubt_ = add(raft::EntryClass::topology, {},
               broker::NodeUp{identity_.self, identity_.incarnation, identity_.host, identity_.cluster_port}, now)
               .ticket;
  send_proposals(now);
}

bool Registrar::in_doubt(Instant now) const { return doubt_ != 0 && now < doubt_until_ && own_.is_open(doubt_); }

void Registrar::serve(bool on, Instant now) {
  if (std::exchange(serves_, on) == on) return;
  announced_at_ = 0;
  announced_ = 0;
  goodbye_by_ = 0;
  if (on) return announce(now);
  goodbye_by_ = now + kHandOverAtMost_ms;
  say_goodbye(now);
}

// When its queues are with others, as far as others have all that is in them.
void Registrar::say_goodbye(Instant now) {
  if (goodbye_by_ == 0) return;
  if (now < goodbye_by_ && hands_over()) {
    // What came for them last is answered by others, and what this node owes counts as refused once it is gone.
    linger_until_ = now + kLinger_ms;
    return;
  }
  if (now < linger_until_) return;
  goodbye_by_ = 0;
  add(raft::EntryClass::topology, {}, broker::NodeDown{identity_.self, identity_.incarnation, true}, now);
  send_proposals(now);
}

bool Registrar::hands_over() const {
  if (catalog_.queues_of(identity_.self) == 0 || !catalog_.node_running(identity_.self)) return false;
  bool any = false;
  catalog_.for_each_vhost([&](const broker::VhostDefinition& vhost) {
    catalog_.for_each_queue(vhost.id, [&](const broker::QueueDefinition& queue) {
      any |= queue.owner == identity_.self && !queue.in_sync.empty();
    });
  });
  return any;
}

void Registrar::leave(Instant now) {
  // Alone there is nobody to tell: the next start cleans up.
  if (std::exchange(leaving_, true) || alone()) return;
  leave_until_ = now + kHandOverAtMost_ms + kLinger_ms + kLeaveAtMost_ms;
  if (!serves_ && goodbye_by_ == 0) return send_proposals(now);
  goodbye_by_ = now + kHandOverAtMost_ms;
  say_goodbye(now);
}

bool Registrar::has_left(Instant now) const {
  return leaving_ && (now >= leave_until_ || !catalog_.node_running(identity_.self));
}

// ---- the group's members ----

bool Registrar::admitted() const {
  return status_.configuration.is_voter(identity_.self, status_.admission) && status_.admitted;
}

void Registrar::on(NodeId from, AdmissionWanted& wanted, Instant now) {
  if (wanted.lineage != lineage_.id) return tell_lineage(from);
  if (catalog_.node(from) == nullptr) return;
  if (status_.role != raft::Role::leader) return tell_nodes(from);
  if (std::exchange(wanted_[from], wanted.admission) != wanted.admission) look_at_ = now;
}

void Registrar::tell_nodes(NodeId to) {
  NodesTold told;
  catalog_.for_each_node([&](const broker::NodeDefinition& node) {
    if (told.nodes.size() < limits::kMembersMax) told.nodes.push_back(acquaintance(node));
  });
  send(to, std::move(told));
}

void Registrar::on(NodeId, NodesTold& told, Instant now) {
  const std::size_t before = identity_.contacts.size();
  for (const Acquaintance& node : told.nodes) {
    const bool known =
        node.id == identity_.self || !unheard_of(node.id) ||
        std::ranges::find(identity_.contacts, node.id, &broker::NodeDefinition::id) != identity_.contacts.end();
    if (known || identity_.contacts.size() >= limits::kMembersMax) continue;
    identity_.contacts.push_back(definition_of(node));
  }
  if (identity_.contacts.size() == before) return;
  effects_.peers_changed = true;
  watch_members(now);
}

void Registrar::look_after_members(Instant now) {
  const raft::Configuration& configuration = status_.configuration;
  if (status_.role != raft::Role::leader) {
    // Whoever is behind may not know those yet whose votes, or to whom its own vote, are missing.
    if (!status_.leader)
      for (const broker::NodeDefinition& peer : peers()) tell_nodes(peer.id);
    // One that learns asks on: what made it a member may have been taken back, and nobody would tell it.
    if (!configuration.is_voter(identity_.self, status_.admission))
      for (const broker::NodeDefinition& peer : peers()) send(peer.id, AdmissionWanted{status_.admission, lineage_.id});
    return;
  }
  if (catalog_.node(identity_.self) == nullptr && configuration.members().size() > 1) return hand_over(now);
  // One that is not a member may follow another log, and never speak of it: both went on alone.
  for (const broker::NodeDefinition& peer : peers())
    if (configuration.find(peer.id) == nullptr && !planted(214)) tell_lineage(peer.id);
  yield_to_who_sees_more(now);
  if (membership_ticket_ == 0 && status_.role == raft::Role::leader) change_members(now);
}

// One change at a time, the first that the group takes: who was removed goes, who asks is let in, who has caught up
// gets a vote.
void Registrar::change_members(Instant now) {
  const raft::Configuration configuration = status_.configuration;
  using What = raft::MembershipChange::What;
  for (const raft::Member& member : configuration.members())
    if (catalog_.node(member.id) == nullptr && member.id != identity_.self &&
        change_membership({What::remove, member.id, raft::Kind::none, 0}, now))
      return;
  for (auto at = wanted_.begin(); at != wanted_.end();) {
    const auto [node, admission] = *at;
    at = wanted_.erase(at);
    const broker::NodeDefinition* definition = catalog_.node(node);
    const raft::Member* member = configuration.find(node);
    if (definition == nullptr || (member != nullptr && member->admission == admission)) continue;
    const raft::MembershipChange change{member == nullptr ? What::add : What::readmit, node,
                                        static_cast<raft::Kind>(definition->kind), admission};
    if (change_membership(change, now)) return;
  }
  for (const raft::Member& member : configuration.members())
    if (!member.voter && !detector_.subjectively_down(member.id) &&
        change_membership({What::promote, member.id, raft::Kind::none, 0}, now))
      return;
}

// A leader that was removed does not lead its own removal. It tries one after the other: who is heard may have lost the
// memory by which it is a member.
void Registrar::hand_over(Instant now) {
  if (status_.handing_over) return;
  for (const bool behind : {true, false})
    for (const raft::Member& member : status_.configuration.members()) {
      const bool able = member.voter && member.id != identity_.self && !detector_.subjectively_down(member.id);
      if (!able || (member.id > heir_) != behind) continue;
      heir_ = member.id;
      return step(raft::TransferLeadership{++last_group_ticket_, heir_}, now);
    }
}

// Between two that do not see each other a third may see both: then it is the better leader, or one of the two would
// hear nothing of what is decided.
void Registrar::yield_to_who_sees_more(Instant now) {
  if (now < yielded_at_ + kYieldEach_ms) return;
  const auto& members = status_.configuration.members();
  const auto unseen = std::ranges::find_if(members, [this](const raft::Member& member) {
    return member.voter && member.id != identity_.self && detector_.subjectively_down(member.id);
  });
  if (unseen == members.end()) return;
  for (const raft::Member& other : members) {
    if (!other.voter || other.id == identity_.self || detector_.subjectively_down(other.id)) continue;
    const bool sees_more = std::ranges::all_of(members, [&](const raft::Member& member) {
      const bool wanted = member.id == unseen->id || !detector_.subjectively_down(member.id);
      return !wanted || member.id == other.id || detector_.sight(other.id, member.id) == cluster::Sight::up;
    });
    if (!sees_more) continue;
    yielded_at_ = now;
    return step(raft::TransferLeadership{++last_group_ticket_, other.id}, now);
  }
}

// Whether the group takes it: then it is in force, and to be agreed on.
bool Registrar::change_membership(const raft::MembershipChange& change, Instant now) {
  const raft::Configuration before = status_.configuration;
  membership_ticket_ = ++last_group_ticket_;
  step(raft::ChangeMembership{membership_ticket_, change}, now);
  return status_.configuration != before;
}

}  // namespace warren::node
