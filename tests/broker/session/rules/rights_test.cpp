#include "broker/session/rules/rights.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/broker/session/surroundings.hpp"

namespace warren::broker::session::testing {

namespace {

struct Asked : Surroundings {
  bool allow(Right right, std::string_view name) {
    return rights.allow(catalog, catalog.find_vhost("/")->id, "guest", right, name);
  }
  void set(const std::string& configure, const std::string& write, const std::string& read) {
    apply(SetPermission{"/", "guest", configure, write, read});
  }

  Rights rights;
};

}  // namespace

TEST_CASE("each right goes by its own pattern") {
  Asked asked;
  CHECK(asked.allow(Right::configure, "anything"));
  asked.set("^c", ".*", "^(q|r)$");
  CHECK(asked.allow(Right::configure, "cat"));
  CHECK_FALSE(asked.allow(Right::configure, "dog"));
  CHECK(asked.allow(Right::write, "dog"));
  CHECK(asked.allow(Right::read, "r"));
  CHECK_FALSE(asked.allow(Right::read, "rr"));
}

TEST_CASE("an empty pattern allows nothing, and neither does one that cannot be read") {
  Asked asked;
  asked.set("", "(", ".*");
  CHECK_FALSE(asked.allow(Right::configure, "amq.default"));
  CHECK_FALSE(asked.allow(Right::configure, ""));
  CHECK_FALSE(asked.allow(Right::write, "q"));
  CHECK_FALSE(asked.allow(Right::write, "q"));
  CHECK(asked.allow(Right::read, "q"));
}

TEST_CASE("rights that have changed count at the next question") {
  Asked asked;
  asked.set("^a", "^a", "^a");
  CHECK(asked.allow(Right::write, "a"));
  CHECK_FALSE(asked.allow(Right::write, "b"));
  asked.set("^a", "^b", "^a");
  CHECK_FALSE(asked.allow(Right::write, "a"));
  CHECK(asked.allow(Right::write, "b"));
  CHECK(asked.allow(Right::read, "a"));
  asked.set(".*", ".*", ".*");
  CHECK(asked.allow(Right::read, "b"));
  asked.apply(DeleteUser{"guest"});
  CHECK_FALSE(asked.allow(Right::read, "b"));
}

}  // namespace warren::broker::session::testing
