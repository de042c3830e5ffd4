#include "cluster/raft/parts/votes.hpp"

#include <doctest/doctest.h>

namespace warren::votes_test {

using namespace warren::raft;

namespace {

Configuration voters(int count) {
  std::vector<Member> members;
  for (int i = 1; i <= count; ++i) members.push_back({NodeId(static_cast<std::uint32_t>(i)), Kind::disc, true, 0});
  members.push_back({NodeId(100), Kind::disc, false, 0});
  return Configuration(members);
}

}  // namespace

TEST_CASE("an election is won by a majority, and lost when none can come together") {
  for (int count = 1; count <= 7; ++count) {
    const Configuration configuration = voters(count);
    const int needed = count / 2 + 1;
    Votes won, lost;
    for (int i = 1; i <= needed; ++i) {
      CHECK(won.outcome(configuration) == Votes::Outcome::open);
      won.record(NodeId(static_cast<std::uint32_t>(i)), true);
    }
    CHECK(won.outcome(configuration) == Votes::Outcome::won);
    for (int i = 1; i <= count - needed + 1; ++i) lost.record(NodeId(static_cast<std::uint32_t>(i)), false);
    CHECK(lost.outcome(configuration) == Votes::Outcome::lost);
  }
}

TEST_CASE("the first word counts, and only that of voters") {
  const Configuration configuration = voters(3);
  Votes votes;
  votes.record(NodeId(1), true);
  votes.record(NodeId(1), true);
  votes.record(NodeId(100), true);
  votes.record(NodeId(7), true);
  CHECK(votes.outcome(configuration) == Votes::Outcome::open);
  votes.record(NodeId(2), false);
  votes.record(NodeId(2), true);
  CHECK(votes.outcome(configuration) == Votes::Outcome::open);
}

}  // namespace warren::votes_test
