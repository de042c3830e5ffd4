#include "tools/ctl/print/rows.hpp"

#include <doctest/doctest.h>

namespace warren::ctl {

using manage::List;
using manage::Map;

namespace {

const List kRows{Map{}.add("name", "a\"b").add("messages", 3),
                 Map{}.add("name", "\xc3\xbc").add("messages", manage::Null{})};

}  // namespace

TEST_CASE("a table has tabs between cells") {
  CHECK(print_rows(kRows, Format::table, true) == "name\tmessages\na\"b\t3\n\xc3\xbc\t\n");
  CHECK(print_rows(kRows, Format::table, false) == "a\"b\t3\n\xc3\xbc\t\n");
  CHECK(print_rows({}, Format::table, true).empty());
}

TEST_CASE("csv quotes every field") {
  CHECK(print_rows(kRows, Format::csv, true) == "\"name\",\"messages\"\n\"a\"\"b\",\"3\"\n\"\xc3\xbc\",\"\"\n");
}

TEST_CASE("JSON is one array with a row per line") {
  CHECK(print_rows(kRows, Format::json, true) ==
        "[\n{\"name\":\"a\\\"b\",\"messages\":3}\n,{\"name\":\"\xc3\xbc\",\"messages\":null}\n]\n");
  CHECK(print_rows({}, Format::json, true) == "[\n]\n");
}

TEST_CASE("a pretty table is drawn with lines") {
  CHECK(print_rows(List{Map{}.add("name", "\xc3\xbc").add("n", 3)}, Format::pretty_table, true) ==
        "\u250c\u2500\u2500\u2500\u2500\u2500\u2500\u252c\u2500\u2500\u2500\u2510\n"
        "\u2502 name \u2502 n \u2502\n"
        "\u251c\u2500\u2500\u2500\u2500\u2500\u2500\u253c\u2500\u2500\u2500\u2524\n"
        "\u2502 \u00fc    \u2502 3 \u2502\n"
        "\u2514\u2500\u2500\u2500\u2500\u2500\u2500\u2534\u2500\u2500\u2500\u2518\n");
  CHECK(print_rows({}, Format::pretty_table, true).empty());
}

}  // namespace warren::ctl
