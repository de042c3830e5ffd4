#include "manage/operations/questions/compared_copies.hpp"

#include <doctest/doctest.h>

namespace warren::manage {

TEST_CASE("what was compared travels as rows, and comes back") {
  ComparedCopies compared{1234, 1200, 0xfedcba9876543210, {}};
  for (std::uint32_t node = 1; node <= 4; ++node)
    compared.copies.push_back({NodeId(node), static_cast<CopyVerdict>(node - 1), node * 10});
  for (const CopyFault fault : {CopyFault::missing, CopyFault::surplus, CopyFault::content}) {
    compared.copies[1].difference = CopyDifference{5, 3, fault};
    const auto rows = read_rows(rows_line(rows_of(compared)));
    REQUIRE(rows.ok());
    const auto read = compared_copies_in(*rows);
    REQUIRE(read.has_value());
    CHECK(read->messages == 1234);
    CHECK(read->weighed == 1200);
    CHECK(read->digest == 0xfedcba9876543210);
    REQUIRE(read->copies.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(read->copies[i].node == compared.copies[i].node);
      CHECK(read->copies[i].verdict == compared.copies[i].verdict);
      CHECK(read->copies[i].weighed == compared.copies[i].weighed);
    }
    CHECK_FALSE(read->copies[0].difference.has_value());
    REQUIRE(read->copies[1].difference.has_value());
    CHECK(read->copies[1].difference->position == 5);
    CHECK(read->copies[1].difference->place == 3);
    CHECK(read->copies[1].difference->fault == fault);
  }
}

TEST_CASE("rows of something else are no comparison") {
  CHECK_FALSE(compared_copies_in({}).has_value());
  const Rows good =
      rows_of({1, 1, 7, {{NodeId(2), CopyVerdict::differs, 0, CopyDifference{1, 1, CopyFault::missing}}}});
  CHECK(compared_copies_in(good).has_value());
  CHECK_FALSE(compared_copies_in({good[1]}).has_value());
  const std::vector<std::pair<std::string, Value>> bad{
      {"node", 0}, {"node", std::int64_t{1} << 32}, {"verdict", "bogus"}, {"verdict", 1}, {"fault", "bogus"}};
  for (const auto& [name, value] : bad) {
    Rows rows = good;
    rows[1].cells.set(name, value);
    CHECK_FALSE(compared_copies_in(rows).has_value());
  }
  for (const Value& digest : {Value(7), Value(""), Value("xyz"), Value("12 "), Value("fffffffffffffffff")}) {
    Rows rows = good;
    rows[0].cells.set("digest", digest);
    CHECK_FALSE(compared_copies_in(rows).has_value());
  }
}

}  // namespace warren::manage
