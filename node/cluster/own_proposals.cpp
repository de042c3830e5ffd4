#include "node/cluster/own_proposals.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace warren::node {

OwnProposal& OwnProposals::add(OwnProposal proposal) {
  WARREN_CHECK(proposal.ticket == last_ticket_ + 1, "tickets grow by one");
  last_ticket_ = proposal.ticket;
  return proposals_.emplace_back(std::move(proposal));
}

OwnProposal* OwnProposals::find(Ticket ticket) {
  const auto found = std::ranges::lower_bound(proposals_, ticket, {}, &OwnProposal::ticket);
  return found == proposals_.end() || found->ticket != ticket ? nullptr : &*found;
}

bool OwnProposals::holds(Ticket ticket) const {
  return std::ranges::binary_search(proposals_, ticket, {}, &OwnProposal::ticket);
}

bool OwnProposals::is_open(Ticket ticket) const {
  const auto found = std::ranges::lower_bound(proposals_, ticket, {}, &OwnProposal::ticket);
  return found != proposals_.end() && found->ticket == ticket && !found->applied;
}

OwnProposal OwnProposals::take(Ticket ticket) {
  const auto found = std::ranges::lower_bound(proposals_, ticket, {}, &OwnProposal::ticket);
  WARREN_CHECK(found != proposals_.end() && found->ticket == ticket, "a proposal that is taken is here");
  OwnProposal proposal = std::move(*found);
  proposals_.erase(found);
  return proposal;
}

bool OwnProposals::has_verdict_on(NodeId node) const {
  return std::ranges::find(proposals_, node, &OwnProposal::verdict_on) != proposals_.end();
}

void OwnProposals::drop_verdicts() {
  std::erase_if(proposals_, [](const OwnProposal& proposal) { return static_cast<bool>(proposal.verdict_on); });
}

void OwnProposals::unsend() {
  for (OwnProposal& proposal : proposals_)
    if (!proposal.accepted) proposal.sent = false;
}

}  // namespace warren::node
