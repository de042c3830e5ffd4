#include "broker/exchange/types/headers.hpp"

#include <string>
#include <vector>

#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

using amqp::Table;

struct Row {
  std::string what;
  Table binding;
  Table headers;
  bool matches;
};

const std::vector<Row> kTable{
    {"all is the default, and holds", table({{"a", 1}, {"b", "x"}}), table({{"b", "x"}, {"a", 1}}), true},
    {"all is the default, and one is missing", table({{"a", 1}, {"b", "x"}}), table({{"a", 1}}), false},
    {"all, one differs", table({{"x-match", "all"}, {"a", 1}, {"b", "x"}}), table({{"a", 1}, {"b", "y"}}), false},
    {"any, one holds", table({{"x-match", "any"}, {"a", 1}, {"b", "x"}}), table({{"a", 2}, {"b", "x"}}), true},
    {"any, none holds", table({{"x-match", "any"}, {"a", 1}, {"b", "x"}}), table({{"a", 2}}), false},
    {"all skips x- arguments", table({{"x-match", "all"}, {"x-k", 1}, {"a", 1}}), table({{"a", 1}}), true},
    {"any skips x- arguments", table({{"x-match", "any"}, {"x-k", 1}}), table({{"x-k", 1}}), false},
    {"all-with-x counts them", table({{"x-match", "all-with-x"}, {"x-k", 1}, {"a", 1}}), table({{"a", 1}}), false},
    {"all-with-x finds them", table({{"x-match", "all-with-x"}, {"x-k", 1}}), table({{"x-k", 1}}), true},
    {"any-with-x finds them", table({{"x-match", "any-with-x"}, {"x-k", 1}}), table({{"x-k", 1}}), true},
    {"void asks for presence", table({{"a", amqp::Void{}}}), table({{"a", "whatever"}}), true},
    {"void, and it is absent", table({{"a", amqp::Void{}}}), table({{"b", 1}}), false},
    {"integers of all widths", table({{"a", std::int8_t{5}}}), table({{"a", std::int64_t{5}}}), true},
    {"unsigned and signed", table({{"a", std::uint32_t{5}}}), table({{"a", std::int16_t{5}}}), true},
    {"strings and byte arrays", table({{"a", "x"}}), table({{"a", amqp::ByteArray{"x"}}}), true},
    {"a bool is no integer", table({{"a", true}}), table({{"a", 1}}), false},
    {"a bool and the same bool", table({{"a", true}}), table({{"a", true}}), true},
    {"tables by structure", table({{"a", table({{"k", 1}})}}), table({{"a", table({{"k", 1}})}}), true},
    {"arrays by structure", table({{"a", amqp::Array{1, 2}}}), table({{"a", amqp::Array{2, 1}}}), false},
    {"a double is no integer", table({{"a", 1}}), table({{"a", 1.0}}), false},
    {"a timestamp is not the timestamp of a header", table({{"a", amqp::Timestamp{9}}}),
     table({{"a", amqp::Timestamp{9}}}), false},
    {"all of nothing holds", table({}), table({}), true},
    {"any of nothing does not", table({{"x-match", "any"}}), table({{"a", 1}}), false},
    {"names are case-sensitive", table({{"A", 1}}), table({{"a", 1}}), false},
};

bool matches(const Table& binding, const Table& headers) {
  World world;
  world.exchange("h", "headers");
  world.queue("q");
  world.bind("h", "q", "ignored", binding);
  return !world.route_headers("h", headers, "key").empty();
}

std::string refused(amqp::Value match) {
  World world;
  world.queue("q");
  const Refusal refusal = world.refusal(world.to_queue("amq.headers", "q", "", table({{"x-match", std::move(match)}})));
  CHECK(refusal.code == amqp::ReplyCode::precondition_failed);
  return refusal.text;
}

}  // namespace

TEST_CASE("8.2/129 each of the 24 header cases matches as written") {
  CHECK(kTable.size() == 24);
  for (const Row& row : kTable) {
    CAPTURE(row.what);
    CHECK(matches(row.binding, row.headers) == row.matches);
  }
}

TEST_CASE("a message without headers counts as one with an empty table") {
  World world;
  world.exchange("h", "headers");
  world.queue("everything");
  world.queue("something");
  world.bind("h", "everything");
  world.bind("h", "something", "", table({{"a", 1}}));
  CHECK(world.route("h", "key") == Names{"everything"});
}

TEST_CASE("a header that occurs twice counts with its last value") {
  CHECK(matches(table({{"a", 2}}), table({{"a", 1}, {"a", 2}})));
  CHECK_FALSE(matches(table({{"a", 1}}), table({{"a", 1}, {"a", 2}})));
}

TEST_CASE("a timestamp in a header counts as milliseconds") {
  CHECK(matches(table({{"a", std::int64_t{9000}}}), table({{"a", amqp::Timestamp{9}}})));
}

TEST_CASE("floats compare with floats of either width") {
  CHECK(matches(table({{"a", 0.5f}}), table({{"a", 0.5}})));
  CHECK_FALSE(matches(table({{"a", 0.5f}}), table({{"a", 0.25}})));
}

TEST_CASE("8.2/130 a bad x-match is refused in RabbitMQ's words") {
  CHECK(refused("some") == "Invalid x-match field value <<\"some\">>; expected all, any, all-with-x, or any-with-x");
  CHECK(refused(1) == "Invalid x-match field type signedint (value 1); expected longstr");
}

TEST_CASE("bindings come and go") {
  World world;
  world.exchange("h", "headers");
  world.queue("q");
  world.bind("h", "q", "", table({{"a", 1}}));
  world.bind("h", "q", "", table({{"a", 2}}));
  world.apply(Unbind{world.to_queue("h", "q", "", table({{"a", 1}}))});
  CHECK(world.route_headers("h", table({{"a", 1}})).empty());
  CHECK(world.route_headers("h", table({{"a", 2}})) == Names{"q"});
}

}  // namespace warren::broker
