#include "broker/exchange/types/direct.hpp"

#include "tests/broker/catalog/world.hpp"

namespace warren::broker {

TEST_CASE("a direct exchange goes by the whole key, byte for byte") {
  World world;
  world.exchange("d", "direct");
  for (const char* queue : {"q1", "q2", "q3"}) world.queue(queue);
  world.bind("d", "q1", "a");
  world.bind("d", "q2", "a");
  world.bind("d", "q3", "A");
  CHECK(world.route("d", "a") == Names{"q1", "q2"});
  CHECK(world.route("d", "A") == Names{"q3"});
  CHECK(world.route("d", "a.b").empty());
  CHECK(world.route("d", "").empty());
}

TEST_CASE("8.2/112 a duplicate binding gives one copy") {
  World world;
  world.exchange("d", "direct");
  world.queue("q");
  CHECK(world.bind("d", "q", "a").size() == 1);
  CHECK(world.bind("d", "q", "a").empty());
  CHECK(world.route("d", "a") == Names{"q"});
}

TEST_CASE("bindings of one key and of many are found again and forgotten when removed") {
  World world;
  world.exchange("d", "direct");
  for (int i = 0; i < 100; ++i) {
    const std::string queue = "q" + std::to_string(i);
    world.queue(queue);
    world.bind("d", queue, "shared");
    world.bind("d", queue, queue);
  }
  for (int i = 0; i < 99; ++i) world.apply(Unbind{world.to_queue("d", "q" + std::to_string(i), "shared")});
  CHECK(world.route("d", "shared") == Names{"q99"});
  CHECK(world.route("d", "q50") == Names{"q50"});
  world.delete_queue("q50");
  CHECK(world.route("d", "q50").empty());
}

}  // namespace warren::broker
