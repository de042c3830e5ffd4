#include "tools/ctl/common_options.hpp"

#include <doctest/doctest.h>

namespace warren::ctl {

TEST_CASE("a word is an option by its dashes") {
  CHECK_FALSE(as_option("word"));
  CHECK_FALSE(as_option("-"));
  CHECK_FALSE(as_option("--"));
  CHECK_FALSE(as_option(""));
  const auto letter = as_option("-n");
  REQUIRE(letter);
  CHECK(letter->is_letter);
  CHECK(letter->name == "n");
  const auto with_value = as_option("--no-wait=a=b");
  REQUIRE(with_value);
  CHECK(with_value->name == "no_wait");
  CHECK(with_value->value == "a=b");
  CHECK(with_value->has_value);
}

TEST_CASE("an option is known by its name or its letter, not by one for the other") {
  const manage::Option node{"node", 'n', "node", ""};
  CHECK(as_option("-n")->is(node));
  CHECK(as_option("--node")->is(node));
  CHECK_FALSE(as_option("--n")->is(node));
  CHECK_FALSE(as_option("-node")->is(node));
}

TEST_CASE("a time is a number that is not negative") {
  Common common;
  const manage::Option timeout{"timeout", 't', "seconds", ""};
  CHECK_FALSE(set_common(timeout, "0", common));
  CHECK(*common.timeout_s == 0);
  for (const char* bad : {"", "x", "-1", "1s", "nan", "inf", "1e99"}) {
    CAPTURE(bad);
    CHECK(set_common(timeout, bad, common).has_value());
  }
}

}  // namespace warren::ctl
