// Faults that belong together: what chance puts one after the other too seldom.
#include <fmt/core.h>

#include <algorithm>

#include "tests/cluster/raft/sim/world.hpp"

namespace warren::raft::sim {

// Nobody hears it, and it hears nobody.
void World::isolate(std::size_t index) {
  for (std::size_t other = 0; other < nodes_.size(); ++other)
    if (other != index) cuts_[{index, other}] = cuts_[{other, index}] = true;
}

// One does not hear the leader for a while, and misses what the others agree on. Then the leader is gone, the others
// have just begun anew, and the one that lags may ask them for votes.
void World::conspire() {
  const std::size_t laggard = any_node();
  for (std::size_t leader = 0; leader < nodes_.size(); ++leader) {
    if (!nodes_[leader].leads() || leader == laggard) continue;
    cuts_.clear();
    cuts_[{leader, laggard}] = true;
    ++outcome_.counts["schemes"];
    return later(50 + static_cast<Instant>(rng_.below(250)), Betrayal{leader, laggard});
  }
}

void World::happen(Betrayal& what) {
  if (calm_ || !nodes_[what.leader].leads()) return;
  cuts_.clear();
  isolate(what.leader);
  for (std::size_t index = 0; index < nodes_.size(); ++index) {
    if (index == what.leader || index == what.laggard || !nodes_[index].up) continue;
    crash(index, rng_.one_in(2));
    if (rng_.one_in(4)) continue;
    start(index);
  }
  tell_who_lives();
}

// A leader that is alone is asked to remove the others, one after the other: only the first may be taken.
void World::purge() {
  for (std::size_t leader = 0; leader < nodes_.size(); ++leader) {
    if (!nodes_[leader].leads()) continue;
    cuts_.clear();
    isolate(leader);
    ++outcome_.counts["schemes"];
    const Configuration configuration = nodes_[leader].raft->status().configuration;
    for (const Member& member : configuration.members()) {
      if (member.id == nodes_[leader].id) continue;
      judge_.proposed_definition(++tickets_, nodes_[leader]);
      changes_.insert(tickets_);
      step(leader, ChangeMembership{tickets_, {MembershipChange::What::remove, member.id, member.kind, 0}});
    }
    return propose(leader);
  }
}

// An answer that speaks of the disk is on its way while something is being written: should the member end now, it must
// find what it has said.
void World::ambush(std::size_t index, const Message& message) {
  const auto* append = std::get_if<AppendAnswer>(&message.body);
  const auto* vote = std::get_if<VoteAnswer>(&message.body);
  const bool promises =
      (append != nullptr && append->accepted) || (vote != nullptr && vote->granted && !vote->question);
  if (!promises || nodes_[index].writing.empty() || !rng_.one_in(append != nullptr ? 60 : 4)) return;
  later(0, Ambush{index, nodes_[index].incarnation});
}

void World::happen(Ambush& what) {
  Node& node = nodes_[what.node];
  if (calm_ || !node.up || node.incarnation != what.incarnation) return;
  ++outcome_.counts["ambushes"];
  for (std::size_t leader = 0; leader < nodes_.size(); ++leader)
    if (leader != what.node && nodes_[leader].leads() && rng_.one_in(2)) isolate(leader);
  node.writing.resize(rng_.one_in(2) ? 0 : node.writing.size());
  crash(what.node, false);
  start(what.node);
}

}  // namespace warren::raft::sim
