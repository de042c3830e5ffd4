#include "node/cluster/partition/standing.hpp"

#include <doctest/doctest.h>

#include "node/cluster/control_messages.hpp"

namespace warren::standing_test {

using namespace warren::node;

TEST_CASE("a standing comes back from its bytes as it went, with the lineage that was told") {
  Standing standing;
  describe({7, {1, 3}, "b@h"}, standing);
  standing.incarnation = 42;
  standing.settled = true;
  standing.last = {5, 99};
  standing.connections = 12;
  standing.parted = {{NodeId(2)}};
  standing.unseen = {{NodeId(3)}, {NodeId(4)}};
  ControlMessage message;
  REQUIRE(decode(encode(standing), message));
  const auto& back = std::get<Standing>(message);
  const Lineage lineage = lineage_of(back);
  CHECK(lineage.id == 7);
  CHECK(lineage.ancestors == std::vector<std::uint64_t>{1, 3});
  CHECK(lineage.founder == "b@h");
  CHECK(back.incarnation == 42);
  CHECK(back.settled);
  CHECK_FALSE(back.admitted);
  CHECK(back.last == raft::Place{5, 99});
  CHECK(back.connections == 12);
  CHECK(names(back.parted, NodeId(2)));
  CHECK_FALSE(names(back.parted, NodeId(3)));
  CHECK(names(back.unseen, NodeId(4)));
}

TEST_CASE("the word to give in comes back from its bytes") {
  ControlMessage message;
  REQUIRE(decode(encode(GiveIn{9}), message));
  CHECK(std::get<GiveIn>(message).lineage == 9);
}

}  // namespace warren::standing_test
