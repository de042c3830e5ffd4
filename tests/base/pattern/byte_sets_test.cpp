#include "base/pattern/byte_sets.hpp"

#include <doctest/doctest.h>

namespace warren::byte_sets_test {

TEST_CASE("sets have the bytes that their names say") {
  CHECK(set_of_escape('d')->count() == 10);
  CHECK(set_of_escape('W')->count() == 256 - 63);
  CHECK_FALSE(set_of_escape('q').has_value());
  CHECK(posix_set("xdigit")->count() == 22);
  CHECK(posix_set("^upper")->count() == 256 - 26);
  CHECK_FALSE(posix_set("letters").has_value());
}

TEST_CASE("a backslash makes controls of some letters, and nothing of the other ones") {
  CHECK(control_of_escape('n') == '\n');
  CHECK(control_of_escape('.') == '.');
  CHECK_FALSE(control_of_escape('j').has_value());
  CHECK_FALSE(control_of_escape('7').has_value());
}

TEST_CASE("letters have two cases, other bytes have one") {
  CHECK(with_both_cases(ByteSet().set('a').set('Z').set('7')).count() == 5);
}

}  // namespace warren::byte_sets_test
