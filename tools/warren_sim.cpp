// warren-sim: lives of a broker and its clients, simulated from seeds, each held against what was promised.
#include <fmt/core.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "base/plant.hpp"
#include "tests/sim/workloads/run.hpp"

using namespace warren::sim;

namespace {

struct Options {
  std::uint64_t seeds = 1;
  std::uint64_t first = 1;
  const Mix* mix = nullptr;  // none: the seed picks one
  bool story = false;
};

void print_usage() {
  fmt::print("usage: warren-sim [--seeds N] [--seed FIRST] [--mix NAME] [--story]\nmixes:");
  for (const Mix& mix : mixes()) fmt::print(" {}", mix.name);
  fmt::print("; without --mix the seed picks one\n");
  fmt::print("--plant N, in a build with -Dplant=1: switches a known bug in (base/plant.hpp)\n");
}

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
    else if (word == "--plant" ? !plant(value) : word != "--mix" || (options.mix = find_mix(value)) == nullptr)
      return std::nullopt;
  }
  return options;
}

// Tells what went wrong and how to see it again.
void report(std::uint64_t seed, const Mix& mix, const Outcome& outcome) {
  for (const Violation& violation : outcome.violations)
    fmt::print("seed {} mix {}: {}: {}\n", seed, mix.name, violation.check, violation.text);
  fmt::print("  again: warren-sim --seed {} --mix {} --story\n", seed, mix.name);
}

void print_never_reached(const Marks& marks) {
  for (std::size_t i = 0; i < kMarks; ++i)
    if (marks.count(static_cast<Mark>(i)) == 0) fmt::print("never reached: {}\n", mark_name(static_cast<Mark>(i)));
}

}  // namespace

int main(int count, char** words) {
  const std::optional<Options> options = read_options(count, words);
  if (!options) {
    print_usage();
    return 64;
  }
  constexpr std::uint64_t kProgressEach = 500;
  Marks marks;
  std::uint64_t violations = 0;
  std::uint64_t events = 0;
  for (std::uint64_t i = 0; i < options->seeds; ++i) {
    const std::uint64_t seed = options->first + i;
    const Mix& mix = options->mix != nullptr ? *options->mix : mixes()[seed % mixes().size()];
    const Outcome outcome = run(seed, mix, options->story);
    if (options->story) fmt::print("{}", outcome.story);
    if (!outcome.violations.empty()) report(seed, mix, outcome);
    violations += outcome.violations.size();
    events += outcome.events;
    marks.add(outcome.marks);
    if ((i + 1) % kProgressEach == 0) {
      fmt::print("{} seeds, {} events\n", i + 1, events);
      std::fflush(stdout);
    }
  }
  if (!options->story) print_never_reached(marks);
  fmt::print("{} seeds, {} violations\n", options->seeds, violations);
  return violations == 0 ? 0 : 1;
}
