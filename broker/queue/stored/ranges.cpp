#include "broker/queue/stored/ranges.hpp"

#include <algorithm>
#include <utility>

namespace warren::broker {

Ranges Ranges::of(std::vector<Range> ranges) {
  std::ranges::sort(ranges, {}, &Range::first);
  Ranges set;
  for (const Range& range : ranges) {
    if (!set.ranges_.empty() && range.first <= set.ranges_.back().last + 1)
      set.ranges_.back().last = std::max(set.ranges_.back().last, range.last);
    else
      set.ranges_.push_back(range);
  }
  return set;
}

void Ranges::append(Position first, Position last) {
  if (!ranges_.empty() && first == ranges_.back().last + 1)
    ranges_.back().last = last;
  else
    ranges_.push_back({first, last});
}

bool Ranges::contains(Position position) const { return touches(position, position); }

bool Ranges::touches(Position first, Position last) const {
  const auto found = std::ranges::lower_bound(ranges_, first, {}, &Range::last);
  return found != ranges_.end() && found->first <= last;
}

std::uint64_t Ranges::count() const {
  std::uint64_t count = 0;
  for (const Range& range : ranges_) count += range.last - range.first + 1;
  return count;
}

Ranges Ranges::without(const Ranges& other) const {
  Ranges rest;
  auto hole = other.ranges_.begin();
  for (const Range& range : ranges_) {
    Position from = range.first;
    while (hole != other.ranges_.end() && hole->last < from) ++hole;
    for (auto at = hole; at != other.ranges_.end() && at->first <= range.last; ++at) {
      if (at->first > from) rest.append(from, at->first - 1);
      from = at->last + 1;
    }
    if (from <= range.last) rest.append(from, range.last);
  }
  return rest;
}

Ranges Ranges::below(Position end) const {
  Ranges rest;
  for (const Range& range : ranges_) {
    if (range.first >= end) break;
    rest.append(range.first, std::min(range.last, end - 1));
  }
  return rest;
}

}  // namespace warren::broker
