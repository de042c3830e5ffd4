// The simulator's own promise: a seed tells one story.
#include <doctest/doctest.h>

#include "tests/sim/cluster/world.hpp"
#include "tests/sim/workloads/run.hpp"

namespace warren::same_story_test {

using namespace warren::sim;

TEST_CASE("the same seed tells the same story, byte for byte") {
  for (const Mix& mix : mixes())
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const Outcome first = run(seed, mix, true);
      const Outcome second = run(seed, mix, true);
      CHECK(first.story.size() > 1000);
      CHECK((first.story == second.story));
      CHECK(first.violations.empty());
    }
}

TEST_CASE("the same seed tells the same story of a cluster") {
  for (const sim::cluster::Mix mix : {sim::cluster::Mix::definitions, sim::cluster::Mix::mirrors})
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const sim::cluster::Outcome first = sim::cluster::World(seed, mix, true).run();
      CHECK(first.story.size() > 1000);
      CHECK((first.story == sim::cluster::World(seed, mix, true).run().story));
      CHECK(first.violations.empty());
    }
}

TEST_CASE("another seed tells another story") {
  CHECK((run(1, mixes().front(), true).story != run(2, mixes().front(), true).story));
}

}  // namespace warren::same_story_test
