#include "broker/catalog/mirrors/reign_numbers.hpp"

#include <algorithm>
#include <set>
#include <variant>
#include <vector>

#include "broker/catalog/stored/catalog_image.hpp"
#include "broker/catalog/stored/catalog_snapshot.hpp"
#include "tests/broker/catalog/mirrors/mirrored_world.hpp"

namespace warren::broker {
namespace {

constexpr std::uint64_t kRandom = 12'345;

// What the catalog of a world is on a node that goes on alone.
void copy(const MirroredWorld& from, Catalog& to) {
  CatalogImage image;
  REQUIRE(image.read_snapshot(catalog_snapshot(from.catalog())));
  image.restore(to);
}

Epoch reign_after_move(Catalog& catalog, QueueId queue, NodeId to) {
  REQUIRE(catalog.apply(TransferQueue{queue, catalog.queue(queue)->ref.epoch, to}).ok());
  return catalog.queue(queue)->ref.epoch;
}

}  // namespace

TEST_CASE("a log counts its reigns in steps, and no other log gives one of them") {
  CHECK(next_reign(Epoch(0), 0) == Epoch(1));
  CHECK(next_reign(Epoch(1), 0) == Epoch(1 + kReignClasses));
  std::set<std::uint64_t> given;
  for (std::uint64_t reign_class = 0; reign_class < kReignClasses; ++reign_class) {
    Epoch reign(1 + kReignClasses);
    for (int i = 0; i < 3; ++i) {
      const Epoch next = next_reign(reign, reign_class);
      CHECK(next > reign);
      CHECK(next.value <= reign.value + kReignClasses);
      CHECK(given.insert(next.value).second);
      reign = next;
    }
  }
}

TEST_CASE("every founder has a class of its own, also one whose own log goes on without it") {
  std::set<std::uint64_t> classes{0};
  for (std::uint32_t node = 1; node <= limits::kNodesMax; ++node)
    CHECK(classes.insert(reign_class_of(NodeId(node))).second);
  CHECK(reign_class_behind(0, NodeId(2)) == reign_class_of(NodeId(2)));
  CHECK(classes.insert(reign_class_behind(reign_class_of(NodeId(2)), NodeId(2))).second);
}

TEST_CASE("members that might be taken for each other are never there at once") {
  MirroredWorld world;
  for (std::size_t i = 0; i < limits::kNodesMax; ++i) {
    world.apply(AddNode{"late", NodeKind::disc, "h", 1});
    world.apply(RemoveNode{world.catalog().find_node("late")->id});
  }
  std::set<std::uint64_t> classes;
  for (int i = 0; i < 3; ++i) world.apply(AddNode{"later" + std::to_string(i), NodeKind::disc, "h", 1});
  world.catalog().for_each_node(
      [&](const NodeDefinition& node) { CHECK(classes.insert(reign_class_of(node.id)).second); });
}

TEST_CASE("of two nodes that both go on alone none gives a reign or a queue that the other gives") {
  MirroredWorld world("abc");
  world.all();
  world.declare("q", 'a');
  const QueueId queue = world.queue_id("q");
  Catalog one;
  Catalog other;
  copy(world, one);
  copy(world, other);
  one.begin_log({node_of('b'), kRandom});
  other.begin_log({node_of('c'), kRandom * 2});
  std::set<std::uint64_t> given{1};
  for (const char to : {'b', 'c', 'a'}) {
    CHECK(given.insert(reign_after_move(one, queue, node_of(to)).value).second);
    CHECK(given.insert(reign_after_move(other, queue, node_of(to)).value).second);
  }
  CHECK(one.counters().queue != other.counters().queue);
  CHECK(one.counters().queue > queue);
}

TEST_CASE("what a log that begins alone takes can be told from what was there, though another queue is far ahead") {
  MirroredWorld world("abc");
  world.all();
  world.declare("q", 'a');
  world.declare("qfar", 'a');
  Catalog alone;
  copy(world, alone);
  for (const char to : {'b', 'c', 'a', 'b'}) reign_after_move(alone, world.queue_id("qfar"), node_of(to));
  const Epoch before = alone.queue(world.queue_id("q"))->ref.epoch;
  const Epoch far = alone.queue(world.queue_id("qfar"))->ref.epoch;
  alone.begin_log({node_of('b'), kRandom});
  const CatalogCounters log = alone.counters();
  CHECK_FALSE(begun_by(log, before));
  CHECK_FALSE(begun_by(log, far));
  for (const char* name : {"q", "qfar"}) CHECK(begun_by(log, alone.queue(world.queue_id(name))->ref.epoch));
}

TEST_CASE("who does not go on with a log that begins has nothing in it from its first moment on") {
  MirroredWorld world("abc");
  world.all();
  world.declare("q", 'a');
  world.declare("qother", 'c');
  for (const char* name : {"q", "qother"})
    for (const char node : {'a', 'b', 'c'}) world.in_sync(name, node);
  Catalog alone;
  copy(world, alone);
  const std::vector<NodeId> without{node_of('a'), node_of('c')};
  const Applied applied = alone.begin_log({node_of('b'), kRandom, {}, without});
  CHECK(alone.node_running(node_of('b')));
  for (const char* name : {"q", "qother"}) {
    const QueueDefinition& queue = *alone.queue(world.queue_id(name));
    CHECK(queue.owner == node_of('b'));
    CHECK(queue.in_sync.empty());
    CHECK(begun_by(alone.counters(), queue.ref.epoch));
  }
  for (const NodeId node : without) {
    CHECK_FALSE(alone.node_running(node));
    const auto down = [&](const Change& change) {
      const auto* went = std::get_if<NodeWentDown>(&change);
      return went != nullptr && went->node == node;
    };
    CHECK(std::ranges::any_of(applied.changes, down));
  }
}

TEST_CASE("who goes on alone before it has told of its reigns of another log gives none of them again") {
  MirroredWorld world("ab");
  world.all();
  world.declare("q", 'a');
  const Epoch foreign(5000);
  Catalog alone;
  copy(world, alone);
  alone.begin_log({node_of('b'), kRandom, foreign});
  CHECK(alone.queue(world.queue_id("q"))->ref.epoch > foreign);
}

TEST_CASE("a catalog that is restored begins the reigns that it would have begun") {
  MirroredWorld world("abc");
  world.all();
  world.declare("q", 'a');
  const QueueId queue = world.queue_id("q");
  world.apply(NodeUp{node_of('c'), 77, "h", 1, Epoch(1000)});
  Catalog one;
  copy(world, one);
  one.begin_log({node_of('b'), kRandom});
  CatalogImage image;
  REQUIRE(image.read_snapshot(catalog_snapshot(one)));
  Catalog again;
  image.restore(again);
  CHECK(again.highest_reign() == one.highest_reign());
  const Epoch next = reign_after_move(one, queue, node_of('b'));
  CHECK(reign_after_move(again, queue, node_of('b')) == next);
  CHECK(next > Epoch(1000));
}

TEST_CASE("who has messages of another log has its queues behind them, and so has everybody") {
  MirroredWorld world("ab");
  world.all();
  world.declare("q", 'a');
  const NodeDefinition before = *world.catalog().node(node_of('a'));
  const Epoch foreign(5000);
  world.apply(NodeUp{before.id, before.incarnation, before.host, before.cluster_port, foreign});
  const Epoch behind = world.record("q").ref.epoch;
  CHECK(behind > foreign);
  // What it has told it need not tell again.
  world.apply(NodeUp{before.id, before.incarnation, before.host, before.cluster_port});
  CHECK(world.record("q").ref.epoch == behind);
  world.in_sync("q", 'b');
  world.hand_over("q", 'b');
  CHECK(world.record("q").ref.epoch > behind);
}

}  // namespace warren::broker
