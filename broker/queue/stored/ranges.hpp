// Sets of positions as what they mostly are: few long runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/ids.hpp"

namespace warren::broker {

// Both ends belong to it.
struct Range {
  Position first = 0;
  Position last = 0;
  friend constexpr bool operator==(const Range&, const Range&) = default;
};

// Ascending, apart from each other.
class Ranges {
 public:
  Ranges() = default;
  // In any order; they may touch and overlap.
  static Ranges of(std::vector<Range> ranges);

  // Requires: nothing at or above `first` is in it.
  void append(Position first, Position last);
  bool empty() const { return ranges_.empty(); }
  bool contains(Position position) const;
  // Whether some of first..last is in it.
  bool touches(Position first, Position last) const;
  std::uint64_t count() const;
  // What is in this and not in the other one.
  Ranges without(const Ranges& other) const;
  // Nothing at or above that position.
  Ranges below(Position end) const;
  const std::vector<Range>& all() const { return ranges_; }

 private:
  std::vector<Range> ranges_;
};

}  // namespace warren::broker
