// What can happen to a member of the group.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "cluster/raft/parts/configuration.hpp"
#include "cluster/raft/wire/messages.hpp"

namespace warren::raft {

// Given by the proposer, comes back with the answer.
using Ticket = std::uint64_t;

// A message from another member, read by `decode`.
struct Receive {
  Message message;
};

// Time has passed.
struct Tick {};

struct Proposal {
  Ticket ticket = 0;
  EntryClass of = EntryClass::none;  // definitions or topology
  std::string command;               // at most limits::kCommandBytesMax
};

// Proposals that came together travel together. At most limits::kProposalsMax.
struct Propose {
  std::vector<Proposal> proposals;
};

// Everything that was asked to be persisted up to this number is: on disk for disc members, written for the others.
struct Persisted {
  std::uint64_t sequence = 0;
};

// Whether at least one disc member is alive, as far as this node knows.
struct DiscAlive {
  bool alive = false;
};

// A change of membership is a definition: it needs a live disc member.
struct ChangeMembership {
  Ticket ticket = 0;
  MembershipChange change;
};

// The leader hands over to another voter.
struct TransferLeadership {
  Ticket ticket = 0;
  NodeId to;
};

// The driven machine's state after the entry at `index`, which it has applied. Requires: at most
// limits::kSnapshotBytesMax.
struct SnapshotTaken {
  Index index = 0;
  SnapshotBytes bytes;
};

using Input =
    std::variant<Receive, Tick, Propose, Persisted, DiscAlive, ChangeMembership, TransferLeadership, SnapshotTaken>;

}  // namespace warren::raft
