#include "node/cluster/state/refused_changes.hpp"

#include <doctest/doctest.h>

namespace warren::refused_changes_test {

using namespace warren::node;

TEST_CASE("of what is refused one is told each second, with how many there were beside it") {
  RefusedChanges changes;
  std::optional<DefinitionRefused> told = changes.note("why", "bob", 100);
  REQUIRE(told.has_value());
  CHECK(told->reason == "why");
  CHECK(told->user == "bob");
  CHECK(told->more == 0);
  for (const Instant at : {100, 500, 1099}) CHECK_FALSE(changes.note("other", "eve", at).has_value());
  told = changes.note("last", "eve", 1100);
  REQUIRE(told.has_value());
  CHECK(told->reason == "last");
  CHECK(told->more == 3);
  told = changes.note("last", "eve", 2100);
  REQUIRE(told.has_value());
  CHECK(told->more == 0);
}

TEST_CASE("people read who was refused what, and how many more were") {
  CHECK(line_of({"why", "bob", 0}) == "a change of definitions was refused to user 'bob': why");
  CHECK(line_of({"why", "", 4}) == "a change of definitions was refused: why (4 more since this was told last)");
}

}  // namespace warren::refused_changes_test
