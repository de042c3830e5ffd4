#include "cluster/raft/parts/configuration.hpp"

#include <doctest/doctest.h>

#include "cluster/limits.hpp"

namespace warren::configuration_test {

using namespace warren::raft;
using What = MembershipChange::What;

namespace {

const NodeId kA(1), kB(2), kC(3);

Configuration sample() {
  return Configuration({{kC, Kind::ram, true, 12}, {kA, Kind::disc, true, 10}, {kB, Kind::disc, false, 11}});
}

MembershipComplaint complaint(const Configuration& configuration, MembershipChange change) {
  auto next = configuration.after(change);
  REQUIRE_FALSE(next.ok());
  return next.error();
}

}  // namespace

TEST_CASE("a majority is counted among voters") {
  CHECK(sample().voters() == 2);
  CHECK(sample().majority() == 2);
  CHECK(sample().disc_voters() == 1);
  CHECK(sample().is_voter(kC, 12));
  CHECK_FALSE(sample().is_voter(kC, 13));
  CHECK_FALSE(sample().is_voter(kB, 11));
  CHECK(Configuration().majority() == 1);
}

TEST_CASE("each change moves one member") {
  Configuration next = *sample().after({What::add, NodeId(9), Kind::witness, 5});
  CHECK(next.find(NodeId(9))->admission == 5);
  CHECK_FALSE(next.find(NodeId(9))->voter);
  CHECK((*sample().after({What::promote, kB, Kind::none, 0})).voters() == 3);
  CHECK((*sample().after({What::remove, kC, Kind::none, 0})).find(kC) == nullptr);
  next = *sample().after({What::readmit, kC, Kind::none, 77});
  CHECK(next.find(kC)->admission == 77);
  CHECK_FALSE(next.find(kC)->voter);
}

TEST_CASE("changes that make no sense are refused with the reason") {
  CHECK(complaint(sample(), {What::add, kA, Kind::disc, 5}) == MembershipComplaint::known_already);
  CHECK(complaint(sample(), {What::add, NodeId(9), Kind::none, 5}) == MembershipComplaint::not_a_kind);
  CHECK(complaint(sample(), {What::promote, NodeId(9), Kind::none, 0}) == MembershipComplaint::not_a_member);
  CHECK(complaint(sample(), {What::promote, kA, Kind::none, 0}) == MembershipComplaint::voter_already);
  CHECK(complaint(sample(), {What::readmit, kC, Kind::none, 12}) == MembershipComplaint::same_admission);
  CHECK(complaint(sample(), {What::remove, kA, Kind::none, 0}) == MembershipComplaint::last_disc);
  CHECK(complaint(Configuration({{kC, Kind::ram, true, 1}}), {What::remove, kC, Kind::none, 0}) ==
        MembershipComplaint::last_voter);
  std::vector<Member> many;
  for (std::uint32_t i = 1; i <= limits::kMembersMax; ++i) many.push_back({NodeId(i), Kind::disc, true, 0});
  CHECK(complaint(Configuration(many), {What::add, NodeId(1000), Kind::disc, 5}) ==
        MembershipComplaint::too_many_members);
}

TEST_CASE("a configuration is read back as it was written, and doubtful ones are refused") {
  Configuration back;
  CHECK(decode(encode(sample()), back));
  CHECK(back == sample());
  CHECK(decode("", back));
  CHECK(back == Configuration());
  CHECK_FALSE(decode(encode(Configuration({{kA, Kind::disc, true, 0}, {kA, Kind::disc, true, 0}})), back));
  CHECK_FALSE(decode(encode(Configuration({{kA, Kind::none, true, 0}})), back));
  CHECK_FALSE(decode(encode(sample()).substr(1), back));
}

TEST_CASE("the history of a log gives the configuration at every index") {
  ConfigurationHistory history(sample(), 4);
  history.add(7, *sample().after({What::promote, kB, Kind::none, 0}));
  history.add(9, *sample().after({What::remove, kC, Kind::none, 0}));
  CHECK(history.current_since() == 9);
  CHECK(history.at(6) == sample());
  CHECK(history.at(8).voters() == 3);
  history.truncate_after(8);
  CHECK(history.current().voters() == 3);
  history.compact_to(8);
  CHECK(history.at(8).voters() == 3);
  history.truncate_after(0);
  CHECK(history.current().voters() == 3);  // the base stays
}

}  // namespace warren::configuration_test
