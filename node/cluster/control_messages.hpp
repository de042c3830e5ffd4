// What the registrars of two nodes say to each other. As bytes: u8 kind (base/tags), then numbered fields.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cluster/limits.hpp"
#include "cluster/raft/effects.hpp"
#include "cluster/raft/inputs.hpp"
#include "node/cluster/agreement.hpp"
#include "node/cluster/envelope.hpp"
#include "node/cluster/partition/standing.hpp"
#include "node/cluster/state/node_state.hpp"

namespace warren::node {

// A message of the group, as raft::encode gives it.
struct GroupMail {
  std::string message;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.text(1, self.message);
  }
};

// A sign of life, with whom the sender does not hear, and what it says of itself.
struct Heartbeat {
  std::vector<NodeId> sees_down;
  NodeState state = {};
};

// Commands for the leader, from a node that is not.
struct Forwarded {
  Ticket ticket = 0;
  raft::EntryClass of = raft::EntryClass::none;
  std::string envelope;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.ticket);
    visit.choice(2, self.of, raft::EntryClass::topology);
    visit.text(3, self.envelope);
  }
};
struct Forward {
  std::vector<Forwarded> proposals;
  std::uint64_t incarnation = 0;  // of the sender's process: another one gives the same numbers

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.records(1, self.proposals, limits::kProposalsMax);
    visit.number(2, self.incarnation);
  }
};

// What became of a forwarded proposal.
struct Verdict {
  enum class What : std::uint8_t { none, accepted, denied, uncertain };
  Ticket ticket = 0;
  What what = What::none;
  raft::Refused why = raft::Refused::not_leader;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.ticket);
    visit.choice(2, self.what, What::uncertain);
    visit.choice(3, self.why, raft::Refused::not_allowed);
  }
};
struct Verdicts {
  std::vector<Verdict> verdicts;
  std::uint64_t incarnation = 0;  // of the process that asked

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.records(1, self.verdicts, limits::kProposalsMax);
    visit.number(2, self.incarnation);
  }
};

// The sender is a node of the cluster and not, or not as what it is now, a member of the group.
struct AdmissionWanted {
  raft::Admission admission = 0;
  std::uint64_t lineage = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.admission);
    visit.number(2, self.lineage);
  }
};

// The sender's log is another one than yours.
struct LineageTold {
  Lineage lineage;
};

// The sender has applied the log up to there.
struct AppliedTold {
  raft::Index index = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.index);
  }
};

// Who belongs to the cluster, for one that asks to be a member: it may know nobody who leads, and none of them answers
// whom it does not know.
struct NodesTold {
  std::vector<Acquaintance> nodes;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.records(1, self.nodes, limits::kMembersMax);
  }
};

using ControlMessage = std::variant<GroupMail, Heartbeat, Forward, Verdicts, AdmissionWanted, LineageTold, AppliedTold,
                                    NodesTold, Standing, GiveIn>;

std::string encode(const ControlMessage& message);
// False for what is no message or breaks a bound.
bool decode(std::string_view bytes, ControlMessage& message);

}  // namespace warren::node
