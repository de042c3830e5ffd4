#include "tools/ctl/print/cells.hpp"

#include <doctest/doctest.h>

namespace warren::ctl {

using manage::List;
using manage::Map;
using manage::Value;

TEST_CASE("cells are written as rabbitmqctl writes them") {
  CHECK(cell(Value()).empty());
  CHECK(cell(true) == "true");
  CHECK(cell(7) == "7");
  CHECK(cell(0.5) == "0.5");
  CHECK(cell("a b") == "a b");
  CHECK(cell(List{"administrator", "x"}) == "[administrator, x]");
  CHECK(cell(List{}) == "[]");
  CHECK(cell(Map{}) == "[]");
  CHECK(cell(Map{}.add("x-max-length", 10).add("x-overflow", "drop-head").add("l", List{"a"})) ==
        "[{\"x-max-length\",10}, {\"x-overflow\",\"drop-head\"}, {\"l\",[\"a\"]}]");
}

TEST_CASE("a name cannot break the table or the terminal") {
  CHECK(cell("a\tb\nc\rd\x1b[1m") == "a\\tb\\nc\\rd\\033[1m");
}

TEST_CASE("width counts characters, not bytes") {
  CHECK(width("gr\xc3\xbc\xc3\x9f") == 4);
  CHECK(width("") == 0);
}

}  // namespace warren::ctl
