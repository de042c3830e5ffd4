#include "broker/exchange/types/spread/random.hpp"

#include <set>
#include <string>

#include "tests/broker/catalog/world.hpp"

namespace warren::broker {

TEST_CASE("8.2/134 both queues of a random exchange get some of 20 messages, each message goes to one") {
  World world;
  world.exchange("r", "x-random");
  CHECK(world.route("r", "k").empty());
  world.queue("a");
  world.queue("b");
  world.bind("r", "a", "one");
  world.bind("r", "b", "two");
  std::set<Names> seen;
  for (int i = 0; i < 20; ++i) {
    const Names there = world.route("r", "k");
    CHECK(there.size() == 1);
    seen.insert(there);
  }
  CHECK(seen.size() == 2);
}

TEST_CASE("a local random exchange takes queues of this node only") {
  constexpr NodeId kHere{1};
  constexpr NodeId kThere{2};
  World world;
  world.exchange("l", "x-local-random");
  for (int i = 0; i < 6; ++i) {
    QueueDefinition queue = world.queue_like("q" + std::to_string(i));
    queue.owner = i % 2 == 0 ? kHere : kThere;
    world.apply(DeclareQueue{queue});
    world.bind("l", queue.name);
  }
  Router here(world.catalog(), kHere);
  std::set<NodeId> owners;
  std::set<QueueRef> queues;
  for (int i = 0; i < 100; ++i)
    for (const QueueRef& queue : here.route(world.exchange_record("l"), "k", {}, world.rng())) {
      queues.insert(queue);
      owners.insert(world.catalog().queue(queue.id)->owner);
    }
  CHECK(owners == std::set<NodeId>{kHere});
  CHECK(queues.size() == 3);
  Router elsewhere(world.catalog(), NodeId{3});
  CHECK(elsewhere.route(world.exchange_record("l"), "k", {}, world.rng()).empty());
}

TEST_CASE("a local random exchange refuses keys and exchanges as destinations") {
  World world;
  world.exchange("l", "x-local-random");
  world.exchange("x", "fanout");
  world.queue("q");
  CHECK(world.refusal(world.to_queue("l", "q", "k")).text == "Non empty binding 'k' key not permitted");
  CHECK(world.refusal(world.to_exchange("l", "x")).text == "Destination not found");
}

}  // namespace warren::broker
