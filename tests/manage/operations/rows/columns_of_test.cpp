#include "manage/operations/rows/columns_of.hpp"

#include <doctest/doctest.h>

#include "tests/manage/operations/rows/surroundings.hpp"

namespace warren::manage::testing {

TEST_CASE("columns are picked in the order asked for, and one that is not known is empty") {
  static const Column<int> kColumns[] = {{"half", [](const int& number) -> Value { return number / 2; }},
                                         {"whole", [](const int& number) -> Value { return number; }}};
  const std::span<const Column<int>> columns(kColumns);
  CHECK(json(pick(columns, {"whole", "bogus", "half"}, 6)) == R"({"whole":6,"bogus":null,"half":3})");
}

TEST_CASE("arguments become what JSON can say") {
  amqp::Table inner;
  inner.set("deep", amqp::Value(std::int8_t{-1}));
  amqp::Table table;
  table.set("flag", true);
  table.set("number", std::int32_t{10});
  table.set("half", 0.5f);
  table.set("decimal", amqp::Decimal{2, 314});
  table.set("text", "x");
  table.set("bytes", amqp::ByteArray{"y"});
  table.set("time", amqp::Timestamp{1000});
  table.set("nothing", amqp::Void{});
  table.set("list", amqp::Array{amqp::Value(std::uint8_t{1}), amqp::Value("a")});
  table.set("table", inner);
  CHECK(json(value_of(table)) ==
        R"({"flag":true,"number":10,"half":0.5,"decimal":3.14,"text":"x","bytes":"y","time":1000,"nothing":null,)"
        R"("list":[1,"a"],"table":{"deep":-1}})");
}

TEST_CASE("names of nodes and vhosts are those of the catalog") {
  const Rig rig;
  CHECK(node_name(rig.catalog, NodeId(2)) == "b@h");
  CHECK(node_name(rig.catalog, NodeId(9)) == "(unknown)");
  CHECK(vhost_name(rig.catalog, rig.catalog.find_vhost("/")->id) == "/");
  CHECK(vhost_name(rig.catalog, VhostId(99)).empty());
  CHECK(token("a@h", 1, 2) == "<a@h.1.2.0>");
}

}  // namespace warren::manage::testing
