#include <doctest/doctest.h>

#include <algorithm>

#include "tests/node/cluster/little_cluster.hpp"

namespace warren::registrar_partition_test {

using namespace warren::node;
using namespace warren::node::testing;
using Kinds = broker::NodeKind;
using Keys = std::vector<std::string>;

namespace {

constexpr const char* kNoMajority = "no majority of the cluster is reachable: definitions cannot be changed";

struct Split : LittleCluster {
  explicit Split(PartitionHandling handling, std::size_t nodes = 3) {
    settings.partition = std::move(handling);
    start(std::vector<Kinds>(nodes, Kinds::disc));
    pass(2000);
  }
  void cut_off(std::uint32_t one, const std::vector<std::uint32_t>& from) {
    for (const std::uint32_t other : from) cut(one, other);
  }
  const Registrar& registrar(std::uint32_t number) { return *node(number).registrar; }
  std::uint64_t lineage(std::uint32_t number) { return registrar(number).lineage().id; }
  bool has(std::uint32_t number, const char* vhost) { return node(number).catalog->find_vhost(vhost) != nullptr; }
  // What that node noticed since the last call, beside who is silent and who is heard.
  Keys noticed(std::uint32_t at) {
    Keys keys = std::exchange(node(at).noticed, {});
    std::erase_if(keys, [](const std::string& key) { return key.find("reachable") != key.npos; });
    return keys;
  }
  bool running(std::uint32_t at, std::uint32_t number) { return node(at).catalog->node_running(NodeId(number)); }
};

std::vector<NodeId> ids(std::initializer_list<std::uint32_t> numbers) {
  std::vector<NodeId> ids;
  for (const std::uint32_t number : numbers) ids.emplace_back(number);
  return ids;
}

}  // namespace

TEST_CASE("pause_minority: who does not see the majority turns clients away until it does, and nothing splits") {
  Split cluster({PartitionMode::pause_minority});
  CHECK_FALSE(cluster.registrar(1).turns_away());
  cluster.cut_off(1, {2, 3});
  cluster.pass(1500);
  CHECK(cluster.registrar(1).turns_away());
  CHECK_FALSE(cluster.registrar(2).turns_away());
  CHECK(cluster.add_vhost(2, "majority") == "");
  CHECK(cluster.add_vhost(1, "minority", 0) == kNoMajority);
  CHECK(cluster.noticed(1) == Keys{"node.paused n1", "definition.refused n1"});
  CHECK(cluster.noticed(2).empty());
  cluster.cuts.clear();
  cluster.pass(3000);
  CHECK(cluster.noticed(1) == Keys{"node.resumed n1"});
  CHECK_FALSE(cluster.registrar(1).turns_away());
  CHECK(cluster.has(1, "majority"));
  CHECK(cluster.running(2, 1));
  CHECK(cluster.lineage(1) == LittleCluster::kLineage);
}

TEST_CASE("pause_minority: of two nodes both pause, and both come back") {
  Split cluster({PartitionMode::pause_minority}, 2);
  cluster.cut(1, 2);
  cluster.pass(5000);
  for (const std::uint32_t at : {1u, 2u}) {
    CHECK(cluster.registrar(at).paused());
    CHECK(cluster.lineage(at) == LittleCluster::kLineage);
  }
  cluster.cuts.clear();
  cluster.pass(3000);
  for (const std::uint32_t at : {1u, 2u}) {
    CHECK_FALSE(cluster.registrar(at).turns_away());
    CHECK(cluster.running(at, 1));
    CHECK(cluster.running(at, 2));
  }
}

TEST_CASE("pause_minority: two that do not hear each other pause until all are back, the third goes on") {
  Split cluster({PartitionMode::pause_minority});
  cluster.cut(1, 2);
  cluster.pass(3000);
  CHECK(cluster.registrar(1).paused());
  CHECK(cluster.registrar(2).paused());
  CHECK(cluster.noticed(1) == Keys{"partition.began n2 partial", "node.paused n1"});
  CHECK_FALSE(cluster.registrar(3).turns_away());
  CHECK(cluster.add_vhost(3, "meanwhile") == "");
  CHECK_FALSE(cluster.running(3, 1));
  cluster.cuts.clear();
  cluster.pass(3000);
  CHECK(cluster.noticed(1) == Keys{"partition.ended n2 partial", "node.resumed n1"});
  CHECK(cluster.noticed(3).empty());
  for (const std::uint32_t at : {1u, 2u, 3u}) CHECK(cluster.running(3, at));
  CHECK_FALSE(cluster.registrar(1).turns_away());
}

TEST_CASE("pause_if_all_down: only who hears no listed node pauses") {
  Split cluster({PartitionMode::pause_if_all_down, {"n1"}, false});
  cluster.cut_off(1, {2, 3});
  cluster.pass(3000);
  CHECK_FALSE(cluster.registrar(1).turns_away());
  CHECK(cluster.registrar(2).paused());
  CHECK(cluster.registrar(3).paused());
  CHECK(cluster.lineage(1) == LittleCluster::kLineage);
  cluster.cuts.clear();
  cluster.pass(3000);
  for (const std::uint32_t at : {1u, 2u, 3u}) {
    CHECK_FALSE(cluster.registrar(at).turns_away());
    CHECK(cluster.running(1, at));
  }
}

TEST_CASE("pause_if_all_down: of two the listed one goes on as a whole, and the other follows") {
  Split cluster({PartitionMode::pause_if_all_down, {"n2"}, false}, 2);
  cluster.cut(1, 2);
  cluster.pass(3000);
  CHECK(cluster.registrar(1).paused());
  CHECK(cluster.add_vhost(2, "listed") == "");
  cluster.cuts.clear();
  cluster.pass(4000);
  CHECK(cluster.lineage(1) == cluster.lineage(2));
  CHECK(cluster.has(1, "listed"));
  CHECK_FALSE(cluster.registrar(1).turns_away());
  CHECK(cluster.running(2, 1));
}

TEST_CASE("pause_if_all_down: where both sides keep a listed node nobody pauses, and recover decides") {
  for (const bool heals : {false, true}) {
    Split cluster({PartitionMode::pause_if_all_down, {"n1", "n2"}, heals}, 2);
    cluster.cut(1, 2);
    cluster.pass(3000);
    CHECK(cluster.add_vhost(1, "first") == "");
    CHECK(cluster.add_vhost(2, "second") == "");
    cluster.node(2).registrar->count_clients(5);
    cluster.cuts.clear();
    cluster.pass(8000);
    CHECK(cluster.registrar(1).parted_from(NodeId(1)) == (heals ? ids({}) : ids({2})));
    CHECK(cluster.has(1, "second") == heals);
    CHECK(cluster.has(1, "first") != heals);
  }
}

TEST_CASE("ignore: both sides go on as a whole, stay apart when they meet, and say from whom") {
  Split cluster({PartitionMode::ignore});
  cluster.cut_off(1, {2, 3});
  cluster.pass(3000);
  CHECK(cluster.add_vhost(1, "small") == "");
  CHECK(cluster.add_vhost(3, "large") == "");
  CHECK(cluster.registrar(1).parted_from(NodeId(1)).empty());
  for (const std::uint32_t at : {1u, 2u, 3u}) CHECK(cluster.noticed(at).empty());
  cluster.cuts.clear();
  cluster.pass(6000);
  CHECK(cluster.noticed(1) == Keys{"partition.began n2", "partition.began n3"});
  CHECK(cluster.noticed(2) == Keys{"partition.began n1"});
  CHECK_FALSE(cluster.has(2, "small"));
  CHECK_FALSE(cluster.has(1, "large"));
  CHECK(cluster.registrar(1).parted_from(NodeId(1)) == ids({2, 3}));
  CHECK(cluster.registrar(2).parted_from(NodeId(2)) == ids({1}));
  CHECK(cluster.registrar(2).parted_from(NodeId(3)) == ids({1}));
  CHECK_FALSE(cluster.running(2, 1));
  CHECK_FALSE(cluster.running(1, 2));
  for (const std::uint32_t at : {1u, 2u, 3u}) CHECK_FALSE(cluster.registrar(at).turns_away());
  CHECK(cluster.add_vhost(1, "still small") == "");
  CHECK(cluster.add_vhost(2, "still large") == "");
}

TEST_CASE("ignore: half of a cluster goes on as one side") {
  Split cluster({PartitionMode::ignore}, 4);
  for (const std::uint32_t one : {1u, 2u}) cluster.cut_off(one, {3, 4});
  cluster.pass(6000);
  CHECK(cluster.lineage(1) == cluster.lineage(2));
  CHECK(cluster.lineage(3) == cluster.lineage(4));
  CHECK(cluster.lineage(1) != cluster.lineage(3));
  CHECK(cluster.add_vhost(2, "low") == "");
  CHECK(cluster.add_vhost(4, "high") == "");
  CHECK(cluster.has(1, "low"));
  CHECK(cluster.has(3, "high"));
  CHECK(cluster.running(1, 2));
  CHECK_FALSE(cluster.running(1, 3));
}

TEST_CASE("ignore: two that do not hear each other become two sides") {
  Split cluster({PartitionMode::ignore});
  cluster.cut(1, 2);
  cluster.pass(8000);
  CHECK(cluster.lineage(1) == cluster.lineage(3));
  CHECK(cluster.lineage(2) != cluster.lineage(1));
  CHECK(cluster.add_vhost(2, "alone") == "");
  CHECK(cluster.add_vhost(1, "others") == "");
  CHECK(cluster.registrar(3).parted_from(NodeId(3)) == ids({2}));
}

TEST_CASE("autoheal: the side with more clients wins, and the losers follow by themselves") {
  for (const bool small_wins : {false, true}) {
    Split cluster({PartitionMode::autoheal});
    cluster.cut_off(1, {2, 3});
    cluster.pass(3000);
    CHECK(cluster.add_vhost(1, "small") == "");
    CHECK(cluster.add_vhost(3, "large") == "");
    cluster.node(1).registrar->count_clients(small_wins ? 9 : 1);
    cluster.node(2).registrar->count_clients(3);
    cluster.cuts.clear();
    cluster.pass(9000);
    for (const std::uint32_t at : {1u, 2u, 3u}) {
      CHECK(cluster.has(at, "small") == small_wins);
      CHECK(cluster.has(at, "large") != small_wins);
      CHECK_FALSE(cluster.registrar(at).turns_away());
      CHECK(cluster.registrar(at).parted_from(NodeId(at)).empty());
      const Keys noticed = cluster.noticed(at);
      const auto of = [&](std::string_view key) {
        return std::ranges::count_if(noticed, [&](const std::string& one) { return one.starts_with(key); });
      };
      CHECK(of("partition.began") == (at == 1 ? 2 : 1));
      CHECK(of("partition.ended") == of("partition.began"));
      for (const std::uint32_t other : {1u, 2u, 3u}) CHECK(cluster.running(at, other));
    }
    CHECK(cluster.add_vhost(2, "after") == "");
  }
}

TEST_CASE("autoheal: losers close their clients before they follow") {
  Split cluster({PartitionMode::autoheal});
  cluster.cut_off(1, {2, 3});
  cluster.pass(3000);
  cluster.cuts.clear();
  bool closed = false;
  for (int i = 0; i < 800 && !closed; ++i) {
    cluster.pass(10);
    closed = cluster.registrar(1).turns_away();
    CHECK_FALSE(cluster.registrar(2).turns_away());
  }
  CHECK(closed);
}

TEST_CASE("autoheal: a winner that dies in the middle leaves nobody stopped") {
  for (const Instant after : {0, 200, 600, 1000, 2000}) {
    Split cluster({PartitionMode::autoheal});
    cluster.cut_off(3, {1, 2});
    cluster.pass(3000);
    CHECK(cluster.add_vhost(3, "winner") == "");
    cluster.node(3).registrar->count_clients(9);
    cluster.cuts.clear();
    for (int i = 0; i < 800 && !cluster.registrar(1).turns_away(); ++i) cluster.pass(10);
    cluster.pass(after);
    cluster.node(3).deaf = true;
    cluster.pass(12'000);
    for (const std::uint32_t at : {1u, 2u}) {
      CAPTURE(after);
      CAPTURE(at);
      CHECK_FALSE(cluster.registrar(at).turns_away());
      CHECK(cluster.running(1, at));
      CHECK(cluster.running(2, at));
    }
    CHECK(cluster.add_vhost(1, "goes on") == "");
    CHECK(cluster.has(2, "goes on"));
  }
}

TEST_CASE("autoheal: a node of the winning side that dies in the middle leaves nobody stopped") {
  for (const Instant after : {0, 300, 600, 1500}) {
    Split cluster({PartitionMode::autoheal});
    cluster.cut_off(1, {2, 3});
    cluster.pass(3000);
    cluster.cuts.clear();
    for (int i = 0; i < 800 && !cluster.registrar(1).turns_away(); ++i) cluster.pass(10);
    cluster.pass(after);
    cluster.node(2).deaf = true;
    cluster.pass(15'000);
    for (const std::uint32_t at : {1u, 3u}) {
      CAPTURE(after);
      CAPTURE(at);
      CHECK_FALSE(cluster.registrar(at).turns_away());
      CHECK(cluster.running(1, at));
      CHECK(cluster.running(3, at));
    }
    cluster.node(2).deaf = false;
    cluster.pass(12'000);
    for (const std::uint32_t at : {1u, 2u, 3u}) {
      CHECK(cluster.lineage(at) == cluster.lineage(1));
      for (const std::uint32_t other : {1u, 2u, 3u}) CHECK(cluster.running(at, other));
    }
  }
}

}  // namespace warren::registrar_partition_test
