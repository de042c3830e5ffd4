#include "broker/exchange/types/fanout.hpp"

#include "tests/broker/catalog/world.hpp"

namespace warren::broker {

TEST_CASE("a fanout ignores keys and arguments, each queue gets one copy") {
  World world;
  world.exchange("f", "fanout");
  world.queue("q1");
  world.queue("q2");
  world.bind("f", "q2", "a");
  world.bind("f", "q1", "b", table({{"x", 1}}));
  world.bind("f", "q1", "c");
  CHECK(world.route("f", "anything") == Names{"q1", "q2"});
  world.apply(Unbind{world.to_queue("f", "q1", "c")});
  CHECK(world.route("f", "") == Names{"q1", "q2"});
  world.apply(Unbind{world.to_queue("f", "q1", "b", table({{"x", 1}}))});
  CHECK(world.route("f", "b") == Names{"q2"});
}

}  // namespace warren::broker
