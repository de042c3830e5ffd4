#include "broker/catalog/mirrors/mirroring.hpp"

#include "tests/broker/catalog/mirrors/mirrored_world.hpp"

namespace warren::broker {
namespace {

amqp::Table always(std::string event) { return table({{"ha-promote-on-" + std::move(event), "always"}}); }

// Queue "q" of a, mirrored by b and c in this order, of which those of the letters are in sync. d does not run.
class Trio : public MirroredWorld {
 public:
  explicit Trio(std::string_view synced, amqp::Table more = {}) : MirroredWorld("a") {
    all(std::move(more));
    declare("q", 'a');
    up('b');
    up('c');
    for (const char node : synced) in_sync("q", node);
  }
};

std::vector<QueueMoved> moves(const std::vector<Change>& changes) {
  std::vector<QueueMoved> moved;
  for (const Change& change : changes)
    if (const auto* one = std::get_if<QueueMoved>(&change)) moved.push_back(*one);
  return moved;
}

}  // namespace

TEST_CASE("a queue that is declared is mirrored at once, and by who has everything") {
  MirroredWorld world("abc");
  world.all();
  const auto changes = world.declare("q", 'a');
  CHECK(changes.size() == 1);
  CHECK((world.holders("q") == "a:BC" || world.holders("q") == "a:CB"));
  CHECK(world.catalog().mirrored(world.queue_id("q")));
  world.declare("q mine", 'a', true, {SessionId(1), NodeId(1), 0});
  CHECK(world.holders("q mine") == "a:");
  CHECK_FALSE(world.catalog().mirrored(world.queue_id("q mine")));
  world.declare("another", 'a');
  CHECK(world.holders("another") == "a:");
  CHECK_FALSE(world.catalog().mirrored(QueueId(99)));
}

TEST_CASE("a declaration has no say in its mirrors") {
  MirroredWorld world;
  QueueDefinition wanted = world.queue_like("other");
  wanted.owner = NodeId(1);
  wanted.mirrors = wanted.in_sync = {NodeId(2)};
  world.apply(DeclareQueue{wanted});
  CHECK(world.holders("other") == "a:");
}

TEST_CASE("nobody who drains, witnesses or does not run becomes a mirror") {
  MirroredWorld world("abc");
  world.all();
  world.apply(SetDraining{node_of('b'), true});
  world.apply(AddNode{"e", NodeKind::witness, "h", 1});
  world.apply(NodeUp{node_of('e'), 99, "h", 1});
  world.declare("q", 'a');
  CHECK(world.holders("q") == "a:C");
  world.apply(SetDraining{node_of('b'), false});
  CHECK(world.holders("q") == "a:Cb");
}

TEST_CASE("who mirrors a queue goes on to while it drains") {
  MirroredWorld world("ab");
  world.all();
  world.declare("q", 'a');
  world.apply(SetDraining{node_of('b'), true});
  world.all(table({{"ha-sync-mode", "automatic"}}));
  CHECK(world.holders("q") == "a:B");
}

TEST_CASE("a queue whose node the policy does not name, or is not running, begins elsewhere") {
  MirroredWorld world("abc");
  world.nodes("bc");
  world.declare("q1", 'a');
  CHECK(world.holders("q1") == "b:C");
  CHECK(world.catalog().queues_of(node_of('a')) == 0);
  CHECK(world.catalog().queues_of(node_of('b')) == 1);
  world.exactly(2);
  world.declare("q2", 'd');
  CHECK(world.holders("q2").substr(1) == ":");
  CHECK(world.catalog().node_running(world.record("q2").owner));
}

TEST_CASE("the oldest mirror that has everything takes over, and a new reign begins") {
  Trio trio("cb");
  const auto changes = trio.down('a');
  REQUIRE(std::holds_alternative<NodeWentDown>(changes.front()));
  REQUIRE(moves(changes).size() == 1);
  CHECK(moves(changes).front().from == node_of('a'));
  CHECK(moves(changes).front().to == node_of('b'));
  CHECK(trio.holders("q") == "b:C 2");
  Trio other("c");
  other.down('a');
  CHECK(other.holders("q") == "c:b 2");
  CHECK(other.catalog().routes_revision() == other.catalog().revision());
}

TEST_CASE("8/54 a transient queue goes on with its mirror, and one without a mirror ends") {
  MirroredWorld world("ab");
  world.all();
  world.declare("q", 'a', false);
  world.declare("other", 'a', false);
  world.down('a');
  CHECK(world.holders("q") == "b: 2");
  CHECK(world.holders("other") == "none");
  world.down('b');
  CHECK(world.holders("q") == "none");
}

TEST_CASE("where nobody has everything the owner stays, absent, unless the policy has it otherwise") {
  Trio cautious("");
  cautious.down('a');
  CHECK(cautious.holders("q") == "a:bc");
  Trio rash("", always("failure"));
  rash.down('a');
  CHECK(rash.holders("q") == "b:c 2");
  Trio stopped("", always("failure"));
  stopped.down('a', true);
  CHECK(stopped.holders("q") == "a:bc");
  Trio tidy("", always("shutdown"));
  tidy.down('a', true);
  CHECK(tidy.holders("q") == "b:c 2");
}

TEST_CASE("a mirror that goes is waited for no more, and comes back as the youngest with all to prove") {
  Trio trio("bc");
  const auto changes = trio.down('b');
  CHECK(count_changes<MirrorsChanged>(changes) == 1);
  CHECK(moves(changes).empty());
  CHECK(trio.holders("q") == "a:C");
  trio.up_again('b');
  CHECK(trio.holders("q") == "a:Cb");
  trio.down('b');
  trio.up('b');
  CHECK(trio.holders("q") == "a:Cb");
  trio.up('d');
  trio.in_sync("q", 'b');
  CHECK(trio.holders("q") == "a:CBd");
}

TEST_CASE("a restart that nobody noticed is a failure made up for") {
  Trio trio("c");
  const auto changes = trio.up('a');
  CHECK(moves(changes).size() == 1);
  CHECK(trio.holders("q") == "c:ba 2");
  CHECK(moves(trio.up('b')).empty());
  CHECK(trio.holders("q") == "c:ab 2");
}

TEST_CASE("an owner that comes back to what it owned reigns anew, and whoever was in sync proves it again") {
  Trio trio("");
  trio.down('a');
  const auto again = trio.up_again('a');
  CHECK(moves(again).empty());
  CHECK(trio.holders("q") == "a:bc");
  const auto changes = trio.up('a');
  REQUIRE(moves(changes).size() == 1);
  CHECK(moves(changes).front().from == moves(changes).front().to);
  CHECK(trio.holders("q") == "a:bc 2");
}

TEST_CASE("a queue that was mirrored once goes on to count its reigns") {
  MirroredWorld world("ab");
  world.declare("q", 'a');
  world.declare("p", 'a');
  CHECK(moves(world.up('a')).empty());
  world.all();
  world.up('a');
  CHECK(world.holders("q") == "a:b 2");
  world.clear();
  CHECK(world.holders("q") == "a: 2");
  world.up('a');
  CHECK(world.holders("q") == "a: 3");
  CHECK(world.holders("p") == "a:");
}

TEST_CASE("all nodes stop one by one and start in any order: the last owner has the queue") {
  for (const std::string_view order : {"abc", "bca", "cba"}) {
    CAPTURE(order);
    Trio trio("bc");
    trio.down('a', true);
    trio.down('b', true);
    trio.down('c', true);
    CHECK(trio.holders("q") == "c: 3");
    for (const char node : order) trio.up(node);
    CHECK(trio.record("q").owner == node_of('c'));
    CHECK(Trio::reign_of(trio.record("q")) == 4);
    CHECK(trio.record("q").mirrors.size() == 2);
    CHECK(trio.record("q").in_sync.empty());
  }
}

TEST_CASE("all nodes lose power at once and start in any order: who starts last had everything") {
  for (const std::string_view order : {"abc", "bca", "cab"}) {
    CAPTURE(order);
    Trio trio("bc");
    for (const char node : order) trio.up(node);
    CHECK(trio.record("q").owner == node_of(order.back()));
    CHECK(trio.record("q").mirrors.size() == 2);
    CHECK(trio.record("q").in_sync.empty());
  }
}

TEST_CASE("so many copies and no more: who goes is replaced, and not wanted when it returns") {
  MirroredWorld world("ab");
  world.exactly(2);
  world.declare("q", 'a');
  world.up('c');
  CHECK(world.holders("q") == "a:B");
  world.down('b');
  CHECK(world.holders("q") == "a:c");
  world.up('b');
  CHECK(world.holders("q") == "a:c");
  world.in_sync("q", 'c');
  world.down('a');
  CHECK(world.holders("q") == "c:b 2");
  world.down('b');
  CHECK(world.holders("q") == "c: 2");
  world.up('a');
  CHECK(world.holders("q") == "c:a 2");
}

TEST_CASE("a removed node leaves what others mirror to the best of them, and takes the rest") {
  Trio complete("c");
  complete.declare("lonely", 'a');
  complete.apply(RemoveNode{node_of('a')});
  CHECK(complete.holders("q") == "c:b 2");
  CHECK(complete.holders("lonely") == "none");
  Trio incomplete("");
  incomplete.down('a');
  incomplete.apply(RemoveNode{node_of('a')});
  CHECK(incomplete.holders("q") == "b:c 2");
  incomplete.apply(RemoveNode{node_of('c')});
  CHECK(incomplete.holders("q") == "b: 2");
  incomplete.apply(RemoveNode{node_of('b')});
  CHECK(incomplete.holders("q") == "none");
}

TEST_CASE("a policy that comes, changes and goes adds mirrors that lack everything, and keeps the owner") {
  MirroredWorld world("ab");
  world.declare("q", 'a');
  const auto set = world.all();
  CHECK(std::holds_alternative<PolicySet>(set.front()));
  CHECK(count_changes<MirrorsChanged>(set) == 1);
  CHECK(world.holders("q") == "a:b");
  world.in_sync("q", 'b');
  world.up('c');
  world.exactly(2);
  CHECK(world.holders("q") == "a:B");
  world.nodes("ac");
  CHECK(world.holders("q") == "a:c");
  CHECK(count_changes<MirrorsChanged>(world.clear()) == 1);
  CHECK(world.holders("q") == "a:");
  for (int i = 0; i < 3; ++i) {
    world.all();
    world.clear();
  }
  CHECK(world.holders("q") == "a:");
  CHECK(world.catalog().queues_of(node_of('a')) == 1);
}

TEST_CASE("a policy that concerns other things changes no holders") {
  Trio trio("b");
  PolicyDefinition other;
  other.name = "other";
  other.pattern = "^p";
  other.definition = table({{"ha-mode", "all"}});
  CHECK(trio.apply(SetPolicy{"/", other}).size() == 1);
  CHECK(trio.holders("q") == "a:Bc");
}

TEST_CASE("an owner that the policy does not name is to hand the queue to one that has everything, and then goes") {
  MirroredWorld world("abc");
  world.declare("q", 'a');
  world.nodes("bc");
  CHECK(world.record("q").owner == node_of('a'));
  CHECK(world.record("q").mirrors.size() == 2);
  CHECK_FALSE(world.catalog().next_owner(world.queue_id("q")));
  CHECK(moves(world.in_sync("q", 'c')).empty());
  CHECK(world.record("q").owner == node_of('a'));
  CHECK(world.catalog().next_owner(world.queue_id("q")) == node_of('c'));
  world.hand_over("q", 'c');
  CHECK(world.holders("q") == "c:b 2");
  CHECK_FALSE(world.catalog().next_owner(world.queue_id("q")));
  world.in_sync("q", 'b');
  world.nodes("ab");
  CHECK(world.holders("q") == "c:Ba 2");
  CHECK(world.catalog().next_owner(world.queue_id("q")) == node_of('b'));
}

TEST_CASE("an owner that ends before it has handed the queue over is followed by one that the policy names") {
  MirroredWorld world("abc");
  world.declare("q", 'a');
  world.nodes("bc");
  world.in_sync("q", 'c');
  world.down('a');
  CHECK(world.holders("q") == "c:b 2");
  world.up('a');
  CHECK(world.holders("q") == "c:b 2");
}

TEST_CASE("no queue is to go elsewhere when the policy names its owner, no nodes, or has gone") {
  MirroredWorld world("abc");
  world.declare("q", 'a');
  world.all();
  world.in_sync("q", 'c');
  CHECK_FALSE(world.catalog().next_owner(world.queue_id("q")));
  world.nodes("ac");
  CHECK_FALSE(world.catalog().next_owner(world.queue_id("q")));
  world.nodes("c");
  CHECK(world.catalog().next_owner(world.queue_id("q")) == node_of('c'));
  world.clear();
  CHECK_FALSE(world.catalog().next_owner(world.queue_id("q")));
}

TEST_CASE("a queue that was handed over fails over to who owned it") {
  Trio trio("bc");
  trio.hand_over("q", 'c');
  CHECK(trio.holders("q") == "c:BA 2");
  trio.down('b');
  trio.down('c');
  CHECK(trio.holders("q") == "a: 3");
}

TEST_CASE("what ends is told in order of identity, after the node that ended") {
  MirroredWorld world("ab");
  world.all();
  for (int i = 0; i < 5; ++i) world.declare("q" + std::to_string(i), 'a');
  const auto moved = moves(world.down('a'));
  REQUIRE(moved.size() == 5);
  CHECK(std::ranges::is_sorted(moved, {}, &QueueMoved::queue));
  CHECK(world.catalog().queues_of(node_of('a')) == 0);
  CHECK(world.catalog().queues_of(node_of('b')) == 5);
}

}  // namespace warren::broker
