// Going on without the others, and coming back to those who did (design, section 5: takeover).
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/plant.hpp"
#include "node/cluster/registrar.hpp"

namespace warren::node {
namespace {

// Beyond the time after which a silent node counts as down: a restart should not split a group.
constexpr Instant kTakeoverAfter_ms = 400;

}  // namespace

// Of two disc nodes one is enough. What a client was told in a group of two both of them hold, so nothing is lost with
// the other one. Only a node that has served since it started knows that it is up to date.
void Registrar::consider_takeover(Instant now) {
  using enum PartitionMode;
  if (settings_.partition.mode != automatic && (settings_.partition.mode != pause_if_all_down || apart_.paused)) return;
  const raft::Configuration& configuration = status_.configuration;
  const raft::Member* self = configuration.find(identity_.self);
  const broker::NodeDefinition* node = catalog_.node(identity_.self);
  // One of two for certain: in a configuration that nobody else may know, or that others have left behind, it might be
  // one of three (see Raft::agreed_index).
  const bool certain = configuration == applied_configuration_ || planted(216);
  const bool of_two = certain && configuration.voters() == 2 && self != nullptr && self->voter && status_.admitted;
  const bool up_to_date = node != nullptr && node->incarnation == identity_.incarnation;
  if (!of_two || !up_to_date || identity_.kind != broker::NodeKind::disc || majority_reachable()) {
    alone_since_ = kNever;
    return;
  }
  if (alone_since_ == kNever) alone_since_ = now;
  if (now >= alone_since_ + kTakeoverAfter_ms) begin_takeover();
}

void Registrar::force() { begin_takeover(); }

void Registrar::begin_takeover() {
  if (std::exchange(wants_takeover_, true)) return;
  effects_.log.push_back("no other node is reachable: this one goes on alone, with a log of its own");
  const raft::Log& log = raft_->log();
  // One that came and is on its way to the disk stands before what the log holds.
  if (status_.applied < log.base().index && raft_->snapshot().bytes)
    effects_.decided.push_back(DecidedWhole{raft_->snapshot()});
  const raft::Index applied = std::max(status_.applied, log.base().index);
  for (raft::Index index = applied + 1; index <= log.last_index() && !planted(209); ++index) decide(log.at(index));
}

void Registrar::take_over(raft::SnapshotBytes whole, Instant now) {
  wants_takeover_ = false;
  alone_since_ = kNever;
  Rng rng(Rng(seed_).next() + 3 * Rng(identity_.incarnation).next() + identity_.self.value);
  Lineage next{rng.next() | 1, lineage_.ancestors, identity_.name};
  if (next.ancestors.size() >= kAncestorsMax) next.ancestors.erase(next.ancestors.begin());
  next.ancestors.push_back(lineage_.id);
  const raft::Configuration alone(
      {{identity_.self, static_cast<raft::Kind>(identity_.kind), true, identity_.incarnation}});
  raft::Start start;
  start.state = raft::founding_state(alone, identity_.self, identity_.boot);
  start.state->term = std::max(start.state->term, status_.term);
  // Of a log that was given up, and the one that was to be followed never came, nothing may be there.
  start.snapshot = {std::max(raft_->log().last(), raft::founding_snapshot({}).last), alone, std::move(whole)};
  start.applied = start.snapshot.last.index;
  applied_configuration_ = alone;
  raft::Persist beginning;
  beginning.sync = true;
  beginning.state = *start.state;
  beginning.snapshot = start.snapshot;
  lineage_ = std::move(next);
  lineage_stands_ = false;
  begin_anew(std::move(start), now);
  effects_.persists.push_back(std::move(beginning));
  tell_disc(now);
  tick(now);
}

std::vector<NodeId> Registrar::left_behind() const {
  std::vector<NodeId> nodes;
  for (const broker::NodeDefinition& peer : peers())
    if (peer.running && !shares_side(peer.id)) nodes.push_back(peer.id);
  return nodes;
}

void Registrar::begin_anew(raft::Start start, Instant now) {
  start.self = identity_.self;
  start.kind = static_cast<raft::Kind>(identity_.kind);
  start.settings = settings_.raft;
  start.lineage = lineage_.id;
  start.incarnation = start.state ? identity_.incarnation : next_life();
  start.boot = identity_.boot;
  start.seed = ++seed_;
  // What was to be persisted for the log before is not waited for any more.
  effects_.persists.clear();
  effects_.new_lineage = lineage_;
  forwarded_.clear();
  applied_by_.clear();
  wanted_.clear();
  parting_ = {};
  effects_.peers_changed = true;
  membership_ticket_ = 0;
  wants_snapshot_ = false;
  disc_alive_ = false;
  group_at_ = kNever;
  raft_.emplace(std::move(start), now);
  status_ = raft_->status();
  // What the log before took may not be in this one.
  for (OwnProposal& own : own_.all()) own.accepted = false;
  own_.unsend();
}

// Who hears of it gives up what it has, and must not find that there is nothing to follow.
void Registrar::tell_lineage(NodeId to) {
  if (settings_.partition.sides_stay_apart()) return;  // they tell each other more
  if (lineage_stands_) send(to, LineageTold{lineage_});
}

// Another node has a log of its own. Who stayed behind follows; of two that both went on one gives in: whoever is
// asked, it is the same one, else some would follow the one and some the other, until nobody has anything.
void Registrar::on(NodeId from, LineageTold& told, Instant now) {
  const auto follows = [](const Lineage& younger, const Lineage& older) {
    return std::ranges::find(younger.ancestors, older.id) != younger.ancestors.end();
  };
  if (told.lineage.id == lineage_.id || wants_takeover_ || settings_.partition.sides_stay_apart()) return;
  if (follows(lineage_, told.lineage)) return tell_lineage(from);
  const bool yields = std::pair(told.lineage.founder, told.lineage.id) < std::pair(lineage_.founder, lineage_.id);
  if (!follows(told.lineage, lineage_)) {
    effects_.log.push_back(
        fmt::format("partition: node {} went on alone too; {} gives in", name_of(from), yields ? "this one" : "it"));
    if (!yields) return tell_lineage(from);
    // They have met, so it is over already.
    for (const bool began : {true, false}) effects_.happenings.emplace_back(PartitionSight{name_of(from), began});
  }
  follow_lineage(told.lineage, now);
}

void Registrar::follow_lineage(const Lineage& lineage, Instant now) {
  effects_.log.push_back("another node has gone on alone meanwhile: this one follows it");
  lineage_ = lineage;
  lineage_stands_ = true;
  applied_configuration_ = {};
  for (OwnProposal& own : own_.all()) own.applied = false;
  announced_at_ = 0;
  // What is here was numbered by the log that is given up.
  hold_reigns(catalog_.last_reign());
  announced_ = 0;
  begin_anew(raft::Start{}, now);
  look_at_ = now;
}

}  // namespace warren::node
