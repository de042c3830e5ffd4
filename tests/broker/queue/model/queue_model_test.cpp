// Thousands of short random lives, each followed by the plain model.
#include <doctest/doctest.h>

#include "tests/broker/queue/model/queue_life.hpp"

namespace warren::queue_model_test {

using namespace warren::broker::testing;

namespace {

constexpr std::uint64_t kLives = 5000;
constexpr int kShortLife = 120;
constexpr int kLongLife = 800;

void live(std::uint64_t lives, LifeKind kind) {
  for (std::uint64_t seed = 1; seed <= lives; ++seed) {
    const std::string wrong = QueueLife(seed, kind).run(seed % 8 == 0 ? kLongLife : kShortLife);
    INFO("seed " << seed);
    REQUIRE(wrong == "");
  }
}

}  // namespace

TEST_CASE("random lives of a queue go as the plain model says") { live(kLives, LifeKind::in_memory); }

TEST_CASE("random lives whose messages go cold and come back go the same way") { live(kLives, LifeKind::paged); }

TEST_CASE("and so do those of durable queues, whose persistent messages are confirmed when they are durable") {
  live(kLives, LifeKind::durable);
}

}  // namespace warren::queue_model_test
