// Proposals of this node that the group has not answered, in the order in which they were made.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/plant.hpp"
#include "base/time.hpp"
#include "broker/refusal.hpp"
#include "broker/session/mail.hpp"
#include "cluster/raft/inputs.hpp"
#include "node/cluster/envelope.hpp"

namespace warren::node {

// What an operator's tool wants, by the number that it gave; zero: none of them.
using RequestNumber = std::uint64_t;

struct OwnProposal {
  Ticket ticket = 0;
  raft::EntryClass of = raft::EntryClass::none;
  std::string envelope;
  SessionRef from;  // a session waits for Decided
  broker::ChannelRef channel;
  RequestNumber request = 0;
  QueueId deletes;    // this queue has agreed to go and waits
  NodeId verdict_on;  // this node, leading, saw that one down
  Instant made_at = 0;
  Instant sent_at = 0;
  bool sent = false;      // to the leader that is known now
  bool accepted = false;  // by it
  bool applied = false;   // here
  raft::Index index = 0;  // by the entry at that place
  Instant applied_at = 0;
  bool changed = false;
  std::optional<broker::Refusal> refusal;  // by the catalog

  bool asked() const { return static_cast<bool>(from.id) || request != 0; }
  // Definitions are answered when a disc node holds them, the others when they are done.
  bool done() const { return applied && (accepted || of == raft::EntryClass::topology || !asked() || planted(202)); }
};

class OwnProposals {
 public:
  OwnProposal& add(OwnProposal proposal);
  OwnProposal* find(Ticket ticket);
  bool holds(Ticket ticket) const;
  bool is_open(Ticket ticket) const;  // not applied
  OwnProposal take(Ticket ticket);    // requires: it is here

  // Everything must be sent anew: there is another leader.
  void unsend();
  bool has_verdict_on(NodeId node) const;
  void drop_verdicts();
  Ticket last_ticket() const { return last_ticket_; }
  // The first that is waited for, or that will be.
  Ticket open_from() const { return proposals_.empty() ? last_ticket_ + 1 : proposals_.front().ticket; }
  std::deque<OwnProposal>& all() { return proposals_; }
  std::size_t size() const { return proposals_.size(); }

 private:
  std::deque<OwnProposal> proposals_;  // by ticket
  Ticket last_ticket_ = 0;
};

}  // namespace warren::node
