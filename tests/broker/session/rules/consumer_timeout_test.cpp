#include "broker/session/rules/consumer_timeout.hpp"

#include "tests/broker/session/surroundings.hpp"

namespace warren::consumer_timeout_test {

using namespace warren::broker;
using namespace warren::broker::session;
using namespace warren::broker::session::testing;

namespace {

struct Held : Surroundings {
  Held() {
    apply(SetPolicy{"/",
                    {{},
                     PolicyKind::user,
                     "p",
                     "^short",
                     ApplyTo::queues,
                     0,
                     amqp::Table{{{std::string(kConsumerTimeoutKey), std::int64_t{100}}}}}});
    hold("long", 1);
    hold("short", 2);
  }
  void hold(std::string_view queue, std::uint64_t tag) {
    unsettled.add({.tag = tag, .queue = declare(queue), .position = 1, .delivered_ms = 1000, .consumer = {}});
  }
  std::int64_t overdue(Instant now, std::int64_t of_node_ms) {
    return overdue_limit_ms(unsettled, catalog, of_node_ms, now);
  }

  session::Unsettled unsettled;
};

}  // namespace

TEST_CASE("a policy shortens the time that the node gives for a delivery") {
  Held held;
  CHECK(held.overdue(1099, 500) == 0);
  CHECK(held.overdue(1100, 500) == 100);
  CHECK(held.overdue(1100, 0) == 100);
  CHECK(held.overdue(1060, 60) == 60);
}

TEST_CASE("without a policy the time of the node counts, and none where it gives any time") {
  Held held;
  held.unsettled.settle(*held.unsettled.find(2));
  CHECK(held.overdue(1499, 500) == 0);
  CHECK(held.overdue(1500, 500) == 500);
  CHECK(held.overdue(100'000, 0) == 0);
}

}  // namespace warren::consumer_timeout_test
