#include "broker/catalog/stored/definition_writes.hpp"

#include "tests/broker/catalog/stored/stored_world.hpp"

namespace warren::broker {
namespace {

// A catalog whose commands are asked for what they write.
class Writing {
 public:
  World world;

  // The keys written by the command, those erased with a minus in front.
  Names keys(const Command& command) {
    writes.clear();
    definition_writes(world.catalog(), {world.apply(command)}, writes);
    Names names;
    for (const DefinitionWrite& write : writes) names.push_back((write.erased ? "-" : "") + name(write.key));
    return names;
  }

  QueueDefinition queue(std::string name, bool durable, SessionRef owner = {}) const {
    QueueDefinition queue = world.queue_like(std::move(name), owner);
    queue.durable = durable;
    return queue;
  }
  ExchangeDefinition exchange(std::string name, bool durable) const {
    ExchangeDefinition exchange = world.exchange_like(std::move(name), "fanout");
    exchange.durable = durable;
    return exchange;
  }

  std::vector<DefinitionWrite> writes;

 private:
  static std::string name(const std::string& key) {
    constexpr std::array kKinds{"",        "vhost",    "user", "permission", "exchange",        "queue",
                                "binding", "counters", "node", "cluster",    "topic permission"};
    const DefinitionKey read = *read_key(key);
    std::string text = kKinds[static_cast<std::size_t>(read.tag)];
    if (read.number != 0) text += " " + std::to_string(read.number);
    if (!read.user.empty()) text.append(" ").append(read.user);
    if (!read.exchange.empty()) text.append(" ").append(read.exchange);
    return text;
  }
};

constexpr SessionRef kSession{SessionId(1), NodeId(1), 0};

}  // namespace

TEST_CASE("queues are written whether they last or not, with the session that owns them") {
  Writing writing;
  CHECK(writing.keys(DeclareQueue{writing.queue("gone", false)}) == Names{"queue 1", "counters"});
  CHECK(writing.keys(DeclareQueue{writing.queue("mine", true, kSession)}) == Names{"queue 2", "counters"});
  QueueDefinition written;
  REQUIRE(decode(writing.writes.front().value, written));
  CHECK(written.name == "mine");
  CHECK(written.exclusive_owner == kSession);
  CatalogCounters counters;
  REQUIRE(decode(writing.writes.back().value, counters));
  CHECK(counters.queue == QueueId(2));
  CHECK(counters.revision == writing.world.catalog().revision());
  CHECK(writing.keys(DeclareQueue{writing.queue("mine", true)}).empty());
  CHECK(writing.keys(DeleteExclusiveQueues{kSession}) == Names{"-queue 2", "counters"});
  CHECK(writing.keys(DeleteExclusiveQueues{kSession}).empty());
  CHECK(writing.keys(DeleteQueue{writing.world.queue_id("gone")}) == Names{"-queue 1", "counters"});
}

TEST_CASE("exchanges and bindings are written, and erased with what they hang on") {
  Writing writing;
  World& world = writing.world;
  CHECK(writing.keys(DeclareExchange{writing.exchange("gone", false)}) == Names{"exchange 9", "counters"});
  CHECK(writing.keys(DeclareExchange{writing.exchange("x", true)}) == Names{"exchange 10", "counters"});
  CHECK(writing.keys(DeclareQueue{writing.queue("q", false)}) == Names{"queue 1", "counters"});
  CHECK(writing.keys(world.to_queue("gone", "q")) == Names{"binding 1", "counters"});
  CHECK(writing.keys(world.to_queue("x", "q", "a")) == Names{"binding 2", "counters"});
  CHECK(writing.keys(world.to_exchange("amq.topic", "x")) == Names{"binding 3", "counters"});
  CHECK(writing.keys(Unbind{world.to_queue("gone", "q")}) == Names{"-binding 1", "counters"});
  CHECK(writing.keys(Unbind{world.to_queue("gone", "q")}).empty());
  CHECK(writing.keys(DeleteQueue{world.queue_id("q")}) == Names{"-binding 2", "-queue 1", "counters"});
  CHECK(writing.keys(DeleteExchange{world.vhost(), "x"}) == Names{"-binding 3", "-exchange 10", "counters"});
}

TEST_CASE("nodes are written with every change of theirs, and erased with what was theirs") {
  Writing writing;
  CHECK(writing.keys(AddNode{"w1", NodeKind::disc, "h", 1}) == Names{"node 1", "counters"});
  CHECK(writing.keys(NodeUp{NodeId(1), 5, "h", 2}) == Names{"node 1", "counters"});
  NodeDefinition written;
  REQUIRE(decode(writing.writes.front().value, written));
  CHECK(written.name == "w1");
  CHECK(written.cluster_port == 2);
  CHECK(written.incarnation == 5);
  CHECK(written.running);
  CHECK(writing.keys(NodeUp{NodeId(1), 5, "h", 2}).empty());
  CHECK(writing.keys(SetDraining{NodeId(1), true}) == Names{"node 1", "counters"});
  QueueDefinition queue = writing.queue("q", true);
  queue.owner = NodeId(1);
  CHECK(writing.keys(DeclareQueue{queue}) == Names{"queue 1", "counters"});
  queue = writing.queue("transient", false);
  queue.owner = NodeId(1);
  CHECK(writing.keys(DeclareQueue{queue}) == Names{"queue 2", "counters"});
  CHECK(writing.keys(NodeDown{NodeId(1), 5}) == Names{"node 1", "-queue 2", "counters"});
  CHECK(writing.keys(RemoveNode{NodeId(1)}) == Names{"-queue 1", "-node 1", "counters"});
  CHECK(writing.keys(SetClusterName{"rabbits"}) == Names{"cluster", "counters"});
}

TEST_CASE("vhosts, users and permissions are always written, and erased with what they belong to") {
  Writing writing;
  CHECK(writing.keys(AddVhost{"v"}) == Names{"exchange 9", "exchange 10", "exchange 11", "exchange 12", "exchange 13",
                                             "exchange 14", "exchange 15", "vhost 2", "counters"});
  CHECK(writing.keys(PutUser{{"bob", "h", {}}}) == Names{"user bob", "counters"});
  CHECK(writing.keys(PutUser{{"bob", "h", {}}}).empty());
  CHECK(writing.keys(PutUser{{"bob", "h", {"management"}}}) == Names{"user bob", "counters"});
  CHECK(writing.keys(SetPermission{"/", "bob", "", "", ""}) == Names{"permission 1 bob", "counters"});
  CHECK(writing.keys(SetPermission{"v", "bob", "", "", "r"}) == Names{"permission 2 bob", "counters"});
  CHECK(writing.keys(SetPermission{"v", "bob", "", "", "r"}).empty());
  CHECK(writing.keys(DeleteVhost{"v"}) == Names{"-exchange 9", "-exchange 10", "-exchange 11", "-exchange 12",
                                                "-exchange 13", "-exchange 14", "-exchange 15", "-permission 2 bob",
                                                "-vhost 2", "counters"});
  CHECK(writing.keys(DeleteUser{"bob"}) == Names{"-permission 1 bob", "-user bob", "counters"});
}

TEST_CASE("topic permissions and limits are written, and erased with what they belong to") {
  Writing writing;
  writing.keys(AddVhost{"v"});
  writing.keys(PutUser{{"bob", "h", {}}});
  CHECK(writing.keys(SetTopicPermission{"v", "bob", "x", "a", "b"}) == Names{"topic permission 2 bob x", "counters"});
  CHECK(writing.keys(SetTopicPermission{"v", "bob", "x", "a", "b"}).empty());
  CHECK(writing.keys(ClearTopicPermission{"v", "bob", "x"}) == Names{"-topic permission 2 bob x", "counters"});
  CHECK(writing.keys(ClearTopicPermission{"v", "bob", "x"}).empty());
  writing.keys(SetTopicPermission{"v", "bob", "x", "a", "b"});
  CHECK(writing.keys(SetVhostLimits{"v", {std::nullopt, 5u}}) == Names{"vhost 2", "counters"});
  VhostDefinition vhost;
  REQUIRE(decode(writing.writes.front().value, vhost));
  CHECK(vhost.limits == VhostLimits{std::nullopt, 5u});
  CHECK(writing.keys(DeleteUser{"bob"}) == Names{"-topic permission 2 bob x", "-user bob", "counters"});
}

}  // namespace warren::broker
