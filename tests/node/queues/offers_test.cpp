#include "node/queues/offers.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "broker/catalog/mirrors/reign_numbers.hpp"
#include "tests/broker/queue/queue_fixture.hpp"
#include "tests/broker/session/surroundings.hpp"

namespace warren::offers_test {

using namespace warren::node;
using broker::testing::message;

namespace {

constexpr NodeId kHome{1};
constexpr NodeId kAway{2};
constexpr SessionRef kSelf{Offers::kPublisher, kHome, 0};

// A node that has given up its log, and the queue's owner in the one that it follows.
struct OffersWorld : broker::session::testing::Surroundings {
  OffersWorld() {
    apply(broker::AddNode{"a@h", broker::NodeKind::disc, "h", 1});
    apply(broker::AddNode{"b@h", broker::NodeKind::disc, "h", 2});
    for (const NodeId node : {kHome, kAway}) apply(broker::NodeUp{node, 7, "h", 1});
    broker::QueueDefinition queue;
    queue.vhost = catalog.find_vhost("/")->id;
    queue.name = "q";
    queue.owner = kAway;
    queue.durable = true;
    apply(broker::DeclareQueue{queue});
  }

  static Offers::Taken taken(std::string queue, int messages) {
    Offers::Taken taken{"/", std::move(queue)};
    for (int i = 0; i < messages; ++i) taken.messages.push_back({message("m" + std::to_string(i))});
    return taken;
  }
  // What is published now: keys, with a mark behind those that may be there twice.
  std::vector<std::string> publish() {
    std::vector<broker::QueueMail> mail;
    offers.publish(catalog, kSelf, now.instant_ms, mail, loads);
    std::vector<std::string> keys;
    for (const broker::QueueMail& one : mail) {
      const auto& enqueue = std::get<broker::Enqueue>(one.command);
      CHECK(enqueue.publisher == kSelf);
      CHECK(one.to == catalog.find_queue(catalog.find_vhost("/")->id, "q")->ref);
      last = enqueue.sequence;
      keys.push_back(std::string(enqueue.message->routing_key()) + (enqueue.redelivered ? "!" : ""));
    }
    return keys;
  }
  void confirm(std::uint64_t first, std::uint64_t up_to) {
    offers.hear(broker::Confirmed{{}, first, up_to}, now.instant_ms);
  }
  void reject(std::uint64_t first, std::uint64_t up_to) {
    offers.hear(broker::Rejected{{}, first, up_to}, now.instant_ms);
  }

  // One that was taken at that position.
  static Offers::Message at(Position position) { return {message(std::to_string(position)), false, 0, position}; }
  // The chunk that was asked for last has these.
  void read(const std::vector<Position>& positions) {
    REQUIRE(loads.size() == 1);
    std::vector<broker::StoredMessage> messages;
    for (const Position position : positions) messages.push_back({message(std::to_string(position)), position});
    offers.loaded(loads.front(), messages, now.instant_ms);
    loads.clear();
  }

  Offers offers;
  std::uint64_t last = 0;
  std::vector<broker::ChunkLoad> loads;
};

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("what was taken goes to the owner in order, and it is told when all of it is there") {
  OffersWorld world;
  CHECK(world.offers.idle());
  world.offers.add(OffersWorld::taken("q", 3));
  REQUIRE(world.offers.due(world.now.instant_ms));
  CHECK(world.publish() == Keys{"m0", "m1", "m2"});
  CHECK_FALSE(world.offers.due(world.now.instant_ms));
  world.confirm(1, 2);
  CHECK(world.publish().empty());
  CHECK(world.offers.take_log().empty());
  world.confirm(3, 3);
  CHECK(world.publish().empty());
  CHECK(world.offers.idle());
  CHECK(world.offers.take_log() ==
        Keys{"queue 'q' in vhost '/': of what this node took while it went on alone, 3 messages went to its owner, "
             "node b@h"});
  const std::vector<MessagesOffered> ended = world.offers.take_ended();
  REQUIRE(ended.size() == 1);
  CHECK(ended.front().queue == "q");
  CHECK(ended.front().vhost == "/");
  CHECK(ended.front().owner == "b@h");
  CHECK(ended.front().messages == 3);
  CHECK(ended.front().lost == 0);
}

TEST_CASE("what is refused comes again after a while, in its order, and is given up in the end") {
  OffersWorld world;
  world.offers.add(OffersWorld::taken("q", 3));
  CHECK(world.publish().size() == 3);
  world.confirm(2, 2);
  world.reject(1, 3);
  CHECK(world.publish().empty());
  for (int times = 0; times < 100 && !world.offers.idle(); ++times) {
    world.now.instant_ms += 250;
    const Keys keys = world.publish();
    if (world.offers.idle()) break;
    CHECK(keys == Keys{"m0", "m2"});
    world.reject(world.last - 1, world.last);
  }
  CHECK(world.offers.idle());
  REQUIRE(world.offers.take_log().size() == 1);
}

TEST_CASE("what nobody answers for comes again, and says that it may be there twice") {
  OffersWorld world;
  world.offers.add(OffersWorld::taken("q", 3));
  CHECK(world.publish() == Keys{"m0", "m1", "m2"});
  world.confirm(1, 1);
  world.now.instant_ms += 4999;
  CHECK(world.publish().empty());
  CHECK(world.offers.deadline() == world.now.instant_ms + 1);
  world.now.instant_ms += 1;
  CHECK(world.publish() == Keys{"m1!", "m2!"});
  // The first answer was late, and means nothing any more.
  world.confirm(2, 3);
  CHECK(world.publish().empty());
  CHECK_FALSE(world.offers.idle());
  world.confirm(4, 5);
  world.publish();
  CHECK(world.offers.idle());
}

TEST_CASE("no more are under way at once than an owner has room for, and one that is away is waited for") {
  OffersWorld world;
  world.offers.add(OffersWorld::taken("q", 100));
  CHECK(world.publish().size() == 64);
  world.confirm(1, 60);
  CHECK(world.publish().size() == 36);
  world.confirm(61, 100);
  world.publish();
  CHECK(world.offers.idle());
  world.apply(broker::NodeDown{kAway, 7});
  world.offers.add(OffersWorld::taken("q", 1));
  CHECK(world.publish().empty());
  CHECK(world.offers.deadline() == world.now.instant_ms + 250);
  world.apply(broker::NodeUp{kAway, 7, "h", 1});
  world.now.instant_ms += 250;
  CHECK(world.publish().size() == 1);
}

TEST_CASE("a queue that is no more takes nothing, and that is told") {
  OffersWorld world;
  Offers::Taken taken = OffersWorld::taken("gone", 2);
  taken.rest = broker::Ranges::of({{10, 14}});
  world.offers.add(std::move(taken));
  CHECK(world.publish().empty());
  CHECK(world.offers.idle());
  const Keys log = world.offers.take_log();
  REQUIRE(log.size() == 1);
  CHECK(log.front().find("7 were not taken, and are lost") != std::string::npos);
  const std::vector<MessagesOffered> ended = world.offers.take_ended();
  REQUIRE(ended.size() == 1);
  CHECK(ended.front().messages == 0);
  CHECK(ended.front().lost == 7);
}

TEST_CASE("what is on the disk alone is read when its turn comes, one chunk at a time") {
  OffersWorld world;
  Offers::Taken taken{"/", "q"};
  taken.id = QueueId(5);
  for (const Position position : {1, 2, 7, 20}) taken.messages.push_back(OffersWorld::at(position));
  taken.chunks = {{0, 3}, {1, 8}};
  taken.rest = broker::Ranges::of({{3, 6}, {8, 10}, {21, 21}});
  taken.seen_to = {4, 0};
  world.offers.add(std::move(taken));
  CHECK(world.publish() == Keys{"1", "2"});
  REQUIRE(world.loads.size() == 1);
  CHECK(world.loads.front().to_offer);
  CHECK(world.loads.front().queue.id == QueueId(5));
  CHECK(world.loads.front().first == 3);
  CHECK(world.publish().empty());
  // A message that was settled is in the chunk, and no business of anybody's.
  world.read({3, 4, 5, 6, 11});
  CHECK(world.publish() == Keys{"3!", "4!", "5", "6", "7"});
  CHECK(world.loads.front().level == 1);
  // One cannot be read.
  world.read({8, 10, 21});
  CHECK(world.publish() == Keys{"8", "10", "20", "21"});
  CHECK(world.loads.empty());
  world.confirm(1, 100);
  world.publish();
  CHECK(world.offers.idle());
  CHECK(world.offers.take_log() ==
        Keys{"queue 'q' in vhost '/': of what this node took while it went on alone, 11 messages went to its owner, "
             "node b@h; 1 could not be read, and are lost"});
}

TEST_CASE("no chunk is erased before it was read") {
  OffersWorld world;
  std::vector<broker::ChunkKey> erased{{QueueId(5), 0, 3}};
  world.offers.withhold(erased);
  CHECK(erased.size() == 1);
  Offers::Taken taken{"/", "q"};
  taken.id = QueueId(5);
  taken.chunks = {{0, 3}, {0, 8}};
  taken.rest = broker::Ranges::of({{3, 9}});
  world.offers.add(std::move(taken));
  erased.push_back({QueueId(6), 0, 3});
  world.offers.withhold(erased);
  CHECK(erased == std::vector<broker::ChunkKey>{{QueueId(6), 0, 3}});
  world.publish();
  world.read({3});
  world.offers.withhold(erased);
  CHECK(erased == std::vector<broker::ChunkKey>{{QueueId(6), 0, 3}, {QueueId(5), 0, 3}});
  world.apply(broker::DeleteQueue{world.catalog.find_queue(world.catalog.find_vhost("/")->id, "q")->ref.id});
  erased = {{QueueId(5), 0, 8}};
  world.offers.withhold(erased);
  CHECK(erased.empty());
  world.publish();
  world.offers.withhold(erased);
  CHECK(erased.size() == 1);
}

TEST_CASE("of a queue that others know only what its log began is taken, flagged where a client had it") {
  using namespace warren::broker;
  std::vector<SessionMail> mail;
  std::vector<DeadLetter> dead_letters;
  std::vector<Farewell> farewells;
  RecordWriter journal;
  std::vector<SessionMail> when_durable;
  std::vector<ChunkKey> erased;
  journal.begin({});
  QueueEffects effects{mail, dead_letters, farewells, journal, when_durable, erased};
  const Now now{1000, 50};
  Queue queue({QueueId(1), Epoch(1)}, QueueSettings{}, now);
  const auto enqueue = [&](std::string_view key) {
    QueueCommand command = Enqueue{message(key), {}, {}, 0};
    queue.step(command, now, effects);
  };
  enqueue("before");
  CatalogCounters former;
  former.logs = {{77}, Epoch(1)};
  former.reign_class = 2;
  const Epoch own = broker::next_reign(Epoch(1), 2);
  queue.reign({QueueId(1), own});
  for (const std::string_view key : {"a", "b"}) enqueue(key);
  QueueCommand get = Get{SessionRef{SessionId(1), NodeId(1), 0}, {1, 1}, false};
  for (int i = 0; i < 2; ++i) queue.step(get, now, effects);
  const auto keys = [&](bool all) {
    Keys keys;
    const Offers::Taken taken = taken_by(queue, former, ~Position{0}, all);
    CHECK(taken.rest.empty());
    CHECK(taken.chunks.empty());
    for (const Offers::Message& one : taken.messages)
      keys.push_back(std::string(one.message->routing_key()) + (one.redelivered ? "!" : ""));
    return keys;
  };
  CHECK(keys(false) == Keys{"a!", "b"});
  CHECK(keys(true) == Keys{"before!", "a!", "b"});
  Offers::Taken some = taken_by(queue, former, queue.next_position() - 1, false);
  REQUIRE(some.messages.size() == 1);
  CHECK(some.positions().count() == 1);
  some.flag_all();
  CHECK(some.messages.front().redelivered);
  former.reign_class = 3;
  CHECK(keys(false).empty());
}

}  // namespace warren::offers_test
