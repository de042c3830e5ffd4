#include "broker/catalog/stored/catalog_snapshot.hpp"

#include "tests/broker/catalog/random_commands.hpp"
#include "tests/broker/catalog/stored/stored_world.hpp"

namespace warren::broker {
namespace {

// What a catalog becomes by way of its snapshot. Requires: nothing to complain of.
void become(Catalog& catalog, const std::string& snapshot) {
  CatalogImage image;
  REQUIRE(image.read_snapshot(snapshot));
  const Restored restored = image.restore(catalog);
  CHECK(restored.complaints.empty());
  CHECK(restored.writes.empty());
}

// Where messages of some keys go, exchange by exchange.
std::string routes(const Catalog& catalog) {
  Router router(catalog);
  Rng rng(7);
  std::string text;
  for (std::uint64_t id = 1; id <= catalog.counters().exchange.value; ++id) {
    const Exchange* exchange = catalog.exchange(ExchangeId(id));
    if (exchange == nullptr) continue;
    for (const char* key : {"b", "a.b", "q1"}) {
      text += std::to_string(id) + " " + key + ":";
      for (const QueueRef& queue : router.route(*exchange, key, {}, rng)) text += " " + std::to_string(queue.id.value);
      text += "\n";
    }
  }
  return text;
}

std::string small_snapshot() {
  World world;
  world.apply(AddNode{"w1", NodeKind::disc, "h", 1});
  world.apply(NodeUp{NodeId(1), 5, "h", 1});
  world.apply(SetClusterName{"c"});
  return catalog_snapshot(world.catalog());
}

}  // namespace

TEST_CASE("a snapshot gives an equal catalog, which routes and goes on alike") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    Catalog one;
    RandomCommands commands(seed);
    for (int i = 0; i < 600; ++i) (void)one.apply(commands.next());
    const std::string snapshot = catalog_snapshot(one);
    Catalog other;
    become(other, snapshot);
    CHECK(catalog_snapshot(other) == snapshot);
    CHECK(stored_text(other) == stored_text(one));
    CHECK(other.revision() == one.revision());
    CHECK(routes(other) == routes(one));
    for (int i = 0; i < 300; ++i) {
      const Command command = commands.next();
      const auto outcome = one.apply(command);
      const auto same = other.apply(command);
      REQUIRE(same.ok() == outcome.ok());
      REQUIRE(other.revision() == one.revision());
      if (outcome.ok()) REQUIRE(same->changes.size() == outcome->changes.size());
      if (!outcome.ok()) REQUIRE(same.error().text == outcome.error().text);
    }
    CHECK(catalog_snapshot(other) == catalog_snapshot(one));
    CHECK(routes(other) == routes(one));
  }
}

TEST_CASE("a catalog that lived becomes a snapshot after it was reset") {
  Catalog catalog;
  RandomCommands commands(1);
  for (int i = 0; i < 600; ++i) (void)catalog.apply(commands.next());
  const std::string snapshot = small_snapshot();
  catalog.reset();
  become(catalog, snapshot);
  CHECK(catalog_snapshot(catalog) == snapshot);
  CHECK(catalog.node_running(NodeId(1)));
  CHECK(catalog.cluster_name() == "c");
}

TEST_CASE("a catalog that was replaced by an equal one is another one to who remembers something of it") {
  Catalog catalog;
  become(catalog, small_snapshot());
  const CatalogStamp before = catalog.stamp();
  const CatalogStamp routes_before = catalog.routes_stamp();
  CHECK(catalog.stamp() == before);
  catalog.reset();
  become(catalog, small_snapshot());
  CHECK(catalog.revision() == before.revision);
  CHECK(catalog.stamp() != before);
  CHECK(catalog.routes_stamp() != routes_before);
}

TEST_CASE("the snapshot of nothing is nothing, at the first revision") {
  Catalog catalog;
  become(catalog, catalog_snapshot(Catalog()));
  CHECK(catalog.revision() == Revision());
  CHECK(catalog.apply(AddVhost{"/"}).ok());
}

TEST_CASE("the bytes of a snapshot stay as they are") {
  Catalog catalog;
  REQUIRE(catalog.apply(SetClusterName{"c"}).ok());
  const std::string_view expected(
      "\x01\0\0\0\x02"
      "\0\0\0\x01\x07\0\0\0\x0d\x05\0\0\0\x08\0\0\0\0\0\0\0\x01"
      "\0\0\0\x01\x09\0\0\0\x06\x01\0\0\0\x01"
      "c",
      5 + 22 + 15);
  CHECK(catalog_snapshot(catalog) == expected);
}

TEST_CASE("an image becomes the snapshot and forgets what it was") {
  CatalogImage image;
  image.set(vhost_key(VhostId(9)), encode(VhostDefinition{VhostId(9), "before"}));
  image.reserve(QueueId(1000));
  REQUIRE(image.read_snapshot(small_snapshot()));
  Catalog catalog;
  CHECK(image.restore(catalog).complaints.empty());
  CHECK(catalog.find_vhost("before") == nullptr);
  CHECK(catalog.counters().queue == QueueId());
}

TEST_CASE("what is no whole snapshot is refused, and leaves the image alone") {
  const std::string whole = small_snapshot();
  CatalogImage image;
  image.set(vhost_key(VhostId(1)), encode(VhostDefinition{VhostId(1), "kept"}));
  const auto refused = [&](const std::string& bytes) { return !image.read_snapshot(bytes); };
  for (std::size_t size = 0; size < whole.size(); ++size) REQUIRE(refused(whole.substr(0, size)));
  CHECK(refused("\x02" + whole.substr(1)));
  CHECK(refused(whole + "x"));
  CHECK(refused(whole + whole.substr(1)));
  CHECK(refused(std::string("\x01\xff\xff\xff\xff", 5)));
  CHECK(refused(std::string("\x01\0\0\0\0", 5)));
  CHECK(refused(std::string("\x01\0\0\0\x01\xff\xff\xff\xff", 9)));
  Rng rng(1);
  for (int i = 0; i < 20000; ++i) {
    std::string altered = whole;
    altered[rng.below(altered.size())] = static_cast<char>(rng.next());
    CatalogImage of_altered;
    Catalog catalog;
    if (of_altered.read_snapshot(altered)) (void)of_altered.restore(catalog);
  }
  Catalog catalog;
  (void)image.restore(catalog);
  CHECK(catalog.find_vhost("kept") != nullptr);
}

}  // namespace warren::broker
