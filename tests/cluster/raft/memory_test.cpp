// Members that keep their log in memory.
#include <doctest/doctest.h>

#include "tests/cluster/raft/group.hpp"

namespace warren::memory_test {

using namespace warren::raft;
using namespace warren::raft::testing;

namespace {

Message letter_from(int id, Term term, Body body) {
  return {{NodeId(static_cast<std::uint32_t>(id)), 0, term, 77, static_cast<Admission>(99 + id)}, std::move(body)};
}

bool votes(Group& group, int voter, int candidate, Term term, Place last) {
  group.pass(10'000);
  group.drop_all();
  group.step(voter, Receive{letter_from(candidate, term, VoteRequest{false, false, last})});
  group.written(voter);
  return std::get<VoteAnswer>(group.in_flight().at(0).message.body).granted;
}

}  // namespace

TEST_CASE("a ram member writes its mark before it acknowledges, and nothing of the log") {
  Group group({Kind::disc, Kind::ram, Kind::disc});
  REQUIRE(group.elect(1));
  group.propose(1, EntryClass::topology, "a");
  group.deliver(1, 2);
  CHECK_FALSE(group.flying(2, 1));
  group.written(2);
  CHECK(group.flying(2, 1));
  CHECK(group.node(2).disk.state->mark == Place{2, 3});
  CHECK(group.node(2).disk.entries.empty());
}

TEST_CASE("after a crash a ram member votes only for logs that reach its mark") {
  Group group({Kind::disc, Kind::ram, Kind::disc});
  REQUIRE(group.elect(1));
  group.crash(2);
  group.start(2);
  CHECK(group.log(2).last() == Place{0, 0});
  CHECK_FALSE(votes(group, 2, 3, 8, {2, 1}));
  CHECK(votes(group, 2, 3, 9, {2, 2}));
}

TEST_CASE("a ram member that is being refilled keeps its mark") {
  Group group({Kind::disc, Kind::ram, Kind::disc});
  REQUIRE(group.elect(1));
  for (const char* command : {"a", "b", "c"}) group.propose(1, EntryClass::topology, command);
  group.settle();
  group.crash(2);
  group.start(2);
  group.step(2, Receive{letter_from(1, 2, Append{{0, 0}, 1, {{{1, 1}, EntryClass::blank, ""}}})});
  group.written(2);
  CHECK(group.node(2).disk.state->mark == Place{2, 5});
  group.drop_all();
  group.run(1000);
  CHECK(group.log(2).last() == Place{2, 5});
  CHECK(group.applied(2) == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("a leader forgets what the former process of a member had acknowledged") {
  Group group({Kind::disc, Kind::ram, Kind::disc});
  REQUIRE(group.elect(1));
  for (const char* command : {"a", "b"}) group.propose(1, EntryClass::topology, command);
  group.settle();
  group.crash(2);
  group.start(2);
  group.run(300);
  CHECK(group.applied(2) == std::vector<std::string>{"a", "b"});
}

TEST_CASE("after a reboot neither the vote nor the log of a ram member counts until it is admitted again") {
  Group group({Kind::disc, Kind::ram, Kind::disc});
  REQUIRE(group.elect(1));
  group.disc_alive(true);
  group.reboot(2);
  group.start(2);
  CHECK_FALSE(group.status(2).admitted);
  group.crash(3);
  group.run(300);
  const Index commit = group.status(1).commit;
  group.propose(1, EntryClass::topology, "a");
  group.run(200);
  CHECK(group.log(2).last() == group.log(1).last());  // it is sent everything
  CHECK(group.status(1).commit == commit);            // and decides nothing
  group.crash(1);
  group.start(3);
  group.run(5000);
  CHECK(votes(group, 2, 3, 99, {98, 98}));
  CHECK(group.status(3).role != Role::leader);
}

TEST_CASE("a ram member that rebooted is made a learner, and a voter again when it has caught up") {
  using What = MembershipChange::What;
  Group group({Kind::disc, Kind::ram, Kind::disc});
  REQUIRE(group.elect(1));
  group.disc_alive(true);
  group.propose(1, EntryClass::topology, "a");
  group.settle();
  group.reboot(2);
  group.start(2);
  group.run(300);
  const Admission admission = group.status(2).admission;
  group.step(1, ChangeMembership{50, {What::readmit, NodeId(2), Kind::ram, admission}});
  group.run(300);
  CHECK_FALSE(group.status(1).configuration.is_voter(NodeId(2), admission));
  CHECK_FALSE(group.status(2).admitted);
  group.step(1, ChangeMembership{51, {What::promote, NodeId(2), Kind::ram, 0}});
  group.run(300);
  CHECK(group.status(2).admitted);
  CHECK(group.status(2).configuration.is_voter(NodeId(2), admission));
  group.crash(2);
  group.start(2);
  CHECK(group.status(2).admitted);  // its file says so, under the same boot
}

TEST_CASE("a ram member that lags behind its own mark does not campaign") {
  Group group({Kind::disc, Kind::ram, Kind::disc});
  REQUIRE(group.elect(1));
  group.crash(2);
  group.start(2);
  group.cut(1);
  group.cut(3);
  group.run(10'000);
  CHECK(group.status(2).role == Role::follower);
}

TEST_CASE("disc members campaign first, then ram members, then witnesses") {
  for (int round = 0; round < 5; ++round) {
    Group group({Kind::witness, Kind::ram, Kind::disc});
    group.pass(round);
    group.run(4000);
    CHECK(group.status(3).role == Role::leader);
    group.crash(3);
    group.run(2999);
    CHECK(group.status(1).role == Role::follower);
    group.run(3000);
    CHECK(group.status(2).role == Role::leader);
  }
}

}  // namespace warren::memory_test
