#include "node/cluster/partition/sides.hpp"

#include <algorithm>
#include <utility>

namespace warren::node {
namespace {

bool descends(const Lineage& younger, std::uint64_t older) {
  return std::ranges::find(younger.ancestors, older) != younger.ancestors.end();
}

// Who stayed behind follows; of two that both went on everybody comes to the same one.
bool goes_before(const Lineage& one, const Lineage& other) {
  if (one.id == other.id) return false;
  if (descends(one, other.id)) return true;
  if (descends(other, one.id)) return false;
  return std::pair(one.founder, one.id) < std::pair(other.founder, other.id);
}

void since(Instant& began, bool holds, Instant now) {
  if (!holds)
    began = kNever;
  else if (began == kNever)
    began = now;
}

bool for_long(Instant began, Instant span, Instant now) { return began != kNever && now >= began + span; }

}  // namespace

void Sides::heard(NodeId from, Standing standing, const Lineage& own, Instant now) {
  const auto found = peers_.find(from);
  if (found == peers_.end()) return;
  Peer& peer = found->second;
  peer.stamp = standing.stamp;
  if (standing.echo < peer.silent_at) return;
  if (standing.lineage == own.id) peer.stranger = false;
  since(peer.unadmitted_since, !standing.admitted, now);
  peer.known = true;
  peer.standing = std::move(standing);
  peer.at = now;
}

void Sides::silent(NodeId node, Instant now) {
  const auto found = peers_.find(node);
  if (found == peers_.end()) return;
  found->second.silent_at = static_cast<std::uint64_t>(now);
  found->second.stranger = true;
  found->second.known = false;
}

void Sides::members(const std::vector<NodeId>& others, const std::vector<NodeId>& discs) {
  std::erase_if(peers_, [&](const auto& peer) { return std::ranges::find(others, peer.first) == others.end(); });
  for (const NodeId node : others) peers_[node].disc = std::ranges::find(discs, node) != discs.end();
}

// ---- decisions ----

SideDecision Sides::look(const OwnStanding& own, Instant now) {
  SideDecision decision;
  note_parted(own, now, decision);
  if (own.settled && !own.paused)
    keep_place(own, now, decision);
  else
    find_place(own, now, decision);
  return decision;
}

// Both have served with logs that are not one, and have not seen how that came. Who has yet to find its place is parted
// from nobody.
void Sides::note_parted(const OwnStanding& own, Instant now, SideDecision& decision) {
  for (auto& [id, peer] : peers_) {
    const bool apart = own.settled && fresh(peer, now) && peer.standing.settled &&
                       peer.standing.lineage != own.lineage.id &&
                       (peer.stranger || names(peer.standing.parted, own.self));
    if (apart == std::exchange(peer.parted, apart)) continue;
    (apart ? decision.began : decision.ended).push_back(id);
  }
}

std::optional<Lineage> Sides::better(const OwnStanding& own, bool settled, bool rather, Instant now) const {
  std::optional<Lineage> best;
  for (const auto& [id, peer] : peers_) {
    if (!fresh(peer, now) || peer.standing.settled != settled || peer.standing.lineage == own.lineage.id) continue;
    if (peer.parted) continue;
    Lineage theirs = lineage_of(peer.standing);
    if (rather && !goes_before(theirs, own.lineage)) continue;
    if (!best || goes_before(theirs, *best)) best = std::move(theirs);
  }
  return best;
}

// A node that does not serve follows those who do, those with its own log before all others.
void Sides::find_place(const OwnStanding& own, Instant now, SideDecision& decision) {
  const bool friends = std::ranges::any_of(peers_, [&](const auto& peer) {
    return fresh(peer.second, now) && peer.second.standing.settled && peer.second.standing.lineage == own.lineage.id;
  });
  std::optional<Lineage> served = friends ? std::nullopt : better(own, true, own.paused, now);
  const bool all_told = std::ranges::all_of(peers_, [&](const auto& peer) { return fresh(peer.second, now); });
  const bool looked = all_told || own.gave_in || own.paused || now >= started_at_ + kLookAround_ms;
  waits_ = !friends && (served || !looked);
  since(deserted_since_, own.gave_in && !friends && !served, now);
  if (!served && !friends && looked && !own.paused) served = better(own, false, true, now);
  if (served && looked) {
    decision.what = SideDecision::What::follow;
    decision.lineage = *std::move(served);
  } else if (own.may_take_over && for_long(deserted_since_, kLeaderlessFor_ms + turn(own, now), now)) {
    deserted_since_ = kNever;
    decision.what = SideDecision::What::take_over;
  }
}

// A node that serves follows one of its own side who went on first, or goes on itself.
void Sides::keep_place(const OwnStanding& own, Instant now, SideDecision& decision) {
  waits_ = false;
  deserted_since_ = kNever;
  since(lost_since_, own.majority_lost, now);
  since(leaderless_since_, own.leaderless, now);
  if (std::optional<Lineage> first = better(own, true, true, now)) {
    decision.what = SideDecision::What::follow;
    decision.lineage = *std::move(first);
    return;
  }
  if (!own.may_take_over) return;
  const Instant later = turn(own, now);
  if (!for_long(lost_since_, kTakeoverAfter_ms + later, now) &&
      !for_long(leaderless_since_, kLeaderlessFor_ms + later, now))
    return;
  lost_since_ = leaderless_since_ = kNever;
  decision.what = SideDecision::What::take_over;
}

// Whose log is the longest goes first: what it alone has is not lost.
Instant Sides::turn(const OwnStanding& own, Instant now) const {
  Instant turn = 0;
  for (const auto& [id, peer] : peers_) {
    const Standing& theirs = peer.standing;
    if (!peer.disc || !fresh(peer, now) || theirs.lineage != own.lineage.id || theirs.settled != own.settled) continue;
    if (own.last < theirs.last || (own.last == theirs.last && id < own.self)) turn += kTurn_ms;
  }
  return turn;
}

// ---- what is known ----

std::uint64_t Sides::stamp(NodeId node) const {
  const auto found = peers_.find(node);
  return found == peers_.end() ? 0 : found->second.stamp;
}

std::vector<NodeId> Sides::parted() const {
  std::vector<NodeId> parted;
  for (const auto& [id, peer] : peers_)
    if (peer.parted) parted.push_back(id);
  return parted;
}

bool Sides::parted(NodeId node) const {
  const auto found = peers_.find(node);
  return found != peers_.end() && found->second.parted;
}

std::optional<bool> Sides::shares(NodeId node, std::uint64_t lineage, Instant now) const {
  const auto found = peers_.find(node);
  if (found == peers_.end() || !found->second.known) return std::nullopt;
  const Peer& peer = found->second;
  return peer.standing.lineage == lineage && !for_long(peer.unadmitted_since, kAdmittedWithin_ms, now);
}

const Standing* Sides::standing(NodeId node, Instant now) const {
  const auto found = peers_.find(node);
  return found == peers_.end() || !fresh(found->second, now) ? nullptr : &found->second.standing;
}

std::optional<Lineage> Sides::served(std::uint64_t lineage, Instant now) const {
  for (const auto& [id, peer] : peers_)
    if (fresh(peer, now) && peer.standing.settled && peer.standing.lineage == lineage) return lineage_of(peer.standing);
  return std::nullopt;
}

}  // namespace warren::node
