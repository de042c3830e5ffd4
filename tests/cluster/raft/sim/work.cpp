#include <fmt/core.h>

#include <algorithm>

#include "tests/cluster/raft/sim/world.hpp"

namespace warren::raft::sim {

void World::propose(std::size_t index) {
  Propose propose;
  for (std::uint64_t i = 1 + rng_.below(4); i > 0; --i) {
    const EntryClass of = chance(50) ? EntryClass::definitions : EntryClass::topology;
    ++tickets_;
    if (of == EntryClass::definitions) judge_.proposed_definition(tickets_, nodes_[index]);
    propose.proposals.push_back({tickets_, of, fmt::format("command {}", tickets_)});
  }
  step(index, std::move(propose));
}

void World::change_membership(std::size_t index) {
  // Whoever leads is asked; now and then somebody else, who refuses.
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (nodes_[i].leads() && chance(90)) index = i;
  const Configuration configuration = nodes_[index].raft->status().configuration;
  if (chance(10)) return step(index, TransferLeadership{++tickets_, nodes_[any_node()].id});
  const MembershipChange change = random_change(configuration);
  ++tickets_;
  changes_.insert(tickets_);
  tell(fmt::format("{} is asked for change {} of member {}", nodes_[index].id.value, static_cast<int>(change.what),
                   change.member.value));
  judge_.proposed_definition(tickets_, nodes_[index]);
  step(index, ChangeMembership{tickets_, change});
}

// What helps comes more often than what harms.
MembershipChange World::random_change(const Configuration& configuration) {
  using What = MembershipChange::What;
  for (const Member& member : configuration.members()) {
    const Node& node = nodes_[index_of(member.id)];
    if (!node.up || chance(20)) continue;
    const Admission admission = node.raft->status().admission;
    if (admission != member.admission) return {What::readmit, member.id, member.kind, admission};
    if (!member.voter) return {What::promote, member.id, member.kind, 0};
  }
  const std::size_t other = any_node();
  Node& node = nodes_[other];
  if (configuration.find(node.id) != nullptr) return {chance(30) ? What::remove : What::promote, node.id, node.kind, 0};
  if (!node.up) start(other);
  return {What::add, node.id, node.kind, node.raft->status().admission};
}

}  // namespace warren::raft::sim
