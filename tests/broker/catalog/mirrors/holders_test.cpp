// What an owner agrees with the other nodes.
#include "broker/catalog/catalog.hpp"

#include <doctest/doctest.h>

#include "broker/catalog/mirrors/reign_numbers.hpp"

namespace warren::broker {
namespace {

constexpr NodeId kOwner{1};
constexpr NodeId kOld{2};
constexpr NodeId kYoung{3};
constexpr QueueId kQueue{5};
constexpr Epoch kReign{4};

// A queue of node 1 that nodes 2 and 3 mirror.
class Mirrored {
 public:
  explicit Mirrored(std::vector<NodeId> in_sync) {
    Definitions definitions;
    for (const NodeId node : {kOwner, kOld, kYoung})
      definitions.nodes.push_back({.id = node,
                                   .name = "w" + std::to_string(node.value),
                                   .host = "h",
                                   .cluster_port = 1,
                                   .incarnation = 7,
                                   .running = true});
    definitions.vhosts.push_back({VhostId(1), "/", {}});
    QueueDefinition queue;
    queue.ref = {kQueue, kReign};
    queue.vhost = VhostId(1);
    queue.name = "q";
    queue.owner = kOwner;
    queue.mirrors = {kOld, kYoung};
    queue.in_sync = std::move(in_sync);
    definitions.queues.push_back(queue);
    std::vector<std::string> complaints;
    catalog.restore(std::move(definitions), complaints);
  }

  const QueueDefinition& queue() const { return *catalog.queue(kQueue); }
  std::vector<Change> apply(const Command& command) {
    auto outcome = catalog.apply(command);
    REQUIRE(outcome.ok());
    return outcome.value().changes;
  }
  std::string refusal(const Command& command) {
    auto outcome = catalog.apply(command);
    REQUIRE_FALSE(outcome.ok());
    return outcome.error().text;
  }

  Catalog catalog;
};

using Nodes = std::vector<NodeId>;

}  // namespace

TEST_CASE("the owner says who is in sync, and who is no more") {
  Mirrored mirrored({});
  const auto changes = mirrored.apply(SetInSync{kQueue, kReign, 0, kYoung, true});
  REQUIRE(changes.size() == 1);
  CHECK(std::get<MirrorsChanged>(changes.front()).queue == kQueue);
  CHECK(mirrored.queue().in_sync == Nodes{kYoung});
  CHECK(mirrored.apply(SetInSync{kQueue, kReign, 0, kYoung, true}).empty());
  CHECK(mirrored.apply(SetInSync{kQueue, kReign, 1, kOld, true}).size() == 1);
  CHECK(mirrored.queue().in_sync == Nodes{kYoung, kOld});
  CHECK(mirrored.apply(SetInSync{kQueue, kReign, 2, kYoung, false}).size() == 1);
  CHECK(mirrored.queue().in_sync == Nodes{kOld});
  CHECK(mirrored.queue().ref.epoch == kReign);
}

TEST_CASE("what was said of another reign, another round or no mirror says nothing") {
  Mirrored mirrored({kOld});
  CHECK(mirrored.apply(SetInSync{QueueId(9), kReign, 0, kYoung, true}).empty());
  CHECK(mirrored.apply(SetInSync{kQueue, Epoch(3), 0, kYoung, true}).empty());
  CHECK(mirrored.apply(SetInSync{kQueue, kReign, 0, kOwner, true}).empty());
  CHECK(mirrored.apply(SetInSync{kQueue, kReign, 0, NodeId(9), true}).empty());
  CHECK(mirrored.apply(SetInSync{kQueue, kReign, 1, kYoung, true}).empty());
  CHECK(mirrored.queue().in_sync == Nodes{kOld});
}

TEST_CASE("a queue that is handed over has a new reign, and its owner for a mirror that has everything") {
  Mirrored mirrored({kYoung, kOld});
  const auto changes = mirrored.apply(TransferQueue{kQueue, kReign, kOld});
  REQUIRE(changes.size() == 2);
  const auto& moved = std::get<QueueMoved>(changes.front());
  CHECK(moved.from == kOwner);
  CHECK(moved.to == kOld);
  CHECK(std::holds_alternative<MirrorsChanged>(changes.back()));
  CHECK(mirrored.queue().owner == kOld);
  CHECK(mirrored.queue().ref.epoch == next_reign(kReign, 0));
  CHECK(mirrored.queue().mirrors == Nodes{kYoung, kOwner});
  CHECK(mirrored.queue().in_sync == Nodes{kYoung, kOwner});
  CHECK(mirrored.catalog.queues_of(kOwner) == 0);
  CHECK(mirrored.catalog.queues_of(kOld) == 1);
  CHECK(mirrored.catalog.routes_revision() == mirrored.catalog.revision());
}

TEST_CASE("a queue is handed over by its owner of today, and to nobody who lacks something") {
  Mirrored mirrored({kOld});
  CHECK(mirrored.refusal(TransferQueue{QueueId(9), kReign, kOld}) == "the queue does not exist any more");
  CHECK(mirrored.refusal(TransferQueue{kQueue, Epoch(3), kOld}) == "queue 'q' in vhost '/' has another owner by now");
  for (const NodeId node : {kYoung, kOwner, NodeId(9)})
    CHECK(mirrored.refusal(TransferQueue{kQueue, kReign, node}) ==
          "that node has no complete copy of queue 'q' in vhost '/'");
  CHECK(mirrored.queue().owner == kOwner);
}

}  // namespace warren::broker
