#include "tests/sim/workloads/run.hpp"

#include <utility>

#include "base/pool.hpp"
#include "tests/sim/workloads/stage.hpp"

namespace warren::sim {

Outcome run(std::uint64_t seed, const Mix& mix, bool with_story) {
  Scene scene(with_story);
  Outcome outcome;
  const std::int64_t pool_before = pool::live_bytes();
  {
    Stage stage(scene, seed, mix);
    stage.play();
    outcome.events = stage.events();
    // While the shards still live: what they keep now they would keep forever.
    if (!scene.failed() && pool::live_bytes() != pool_before)
      scene.fail("memory is given back", "{} bytes are left when all is deleted", pool::live_bytes() - pool_before);
  }
  outcome.violations = scene.violations();
  outcome.story = scene.story();
  outcome.marks = scene.marks;
  return outcome;
}

}  // namespace warren::sim
