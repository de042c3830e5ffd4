#include "server/link/links.hpp"

#include <doctest/doctest.h>

#include "base/rng.hpp"
#include "tests/server/link/link_world.hpp"

namespace warren::links_test {

using namespace warren::server;
using namespace warren::server::testing;

namespace {

constexpr NodeId kOne(1);
constexpr NodeId kTwo(2);
constexpr NodeId kThree(3);

struct Two {
  World world;
  Node one{world, kOne};
  Node two{world, kTwo};
  Two() { introduce({&one, &two}); }
};

}  // namespace

TEST_CASE("control messages go both ways, in order") {
  Two nodes;
  REQUIRE(connected(nodes.one, nodes.two));
  nodes.one.control.clear();
  nodes.two.control.clear();
  for (int i = 0; i < 100; ++i) nodes.one.links->send_control(kTwo, std::to_string(i));
  nodes.two.links->send_control(kOne, std::string(5 << 20, 'x'));
  CHECK(nodes.world.until([&] {
    const std::vector<std::string>& at_one = nodes.one.control[kTwo];
    return nodes.two.control[kOne].size() >= 100 && !at_one.empty() && at_one.back().size() == 5 << 20;
  }));
  CHECK(nodes.two.control[kOne].back() == "99");
}

TEST_CASE("mail that was sent before there was a connection arrives, at the shard it was for") {
  World world;
  Node one(world, kOne);
  Node two(world, kTwo);
  one.links->set_peers({two.address()});
  one.send(kTwo, 1, 10);
  two.links->set_peers({one.address()});
  two.send(kOne, 1, 10);
  CHECK(world.until([&] { return one.heard_all(kTwo, 10) && two.heard_all(kOne, 10); }));
  CHECK(one.in_order(kTwo));
  CHECK(two.in_order(kOne));
  CHECK(two.shards == std::vector<ShardIndex>(10, 3));
  CHECK(one.lost[kTwo] + two.lost[kOne] == 0);
}

TEST_CASE("mail keeps its order and nothing is left out while connections break again and again") {
  Two nodes;
  Rng rng(1);
  constexpr std::uint64_t kBatches = 20'000;
  std::uint64_t sent = 0;
  CHECK(nodes.world.until([&] {
    if (sent < kBatches) {
      nodes.one.send(kTwo, sent + 1, sent + 20);
      nodes.two.send(kOne, sent + 1, sent + 20);
      sent += 20;
    }
    if (rng.one_in(50)) (rng.one_in(2) ? nodes.one : nodes.two).links->break_connections();
    return nodes.one.heard_all(kTwo, kBatches) && nodes.two.heard_all(kOne, kBatches);
  }));
  CHECK(nodes.one.in_order(kTwo));
  CHECK(nodes.two.in_order(kOne));
  CHECK(nodes.one.lost[kTwo] + nodes.two.lost[kOne] == 0);
}

TEST_CASE("a large batch arrives whole beside many small ones") {
  Two nodes;
  const broker::MessageRef large =
      broker::make_message("", "q", std::string_view("\0\0", 2), std::string(20 << 20, 'x'), {});
  node::MailBatch batch;
  batch.seen = Revision(1);
  batch.publish_bytes = large->body_bytes();
  batch.queue_mail.push_back({{QueueId(1), Epoch(1)}, broker::Enqueue{large, {}, {}, 0}});
  nodes.one.links->send_mail(kTwo, 3, batch);
  nodes.one.send(kTwo, 2, 100);
  CHECK(nodes.world.until([&] { return nodes.two.heard_all(kOne, 100); }));
  CHECK(nodes.two.in_order(kOne));
  CHECK(nodes.two.bytes == 20 << 20);
}

TEST_CASE("a reset loses what was under way, tells both sides once, and mail goes on") {
  for (const bool connected_before : {true, false}) {
    Two nodes;
    if (connected_before) {
      nodes.one.send(kTwo, 1, 1);
      nodes.two.send(kOne, 1, 1);
      REQUIRE(nodes.world.until([&] { return nodes.one.heard_all(kTwo, 1) && nodes.two.heard_all(kOne, 1); }));
    }
    nodes.one.send(kTwo, 500, 600);
    nodes.one.links->reset(kTwo);
    nodes.one.links->reset(kTwo);
    CHECK(nodes.one.lost[kTwo] == 0);  // not from inside the call
    nodes.one.mail.clear();
    nodes.two.mail.clear();
    nodes.one.send(kTwo, 2, 10);
    CHECK(nodes.world.until([&] { return nodes.two.heard_all(kOne, 9); }));
    nodes.two.send(kOne, 2, 10);
    CHECK(nodes.world.until([&] { return nodes.one.heard_all(kTwo, 9); }));
    CHECK(nodes.two.in_order(kOne, 2));
    CHECK(nodes.one.in_order(kTwo, 2));
    CHECK(nodes.one.lost[kTwo] == 1);
    CHECK(nodes.two.lost[kOne] == (connected_before ? 1 : 0));
  }
}

TEST_CASE("a node that restarts is lost once to the others, and gets no mail of its former life") {
  World world;
  Node one(world, kOne);
  auto two = std::make_unique<Node>(world, kTwo, 1);
  introduce({&one, two.get()});
  one.send(kTwo, 1, 5);
  REQUIRE(world.until([&] { return two->heard_all(kOne, 5); }));
  two.reset();
  one.send(kTwo, 500, 600);
  two = std::make_unique<Node>(world, kTwo, 2);
  introduce({&one, two.get()});
  two->send(kOne, 1, 5);
  REQUIRE(world.until([&] { return one.lost[kTwo] > 0 && one.heard_all(kTwo, 5); }));
  one.send(kTwo, 1, 5);
  CHECK(world.until([&] { return two->heard_all(kOne, 5); }));
  CHECK(two->in_order(kOne));
  CHECK(one.in_order(kTwo));
  CHECK(one.lost[kTwo] == 1);
  CHECK(two->lost[kOne] == 0);
}

TEST_CASE("a stream's number that grows ends the stream, once on both sides") {
  Two nodes;
  nodes.one.send(kTwo, 1, 1);
  REQUIRE(nodes.world.until([&] { return nodes.two.heard_all(kOne, 1); }));
  nodes.one.links->set_peers({nodes.two.address(1)});
  REQUIRE(nodes.world.until([&] { return nodes.one.lost[kTwo] == 1 && nodes.two.lost[kOne] == 1; }));
  nodes.two.links->set_peers({nodes.one.address(1)});
  nodes.one.send(kTwo, 2, 2);
  nodes.two.send(kOne, 1, 1);
  CHECK(nodes.world.until([&] { return nodes.two.heard_all(kOne, 2) && nodes.one.heard_all(kTwo, 1); }));
  CHECK(nodes.one.lost[kTwo] == 1);
  CHECK(nodes.two.lost[kOne] == 1);
}

TEST_CASE("mail to a node that is not there any more, or never was, is lost") {
  Two nodes;
  nodes.one.send(kTwo, 1, 1);
  REQUIRE(nodes.world.until([&] { return nodes.two.heard_all(kOne, 1); }));
  nodes.one.links->set_peers({});
  CHECK(nodes.world.until([&] { return nodes.one.lost[kTwo] == 1; }));
  nodes.one.send(kThree, 1, 1);
  CHECK(nodes.world.until([&] { return nodes.one.lost[kThree] == 1; }));
  CHECK(nodes.world.until([&] { return nodes.two.logged("node w1 knows no member w2") || !nodes.two.log.empty(); }));
}

TEST_CASE("three nodes talk to each other, and one of them may leave") {
  World world;
  Node one(world, kOne);
  Node two(world, kTwo);
  auto three = std::make_unique<Node>(world, kThree);
  introduce({&one, &two, three.get()});
  for (Node* from : {&one, &two, three.get()})
    for (const NodeId to : {kOne, kTwo, kThree})
      if (to != from->id) from->send(to, 1, 100);
  CHECK(world.until([&] {
    return one.heard_all(kTwo, 100) && one.heard_all(kThree, 100) && two.heard_all(kOne, 100) &&
           two.heard_all(kThree, 100) && three->heard_all(kOne, 100) && three->heard_all(kTwo, 100);
  }));
  three.reset();
  one.send(kTwo, 101, 200);
  CHECK(world.until([&] { return two.heard_all(kOne, 200); }));
  CHECK(two.in_order(kOne));
  CHECK(one.lost.empty());
}

TEST_CASE("events may call back in, and let go of the node they are about") {
  World world;
  Node two(world, kTwo);
  std::unique_ptr<Links> one;
  int mail = 0;
  int lost = 0;
  one = std::make_unique<Links>(
      world.io, LinkSettings{{"w1", "secret"}, "127.0.0.1", 0, 1},
      LinkEvents{[](NodeId, const std::string&) {},
                 [&](NodeId from, ShardIndex, const node::MailBatch&) {
                   ++mail;
                   one->send_mail(from, 0, {});
                   one->set_peers({});
                 },
                 [&](NodeId) { ++lost; }, [](std::uint64_t, const std::string&) {}, [](const std::string&) {}});
  one->set_self(kOne);
  one->set_peers({two.address()});
  two.links->set_peers({{kOne, "w1", "127.0.0.1", one->port()}});
  two.send(kOne, 1, 1000);
  CHECK(world.until([&] { return lost == 1; }));
  CHECK(mail == 1);
}

}  // namespace warren::links_test
