#include "node/registrar/happening.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "tests/broker/catalog/world.hpp"

namespace warren::node {
namespace {

using broker::table;

void check(const Happening& happening, std::string_view key, amqp::Table headers) {
  Event event = describe(happening, "me@h");
  event.headers.sort_and_dedupe();
  CHECK(event.key == key);
  CHECK(event.headers == headers);
}

}  // namespace

TEST_CASE("what a node sees of another is told with the name of who sees it") {
  const amqp::Table headers = table({{"node", "b@h"}, {"observer", "me@h"}});
  check(NodeSight{"b@h", false}, "node.unreachable", headers);
  check(NodeSight{"b@h", true}, "node.reachable", headers);
  check(PartitionSight{"b@h", true, true}, "partition.began",
        table({{"node", "b@h"}, {"observer", "me@h"}, {"partial", true}}));
  check(PartitionSight{"b@h", false, false}, "partition.ended",
        table({{"node", "b@h"}, {"observer", "me@h"}, {"partial", false}}));
}

TEST_CASE("what a node says of itself is told with its name") {
  check(NodePause{true}, "node.paused", table({{"node", "me@h"}}));
  check(NodePause{false}, "node.resumed", table({{"node", "me@h"}}));
  check(AlarmChange{"disk", true}, "alarm.set", table({{"node", "me@h"}, {"type", "disk"}}));
  check(AlarmChange{"memory", false}, "alarm.cleared", table({{"node", "me@h"}, {"type", "memory"}}));
}

TEST_CASE("what was refused is told with its reason, and what was published anew with what is lost of it") {
  check(DefinitionRefused{"no", "bob", 3}, "definition.refused",
        table({{"more", std::int64_t{3}}, {"node", "me@h"}, {"reason", "no"}, {"user", "bob"}}));
  amqp::Table offered = table(
      {{"lost", std::int64_t{2}}, {"messages", std::int64_t{5}}, {"name", "q"}, {"node", "me@h"}, {"vhost", "/"}});
  check(MessagesOffered{"/", "q", "", 5, 2}, "queue.messages.offered", offered);
  offered.set("owner", "b@h");
  offered.sort_and_dedupe();
  check(MessagesOffered{"/", "q", "b@h", 5, 2}, "queue.messages.offered", offered);
}

}  // namespace warren::node
