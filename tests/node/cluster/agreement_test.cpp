#include "node/cluster/agreement.hpp"

#include <doctest/doctest.h>

namespace warren::agreement_test {

using namespace warren::node;

namespace {

raft::Entry entry(raft::Term term, raft::Index index, std::string command) {
  return {{term, index}, raft::EntryClass::definitions, std::move(command)};
}

void keep(AgreementRecords& records, const broker::DefinitionWrite& write) {
  CHECK(is_agreement_key(write.key));
  if (write.erased)
    records.erase(write.key);
  else
    records[write.key] = write.value;
}

AppliedState applied_at(raft::Index index) {
  return {{2, index},
          raft::Configuration({{NodeId(1), raft::Kind::disc, true, 9}}),
          {{NodeId(1), 5, 77}},
          {{NodeId(4), "n4", broker::NodeKind::ram, "host", 25672}}};
}

}  // namespace

TEST_CASE("what a node has of the agreement comes back from its records") {
  AgreementRecords records;
  raft::HardState state;
  state.term = 3;
  state.vote = NodeId(1);
  keep(records, state_write(state));
  keep(records, applied_write(applied_at(4)));
  for (raft::Index index = 3; index <= 6; ++index) keep(records, entry_write(entry(2, index, "c")));
  keep(records, entry_erase(3));
  std::vector<std::string> complaints;
  const Agreement agreement = read_agreement(records, complaints);
  CHECK(complaints.empty());
  REQUIRE(agreement.state.has_value());
  CHECK(*agreement.state == state);
  REQUIRE(agreement.applied.has_value());
  CHECK(agreement.applied->place == raft::Place{2, 4});
  CHECK(agreement.applied->configuration.voters() == 1);
  CHECK(agreement.applied->tickets.front().ticket == 77);
  CHECK(agreement.applied->parting.front().name == "n4");
  REQUIRE(agreement.entries.size() == 2);
  CHECK(agreement.entries.front().place.index == 5);
}

TEST_CASE("entries behind a gap or damage are left out, and damaged records are told") {
  AgreementRecords records;
  keep(records, applied_write(applied_at(4)));
  keep(records, entry_write(entry(2, 5, "a")));
  keep(records, entry_write(entry(2, 7, "b")));
  std::vector<std::string> complaints;
  CHECK(read_agreement(records, complaints).entries.size() == 1);
  for (auto& [key, value] : records) value = "damaged";
  const Agreement damaged = read_agreement(records, complaints);
  CHECK_FALSE(damaged.applied.has_value());
  CHECK(damaged.entries.empty());
  CHECK(complaints.size() == 1);
}

TEST_CASE("a proposal that comes again is known, one of another process is not") {
  LastTickets tickets;
  Envelope envelope;
  envelope.proposer = NodeId(2);
  envelope.incarnation = 1;
  envelope.ticket = 5;
  CHECK(tickets.take(envelope));
  CHECK_FALSE(tickets.take(envelope));
  envelope.ticket = 4;
  CHECK(tickets.take(envelope));
  CHECK_FALSE(tickets.take(envelope));
  envelope.ticket = 6;
  CHECK(tickets.take(envelope));
  envelope.incarnation = 2;
  envelope.ticket = 1;
  CHECK(tickets.take(envelope));
  envelope.incarnation = 1;
  envelope.ticket = 9;
  CHECK_FALSE(tickets.take(envelope));
  CHECK(tickets.all().size() == 1);
}

TEST_CASE("proposals that come late are applied, until their proposer waits for them no more") {
  LastTickets tickets;
  const auto comes = [&](Ticket ticket, Ticket open_from) {
    return tickets.take({NodeId(2), 1, ticket, false, {}, {}, open_from});
  };
  CHECK(comes(1, 1));
  CHECK(comes(4, 2));
  CHECK(comes(3, 2));
  CHECK(tickets.all().front().ticket == 1);
  CHECK(tickets.all().front().beyond.size() == 2);
  CHECK_FALSE(tickets.taken(NodeId(2), 1, 2));
  CHECK(comes(2, 2));
  CHECK_FALSE(comes(4, 2));
  CHECK(tickets.all().front().ticket == 4);
  CHECK(tickets.all().front().beyond.empty());
  CHECK(comes(9, 8));
  CHECK_FALSE(comes(7, 5));
  CHECK(comes(8, 8));
  CHECK(tickets.all().front().ticket == 9);
  for (Ticket ticket = 20; ticket < 20 + 2 * LastTickets::kBeyondMax; ++ticket) comes(ticket, 9);
  CHECK(tickets.all().front().beyond.size() <= LastTickets::kBeyondMax);
}

TEST_CASE("the whole that members send each other is read back, and nothing else is") {
  const Whole whole{{{NodeId(3), 4, 5}}, "catalog", {{NodeId(4), "n4", broker::NodeKind::ram, "host", 25672}}};
  Whole back;
  REQUIRE(decode(encode(whole), back));
  CHECK(back.catalog == "catalog");
  CHECK(back.tickets.front().node == NodeId(3));
  CHECK(definition_of(back.parting.front()).cluster_port == 25672);
  CHECK_FALSE(decode("nonsense", back));
}

TEST_CASE("nodes that the group has not parted from are remembered until a group without them is decided") {
  PartingNodes parting;
  for (std::uint32_t id = 2; id <= 3; ++id)
    parting.add(definition_of({NodeId(id), "n" + std::to_string(id), {}, {}, 0}));
  parting.keep(raft::Configuration({{NodeId(1), raft::Kind::disc, true, 9}, {NodeId(3), raft::Kind::ram, true, 9}}));
  REQUIRE(parting.all().size() == 1);
  CHECK(parting.all().front().name == "n3");
  for (std::uint32_t id = 10; id < 10 + 2 * PartingNodes::kMax; ++id)
    parting.add(definition_of({NodeId(id), "n", {}, {}, 0}));
  CHECK(parting.all().size() == PartingNodes::kMax);
}

}  // namespace warren::agreement_test
