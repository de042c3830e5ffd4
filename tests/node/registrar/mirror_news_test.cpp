#include "node/registrar/mirror_news.hpp"

#include <doctest/doctest.h>

#include "tests/broker/catalog/mirrors/mirrored_world.hpp"

namespace warren::node {
namespace {

using Lines = std::vector<std::string>;

Lines lines(const broker::MirroredWorld& world, std::vector<broker::Change> changes) {
  Lines lines = mirror_log(world.catalog(), {std::move(changes)});
  for (std::string& line : lines) {
    constexpr std::string_view kQueue = "Mirrored queue 'q' in vhost '/': ";
    if (line.starts_with(kQueue)) line.erase(0, kQueue.size());
  }
  return lines;
}

}  // namespace

TEST_CASE("mirrors that come and go are told, and whether they have everything") {
  broker::MirroredWorld world("ab");
  world.declare("q", 'a');
  CHECK(lines(world, world.all()) == Lines{"there is a mirror on node b now"});
  CHECK(lines(world, world.in_sync("q", 'b')) == Lines{"the mirror on node b has everything"});
  CHECK(lines(world, world.in_sync("q", 'b', false)) == Lines{"the mirror on node b is not waited for any more"});
  CHECK(lines(world, world.clear()) == Lines{"there is no mirror on node b any more"});
}

TEST_CASE("another owner is told, and that the former one is a mirror") {
  broker::MirroredWorld world("ab");
  world.all();
  world.declare("q", 'a');
  CHECK(lines(world, world.hand_over("q", 'b')) ==
        Lines{"node b owns it from now on", "there is a mirror on node a now", "the mirror on node a has everything"});
}

TEST_CASE("an operator's wish that copies be filled is told, and how it ended") {
  broker::MirroredWorld world("ab");
  world.declare("q", 'a');
  world.all();
  const auto fill = [&](bool on) { return lines(world, world.apply(broker::FillCopies{world.queue_id("q"), on})); };
  CHECK(fill(true) == Lines{"mirrors that lack messages get them, as an operator wants"});
  CHECK(fill(true).empty());
  CHECK(fill(false) == Lines{"mirrors that lack messages are left as they are"});
  fill(true);
  CHECK(lines(world, world.in_sync("q", 'b')) ==
        Lines{"the mirror on node b has everything", "all mirrors have everything"});
}

TEST_CASE("the end of a node that concerns very many queues fills no log") {
  broker::MirroredWorld world("ab");
  world.all();
  for (int i = 0; i < 60; ++i) world.declare("q" + std::to_string(i), 'a');
  const Lines told = lines(world, world.down('b'));
  REQUIRE(told.size() == 51);
  CHECK(told.back() == "Mirrored queues: the same command made 10 changes more");
}

TEST_CASE("changes that concern no copies say nothing") {
  broker::MirroredWorld world("a");
  CHECK(lines(world, world.declare("q", 'a')).empty());
}

}  // namespace warren::node
