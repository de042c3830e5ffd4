// What every part of a simulation shares: the time, the story, the verdict, the marks.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/marks.hpp"

namespace warren::sim {

// Simulated time, in millionths of a second since the start.
using Micros = std::int64_t;
inline constexpr Micros kMilli = 1000;
inline constexpr Micros kSecond = 1000 * kMilli;

struct Violation {
  std::string check;
  std::string text;
};

class Scene {
 public:
  explicit Scene(bool with_story) : with_story_(with_story) {}

  Micros now = 0;
  Marks marks;

  // Adds a line to the story. Costs next to nothing when nobody listens.
  template <class... Parts>
  void tell(fmt::format_string<Parts...> format, Parts&&... parts) {
    if (with_story_) add(fmt::format(format, std::forward<Parts>(parts)...));
  }

  // A check has found something. The first finding ends the simulation: what follows from it is no news.
  template <class... Parts>
  void fail(std::string_view check, fmt::format_string<Parts...> format, Parts&&... parts) {
    violations_.push_back({std::string(check), fmt::format(format, std::forward<Parts>(parts)...)});
    if (with_story_) add(fmt::format("VIOLATION {}: {}", check, violations_.back().text));
  }

  bool failed() const { return !violations_.empty(); }
  const std::vector<Violation>& violations() const { return violations_; }
  const std::string& story() const { return story_; }

 private:
  void add(const std::string& line) { story_ += fmt::format("{:4}.{:06} {}\n", now / kSecond, now % kSecond, line); }

  bool with_story_;
  std::string story_;
  std::vector<Violation> violations_;
};

}  // namespace warren::sim
