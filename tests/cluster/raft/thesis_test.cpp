// The rules of Ongaro's thesis "Consensus: Bridging Theory and Practice" (2014) that go beyond the paper, one test
// each, named after the section that states it.
#include <doctest/doctest.h>

#include <optional>

#include "tests/cluster/raft/group.hpp"

namespace warren::thesis_test {

using namespace warren::raft;
using namespace warren::raft::testing;
using What = MembershipChange::What;

namespace {

Message from(int id, Term term, Body body) {
  return {{NodeId(static_cast<std::uint32_t>(id)), 0, term, 77, static_cast<Admission>(99 + id)}, std::move(body)};
}

struct Five : Group {
  Five() : Group({Kind::disc, Kind::disc, Kind::disc, Kind::disc, Kind::disc}) {
    REQUIRE(elect(1));
    disc_alive(true);
  }
  void change(What what, int member, Kind kind = Kind::disc, Admission admission = 0) {
    step(1, ChangeMembership{100, {what, NodeId(static_cast<std::uint32_t>(member)), kind, admission}});
  }
  std::optional<Refused> denied() {
    const auto* denied = std::get_if<Denied>(&answers(1).back());
    return denied == nullptr ? std::nullopt : std::optional(denied->why);
  }
};

}  // namespace

TEST_CASE("3.10: a successor that holds everything leads without waiting, and others let it") {
  Five group;
  group.propose(1, EntryClass::topology, "a");
  group.step(1, TransferLeadership{9, NodeId(4)});
  const Instant before = group.now();
  group.settle();
  CHECK(group.now() == before);
  CHECK(group.status(4).role == Role::leader);
  CHECK(group.status(1).leader == NodeId(4));
  CHECK(group.applied(4) == std::vector<std::string>{"a"});
}

TEST_CASE("3.10: a successor that does not answer is given up, and proposals are accepted again") {
  Five group;
  group.cut(4);
  group.propose(1, EntryClass::topology, "a");
  group.settle();
  group.step(1, TransferLeadership{9, NodeId(4)});
  group.propose(1, EntryClass::topology, "b");
  CHECK(group.denied() == Refused::handing_over);
  group.run(1100);
  group.propose(1, EntryClass::topology, "c");
  group.settle();
  CHECK(group.applied(2) == std::vector<std::string>{"a", "c"});
}

TEST_CASE("4.1: one change at a time, in force as soon as it is in the log") {
  Five group;
  group.change(What::remove, 5);
  CHECK(group.status(1).configuration.voters() == 4);
  group.change(What::remove, 4);
  CHECK(group.denied() == Refused::change_pending);
  group.settle();
  group.change(What::remove, 4);
  group.settle();
  CHECK(group.status(2).configuration.voters() == 3);
}

// The flaw that was found in the thesis' algorithm after its publication, and its mend.
TEST_CASE("4.1: no change before the leader has committed an entry of its own term") {
  Group group({Kind::disc, Kind::disc, Kind::disc});
  group.campaign(1);
  group.disc_alive(true);
  for (int round = 0; round < 2; ++round) {
    group.deliver(1, 2);
    group.written(2);
    group.deliver(2, 1);
    if (round == 0) group.written(1);
  }
  REQUIRE(group.status(1).role == Role::leader);
  const ChangeMembership change{1, {What::remove, NodeId(3), Kind::disc, 0}};
  group.step(1, change);
  CHECK(std::get<Denied>(group.answers(1).at(0)).why == Refused::change_pending);
  group.settle();
  group.step(1, change);
  group.settle();
  CHECK(std::holds_alternative<Accepted>(group.answers(1).at(1)));
}

TEST_CASE("4.1: a change that is taken back leaves the configuration that was before") {
  Five group;
  group.cut(1);
  group.change(What::remove, 5);
  CHECK(group.status(1).configuration.voters() == 4);
  group.settle();
  REQUIRE(group.elect(2));
  group.mend(1);
  group.run(500);
  CHECK(group.status(1).role == Role::follower);
  CHECK(group.status(1).configuration.voters() == 5);
}

TEST_CASE("4.2.1: a newcomer learns without a vote until it has caught up") {
  Five group;
  for (const char* command : {"a", "b"}) group.propose(1, EntryClass::topology, command);
  group.settle();
  group.join(6, Kind::disc);
  group.cut(6);
  group.change(What::add, 6, Kind::disc, group.status(6).admission);
  group.settle();
  CHECK(group.status(1).configuration.voters() == 5);
  group.change(What::promote, 6);
  CHECK(group.denied() == Refused::not_caught_up);
  group.mend(6);
  group.run(500);
  group.change(What::promote, 6);
  group.run(500);
  CHECK(group.status(6).configuration.voters() == 6);
  CHECK(group.status(6).admitted);
  CHECK(group.applied(6) == std::vector<std::string>{"a", "b"});
}

TEST_CASE("4.2.1: a member votes before it has heard that it has a vote, or two of three might lead nobody") {
  Group group({Kind::disc, Kind::disc});
  REQUIRE(group.elect(1));
  group.disc_alive(true);
  group.join(3, Kind::disc);
  group.step(1, ChangeMembership{1, {What::add, NodeId(3), Kind::disc, group.status(3).admission}});
  group.run(500);
  group.step(1, ChangeMembership{2, {What::promote, NodeId(3), Kind::disc, 0}});
  group.cut(3);
  group.settle();
  REQUIRE(group.status(2).configuration.voters() == 3);
  REQUIRE(group.status(3).configuration.voters() == 2);
  group.crash(1);
  group.mend(3);
  group.run(5000);
  CHECK(group.status(2).role == Role::leader);
  CHECK(group.status(3).configuration.voters() == 3);
}

TEST_CASE("4.2.2: a leader that removes itself leads until that is committed, without counting itself") {
  Five group;
  group.change(What::remove, 1);
  group.written(1);
  for (int id : {2, 3}) {
    group.deliver(1, id);
    group.written(id);
    group.deliver(id, 1);
  }
  CHECK(group.status(1).role == Role::leader);  // two of four hold it, and itself
  group.settle();
  CHECK(group.status(1).role == Role::follower);
  group.run(5000);
  CHECK(group.status(1).role == Role::follower);
  int leaders = 0;
  for (int id : {2, 3, 4, 5}) leaders += group.status(id).role == Role::leader ? 1 : 0;
  CHECK(leaders == 1);
}

TEST_CASE("4.1: a member without which nothing could be agreed on stays until another one is there again") {
  Group group({Kind::disc, Kind::disc, Kind::ram});
  REQUIRE(group.elect(1));
  group.disc_alive(true);
  group.reboot(3);
  group.start(3);
  group.run(300);
  const auto change = [&](What what, int id, Admission admission) {
    group.answers(1).clear();
    group.step(1, ChangeMembership{1, {what, NodeId(static_cast<std::uint32_t>(id)), Kind::none, admission}});
    group.run(500);
    return std::holds_alternative<Accepted>(group.answers(1).at(0));
  };
  CHECK_FALSE(change(What::remove, 2, 0));
  CHECK(group.status(1).configuration.voters() == 3);
  CHECK(change(What::readmit, 3, group.status(3).admission));
  CHECK(change(What::promote, 3, 0));
  CHECK(change(What::remove, 2, 0));
}

TEST_CASE("4.2.3: a server that was removed and does not know it disturbs nobody") {
  Five group;
  group.cut(5);
  group.change(What::remove, 5);
  group.settle();
  group.run(5000);
  group.mend(5);
  const Term term = group.status(1).term;
  group.run(5000);
  CHECK(group.status(1).role == Role::leader);
  CHECK(group.status(1).term == term);
}

TEST_CASE("6.2: a leader that hears no majority steps down, and says that it does not know what became of proposals") {
  Five group;
  for (int id : {3, 4, 5}) group.cut(id);
  group.propose(1, EntryClass::topology, "a");
  group.run(2500);
  CHECK(group.status(1).role != Role::leader);
  CHECK(std::holds_alternative<Uncertain>(group.answers(1).back()));
}

TEST_CASE("9.6: a question does not change the term of those who are asked") {
  Five group;
  group.pass(10'000);
  group.step(2, Receive{from(3, 2, VoteRequest{true, false, {9, 9}})});
  group.written(2);
  CHECK(group.status(2).term == 2);
  CHECK(std::get<VoteAnswer>(group.in_flight().back().message.body).granted);
}

TEST_CASE("10.2.1: a leader sends entries while it writes them itself, and counts itself only after that") {
  Five group;
  group.propose(1, EntryClass::topology, "a");
  CHECK(group.flying(1, 2));
  for (int id : {2, 3}) {
    group.deliver(1, id);
    group.written(id);
    group.deliver(id, 1);
  }
  CHECK(group.applied(1).empty());
  group.written(1);
  CHECK(group.applied(1) == std::vector<std::string>{"a"});
}

TEST_CASE("10.2.1: entries may be committed before the leader's own disk has them, and are applied there after that") {
  Five group;
  group.propose(1, EntryClass::topology, "a");
  for (int id : {2, 3, 4}) {
    group.deliver(1, id);
    group.written(id);
    group.deliver(id, 1);
  }
  CHECK(group.status(1).commit == 3);
  CHECK(group.applied(1).empty());
  group.written(1);
  CHECK(group.applied(1) == std::vector<std::string>{"a"});
}

}  // namespace warren::thesis_test
