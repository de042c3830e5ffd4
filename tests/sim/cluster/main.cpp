// cluster-sim [--seeds N] [--seed FIRST] [--story]: lives of a cluster, simulated from seeds; ends with 1 if anything
// that was promised was not kept.
#include <fmt/core.h>

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "tests/sim/cluster/world.hpp"

int main(int count, char** words) {
  constexpr std::uint64_t kProgressEach = 1000;
  constexpr int kFailedMax = 10;
  std::uint64_t first = 1;
  std::uint64_t seeds = 1;
  bool story = false;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "--story")
      story = true;
    else if (i + 1 < count && (word == "--seed" || word == "--seeds"))
      (word == "--seed" ? first : seeds) = std::strtoull(words[++i], nullptr, 10);
    else
      return fmt::print("usage: cluster-sim [--seeds N] [--seed FIRST] [--story]\n"), 64;
  }
  std::map<std::string, long> counts;
  int failed = 0;
  for (std::uint64_t seed = first; seed < first + seeds && failed < kFailedMax; ++seed) {
    const warren::sim::cluster::Outcome outcome = warren::sim::cluster::World(seed, story).run();
    for (const auto& [what, times] : outcome.counts) counts[what] += times;
    if (story) fmt::print("{}", outcome.story);
    if ((seed - first + 1) % kProgressEach == 0) fmt::print("{} seeds\n", seed - first + 1);
    if (outcome.violations.empty()) continue;
    ++failed;
    const auto& [check, text] = outcome.violations.front();
    fmt::print("seed {}: {}: {}\n", seed, check, text);
    std::fflush(stdout);
  }
  if (!story)
    for (const auto& [what, times] : counts) fmt::print("{:<36}{}\n", what, times);
  fmt::print("{} failed\n", failed);
  return failed == 0 ? 0 : 1;
}
