// Regular expressions over names: whether one occurs anywhere in a name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/pattern/program.hpp"
#include "base/result.hpp"

namespace warren {

// The language of PCRE over bytes, as far as yes and no go: alternatives, groups, sets, repetitions, anchors, looking
// ahead and behind, (?i) and (?s). Not there, and refused when read: back references, possessive and atomic groups,
// recursion, conditions, properties of Unicode.
class Pattern {
 public:
  static constexpr std::size_t kTextBytesMax = 4096;
  static constexpr std::size_t kStepsMax = 4096;
  static constexpr std::size_t kNameBytesMax = 1024;
  // Visits of one search. Enough for every pattern that does not look around.
  static constexpr std::size_t kVisitsMax = std::size_t{8} << 20;

  // The error says what is wrong with the text.
  static Result<Pattern, std::string> read(std::string_view text);

  // False for names longer than kNameBytesMax, and for searches that take more than kVisitsMax.
  bool occurs_in(std::string_view name) const;

 private:
  PatternProgram program_;
};

static_assert(Pattern::kStepsMax * (Pattern::kNameBytesMax + 1) <= Pattern::kVisitsMax);

}  // namespace warren
