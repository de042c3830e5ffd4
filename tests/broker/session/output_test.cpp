#include "broker/session/output.hpp"

#include <doctest/doctest.h>

#include <utility>

#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::broker::session {

TEST_CASE("copied bytes and bodies both count") {
  Output out;
  CHECK(out.empty());
  out.bytes().append("head");
  out.append_body(broker::testing::message("key", 100), 10, 50);
  CHECK(out.size() == 54);
  CHECK_FALSE(out.empty());
}

TEST_CASE("a body stands where it was appended") {
  Output out;
  out.bytes().append("one");
  out.append_body(broker::testing::message("a", 5), 0, 5);
  out.bytes().append("two");
  out.append_body(broker::testing::message("b", 6), 1, 5);
  REQUIRE(out.pieces().size() == 2);
  CHECK(out.pieces()[0].before == 3);
  CHECK(out.pieces()[1].before == 6);
  CHECK(out.pieces()[1].first == 1);
}

TEST_CASE("clearing keeps the memory and releasing gives it back") {
  Output out;
  out.bytes().append("some");
  out.append_body(broker::testing::message("a", 5), 0, 5);
  out.clear();
  CHECK(out.empty());
  CHECK(out.size() == 0);
  CHECK(out.bytes().capacity() > 0);
  out.release();
  CHECK(out.bytes().capacity() == 0);
}

TEST_CASE("moving an output takes everything along") {
  Output first;
  first.bytes().append("some");
  first.append_body(broker::testing::message("a", 5), 0, 5);
  Output second(std::move(first));
  CHECK(second.size() == 9);
  CHECK(first.size() == 0);
  CHECK(first.empty());
}

}  // namespace warren::broker::session
