#include "node/cluster/state/peer_states.hpp"

#include <doctest/doctest.h>

#include "base/limits.hpp"

namespace warren::peer_states_test {

using namespace warren::node;

TEST_CASE("the last word of a node counts, and which alarms are news is told") {
  PeerStates states;
  CHECK(states.of(NodeId(2)) == nullptr);
  CHECK(states.hear(NodeId(2), {}) == 0);
  CHECK(states.hear(NodeId(2), {1, "0.1.0", {}}) == 1);
  CHECK(states.hear(NodeId(2), {1, "0.1.0", {}}) == 0);
  CHECK(states.hear(NodeId(2), {2, "0.1.0", {}}) == 3);
  REQUIRE(states.of(NodeId(2)) != nullptr);
  CHECK(states.of(NodeId(2))->alarms == 2);
  CHECK(states.of(NodeId(2))->version == "0.1.0");
}

TEST_CASE("who is no member any more is forgotten") {
  PeerStates states;
  states.hear(NodeId(2), {1, {}, {}});
  states.hear(NodeId(3), {1, {}, {}});
  states.keep([](NodeId node) { return node == NodeId(3); });
  CHECK(states.all().size() == 1);
  CHECK(states.of(NodeId(2)) == nullptr);
}

TEST_CASE("texts that are too long are left out") {
  PeerStates states;
  const std::string longest(limits::kShortStringBytesMax, 'x');
  states.hear(NodeId(2), {0, longest + "x", {{longest + "x", 1, "amqp", ""}, {longest, 2, "amqp", ""}}});
  CHECK(states.of(NodeId(2))->version.empty());
  REQUIRE(states.of(NodeId(2))->listeners.size() == 1);
  CHECK(states.of(NodeId(2))->listeners.front().port == 2);
}

}  // namespace warren::peer_states_test
