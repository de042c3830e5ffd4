#include "broker/exchange/types/spread/consistent_hash.hpp"

#include <map>
#include <string>

#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

constexpr const char* kType = "x-consistent-hash";

std::string refused_key(const std::string& key) {
  World world;
  world.exchange("c", kType);
  world.queue("q");
  const Refusal refusal = world.refusal(world.to_queue("c", "q", key));
  CHECK(refusal.code == amqp::ReplyCode::precondition_failed);
  return refusal.text;
}

std::string refused_arguments(amqp::Table arguments) {
  World world;
  const Refusal refusal = world.refusal(DeclareExchange{world.exchange_like("c", kType, std::move(arguments))});
  CHECK(refusal.code == amqp::ReplyCode::precondition_failed);
  return refusal.text;
}

// How many of 4000 keys each queue gets.
std::map<std::string, int> spread_keys(World& world) {
  std::map<std::string, int> counts;
  for (int i = 0; i < 4000; ++i) {
    const Names names = world.route("c", "key" + std::to_string(i));
    REQUIRE(names.size() == 1);
    ++counts[names[0]];
  }
  return counts;
}

}  // namespace

TEST_CASE("8.2/131 a weight that is none is refused") {
  CHECK(refused_key("abc") == "The binding key must be an integer: <<\"abc\">>");
  CHECK(refused_key("") == "The binding key must be an integer: <<>>");
  CHECK(refused_key("1 ") == "The binding key must be an integer: <<\"1 \">>");
  CHECK(refused_key("+-1") == "The binding key must be an integer: <<\"+-1\">>");
  CHECK(refused_key("0") == "The binding key must be greater than 0");
  CHECK(refused_key("-1") == "The binding key must be greater than 0");
  CHECK(refused_key("-99999999999999999999") == "The binding key must be greater than 0");
  CHECK(refused_key("10001") == "The binding key must not exceed 10000");
  CHECK(refused_key("99999999999999999999") == "The binding key must not exceed 10000");
}

TEST_CASE("8.2/132 arguments that exclude each other or name no property are refused") {
  CHECK(refused_arguments(table({{"hash-header", "h"}, {"hash-property", "message_id"}})) ==
        "hash-header and hash-property are mutually exclusive");
  CHECK(refused_arguments(table({{"hash-property", "foo"}})) == "Unsupported property: foo");
  CHECK(refused_arguments(table({{"hash-header", 1}})) ==
        "invalid arg 'hash-header': \"expected longstr, got signedint\"");
}

TEST_CASE("8.2/133 weights 1 to 3 share messages 1 to 3, and binding again changes nothing") {
  World world;
  world.exchange("c", kType);
  world.queue("one");
  world.queue("three");
  world.bind("c", "one", "1");
  world.bind("c", "three", "3");
  const auto before = spread_keys(world);
  CHECK(before.at("one") > 850);
  CHECK(before.at("one") < 1150);
  world.bind("c", "one", "5");
  CHECK(spread_keys(world) == before);
}

TEST_CASE("unbinding either binding of a queue takes it out, the others keep their shares") {
  World world;
  world.exchange("c", kType);
  for (const char* queue : {"a", "b", "c"}) {
    world.queue(queue);
    world.bind("c", queue, "+2");
  }
  world.bind("c", "b", "7");
  world.apply(Unbind{world.to_queue("c", "b", "7")});
  const auto counts = spread_keys(world);
  CHECK(counts.size() == 2);
  CHECK(counts.at("a") > 1800);
  world.apply(Unbind{world.to_queue("c", "b", "+2")});
  CHECK(spread_keys(world) == counts);
}

TEST_CASE("a header or a property decides when asked to, and messages that lack it go one way") {
  World world;
  world.exchange("c", kType, table({{"hash-header", "h"}}));
  for (int i = 0; i < 8; ++i) {
    world.queue("q" + std::to_string(i));
    world.bind("c", "q" + std::to_string(i), "1");
  }
  std::map<Names, int> by_header;
  std::map<Names, int> without;
  for (int i = 0; i < 100; ++i) {
    const std::string text = std::to_string(i);
    const Names there = world.route_headers("c", table({{"h", amqp::Value(text)}}), "k");
    CHECK(world.route_headers("c", table({{"h", amqp::Value(text)}}), "other key") == there);
    ++by_header[there];
    ++without[world.route("c", text)];
  }
  CHECK(by_header.size() == 8);
  CHECK(without.size() == 1);
}

TEST_CASE("each of the three properties can decide") {
  for (const std::string name : {"correlation_id", "message_id", "timestamp"}) {
    CAPTURE(name);
    World world;
    world.exchange("c", kType, table({{"hash-property", amqp::Value(name)}}));
    for (int i = 0; i < 4; ++i) {
      world.queue("q" + std::to_string(i));
      world.bind("c", "q" + std::to_string(i), "1");
    }
    std::map<Names, int> hits;
    for (int i = 0; i < 100; ++i) {
      const std::string text = std::to_string(i);
      amqp::PropertiesView properties;
      properties.flags = 0xffff;
      properties.correlation_id = name == "correlation_id" ? std::string_view(text) : "same";
      properties.message_id = name == "message_id" ? std::string_view(text) : "same";
      properties.timestamp = name == "timestamp" ? static_cast<std::uint64_t>(i) : 0;
      ++hits[world.route("c", "k", {.more_keys = {}, .properties = &properties})];
    }
    CHECK(hits.size() == 4);
  }
}

TEST_CASE("without bindings nothing is routed") {
  World world;
  world.exchange("c", kType);
  CHECK(world.route("c", "k").empty());
}

}  // namespace warren::broker
