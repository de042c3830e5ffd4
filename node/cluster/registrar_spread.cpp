// What the others have applied: an answer, and the first client, wait for those who can be reached.
#include <algorithm>
#include <utility>

#include "node/cluster/registrar.hpp"

namespace warren::node {
namespace {

// So long an answer waits for nodes that have not said that they have applied it.
constexpr Instant kSpreadAtMost_ms = 150;

}  // namespace

void Registrar::batch_applied(raft::Index index) {
  for (const NodeId node : std::exchange(tell_applied_, {})) send(node, AppliedTold{index});
}

void Registrar::on(NodeId from, AppliedTold& told, Instant now) {
  raft::Index& known = applied_by_[from];
  known = std::max(known, told.index);
  finish_spread(now);
}

// What a client is told is done it finds done on every node that can be reached (as with RabbitMQ, whose nodes commit
// together), and a node that serves may be reckoned with on every one. A node that is slow is not waited for long.
bool Registrar::is_spread(const OwnProposal& own, Instant now) const {
  if ((!own.asked() && own.ticket != announced_) || now >= own.applied_at + kSpreadAtMost_ms) return true;
  bool spread = true;
  catalog_.for_each_node([&](const broker::NodeDefinition& node) {
    if (node.id == identity_.self || !node.running || detector_.subjectively_down(node.id)) return;
    const auto known = applied_by_.find(node.id);
    spread &= known != applied_by_.end() && known->second >= own.index;
  });
  return spread;
}

void Registrar::finish_spread(Instant now) {
  std::vector<Ticket> done;
  for (const OwnProposal& own : own_.all()) {
    if (!own.applied) break;  // they are applied in order, more or less
    if (own.done() && is_spread(own, now)) done.push_back(own.ticket);
  }
  for (const Ticket ticket : done)
    if (OwnProposal* own = own_.find(ticket)) finish(ticket, std::move(own->refusal));
}

}  // namespace warren::node
