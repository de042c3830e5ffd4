// One simulation from its seed to its verdict.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/marks.hpp"
#include "tests/sim/scene.hpp"
#include "tests/sim/workloads/mix.hpp"

namespace warren::sim {

struct Outcome {
  std::vector<Violation> violations;
  std::string story;
  Marks marks;
  std::uint64_t events = 0;
};

// The same seed and mix give the same outcome, byte for byte.
Outcome run(std::uint64_t seed, const Mix& mix, bool with_story);

}  // namespace warren::sim
