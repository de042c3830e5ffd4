// cluster-sim [--seeds N] [--seed FIRST] [--mix mirrors] [--story]: lives of a cluster, simulated from seeds; ends with
// 1 if anything that was promised was not kept.
#include <fmt/core.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/plant.hpp"
#include "tests/sim/cluster/world.hpp"

namespace {

struct Options {
  std::uint64_t first = 1;
  std::uint64_t seeds = 1;
  bool story = false;
  warren::sim::cluster::Mix mix = warren::sim::cluster::Mix::definitions;
};

// Known bugs are there in builds for them only.
bool plant(const char* bug) {
#ifdef WARREN_PLANT
  warren::planted_bug = std::atoi(bug);
  return true;
#else
  (void)bug;
  return false;
#endif
}

std::optional<Options> read_options(int count, char** words) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "--story") {
      options.story = true;
      continue;
    }
    if (i + 1 == count) return std::nullopt;
    const char* value = words[++i];
    if (word == "--seeds")
      options.seeds = std::strtoull(value, nullptr, 10);
    else if (word == "--seed")
      options.first = std::strtoull(value, nullptr, 10);
    else if (word == "--mix" && std::string_view(value) == "mirrors")
      options.mix = warren::sim::cluster::Mix::mirrors;
    else if (word != "--plant" || !plant(value))
      return std::nullopt;
  }
  return options;
}

}  // namespace

int main(int count, char** words) {
  constexpr std::uint64_t kProgressEach = 1000;
  constexpr int kFailedMax = 10;
  const std::optional<Options> options = read_options(count, words);
  if (!options) {
    fmt::print("usage: cluster-sim [--seeds N] [--seed FIRST] [--mix mirrors] [--story]\n");
    fmt::print("--plant N, in a build with -Dplant=1: switches a known bug in (base/plant.hpp)\n");
    return 64;
  }
  const auto [first, seeds, story, mix] = *options;
  std::map<std::string, long> counts;
  int failed = 0;
  for (std::uint64_t seed = first; seed < first + seeds && failed < kFailedMax; ++seed) {
    const warren::sim::cluster::Outcome outcome = warren::sim::cluster::World(seed, mix, story).run();
    for (const auto& [what, times] : outcome.counts) counts[what] += times;
    if (story) fmt::print("{}", outcome.story);
    if ((seed - first + 1) % kProgressEach == 0) fmt::print("{} seeds\n", seed - first + 1), std::fflush(stdout);
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
