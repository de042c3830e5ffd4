#include "broker/queue/stored/ranges.hpp"

#include <doctest/doctest.h>

#include <set>

#include "base/rng.hpp"

namespace warren::broker {
namespace {

using List = std::vector<Range>;

std::set<Position> as_set(const Ranges& ranges) {
  std::set<Position> set;
  for (const Range& range : ranges.all())
    for (Position at = range.first; at <= range.last; ++at) set.insert(at);
  return set;
}

Ranges random_ranges(Rng& rng) {
  List list;
  for (std::uint64_t i = rng.below(8); i > 0; --i) {
    const Position first = 1 + rng.below(60);
    list.push_back({first, first + rng.below(9)});
  }
  return Ranges::of(std::move(list));
}

}  // namespace

TEST_CASE("ranges that touch or overlap become one") {
  CHECK(Ranges::of({{7, 9}, {1, 2}, {3, 4}, {8, 12}}).all() == List{{1, 4}, {7, 12}});
  CHECK(Ranges::of({}).empty());
  CHECK(Ranges::of({{1, 4}, {7, 12}}).count() == 10);
}

TEST_CASE("appending a neighbour makes a range longer") {
  Ranges ranges;
  ranges.append(1, 1);
  ranges.append(2, 5);
  ranges.append(9, 9);
  CHECK(ranges.all() == List{{1, 5}, {9, 9}});
}

TEST_CASE("a set without another is what only the first has") {
  Rng rng(1);
  for (int round = 0; round < 500; ++round) {
    const Ranges one = random_ranges(rng);
    const Ranges other = random_ranges(rng);
    std::set<Position> expected = as_set(one);
    for (const Position position : as_set(other)) expected.erase(position);
    CHECK(as_set(one.without(other)) == expected);
    for (Position at = 1; at < 75; ++at) CHECK(one.contains(at) == as_set(one).contains(at));
  }
}

TEST_CASE("a set is cut below a position") {
  const Ranges ranges = Ranges::of({{1, 4}, {7, 12}});
  CHECK(ranges.below(1).empty());
  CHECK(ranges.below(4).all() == List{{1, 3}});
  CHECK(ranges.below(8).all() == List{{1, 4}, {7, 7}});
  CHECK(ranges.below(99).all() == ranges.all());
}

TEST_CASE("a set knows whether something of a stretch is in it") {
  const Ranges ranges = Ranges::of({{3, 4}, {9, 9}});
  CHECK(ranges.touches(1, 3));
  CHECK(ranges.touches(4, 20));
  CHECK_FALSE(ranges.touches(5, 8));
  CHECK_FALSE(ranges.touches(10, 11));
}

}  // namespace warren::broker
