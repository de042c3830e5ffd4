#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

constexpr SessionRef kAlice{SessionId(1), NodeId(1), 0};
constexpr SessionRef kBob{SessionId(1), NodeId(1), 1};

}  // namespace

TEST_CASE("a declared queue is found by name and by identity, in its first epoch") {
  World world;
  QueueDefinition wanted = world.queue_like("q");
  wanted.ref = {QueueId(999), Epoch(999)};
  wanted.durable = true;
  wanted.owner = NodeId(3);
  wanted.declared_on = 2;
  wanted.arguments = table({{"x-max-length", 5}});
  CHECK(count_changes<QueueCreated>(world.apply(DeclareQueue{wanted})) == 1);
  const QueueDefinition* held = world.catalog().find_queue(world.vhost(), "q");
  REQUIRE(held != nullptr);
  CHECK(held->ref.id != QueueId(999));
  CHECK(held->ref.epoch == Epoch(1));
  CHECK(held->durable);
  CHECK(held->owner == NodeId(3));
  CHECK(held->declared_on == 2);
  CHECK(held->arguments == wanted.arguments);
  CHECK(world.catalog().queue(held->ref.id) == held);
}

TEST_CASE("declaring a queue that exists succeeds without change, whatever was asked") {
  World world;
  world.queue("q");
  const QueueId id = world.queue_id("q");
  const Revision before = world.catalog().revision();
  CHECK(world.queue("q", kAlice).empty());
  CHECK(world.catalog().revision() == before);
  CHECK(world.queue_id("q") == id);
}

TEST_CASE("a queue is deleted by identity: a later one of the same name is not meant") {
  World world;
  world.queue("q");
  const QueueId first = world.queue_id("q");
  CHECK(count_changes<QueueDeleted>(world.apply(DeleteQueue{first})) == 1);
  world.queue("q");
  CHECK(world.queue_id("q") > first);
  CHECK(world.apply(DeleteQueue{first}).empty());
  CHECK(world.has_queue("q"));
  CHECK(world.catalog().queue(first) == nullptr);
}

TEST_CASE("a deleted queue takes its bindings along, the bindings first") {
  World world;
  world.queue("q");
  world.queue("other");
  world.bind("amq.direct", "q", "a");
  world.bind("amq.topic", "q", "#");
  world.bind("amq.topic", "other", "#");
  const auto changes = world.delete_queue("q");
  REQUIRE(changes.size() == 3);
  CHECK(count_changes<BindingDeleted>(changes) == 2);
  REQUIRE(std::holds_alternative<QueueDeleted>(changes.back()));
  CHECK(std::get<QueueDeleted>(changes.back()).queue.name == "q");
  CHECK(world.catalog().binding_count() == 1);
  CHECK(world.route("amq.topic", "k") == Names{"other"});
}

TEST_CASE("the end of a session takes its exclusive queues, in the order of their declaration, and no others") {
  World world;
  world.queue("a1", kAlice);
  world.queue("b1", kBob);
  world.queue("shared");
  world.queue("a2", kAlice);
  world.queue("a3", kAlice);
  world.delete_queue("a2");
  world.auto_delete_exchange("x", "fanout");
  world.bind("x", "a1");
  const auto changes = world.apply(DeleteExclusiveQueues{kAlice});
  REQUIRE(changes.size() == 4);
  CHECK(std::get<QueueDeleted>(changes[1]).queue.name == "a1");
  CHECK(std::get<QueueDeleted>(changes[2]).queue.name == "a3");
  CHECK(deleted_exchanges(changes) == Names{"x"});
  CHECK(world.has_queue("b1"));
  CHECK(world.has_queue("shared"));
  CHECK(world.apply(DeleteExclusiveQueues{kAlice}).empty());
  CHECK(count_changes<QueueDeleted>(world.apply(DeleteExclusiveQueues{kBob})) == 1);
}

TEST_CASE("new and unbound queues leave remembered routes alone, bound ones do not") {
  World world;
  const Revision before = world.catalog().routes_revision();
  world.queue("q");
  world.delete_queue("q");
  CHECK(world.catalog().routes_revision() == before);
  world.queue("q");
  world.bind("amq.fanout", "q");
  const Revision bound = world.catalog().routes_revision();
  CHECK(bound > before);
  world.delete_queue("q");
  CHECK(world.catalog().routes_revision() > bound);
}

TEST_CASE("the queues of a node are counted, however they come and go") {
  World world;
  CHECK(world.catalog().queues_of({}) == 0);
  world.queue("a");
  world.queue("b");
  const NodeId owner = world.catalog().find_queue(world.vhost(), "a")->owner;
  CHECK(world.catalog().queues_of(owner) == 2);
  world.delete_queue("a");
  CHECK(world.catalog().queues_of(owner) == 1);
  world.delete_queue("b");
  CHECK(world.catalog().queues_of(owner) == 0);
}

}  // namespace warren::broker
