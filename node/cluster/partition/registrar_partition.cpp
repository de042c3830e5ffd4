// The registrar's half of partitions: what it sees is judged by the rules of this folder, and it does what they say.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "node/cluster/partition/gap.hpp"
#include "node/cluster/registrar.hpp"

namespace warren::node {
namespace {

// A partial partition is made a whole one when it lasts, and one side has to be sure that the other is gone.
constexpr Instant kGapFor_ms = 1000;
constexpr Instant kShunAtMost_ms = 10'000;
constexpr Instant kShunAfterwards_ms = 1000;
// Clients that are told that this node gives in have read it by then.
constexpr Instant kFarewell_ms = 500;

}  // namespace

std::string Registrar::name_of(NodeId node) const {
  const broker::NodeDefinition* known = catalog_.node(node);
  return known == nullptr ? std::to_string(node.value) : known->name;
}

std::vector<SeenMember> Registrar::seen_members() const {
  std::vector<SeenMember> members{{identity_.self, identity_.name, identity_.kind, true, false}};
  for (const broker::NodeDefinition& peer : peers())
    members.push_back(
        {peer.id, peer.name, peer.kind, !detector_.subjectively_down(peer.id), apart_.sides.parted(peer.id)});
  return members;
}

// With each look, before anything is said of this node.
void Registrar::look_at_partition(Instant now) {
  apart_.now = now;
  const std::vector<SeenMember> members = seen_members();
  const std::vector<Gap> gaps = find_gaps(identity_.self, members, detector_);
  tell_gaps(gaps, now);
  consider_pause(members, !gaps.empty(), now);
  if (!settings_.partition.sides_stay_apart() || wants_takeover_) return;
  keep_apart(gaps, members, now);
  look_at_sides(members, now);
  give_in(now);
  heal(members, now);
  Standing standing = own_standing();
  standing.stamp = static_cast<std::uint64_t>(now);
  for (const SeenMember& member : members) {
    if (member.id == identity_.self) continue;
    standing.echo = apart_.sides.stamp(member.id);
    send(member.id, standing);
  }
  agree_within_side(now);
}

// ---- pausing ----

bool Registrar::turns_away() const { return !serves_ || apart_.paused || apart_.gave_in || apart_.gives_in_to != 0; }

// It ends when the group has heard of it: then the definitions here are as the others have them.
void Registrar::consider_pause(const std::vector<SeenMember>& members, bool gap, Instant now) {
  const broker::NodeDefinition* self = catalog_.node(identity_.self);
  // No pause at boot: until the group has heard of this node it serves nobody.
  const bool up = self != nullptr && self->incarnation == identity_.incarnation && serves_ && !leaving_;
  if (!up && !apart_.paused) return;
  const bool wanted = apart_.rule.look(settings_.partition, members, gap, now);
  if (wanted && !apart_.paused) {
    apart_.paused = true;
    effects_.log.emplace_back("Cluster minority/secondary status detected - awaiting recovery");
    effects_.happenings.emplace_back(NodePause{true});
    apart_.farewell =
        add(raft::EntryClass::topology, {}, broker::NodeDown{identity_.self, identity_.incarnation}, now).ticket;
    send_proposals(now);
  } else if (!wanted && apart_.paused && own_.find(apart_.farewell) == nullptr) {
    apart_.paused = false;
    effects_.log.emplace_back("Cluster minority/secondary status ended - this node serves clients again");
    effects_.happenings.emplace_back(NodePause{false});
    announced_at_ = 0;
    announce(now);
  }
}

// ---- what is told ----

void Registrar::note_sight(const cluster::DetectorEffects& effects, Instant now) {
  for (const NodeId node : effects.silent) {
    apart_.silent_since[node] = now;
    apart_.sides.silent(node, now);
  }
  for (const NodeId node : effects.heard_again) {
    const auto silent = apart_.silent_since.extract(node);
    if (silent.empty() || catalog_.node(node) == nullptr) continue;
    effects_.log.push_back(fmt::format("node {} is heard again, after {} ms", name_of(node), now - silent.mapped()));
    effects_.happenings.emplace_back(NodeSight{name_of(node), true});
  }
}

// When a node ends, others notice a moment sooner or later: only what lasts is told.
void Registrar::tell_gaps(const std::vector<Gap>& gaps, Instant now) {
  std::erase_if(apart_.gaps, [&](const auto& held) {
    const bool over = std::ranges::find(gaps, held.first, &Gap::node) == gaps.end();
    if (over && held.second.told) {
      effects_.log.push_back(
          fmt::format("partition with node {}: it is heard here again, or by nobody any more", name_of(held.first)));
      effects_.happenings.emplace_back(PartitionSight{name_of(held.first), false, true});
    }
    return over;
  });
  for (const Gap& gap : gaps) {
    Apart::ToldGap& held = apart_.gaps.try_emplace(gap.node, Apart::ToldGap{now, false}).first->second;
    if (now < held.since + kGapFor_ms || std::exchange(held.told, true)) continue;
    effects_.log.push_back(fmt::format("partition: node {} is not heard here, but node {} hears it", name_of(gap.node),
                                       name_of(gap.witnesses.front())));
    effects_.happenings.emplace_back(PartitionSight{name_of(gap.node), true, true});
  }
}

std::vector<NodeId> Registrar::parted_from(NodeId observer) const {
  if (observer == identity_.self) return apart_.sides.parted();
  std::vector<NodeId> parted;
  const Standing* standing = apart_.sides.standing(observer, apart_.now);
  if (standing == nullptr || standing->lineage != lineage_.id) return parted;
  for (const ToldNode& node : standing->parted) parted.push_back(node.id);
  return parted;
}

// ---- sides ----

bool Registrar::reaches(NodeId node) const {
  if (node == identity_.self) return true;
  if (detector_.subjectively_down(node)) return false;
  if (!settings_.partition.sides_stay_apart()) return true;
  return apart_.sides.shares(node, lineage_.id, apart_.now).value_or(true);
}

bool Registrar::shares_side(NodeId node) const {
  return settings_.partition.any_side_goes_on() && !detector_.subjectively_down(node) && !apart_.sides.parted(node);
}

// Who forgets a log that has it as a member, and follows it, is another member than before, be the process the same.
std::uint64_t Registrar::next_life() {
  if (!settings_.partition.sides_stay_apart()) return identity_.incarnation;
  return Rng(identity_.incarnation + 2 * ++apart_.lives).next() | 1;
}

Standing Registrar::own_standing() const {
  Standing standing;
  describe(lineage_, standing);
  standing.incarnation = identity_.incarnation;
  standing.settled = apart_.settled && serves_ && !apart_.paused;
  standing.admitted = admitted();
  standing.last = raft_->log().last();
  standing.connections = apart_.connections;
  for (const NodeId node : apart_.sides.parted()) standing.parted.push_back({node});
  for (const broker::NodeDefinition& peer : peers())
    if (detector_.subjectively_down(peer.id)) standing.unseen.push_back({peer.id});
  return standing;
}

void Registrar::on(NodeId from, Standing& standing, Instant now) {
  if (settings_.partition.sides_stay_apart()) apart_.sides.heard(from, std::move(standing), lineage_, now);
}

void Registrar::look_at_sides(const std::vector<SeenMember>& members, Instant now) {
  const broker::NodeDefinition* node = catalog_.node(identity_.self);
  const bool heard_of = node != nullptr && node->running && node->incarnation == identity_.incarnation;
  if (heard_of && status_.admitted && applied_configuration_.is_voter(identity_.self, status_.admission)) {
    apart_.settled = true;
    apart_.gave_in = false;
  }
  std::vector<NodeId> others;
  std::vector<NodeId> discs;
  for (const SeenMember& member : members) {
    if (member.id != identity_.self) others.push_back(member.id);
    if (member.id != identity_.self && member.kind == broker::NodeKind::disc) discs.push_back(member.id);
  }
  apart_.sides.members(others, discs);
  OwnStanding own;
  own.self = identity_.self;
  own.lineage = lineage_;
  own.settled = apart_.settled && serves_ && !apart_.paused;
  own.gave_in = apart_.gave_in;
  own.paused = apart_.paused;
  own.may_take_over = settings_.partition.any_side_goes_on() && serves_ && !leaving_ && node != nullptr &&
                      identity_.kind == broker::NodeKind::disc;
  own.majority_lost = !majority_reachable();
  own.leaderless = !status_.leader;
  own.last = raft_->log().last();
  const SideDecision decision = apart_.sides.look(own, now);
  for (const NodeId other : decision.began) {
    effects_.log.push_back(
        fmt::format("partition: node {} went on without this one, and is heard again", name_of(other)));
    effects_.happenings.emplace_back(PartitionSight{name_of(other), true});
  }
  for (const NodeId other : decision.ended) {
    effects_.log.push_back(fmt::format("partition with node {} ended", name_of(other)));
    effects_.happenings.emplace_back(PartitionSight{name_of(other)});
  }
  if (decision.what == SideDecision::What::follow) {
    apart_.settled = false;
    follow_lineage(decision.lineage, now);
  } else if (decision.what == SideDecision::What::take_over) {
    begin_takeover();
  }
}

// Where a side is smaller than half of the cluster the failure detector waits for observers that are not there: those
// who have a vote are enough.
void Registrar::agree_within_side(Instant now) {
  if (!settings_.partition.any_side_goes_on() || status_.role != raft::Role::leader) return;
  const raft::Configuration& group = status_.configuration;
  std::vector<broker::NodeDefinition> gone;
  catalog_.for_each_node([&](const broker::NodeDefinition& node) {
    if (!node.running || reaches(node.id) || own_.has_verdict_on(node.id)) return;
    if (!detector_.subjectively_down(node.id) && !apart_.sides.parted(node.id)) return;
    const auto agree = std::ranges::count_if(group.members(), [&](const raft::Member& member) {
      if (!member.voter || member.id == node.id || !reaches(member.id)) return false;
      return member.id == identity_.self || detector_.sight(member.id, node.id) == cluster::Sight::down;
    });
    if (static_cast<std::size_t>(agree) >= group.majority()) gone.push_back(node);
  });
  for (const broker::NodeDefinition& node : gone)
    add(raft::EntryClass::topology, {}, broker::NodeDown{node.id, node.incarnation}, now).verdict_on = node.id;
  if (!gone.empty()) send_proposals(now);
}

// ---- a partial partition becomes a whole one ----

bool Registrar::shuns(NodeId node) const { return among(apart_.shunned, node); }

void Registrar::keep_apart(const std::vector<Gap>& gaps, const std::vector<SeenMember>& members, Instant now) {
  if (!settings_.partition.any_side_goes_on()) return;
  if (!apart_.shunned.empty()) {
    if (lineage_.id != std::exchange(apart_.shunned_with, lineage_.id))
      apart_.shunned_until = std::min(apart_.shunned_until, now + kShunAfterwards_ms);
    if (now >= apart_.shunned_until) apart_.shunned.clear();
    return;
  }
  const auto gap = std::ranges::find_if(
      gaps, [&](const Gap& one) { return catalog_.node_running(one.node) && leaves(identity_.self, one, members); });
  if (gap == gaps.end() || !apart_.settled) {
    apart_.gap_since = kNever;
    return;
  }
  if (apart_.gap_since == kNever) apart_.gap_since = now;
  if (now < apart_.gap_since + kGapFor_ms) return;
  apart_.gap_since = kNever;
  apart_.shunned = gap->witnesses;
  apart_.shunned_until = now + kShunAtMost_ms;
  apart_.shunned_with = lineage_.id;
  effects_.log.push_back(
      fmt::format("partition: this node parts from those who hear node {}, for it does not", name_of(gap->node)));
}

// ---- healing ----

void Registrar::heal(const std::vector<SeenMember>& members, Instant now) {
  if (!settings_.partition.heals()) return;
  std::vector<Voice> voices;
  for (const SeenMember& member : members) {
    if (!member.seen) continue;
    const Standing own = member.id == identity_.self ? own_standing() : Standing{};
    const Standing* standing = member.id == identity_.self ? &own : apart_.sides.standing(member.id, now);
    if (standing == nullptr) return;  // it will tell
    Voice voice{
        member.id, member.name, standing->lineage, standing->settled, standing->connections, !standing->parted.empty(),
        {}};
    for (const ToldNode& unseen : standing->unseen) voice.unseen.push_back(unseen.id);
    std::ranges::sort(voice.unseen);
    voices.push_back(std::move(voice));
  }
  const std::optional<std::uint64_t> winner = apart_.healing.look(identity_.self, voices, now);
  if (!winner) return;
  GiveIn word{*winner};
  for (const Voice& voice : voices) {
    if (!voice.settled || voice.lineage == *winner) continue;
    if (voice.id == identity_.self)
      on(identity_.self, word, now);
    else
      send(voice.id, word);
  }
}

void Registrar::on(NodeId from, GiveIn& word, Instant now) {
  if (!settings_.partition.heals() || apart_.gives_in_to != 0 || !apart_.settled || word.lineage == lineage_.id) return;
  if (!apart_.sides.served(word.lineage, now)) return;
  apart_.gives_in_to = word.lineage;
  apart_.gives_in_at = now;
  effects_.log.push_back(
      fmt::format("partition: node {} has decided that another side wins; this node closes its clients and follows",
                  name_of(from)));
}

void Registrar::give_in(Instant now) {
  if (apart_.gives_in_to == 0 || now < apart_.gives_in_at + kFarewell_ms) return;
  const std::optional<Lineage> winner = apart_.sides.served(std::exchange(apart_.gives_in_to, 0), now);
  if (!winner || winner->id == lineage_.id) {
    effects_.log.emplace_back("partition: the side that won is gone; this node goes on as it was");
    return;
  }
  // Numbers of queues mean something else there.
  while (own_.size() != 0) give_up(own_.all().front().ticket);
  apart_.gave_in = true;
  apart_.settled = false;
  follow_lineage(*winner, now);
}

}  // namespace warren::node
