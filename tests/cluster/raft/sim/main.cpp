// raft-sim [--seed S] [--seeds N] [--plant N]: runs seeds one after another, tells what went wrong, ends with 1 if
// anything did. In a build with -Dplant=1 a plant switches a known bug in (base/plant.hpp).
#include <fmt/core.h>

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "base/plant.hpp"
#include "tests/cluster/raft/sim/world.hpp"

int main(int count, char** words) {
  std::uint64_t first = 1;
  std::uint64_t seeds = 1000;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = words[i];
#ifdef WARREN_PLANT
    if (name == "--plant") {
      warren::planted_bug = std::atoi(words[i + 1]);
      continue;
    }
#endif
    (name == "--seed" ? first : seeds) = std::strtoull(words[i + 1], nullptr, 10);
    if (name == "--seed") seeds = 1;
  }
  std::map<std::string, long> counts;
  int failed = 0;
  for (std::uint64_t seed = first; seed < first + seeds && failed < 10; ++seed) {
    const warren::raft::sim::Outcome outcome = warren::raft::sim::World(seed).run();
    for (const auto& [what, times] : outcome.counts) counts[what] += times;
    counts["memory lost for good"] += outcome.lost_majority;
    counts["definitions accepted"] += static_cast<long>(outcome.definitions);
    counts["entries committed"] += static_cast<long>(outcome.committed);
    if (outcome.verdict.empty()) continue;
    if (seeds == 1)
      for (const std::string& line : outcome.story) fmt::print("{}\n", line);
    fmt::print("seed {}: {}\n", seed, outcome.verdict);
    ++failed;
  }
  for (const auto& [what, times] : counts) fmt::print("{:<26}{}\n", what, times);
  fmt::print("{} seeds, {} failed\n", seeds, failed);
  return failed == 0 ? 0 : 1;
}
