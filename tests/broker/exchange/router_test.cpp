#include "broker/exchange/router.hpp"

#include <array>
#include <string>

#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

amqp::Table alternate(std::string_view name) { return table({{"alternate-exchange", name}}); }

void queues(World& world, std::initializer_list<const char*> names) {
  for (const char* name : names) world.queue(name);
}

}  // namespace

TEST_CASE("the default exchange goes by the name of the queue, new ones at once") {
  World world;
  CHECK(world.route("", "q").empty());
  world.queue("q");
  CHECK(world.route("", "q") == Names{"q"});
  world.delete_queue("q");
  CHECK(world.route("", "q").empty());
}

TEST_CASE("every exchange type sees the keys of CC and BCC") {
  const std::array<std::string_view, 2> more{"b", "c"};
  const RoutingExtras extras{.more_keys = more, .properties = nullptr};
  World world;
  queues(world, {"a", "b", "c", "d"});
  world.exchange("d", "direct");
  world.exchange("t", "topic");
  for (const char* name : {"a", "b", "c", "d"}) {
    world.bind("d", name, name);
    world.bind("t", name, std::string("#.") + name);
  }
  for (const char* exchange : {"", "d", "t"}) {
    CAPTURE(exchange);
    CHECK(world.route(exchange, "a", extras) == Names{"a", "b", "c"});
    CHECK(world.route(exchange, "a") == Names{"a"});
    CHECK(world.route(exchange, "c", extras) == Names{"b", "c"});
  }
}

TEST_CASE("a route names each queue once, the oldest first, whatever leads to it") {
  World world;
  queues(world, {"q1", "q2", "q3"});
  world.exchange("f", "fanout");
  world.exchange("t", "topic");
  world.bind("f", "q3");
  world.bind("f", "q1");
  world.bind_exchange("f", "t");
  world.bind("t", "q2", "#");
  world.bind("t", "q1", "k");
  CHECK(world.route("f", "k") == Names{"q1", "q2", "q3"});
}

TEST_CASE("exchanges lead to exchanges, by the keys of the message") {
  World world;
  queues(world, {"q"});
  world.exchange("a", "topic");
  world.exchange("b", "direct");
  world.bind_exchange("a", "b", "#.end");
  world.bind("b", "q", "the.end");
  CHECK(world.route("a", "the.end") == Names{"q"});
  CHECK(world.route("a", "an.end").empty());
  CHECK(world.route("a", "the.beginning").empty());
}

TEST_CASE("8.2/116 a cycle of exchanges ends, one copy per queue") {
  World world;
  queues(world, {"qa", "qb"});
  world.exchange("a", "fanout");
  world.exchange("b", "fanout");
  world.bind_exchange("a", "b");
  world.bind_exchange("b", "a");
  world.bind_exchange("a", "a");
  world.bind("a", "qa");
  world.bind("b", "qb");
  CHECK(world.route("a", "k") == Names{"qa", "qb"});
  CHECK(world.route("b", "k") == Names{"qa", "qb"});
}

TEST_CASE("a long road of exchanges is walked to its end, cycles in it included") {
  World world;
  queues(world, {"q"});
  constexpr int kLength = 100;
  for (int i = 0; i <= kLength; ++i) world.exchange("x" + std::to_string(i), "fanout");
  for (int i = 0; i < kLength; ++i) {
    world.bind_exchange("x" + std::to_string(i), "x" + std::to_string(i + 1));
    world.bind_exchange("x" + std::to_string(i + 1), "x" + std::to_string(i));
  }
  world.bind("x" + std::to_string(kLength), "q");
  CHECK(world.route("x0", "k") == Names{"q"});
}

TEST_CASE("8.2/118 an internal exchange is reached through a binding") {
  World world;
  queues(world, {"q"});
  ExchangeDefinition internal = world.exchange_like("i", "fanout");
  internal.internal = true;
  world.apply(DeclareExchange{internal});
  world.exchange("x", "fanout");
  world.bind_exchange("x", "i");
  world.bind("i", "q");
  CHECK(world.route("x", "k") == Names{"q"});
}

TEST_CASE("8.2/124 an alternate exchange takes what its exchange does not match, and only that") {
  World world;
  queues(world, {"q", "rest"});
  world.exchange("x", "direct", alternate("ae"));
  world.exchange("ae", "fanout");
  world.bind("x", "q", "k");
  world.bind("ae", "rest");
  CHECK(world.route("x", "k") == Names{"q"});
  CHECK(world.route("x", "other") == Names{"rest"});
}

TEST_CASE("8.2/125 a missing alternate exchange is as good as none, and counts from its declaration on") {
  World world;
  queues(world, {"rest"});
  world.exchange("x", "direct", alternate("ae"));
  CHECK(world.route("x", "k").empty());
  world.exchange("ae", "fanout");
  CHECK(world.route("x", "k").empty());  // 8.2/126: an alternate without bindings
  world.bind("ae", "rest");
  CHECK(world.route("x", "k") == Names{"rest"});
  world.apply(DeleteExchange{world.vhost(), "ae"});
  CHECK(world.route("x", "k").empty());
}

TEST_CASE("8.2/127 an exchange that matches one that leads nowhere does not use its alternate") {
  World world;
  queues(world, {"rest"});
  world.exchange("x", "fanout", alternate("ae"));
  world.exchange("empty", "fanout");
  world.exchange("ae", "fanout");
  world.bind("ae", "rest");
  CHECK(world.route("x", "k") == Names{"rest"});
  world.bind_exchange("x", "empty");
  CHECK(world.route("x", "k").empty());
}

TEST_CASE("each visited exchange has its own alternate, and a cycle of alternates ends") {
  World world;
  queues(world, {"q", "rest"});
  world.exchange("x", "fanout");
  world.exchange("y", "direct", alternate("z"));
  world.exchange("z", "direct", alternate("y"));
  world.bind_exchange("x", "y");
  world.bind("x", "q");
  CHECK(world.route("x", "k") == Names{"q"});
  world.bind("z", "rest", "k");
  CHECK(world.route("x", "k") == Names{"q", "rest"});
}

TEST_CASE("the default exchange may be an alternate, and sees new queues") {
  World world;
  world.exchange("x", "direct", alternate(""));
  CHECK(world.route("x", "q").empty());
  world.queue("q");
  CHECK(world.route("x", "q") == Names{"q"});
}

TEST_CASE("a remembered route follows every change of the bindings") {
  World world;
  queues(world, {"q1", "q2"});
  world.exchange("f", "fanout");
  world.exchange("t", "topic");
  world.bind_exchange("f", "t");
  for (int round = 0; round < 2; ++round) {
    world.bind("t", "q1", "k");
    CHECK(world.route("f", "k") == Names{"q1"});
    CHECK(world.route("f", "other").empty());
    world.bind("f", "q2");
    CHECK(world.route("f", "k") == Names{"q1", "q2"});
    CHECK(world.route("f", "other") == Names{"q2"});
    world.apply(Unbind{world.to_queue("t", "q1", "k")});
    CHECK(world.route("f", "k") == Names{"q2"});
    world.apply(Unbind{world.to_queue("f", "q2")});
    CHECK(world.route("f", "k").empty());
  }
}

TEST_CASE("a route that hangs on headers or chance is not remembered, behind whatever exchange") {
  World world;
  queues(world, {"q"});
  world.exchange("f", "fanout");
  world.exchange("h", "headers");
  world.bind_exchange("f", "h");
  world.bind("h", "q", "", table({{"a", 1}}));
  CHECK(world.route_headers("f", table({{"a", 1}})) == Names{"q"});
  CHECK(world.route_headers("f", table({{"a", 2}})).empty());
  CHECK(world.route_headers("f", table({{"a", 1}})) == Names{"q"});
}

TEST_CASE("vhosts do not see each other's queues") {
  World world;
  world.apply(AddVhost{"other"});
  world.queue("q");
  const Exchange& elsewhere = *world.catalog().find_exchange(world.catalog().find_vhost("other")->id, "");
  Router router(world.catalog());
  CHECK(router.route(elsewhere, "q", {}, world.rng()).empty());
}

}  // namespace warren::broker
