#include "broker/exchange/types/spread/modulus_hash.hpp"

#include <set>
#include <string>

#include "tests/broker/catalog/world.hpp"

namespace warren::broker {

TEST_CASE("8.2/135 one key always goes to one queue, and all queues get some") {
  World world;
  world.exchange("m", "x-modulus-hash");
  CHECK(world.route("m", "k").empty());
  for (const char* queue : {"a", "b", "c"}) {
    world.queue(queue);
    world.bind("m", queue, "ignored");
  }
  std::set<Names> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string key = "key" + std::to_string(i);
    const Names there = world.route("m", key);
    CHECK(there.size() == 1);
    CHECK(world.route("m", key) == there);
    seen.insert(there);
  }
  CHECK(seen.size() == 3);
}

TEST_CASE("what was unbound in between does not matter to the choice") {
  World straight;
  World crooked;
  for (World* world : {&straight, &crooked}) {
    world->exchange("m", "x-modulus-hash");
    for (const char* queue : {"a", "b", "c", "d"}) world->queue(queue);
  }
  crooked.bind("m", "d", "gone");
  for (World* world : {&straight, &crooked})
    for (const char* queue : {"a", "b", "c"}) world->bind("m", queue);
  crooked.apply(Unbind{crooked.to_queue("m", "d", "gone")});
  for (int i = 0; i < 50; ++i)
    CHECK(straight.route("m", "key" + std::to_string(i)) == crooked.route("m", "key" + std::to_string(i)));
}

}  // namespace warren::broker
