// What a pattern is compiled to.
#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

namespace warren {

using ByteSet = std::bitset<256>;

// Jumps are relative: a piece of a program can be copied and moved.
struct PatternStep {
  enum class Kind : std::uint8_t {
    byte,         // one byte of a set
    split,        // goes on here and `to` steps from here
    jump,         // goes on `to` steps from here
    begin,        // at the beginning of the name
    end,          // at its end, or before a line feed that ends it
    very_end,     // at its end
    word_border,  // a word begins or ends here; with `negative` none does
    ahead,        // the steps behind this one lead to a `found` (with `negative`: do not); then goes on `to` steps on
    behind,       // the same for what ends here
    found,
  };
  Kind kind = Kind::found;
  bool negative = false;
  std::uint16_t set = 0;
  std::int32_t to = 0;
};

struct PatternProgram {
  std::vector<PatternStep> steps;
  std::vector<ByteSet> sets;
};

}  // namespace warren
