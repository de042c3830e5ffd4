// Definitions and disc members: the project's founding rule.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/cluster/raft/group.hpp"

namespace warren::disc_rule_test {

using namespace warren::raft;
using namespace warren::raft::testing;
using What = MembershipChange::What;

namespace {

std::size_t accepted(Group& group, int id) {
  return static_cast<std::size_t>(std::count_if(group.answers(id).begin(), group.answers(id).end(),
                                                [](auto& a) { return std::holds_alternative<Accepted>(a); }));
}

}  // namespace

TEST_CASE("without a live disc member definitions are refused at once, everywhere, and topology goes on") {
  Group group({Kind::ram, Kind::ram, Kind::disc});
  REQUIRE(group.elect(1));
  group.disc_alive(true);
  group.crash(3);
  group.disc_alive(false);
  for (int id : {1, 2}) {
    group.propose(id, EntryClass::definitions, "queue");
    REQUIRE(group.answers(id).size() == 1);
    CHECK(std::get<Denied>(group.answers(id)[0]).why == Refused::no_disc);
  }
  CHECK(group.log(1).last_index() == 2);
  group.propose(1, EntryClass::topology, "node 3 is down");
  group.settle();
  CHECK(accepted(group, 1) == 1);
  CHECK(group.applied(2) == std::vector<std::string>{"node 3 is down"});
}

TEST_CASE("a change of membership is a definition") {
  Group group({Kind::ram, Kind::ram, Kind::disc});
  REQUIRE(group.elect(1));
  group.step(1, ChangeMembership{1, {MembershipChange::What::remove, NodeId(2), Kind::ram, 0}});
  CHECK(std::get<Denied>(group.answers(1).at(0)).why == Refused::no_disc);
}

TEST_CASE("a definition is acknowledged when a disc member holds it, though it is committed before") {
  Group group({Kind::ram, Kind::ram, Kind::disc});
  REQUIRE(group.elect(1));
  group.disc_alive(true);
  group.cut(3);
  group.propose(1, EntryClass::definitions, "queue");
  group.propose(1, EntryClass::topology, "owner");
  group.settle();
  CHECK(group.status(1).commit == group.log(1).last_index());
  CHECK(group.applied(2) == std::vector<std::string>{"queue", "owner"});
  CHECK(accepted(group, 1) == 1);  // topology only
  group.mend(3);
  group.run(500);
  CHECK(accepted(group, 1) == 2);
  CHECK(group.node(3).disk.holds(group.log(1).at(3)));
}

TEST_CASE("a disc learner is no disc member yet") {
  using What = MembershipChange::What;
  Group group({Kind::ram, Kind::ram, Kind::disc});
  REQUIRE(group.elect(1));
  group.disc_alive(true);
  group.join(4, Kind::disc);
  group.step(1, ChangeMembership{1, {What::add, NodeId(4), Kind::disc, group.status(4).admission}});
  group.run(300);
  REQUIRE(accepted(group, 1) == 1);
  group.cut(3);
  group.propose(1, EntryClass::definitions, "queue");
  group.run(300);
  CHECK(group.applied(4) == std::vector<std::string>{"queue"});
  CHECK(accepted(group, 1) == 1);
}

TEST_CASE("the last disc voter is not removed") {
  Group group({Kind::ram, Kind::ram, Kind::disc});
  REQUIRE(group.elect(1));
  group.disc_alive(true);
  group.step(1, ChangeMembership{1, {MembershipChange::What::remove, NodeId(3), Kind::disc, 0}});
  CHECK(std::get<Denied>(group.answers(1).at(0)).complaint == MembershipComplaint::last_disc);
}

TEST_CASE("of two disc members neither is left behind by the other and a third, for it may go on alone") {
  for (const Kind other : {Kind::disc, Kind::ram}) {
    Group group({Kind::disc, other});
    REQUIRE(group.elect(1));
    group.disc_alive(true);
    group.join(3, Kind::disc);
    group.step(1, ChangeMembership{1, {What::add, NodeId(3), Kind::disc, group.status(3).admission}});
    group.run(500);
    group.cut(2);
    group.step(1, ChangeMembership{2, {What::promote, NodeId(3), Kind::disc, 0}});
    group.run(300);
    const bool agreed = group.status(1).commit == group.status(1).last.index;
    CHECK(agreed == (other != Kind::disc));
    group.mend(2);
    group.run(300);
    CHECK(group.status(1).commit == group.status(1).last.index);
    CHECK(group.status(1).configuration.voters() == 3);
  }
}

TEST_CASE("until both of two disc members know of a third its word counts for nothing, not even for what was before") {
  Group group({Kind::disc, Kind::disc});
  REQUIRE(group.elect(1));
  group.disc_alive(true);
  group.join(3, Kind::disc);
  group.step(1, ChangeMembership{1, {What::add, NodeId(3), Kind::disc, group.status(3).admission}});
  group.run(500);
  group.cut(2);
  group.propose(1, EntryClass::topology, "what the second never saw");
  group.step(1, ChangeMembership{2, {What::promote, NodeId(3), Kind::disc, 0}});
  REQUIRE(group.status(1).configuration.voters() == 3);
  group.run(300);
  CHECK(group.applied(1).empty());
  group.mend(2);
  group.run(300);
  CHECK(group.applied(1).size() == 1);
  CHECK(group.status(1).commit == group.status(1).last.index);
}

}  // namespace warren::disc_rule_test
