#include "cluster/raft/parts/log.hpp"

#include <doctest/doctest.h>

namespace warren::log_test {

using namespace warren::raft;

namespace {

Entry entry(Term term, Index index, std::string command = "c") {
  return {{term, index}, EntryClass::topology, std::move(command)};
}

Log sample() { return Log({1, 4}, {entry(1, 5), entry(2, 6), entry(2, 7), entry(4, 8)}); }

}  // namespace

TEST_CASE("a log knows its base and the terms of its entries, and nothing beyond") {
  const Log log = sample();
  CHECK(log.last() == Place{4, 8});
  CHECK(log.term_at(4) == 1);
  CHECK(log.term_at(7) == 2);
  CHECK_FALSE(log.term_at(3).has_value());
  CHECK_FALSE(log.term_at(9).has_value());
  CHECK(log.holds({2, 6}));
  CHECK_FALSE(log.holds({1, 6}));
}

TEST_CASE("an empty log ends at its base") {
  CHECK(Log().last() == Place{0, 0});
  CHECK(Log({3, 9}, {}).last() == Place{3, 9});
}

TEST_CASE("the last place that may agree has a term that is not above the other's") {
  const Log log = sample();
  CHECK(log.last_agreeing(8, 3) == Place{2, 7});
  CHECK(log.last_agreeing(20, 9) == Place{4, 8});
  CHECK(log.last_agreeing(6, 1) == Place{1, 5});
  CHECK(log.last_agreeing(2, 0) == Place{1, 4});
}

TEST_CASE("a slice is bounded by bytes and number, and never empty where there is an entry") {
  const Log log({1, 1}, {entry(1, 2, "aaaa"), entry(1, 3, "bbbb"), entry(1, 4, "cc")});
  CHECK(log.slice(2, 8, 10).size() == 2);
  CHECK(log.slice(2, 1, 10).size() == 1);
  CHECK(log.slice(2, 100, 2).size() == 2);
  CHECK(log.slice(5, 100, 2).empty());
}

TEST_CASE("cutting at either end keeps the weight right") {
  Log log = sample();
  const std::size_t each = log.bytes() / 4;
  log.truncate_after(7);
  log.compact_to(6);
  CHECK(log.base() == Place{2, 6});
  CHECK(log.last() == Place{2, 7});
  CHECK(log.bytes() == each);
  log.reset({5, 20});
  CHECK(log.last() == Place{5, 20});
  CHECK(log.bytes() == 0);
}

}  // namespace warren::log_test
