// The rules of the paper "In Search of an Understandable Consensus Algorithm" (Ongaro, Ousterhout 2014) and of Ongaro's
// thesis, one test each, named after the section that states it.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/cluster/raft/group.hpp"

namespace warren::paper_test {

using namespace warren::raft;
using namespace warren::raft::testing;

namespace {

const std::vector<Kind> kThreeDiscs = {Kind::disc, Kind::disc, Kind::disc};

Message from(int id, Term term, Body body) {
  return {{NodeId(static_cast<std::uint32_t>(id)), 0, term, 77, static_cast<Admission>(99 + id)}, std::move(body)};
}

Entry topology(Term term, Index index, std::string command) {
  return {{term, index}, EntryClass::topology, std::move(command)};
}

}  // namespace

TEST_CASE("5.1: a server that hears of a higher term takes it over and follows") {
  for (const bool leads : {false, true}) {
    Group group(kThreeDiscs);
    if (leads) REQUIRE(group.elect(1));
    group.step(1, Receive{from(2, 9, Append{{1, 1}, 1, {}})});
    CHECK(group.status(1).term == 9);
    CHECK(group.status(1).role == Role::follower);
    CHECK(group.status(1).leader == NodeId(2));
  }
}

TEST_CASE("5.1: a message of an old term changes nothing and is answered with the new one") {
  Group group(kThreeDiscs);
  REQUIRE(group.elect(1));
  group.step(2, Receive{from(3, 1, Append{{1, 1}, 1, {topology(1, 2, "old")}})});
  CHECK(group.log(2).at(2).of == EntryClass::blank);
  REQUIRE(group.in_flight().size() == 1);
  CHECK(text_of(group.in_flight()[0].message) == "term 2: rejected after 1, may agree at 0.0");
}

TEST_CASE("5.2: who wins the votes of a majority leads, and says so at once") {
  Group group(kThreeDiscs);
  group.campaign(1);
  group.deliver(1, 2);  // the question
  group.deliver(2, 1);
  group.written(1);
  group.deliver(1, 2);
  group.written(2);
  CHECK(group.status(1).role == Role::candidate);
  group.deliver(2, 1);
  CHECK(group.status(1).role == Role::leader);
  CHECK(group.flying(1, 3));
}

TEST_CASE("5.2: a vote is given once per term, first come first served") {
  Group group(kThreeDiscs);
  group.step(1, Receive{from(2, 5, VoteRequest{false, false, {1, 1}})});
  group.step(1, Receive{from(3, 5, VoteRequest{false, false, {9, 9}})});
  group.written(1);
  REQUIRE(group.in_flight().size() == 2);
  CHECK(std::get<VoteAnswer>(group.in_flight()[0].message.body).granted);
  CHECK_FALSE(std::get<VoteAnswer>(group.in_flight()[1].message.body).granted);
}

TEST_CASE("5.2: a vote is remembered over a crash") {
  Group group(kThreeDiscs);
  group.step(1, Receive{from(2, 5, VoteRequest{false, false, {1, 1}})});
  group.written(1);
  group.crash(1);
  group.start(1);
  group.drop_all();
  group.step(1, Receive{from(3, 5, VoteRequest{false, false, {9, 9}})});
  group.written(1);
  REQUIRE(group.in_flight().size() == 1);
  CHECK_FALSE(std::get<VoteAnswer>(group.in_flight()[0].message.body).granted);
}

TEST_CASE("5.2: nothing is said about a vote before it is durable") {
  Group group(kThreeDiscs);
  group.step(1, Receive{from(2, 5, VoteRequest{false, false, {1, 1}})});
  CHECK(group.in_flight().empty());
  group.written(1);
  CHECK(group.in_flight().size() == 1);
}

TEST_CASE("5.2: a candidate that hears the leader of its term follows") {
  Group group(kThreeDiscs);
  group.campaign(1);
  group.deliver(1, 2);
  group.deliver(2, 1);
  REQUIRE(group.status(1).role == Role::candidate);
  group.step(1, Receive{from(3, group.status(1).term, Append{{1, 1}, 1, {}})});
  CHECK(group.status(1).role == Role::follower);
  CHECK(group.status(1).leader == NodeId(3));
}

TEST_CASE("5.2: election timeouts differ, so that split votes are rare and resolve") {
  Group group(kThreeDiscs);
  group.run(10'000);
  int leaders = 0;
  for (int id = 1; id <= 3; ++id) leaders += group.status(id).role == Role::leader ? 1 : 0;
  CHECK(leaders == 1);
}

TEST_CASE("5.3: an entry is committed once a majority holds it durably, and then applied everywhere") {
  Group group(kThreeDiscs);
  REQUIRE(group.elect(1));
  group.propose(1, EntryClass::topology, "a");
  group.deliver(1, 2);
  group.written(1);
  CHECK(group.applied(1).empty());
  group.written(2);
  group.deliver(2, 1);
  CHECK(group.applied(1) == std::vector<std::string>{"a"});
  group.settle();
  CHECK(group.applied(2) == std::vector<std::string>{"a"});
  CHECK(group.applied(3) == std::vector<std::string>{"a"});
}

TEST_CASE("5.3: an append that does not continue the log is rejected") {
  Group group(kThreeDiscs);
  group.step(1, Receive{from(2, 2, Append{{2, 7}, 7, {topology(2, 8, "x")}})});
  group.written(1);
  REQUIRE(group.in_flight().size() == 1);
  CHECK(text_of(group.in_flight()[0].message) == "term 2: rejected after 7, may agree at 1.1");
  CHECK(group.log(1).last() == Place{1, 1});
}

TEST_CASE("5.3: entries that conflict are replaced, entries that agree stay") {
  Group group(kThreeDiscs);
  const std::vector<Entry> old = {topology(2, 2, "a"), topology(2, 3, "b"), topology(2, 4, "c")};
  group.step(1, Receive{from(2, 2, Append{{1, 1}, 1, old})});
  group.step(1, Receive{from(2, 2, Append{{1, 1}, 1, {topology(2, 2, "a")}})});  // late: nothing is cut off
  CHECK(group.log(1).last() == Place{2, 4});
  group.step(1, Receive{from(3, 3, Append{{2, 2}, 1, {topology(3, 3, "d")}})});
  CHECK(group.log(1).last() == Place{3, 3});
  CHECK(group.log(1).at(2).command == "a");
  group.written(1);
  CHECK(group.node(1).disk.entries.size() == 2);
}

TEST_CASE("5.3: a follower whose log went another way is brought to the leader's") {
  Group group(kThreeDiscs);
  REQUIRE(group.elect(1));
  group.cut(1);
  for (int i = 0; i < 5; ++i) group.propose(1, EntryClass::topology, "lost");
  group.settle();
  REQUIRE(group.elect(2));
  group.propose(2, EntryClass::topology, "kept");
  group.settle();
  group.mend(1);
  group.run(1000);
  CHECK(group.log(1).last() == group.log(2).last());
  CHECK(group.applied(1) == std::vector<std::string>{"kept"});
  const auto uncertain = [](const Answer& answer) { return std::holds_alternative<Uncertain>(answer); };
  CHECK(std::count_if(group.answers(1).begin(), group.answers(1).end(), uncertain) == 5);
}

TEST_CASE("5.3: a follower commits nothing beyond what is known to agree") {
  Group group(kThreeDiscs);
  group.step(1, Receive{from(2, 2, Append{{1, 1}, 1, {topology(2, 2, "a"), topology(2, 3, "b")}})});
  group.step(1, Receive{from(2, 2, Append{{2, 2}, 3, {}})});
  CHECK(group.status(1).commit == 2);
}

TEST_CASE("5.4.1: who is less up to date gets no vote: the later term counts, then the longer log") {
  const auto granted = [](Place candidate) {
    Group group(kThreeDiscs);
    group.step(1, Receive{from(2, 3, Append{{1, 1}, 1, {topology(2, 2, "a"), topology(3, 3, "b")}})});
    group.written(1);
    group.drop_all();
    group.pass(10'000);
    group.step(1, Receive{from(3, 4, VoteRequest{false, false, candidate})});
    group.written(1);
    return std::get<VoteAnswer>(group.in_flight().at(0).message.body).granted;
  };
  CHECK(granted({3, 3}));
  CHECK(granted({3, 4}));
  CHECK(granted({4, 2}));
  CHECK_FALSE(granted({3, 2}));
  CHECK_FALSE(granted({2, 9}));
}

// Figure 8: an entry of an old term that lies on a majority is not committed by that.
TEST_CASE("5.4.2: a leader commits by counting only in its own term") {
  Group group(kThreeDiscs);
  group.step(1, Receive{from(2, 2, Append{{1, 1}, 1, {topology(2, 2, "old")}})});
  group.written(1);
  group.drop_all();
  group.campaign(1);
  group.deliver(1, 3);
  group.written(3);
  group.deliver(3, 1);
  group.written(1);
  group.deliver(1, 3);
  group.written(3);
  group.deliver(3, 1);
  REQUIRE(group.status(1).role == Role::leader);
  const Term term = group.status(1).term;
  group.step(1, Receive{from(2, term, AppendAnswer{true, 2, {}})});
  group.step(1, Receive{from(3, term, AppendAnswer{true, 2, {}})});
  CHECK(group.status(1).commit == 1);
  group.written(1);
  group.step(1, Receive{from(3, term, AppendAnswer{true, 3, {}})});
  CHECK(group.status(1).commit == 3);
}

TEST_CASE("5.5: a follower that was down is served again when it is back") {
  Group group(kThreeDiscs);
  REQUIRE(group.elect(1));
  group.crash(3);
  for (const char* command : {"a", "b", "c"}) group.propose(1, EntryClass::topology, command);
  group.settle();
  group.start(3);
  group.run(500);
  CHECK(group.applied(3) == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("7: a follower that needs what was compacted is sent a snapshot, in pieces") {
  Group group(kThreeDiscs);
  group.settings.kept_entries = 0;
  for (int id = 1; id <= 3; ++id) group.crash(id), group.start(id);
  REQUIRE(group.elect(1));
  group.crash(3);
  for (const char* command : {"a", "b", "c"}) group.propose(1, EntryClass::topology, command);
  group.settle();
  const std::string bytes(limits::kSnapshotPieceBytes * 2 + 5, 'x');
  group.step(1, SnapshotTaken{group.status(1).applied, std::make_shared<const std::string>(bytes)});
  group.propose(1, EntryClass::topology, "d");
  group.start(3);
  group.run(1000);
  CHECK(group.status(3).snapshot == group.status(1).snapshot);
  CHECK(group.applied(3) == std::vector<std::string>{"d"});
  CHECK(group.node(3).disk.snapshot.size() == bytes.size());
  group.crash(3);
  group.start(3);
  CHECK(group.status(3).commit == group.status(1).snapshot);
}

TEST_CASE("8: a leader begins its term with an entry of its own") {
  Group group(kThreeDiscs);
  REQUIRE(group.elect(1));
  CHECK(group.log(1).last() == Place{2, 2});
  CHECK(group.log(1).at(2).of == EntryClass::blank);
  CHECK(group.status(1).commit == 2);
}

}  // namespace warren::paper_test
