#include <fmt/core.h>

#include <algorithm>

#include "tests/cluster/raft/sim/world.hpp"

namespace warren::raft::sim {

// The second half: nothing fails any more, everybody is there.
void World::heal() {
  calm_ = true;
  cuts_.clear();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].frozen_until = 0;
    if (nodes_[i].born && !nodes_[i].up) start(i);
  }
  tell_who_lives();
}

// Brings back who lost its memory, as an operator would.
void World::finish_memberships() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i].leads()) continue;
    const Configuration configuration = nodes_[i].raft->status().configuration;
    for (const Member& member : configuration.members()) {
      const Node& node = nodes_[index_of(member.id)];
      using What = MembershipChange::What;
      const Admission admission = node.raft->status().admission;
      const bool readmit = admission != member.admission;
      if (!readmit && member.voter) continue;
      const What what = readmit ? What::readmit : What::promote;
      step(i, ChangeMembership{++tickets_, {what, member.id, member.kind, admission}});
      break;
    }
  }
}

void World::conclude() {
  heal();
  const bool has_disc =
      std::any_of(nodes_.begin(), nodes_.end(), [](const Node& n) { return n.born && n.kind == Kind::disc; });
  run_until(now_ + 4000);
  outcome_.lost_majority = !somebody_may_be_elected();
  if (outcome_.lost_majority) return judge_.definitions_survive(nodes_);
  for (int round = 0; round < 40 && judge_.verdict().empty(); ++round) {
    if (has_disc) finish_memberships();
    run_until(now_ + 200);
  }
  const Index before = judge_.committed();
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (nodes_[i].leads()) propose(i);
  run_until(now_ + 1000);
  judge_.compare_logs(nodes_);
  judge_.definitions_survive(nodes_);
  if (!has_disc && judge_.committed() == before) return;  // only definitions may have been proposed
  if (judge_.committed() == before) judge_.accuse("liveness: nothing is committed after healing");
  if (!converged()) judge_.accuse("liveness: members differ after healing");
}

bool World::converged() const {
  for (const Node& leader : nodes_) {
    if (!leader.leads()) continue;
    const Status status = leader.raft->status();
    return std::all_of(status.configuration.members().begin(), status.configuration.members().end(),
                       [&](const Member& member) {
                         const Node& node = nodes_[index_of(member.id)];
                         return node.chain.index == leader.chain.index && node.chain.sum == leader.chain.sum;
                       });
  }
  return false;
}

// Whether the rules allow anybody to win: memory of too many may be lost for good.
bool World::somebody_may_be_elected() const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [this](const Node& node) { return node.up && (node.leads() || candidate_may_win(node)); });
}

bool World::candidate_may_win(const Node& candidate) const {
  const Status status = candidate.raft->status();
  const Place last = status.last;
  if (!status.configuration.is_voter(candidate.id, status.admission) || last < candidate.standard()) return false;
  std::size_t votes = 0;
  for (const Member& member : status.configuration.members()) {
    const Node& voter = nodes_[index_of(member.id)];
    if (!member.voter || !voter.up) continue;
    const Status other = voter.raft->status();
    votes += other.admission == member.admission && voter.standard() <= last ? 1 : 0;
  }
  return votes >= status.configuration.majority();
}

}  // namespace warren::raft::sim
