#include "broker/exchange/types/recent_history.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

constexpr const char* kLength = "x-recent-history-length";

// The exchanges that keep a message with these headers.
std::vector<ExchangeId> rememberers(World& world, Router& router, std::string_view exchange,
                                    const amqp::Table& headers = {}) {
  ByteBuffer encoded;
  amqp::encode_table(headers, encoded);
  amqp::PropertiesView properties;
  properties.flags = static_cast<std::uint16_t>(amqp::Property::headers);
  properties.headers = encoded.view().substr(sizeof(std::uint32_t));
  router.route(world.exchange_record(exchange), "k", {.more_keys = {}, .properties = &properties}, world.rng());
  const std::span<const ExchangeId> found = router.last_rememberers();
  return {found.begin(), found.end()};
}

}  // namespace

TEST_CASE("a recent-history exchange routes as a fanout") {
  World world;
  world.exchange("h", "x-recent-history");
  world.queue("q1");
  world.queue("q2");
  world.bind("h", "q2", "a");
  world.bind("h", "q1", "b");
  CHECK(world.route("h", "anything") == Names{"q1", "q2"});
  world.apply(Unbind{world.to_queue("h", "q1", "b")});
  CHECK(world.route("h", "b") == Names{"q2"});
}

TEST_CASE("8.2/136 the router reports who keeps the message, wherever on the road, bound to a queue or not") {
  World world;
  Router router(world.catalog());
  world.exchange("f", "fanout");
  world.exchange("h1", "x-recent-history");
  world.exchange("h2", "x-recent-history");
  world.bind_exchange("f", "h1");
  world.bind_exchange("h1", "h2");
  const ExchangeId first = world.exchange_record("h1").definition.id;
  const ExchangeId second = world.exchange_record("h2").definition.id;
  for (int repeat = 0; repeat < 2; ++repeat) {
    CHECK(rememberers(world, router, "f") == std::vector{first, second});
    CHECK_FALSE(router.last_is_repeatable());
    CHECK(rememberers(world, router, "h2") == std::vector{second});
    CHECK(rememberers(world, router, "amq.fanout").empty());
    CHECK(rememberers(world, router, "").empty());
  }
}

TEST_CASE("8.2/136 a message may ask not to be stored, with a bool that is true") {
  World world;
  Router router(world.catalog());
  world.exchange("h", "x-recent-history");
  const auto kept = [&](const amqp::Value& value) {
    return !rememberers(world, router, "h", table({{"x-recent-history-no-store", value}})).empty();
  };
  CHECK_FALSE(kept(true));
  CHECK(kept(false));
  CHECK(kept("true"));
  CHECK(kept(1));
}

TEST_CASE("the length is the argument's, of any integer type, or 20") {
  World world;
  world.exchange("default", "x-recent-history");
  world.exchange("two", "x-recent-history", table({{kLength, std::int8_t{2}}}));
  world.exchange("many", "x-recent-history", table({{kLength, std::int64_t{1} << 40}}));
  CHECK(world.exchange_record("default").type->remembers() == 20);
  CHECK(world.exchange_record("two").type->remembers() == 2);
  CHECK(world.exchange_record("many").type->remembers() == std::uint64_t{1} << 40);
  CHECK(world.exchange_record("amq.fanout").type->remembers() == 0);
}

TEST_CASE("8.2/137 a length that is no positive integer is refused") {
  World world;
  struct Case {
    amqp::Value length;
    std::string_view shown;
  };
  for (const Case& one : {Case{0, "0"}, Case{-1, "-1"}, Case{"two", "<<\"two\">>"}, Case{true, "true"}}) {
    const auto refusal =
        world.refusal(DeclareExchange{world.exchange_like("h", "x-recent-history", table({{kLength, one.length}}))});
    CHECK(refusal.code == amqp::ReplyCode::precondition_failed);
    CHECK(refusal.text ==
          "Invalid argument " + std::string(one.shown) + ", 'x-recent-history-length' must be a positive integer");
  }
}

}  // namespace warren::broker
