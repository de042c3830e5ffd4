#include "tools/perf/json.hpp"

#include <doctest/doctest.h>

namespace warren::perf {

TEST_CASE("an object is written field by field") {
  CHECK(JsonObject().text() == "{}");
  JsonObject inner;
  inner.add("p50", 1.25, 1);
  JsonObject object;
  object.add("name", "a").add("count", std::uint64_t{7}).add("good", true).add("times", inner);
  CHECK(object.text() == R"({"name":"a","count":7,"good":true,"times":{"p50":1.2}})");
}

TEST_CASE("text is escaped") {
  JsonObject object;
  object.add("label", "a\"b\\c\n");
  CHECK(object.text() == R"({"label":"a\"b\\c\u000a"})");
}

}  // namespace warren::perf
