#include "node/cluster/own_proposals.hpp"

#include <doctest/doctest.h>

namespace warren::own_proposals_test {

using namespace warren::node;

namespace {

OwnProposal proposal(Ticket ticket, raft::EntryClass of, RequestNumber request) {
  OwnProposal made;
  made.ticket = ticket;
  made.of = of;
  made.request = request;
  return made;
}

}  // namespace

TEST_CASE("a definition is done when it is applied and accepted, clean-up when it is applied") {
  OwnProposal definition = proposal(1, raft::EntryClass::definitions, 5);
  definition.applied = true;
  CHECK_FALSE(definition.done());
  definition.accepted = true;
  CHECK(definition.done());
  OwnProposal cleaning = proposal(2, raft::EntryClass::topology, 0);
  CHECK_FALSE(cleaning.done());
  cleaning.applied = true;
  CHECK(cleaning.done());
}

TEST_CASE("proposals are found by their tickets until they are taken") {
  OwnProposals own;
  for (Ticket ticket = 1; ticket <= 3; ++ticket) own.add(proposal(ticket, raft::EntryClass::topology, 0));
  own.find(2)->sent = own.find(3)->sent = own.find(3)->accepted = true;
  own.unsend();
  CHECK_FALSE(own.find(2)->sent);
  CHECK(own.find(3)->sent);
  CHECK(own.take(2).ticket == 2);
  CHECK(own.find(2) == nullptr);
  CHECK(own.size() == 2);
  CHECK(own.last_ticket() == 3);
}

}  // namespace warren::own_proposals_test
