#include "broker/catalog/stored/durable_writes.hpp"

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
    durable_writes(world.catalog(), {world.apply(command)}, writes);
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
    constexpr std::array kKinds{"", "vhost", "user", "permission", "exchange", "queue", "binding", "counters"};
    const DefinitionKey read = *read_key(key);
    std::string text = kKinds[static_cast<std::size_t>(read.tag)];
    if (read.number != 0) text += " " + std::to_string(read.number);
    if (!read.user.empty()) text.append(" ").append(read.user);
    return text;
  }
};

constexpr SessionRef kSession{SessionId(1), NodeId(1), 0};

}  // namespace

TEST_CASE("queues are written when they are durable and belong to no connection") {
  Writing writing;
  CHECK(writing.keys(DeclareQueue{writing.queue("gone", false)}).empty());
  CHECK(writing.keys(DeclareQueue{writing.queue("mine", true, kSession)}).empty());
  CHECK(writing.keys(DeclareQueue{writing.queue("q", true)}) == Names{"queue 3", "counters"});
  QueueDefinition written;
  REQUIRE(decode(writing.writes.front().value, written));
  CHECK(written.name == "q");
  CatalogCounters counters;
  REQUIRE(decode(writing.writes.back().value, counters));
  CHECK(counters.queue == QueueId(3));
  CHECK(counters.revision == writing.world.catalog().revision());
  CHECK(writing.keys(DeclareQueue{writing.queue("q", true)}).empty());
  CHECK(writing.keys(DeleteExclusiveQueues{kSession}).empty());
  CHECK(writing.keys(DeleteQueue{writing.world.queue_id("gone")}).empty());
  CHECK(writing.keys(DeleteQueue{writing.world.queue_id("q")}) == Names{"-queue 3", "counters"});
}

TEST_CASE("3.7 a binding is written when both of its ends are durable, and erased with either") {
  Writing writing;
  World& world = writing.world;
  CHECK(writing.keys(DeclareExchange{writing.exchange("gone", false)}).empty());
  CHECK(writing.keys(DeclareExchange{writing.exchange("x", true)}) == Names{"exchange 10", "counters"});
  CHECK(writing.keys(DeclareQueue{writing.queue("q", true)}) == Names{"queue 1", "counters"});
  CHECK(writing.keys(DeclareQueue{writing.queue("mine", true, kSession)}).empty());
  CHECK(writing.keys(world.to_queue("gone", "q")).empty());
  CHECK(writing.keys(world.to_queue("x", "mine")).empty());
  CHECK(writing.keys(world.to_exchange("x", "gone")).empty());
  CHECK(writing.keys(world.to_queue("x", "q", "a")) == Names{"binding 4", "counters"});
  CHECK(writing.keys(world.to_queue("x", "q", "b")) == Names{"binding 5", "counters"});
  CHECK(writing.keys(world.to_exchange("amq.topic", "x")) == Names{"binding 6", "counters"});
  CHECK(writing.keys(Unbind{world.to_queue("gone", "q")}).empty());
  CHECK(writing.keys(Unbind{world.to_queue("x", "q", "a")}) == Names{"-binding 4", "counters"});
  CHECK(writing.keys(DeleteQueue{world.queue_id("q")}) == Names{"-binding 5", "-queue 1", "counters"});
  CHECK(writing.keys(DeleteExchange{world.vhost(), "x"}) == Names{"-binding 6", "-exchange 10", "counters"});
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

}  // namespace warren::broker
