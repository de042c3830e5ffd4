#include "tests/broker/catalog/stored/stored_world.hpp"

namespace warren::broker {
namespace {

constexpr VhostId kVhost{1};

// A vhost with an exchange of this type and a queue.
Definitions definitions(std::string type, amqp::Table arguments = {}) {
  Definitions all;
  all.vhosts.push_back({kVhost, "v"});
  all.exchanges.push_back({.id = ExchangeId(20),
                           .vhost = kVhost,
                           .name = "x",
                           .type = std::move(type),
                           .durable = true,
                           .auto_delete = false,
                           .internal = false,
                           .arguments = std::move(arguments)});
  QueueDefinition queue;
  queue.ref = {QueueId(30), Epoch(4)};
  queue.vhost = kVhost;
  queue.name = "q";
  queue.durable = true;
  queue.declared_on = 5;
  all.queues.push_back(queue);
  all.counters = {kVhost, ExchangeId(40), QueueId(50), 60, Revision(70), NodeId(80)};
  return all;
}

void bind(Definitions& all, std::uint64_t number, std::string key, amqp::Table arguments = {}) {
  all.bindings.push_back({number, {ExchangeId(20), DestinationKind::queue, 30, std::move(key), std::move(arguments)}});
}

std::size_t routed(const Catalog& catalog, std::string_view key) {
  Router router(catalog);
  Rng rng(1);
  return router.route(*catalog.find_exchange(kVhost, "x"), key, {}, rng).size();
}

// What restoring says beside that the exchanges of every vhost were missing here.
Names complaints(Catalog& catalog, Definitions all) {
  Names said;
  (void)catalog.restore(std::move(all), said);
  std::erase_if(said, [](const std::string& text) { return text.ends_with("made anew"); });
  return said;
}

}  // namespace

TEST_CASE("a catalog is restored with its identities, reigns and counters") {
  Catalog catalog;
  CHECK(complaints(catalog, definitions("fanout")).empty());
  CHECK(catalog.counters().node == NodeId(80));
  CHECK(catalog.revision() == Revision(70));
  CHECK(catalog.routes_revision() == Revision(70));
  CHECK(catalog.find_queue(kVhost, "q")->ref == QueueRef{QueueId(30), Epoch(4)});
  CHECK(catalog.find_queue(kVhost, "q")->declared_on == 5);
  CHECK(catalog.find_exchange(kVhost, "x")->definition.id == ExchangeId(20));
  CHECK(catalog.find_exchange(kVhost, "amq.direct")->definition.id > ExchangeId(40));
  const auto bound = catalog.apply(Bind{kVhost, "x", DestinationKind::queue, "q", "", {}});
  REQUIRE(bound.ok());
  CHECK(std::get<BindingCreated>(bound.value().changes.front()).number == 61);
}

TEST_CASE("an exchange whose arguments would be refused today is kept, and they have no effect") {
  Catalog catalog;
  CHECK(complaints(catalog, definitions("x-recent-history", table({{"x-recent-history-length", "many"}}))) ==
        Names{"exchange 'x' has arguments without effect: its type does not accept them"});
  const Exchange& exchange = *catalog.find_exchange(kVhost, "x");
  CHECK(exchange.definition.arguments.size() == 1);
  CHECK(exchange.type->remembers() == 20);
}

TEST_CASE("an alternate exchange that is no name is kept, and is none") {
  Catalog catalog;
  CHECK(complaints(catalog, definitions("fanout", table({{"alternate-exchange", 1}}))).empty());
  CHECK_FALSE(catalog.find_exchange(kVhost, "x")->has_alternate);
  CHECK(routed(catalog, "k") == 0);
}

TEST_CASE("a binding that would be refused today is kept, routes nothing, and can be taken away") {
  Definitions all = definitions("x-consistent-hash");
  bind(all, 1, "no weight");
  bind(all, 2, "1");
  Catalog catalog;
  CHECK(complaints(catalog, std::move(all)) ==
        Names{"binding 1 of exchange 20 to queue 30 routes nothing: the exchange's type does not accept it"});
  CHECK(catalog.binding_count() == 2);
  CHECK(routed(catalog, "k") == 1);
  CHECK(catalog.apply(Unbind{{kVhost, "x", DestinationKind::queue, "q", "no weight", {}}}).ok());
  CHECK(catalog.binding_count() == 1);
  CHECK(routed(catalog, "k") == 1);
  CHECK(catalog.apply(DeleteQueue{QueueId(30)}).ok());
  CHECK(catalog.binding_count() == 0);
  CHECK(routed(catalog, "k") == 0);
}

TEST_CASE("what is in a vhost that is missing is left out") {
  Definitions all = definitions("fanout");
  all.vhosts.clear();
  all.users.push_back({"bob", "", {}});
  all.permissions.push_back({kVhost, "bob", "", "", ""});
  bind(all, 1, "k");
  Catalog catalog;
  CHECK(complaints(catalog, std::move(all)) ==
        Names{"permission of user 'bob' is left out: its vhost, number 1, is missing",
              "exchange 'x' is left out: its vhost, number 1, is missing",
              "queue 'q' is left out: its vhost, number 1, is missing",
              "binding 1 of exchange 20 to queue 30 is left out: an end of it is missing"});
  CHECK(catalog.queue_count() == 0);
  CHECK(catalog.exchange_count() == 0);
}

TEST_CASE("an exchange of a type that does not exist is left out with its bindings") {
  Definitions all = definitions("x-of-tomorrow");
  bind(all, 1, "k");
  Catalog catalog;
  CHECK(complaints(catalog, std::move(all)) ==
        Names{"exchange 'x' is left out: there is no exchange type 'x-of-tomorrow'",
              "binding 1 of exchange 20 to queue 30 is left out: an end of it is missing"});
  CHECK(catalog.find_exchange(kVhost, "x") == nullptr);
}

TEST_CASE("of two things of the same name, and of two equal bindings, the first is restored") {
  Definitions all = definitions("fanout");
  all.vhosts.push_back({VhostId(2), "v"});
  all.exchanges.push_back(all.exchanges.front());
  all.exchanges.back().id = ExchangeId(21);
  all.queues.push_back(all.queues.front());
  all.queues.back().ref.id = QueueId(31);
  bind(all, 1, "k");
  bind(all, 2, "k");
  Catalog catalog;
  CHECK(complaints(catalog, std::move(all)) ==
        Names{"vhost 'v' is kept twice: the later one is left out",
              "exchange 'x' is kept twice: the later one is left out",
              "queue 'q' is kept twice: the later one is left out",
              "binding 2 of exchange 20 to queue 30 is kept twice: the later one is left out"});
  CHECK(catalog.find_queue(kVhost, "q")->ref.id == QueueId(30));
  CHECK(catalog.queue_count() == 1);
  CHECK(catalog.binding_count() == 1);
}

TEST_CASE("the permission of nobody is dropped for good, so that nobody who comes later has it") {
  Definitions all = definitions("fanout");
  all.permissions.push_back({kVhost, "bob", ".*", ".*", ".*"});
  Catalog catalog;
  Names said;
  const Applied applied = catalog.restore(std::move(all), said);
  REQUIRE(count_changes<PermissionCleared>(applied.changes) == 1);
  CHECK(std::get<PermissionCleared>(applied.changes.front()).user == "bob");
  REQUIRE(catalog.apply(PutUser{{"bob", "h", {}}}).ok());
  CHECK(catalog.find_permission(kVhost, "bob") == nullptr);
}

TEST_CASE("topic permissions come back, and those of nobody are dropped for good") {
  Definitions all = definitions("fanout");
  all.users.push_back({"eve", "", {}});
  all.topic_permissions.push_back({kVhost, "bob", "x", ".*", ".*"});
  all.topic_permissions.push_back({kVhost, "eve", "x", "a", "b"});
  all.topic_permissions.push_back({VhostId(9), "eve", "x", "a", "b"});
  Catalog catalog;
  Names said;
  const Applied applied = catalog.restore(std::move(all), said);
  REQUIRE(said.size() > 2);
  CHECK(Names(said.begin(), said.begin() + 2) ==
        Names{"topic permission of user 'bob' in vhost 'v' is dropped: there is no such user",
              "topic permission of user 'eve' is left out: its vhost, number 9, is missing"});
  REQUIRE(count_changes<TopicPermissionCleared>(applied.changes) == 1);
  CHECK(catalog.find_topic_permission(kVhost, "bob", "x") == nullptr);
  REQUIRE(catalog.find_topic_permission(kVhost, "eve", "x") != nullptr);
  CHECK(catalog.find_topic_permission(kVhost, "eve", "x")->write == "a");
}

TEST_CASE("mirrors are members, each once, and those in sync are among them") {
  Definitions all = definitions("fanout");
  for (std::uint32_t node = 1; node <= 3; ++node)
    all.nodes.push_back({.id = NodeId(node), .name = "w" + std::to_string(node), .host = "h"});
  QueueDefinition& queue = all.queues.front();
  queue.owner = NodeId(1);
  queue.mirrors = {NodeId(3), NodeId(2)};
  queue.in_sync = {NodeId(2)};
  Catalog sound;
  CHECK(complaints(sound, all).empty());
  CHECK(sound.queue(QueueId(30))->mirrors == queue.mirrors);
  CHECK(sound.queue(QueueId(30))->in_sync == queue.in_sync);
  queue.mirrors = {NodeId(3), NodeId(1), NodeId(3), NodeId(9)};
  queue.in_sync = {NodeId(9), NodeId(3), NodeId(3), NodeId(2)};
  Catalog mended;
  CHECK(complaints(mended, all) == Names{"queue 'q' is mirrored by what cannot mirror it: that is left out"});
  CHECK(mended.queue(QueueId(30))->mirrors == std::vector<NodeId>{NodeId(3)});
  CHECK(mended.queue(QueueId(30))->in_sync == std::vector<NodeId>{NodeId(3)});
}

}  // namespace warren::broker
