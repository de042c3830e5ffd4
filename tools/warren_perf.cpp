// warren-perf: load on a broker, and whether it loses anything.
#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "tools/perf/modes/modes.hpp"
#include "tools/perf/plan.hpp"

namespace {

// Exit codes as in sysexits.h, but for the first.
constexpr int kNotIntact = 3;
constexpr int kUsage = 64;
constexpr int kUnavailable = 69;

int complain(const std::string& sentence, int code) {
  fmt::print(stderr, "warren-perf: {}\n", sentence);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  for (const std::string& argument : arguments) {
    if (argument == "--help") return fmt::print("{}", warren::perf::usage()), 0;
    if (argument == "--version") return fmt::print("warren-perf {}\n", WARREN_VERSION), 0;
  }
  const auto plan = warren::perf::read_plan(arguments);
  if (!plan) return complain(plan.error(), kUsage);
  try {
    const warren::perf::Verdict verdict = warren::perf::run(*plan);
    fmt::print("{}\n", verdict.result.text());
    if (!verdict.intact) return complain("messages were lost, repeated, reordered or corrupted", kNotIntact);
  } catch (const std::exception& error) { return complain(error.what(), kUnavailable); }
  return 0;
}
