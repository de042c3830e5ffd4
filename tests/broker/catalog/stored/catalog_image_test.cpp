#include "broker/catalog/stored/catalog_image.hpp"

#include "broker/catalog/stored/complaints.hpp"
#include "tests/broker/catalog/stored/stored_world.hpp"

namespace warren::broker {
namespace {

// A node's definitions and what is stored of them.
class Stored {
 public:
  CatalogImage image;
  Catalog before;

  Stored() {
    for (const Command& command : default_definitions("hash")) apply(command);
  }

  void apply(const Command& command) {
    const auto outcome = before.apply(command);
    REQUIRE(outcome.ok());
    std::vector<DefinitionWrite> writes;
    definition_writes(before, outcome.value(), writes);
    for (const DefinitionWrite& write : writes) image.apply(write);
  }
  QueueId queue(std::string name) {
    QueueDefinition queue;
    queue.vhost = VhostId(1);
    queue.name = name;
    queue.durable = true;
    apply(DeclareQueue{queue});
    return before.find_queue(VhostId(1), name)->ref.id;
  }
  void bind(std::string source, std::string queue, std::string key) {
    apply(Bind{VhostId(1), std::move(source), DestinationKind::queue, std::move(queue), std::move(key), {}});
  }
};

QueueId next_queue(Catalog& catalog) {
  QueueDefinition queue;
  queue.vhost = VhostId(1);
  queue.name = "next";
  REQUIRE(catalog.apply(DeclareQueue{queue}).ok());
  return catalog.find_queue(VhostId(1), "next")->ref.id;
}

}  // namespace

TEST_CASE("an image of nothing restores nothing, and says nothing") {
  const CatalogImage image;
  CHECK(image.empty());
  Catalog catalog;
  CHECK(image.restore(catalog).complaints.empty());
  CHECK(catalog.find_vhost("/") == nullptr);
  CHECK(catalog.counters().queue == QueueId());
  for (const Command& command : default_definitions("hash")) CHECK(catalog.apply(command).ok());
  CHECK(catalog.find_vhost("/")->id == VhostId(1));
}

TEST_CASE("later records win over earlier ones") {
  CatalogImage image;
  const std::string key = vhost_key(VhostId(1));
  image.set(key, encode(VhostDefinition{VhostId(1), "old"}));
  image.set(key, encode(VhostDefinition{VhostId(1), "new"}));
  image.set(vhost_key(VhostId(2)), encode(VhostDefinition{VhostId(2), "gone"}));
  image.erase(vhost_key(VhostId(2)));
  image.erase(vhost_key(VhostId(3)));
  Catalog catalog;
  (void)image.restore(catalog);
  CHECK(catalog.find_vhost("new") != nullptr);
  CHECK(catalog.find_vhost("old") == nullptr);
  CHECK(catalog.find_vhost("gone") == nullptr);
}

TEST_CASE("messages are routed after a restart as before") {
  Stored stored;
  const QueueId one = stored.queue("one");
  const QueueId two = stored.queue("two");
  stored.bind("amq.topic", "one", "a.#");
  stored.bind("amq.topic", "two", "a.b");
  stored.bind("amq.direct", "two", "k");
  Catalog catalog;
  REQUIRE(stored.image.restore(catalog).complaints.empty());
  Router router(catalog);
  Rng rng(1);
  const auto route = [&](std::string_view exchange, std::string_view key) {
    std::vector<QueueId> queues;
    for (const QueueRef& queue : router.route(*catalog.find_exchange(VhostId(1), exchange), key, {}, rng))
      queues.push_back(queue.id);
    return queues;
  };
  CHECK(route("amq.topic", "a.b") == std::vector{one, two});
  CHECK(route("amq.topic", "a.c") == std::vector{one});
  CHECK(route("amq.direct", "k") == std::vector{two});
  CHECK(route("", "two") == std::vector{two});
  CHECK(catalog.find_user("guest")->password_hash == "hash");
  CHECK(catalog.find_permission(VhostId(1), "guest")->read == ".*");
}

TEST_CASE("no identity is given again, be it of what is deleted, damaged or known to others alone") {
  Stored stored;
  const QueueId deleted = stored.queue("q");
  stored.apply(DeleteQueue{deleted});
  SUBCASE("deleted") {
    Catalog catalog;
    (void)stored.image.restore(catalog);
    CHECK(next_queue(catalog) > deleted);
  }
  SUBCASE("damaged, with a key that is greater than the counters say") {
    stored.image.set(queue_key(QueueId(50)), "damaged");
    Catalog catalog;
    CHECK(stored.image.restore(catalog).complaints == Names{"the stored record of queue 50 is damaged and left out"});
    CHECK(next_queue(catalog) == QueueId(51));
  }
  SUBCASE("at the far end of a binding") {
    stored.image.set(binding_key(1), encode(BindingDefinition{ExchangeId(1), DestinationKind::queue, 60, "", {}}));
    Catalog catalog;
    CHECK(stored.image.restore(catalog).complaints.size() == 1);
    CHECK(next_queue(catalog) == QueueId(61));
  }
  SUBCASE("known to others alone") {
    stored.image.reserve(QueueId(70));
    Catalog catalog;
    (void)stored.image.restore(catalog);
    CHECK(next_queue(catalog) == QueueId(71));
  }
  SUBCASE("without counters identities leap") {
    stored.image.erase(counters_key());
    Catalog catalog;
    CHECK(stored.image.restore(catalog).complaints.size() == 1);
    CHECK(next_queue(catalog) > QueueId(1u << 20));
  }
}

TEST_CASE("what is damaged is left out and told, and so is what hangs on it") {
  Stored stored;
  const QueueId lost = stored.queue("lost");
  stored.queue("kept");
  stored.bind("amq.direct", "lost", "k");
  stored.bind("amq.direct", "kept", "k");
  stored.image.set(queue_key(lost), "\x01");
  stored.image.set("\x7f", "of a kind to come");
  Catalog catalog;
  const Restored restored = stored.image.restore(catalog);
  CHECK(restored.complaints == Names{"the stored record of queue 1 is damaged and left out",
                                     "a stored definition has a key that says nothing and is left out",
                                     "binding 1 of exchange 2 to queue 1 is left out: an end of it is missing"});
  CHECK(restored.writes.empty());
  CHECK(catalog.queue_count() == 1);
  CHECK(catalog.binding_count() == 1);
}

TEST_CASE("what was stored before there were nodes waits for the first") {
  Stored stored;
  stored.queue("q");
  SUBCASE("with its counters") {}
  SUBCASE("without") { stored.image.erase(counters_key()); }
  Catalog catalog;
  (void)stored.image.restore(catalog);
  CHECK(catalog.node_count() == 0);
  REQUIRE(catalog.apply(AddNode{"w1", NodeKind::disc, "h", 1}).ok());
  CHECK(catalog.find_node("w1")->id == NodeId(1));
}

TEST_CASE("the identity of a node is not given again either") {
  Stored stored;
  stored.apply(AddNode{"w1", NodeKind::disc, "h", 1});
  stored.apply(AddNode{"w2", NodeKind::disc, "h", 1});
  SUBCASE("removed") { stored.apply(RemoveNode{NodeId(2)}); }
  SUBCASE("damaged") { stored.image.set(node_key(NodeId(2)), "damaged"); }
  SUBCASE("without counters identities leap") { stored.image.erase(counters_key()); }
  Catalog catalog;
  (void)stored.image.restore(catalog);
  REQUIRE(catalog.apply(AddNode{"w3", NodeKind::disc, "h", 1}).ok());
  CHECK(catalog.find_node("w3")->id > NodeId(2));
}

TEST_CASE("complaints are bounded") {
  Stored stored;
  for (std::uint64_t number = 1; number <= 1000; ++number) stored.image.set(queue_key(QueueId(number)), "damaged");
  Catalog catalog;
  const Restored restored = stored.image.restore(catalog);
  CHECK(restored.complaints.size() == kComplaintsMax);
  CHECK(restored.complaints.back() == "more of the definitions is missing or damaged than is told here");
}

TEST_CASE("what was mended is to be written") {
  Stored stored;
  stored.image.erase(user_key("guest"));
  stored.image.erase(exchange_key(ExchangeId(1)));
  Catalog catalog;
  const Restored restored = stored.image.restore(catalog);
  CHECK(restored.complaints.size() == 2);
  REQUIRE(restored.writes.size() == 3);
  CHECK(restored.writes[0].key == permission_key(VhostId(1), "guest"));
  CHECK(restored.writes[0].erased);
  CHECK(restored.writes[1].key == exchange_key(ExchangeId(9)));
  CHECK(restored.writes[2].key == counters_key());
  for (const DefinitionWrite& write : restored.writes) stored.image.apply(write);
  Catalog again;
  const Restored second = stored.image.restore(again);
  CHECK(second.complaints.empty());
  CHECK(second.writes.empty());
  CHECK(stored_text(again) == stored_text(catalog));
}

}  // namespace warren::broker
