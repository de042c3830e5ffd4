// Queues that become copies, and copies that become queues, on one host.
#include <doctest/doctest.h>

#include <variant>

#include "node/queues/queue_host.hpp"
#include "tests/broker/queue/queue_fixture.hpp"
#include "tests/broker/session/surroundings.hpp"

namespace warren::queue_host_mirrors_test {

using namespace warren::node;
using broker::testing::kChannel;
using broker::testing::kPublisher;
using broker::testing::kReader;
using broker::testing::message;

namespace {

constexpr NodeId kSelf = broker::session::testing::kNode;
constexpr NodeId kOther{77};

struct MirrorsWorld : broker::session::testing::Surroundings {
  MirrorsWorld() {
    ByteBuffer blank;
    blank.extend(64);
    blank.clear();
    journal.begin(std::move(blank));
    definition.ref = {QueueId(5), Epoch(1)};
    definition.name = "q";
  }
  // The catalog says so from now on.
  void held_by(NodeId owner, std::vector<NodeId> mirrors, std::uint64_t epoch) {
    definition.owner = owner;
    definition.mirrors = std::move(mirrors);
    definition.in_sync = definition.mirrors;
    definition.ref.epoch = Epoch(epoch);
    host.follow(definition, kSelf, now, lanes);
    host.end_batch(now, rng, lanes);
  }
  void publish(std::string_view key, std::uint64_t sequence = 0) {
    broker::QueueCommand command = broker::Enqueue{message(key), kPublisher, kChannel, sequence};
    REQUIRE(host.step(definition.ref, command, now, lanes));
    host.end_batch(now, rng, lanes);
  }
  template <class Content>
  const Content* sent() const {
    for (const mirror::Parcel& parcel : parcels)
      if (const auto* content = std::get_if<Content>(&parcel.mail.content)) return content;
    return nullptr;
  }
  void hear(mirror::Content content) {
    mirror::MirrorMail mail{definition.ref, std::move(content)};
    host.take(kOther, mail, now, lanes);
    host.end_batch(now, rng, lanes);
  }

  broker::QueueDefinition definition;
  Timers timers;
  StorageSettings storage;
  QueueHost host{catalog, router, timers, storage};
  broker::RecordWriter journal;
  std::vector<broker::SessionMail> mail_when_durable;
  std::vector<broker::ChunkKey> erased_chunks;
  std::vector<broker::SessionMail> session_mail;
  std::vector<mirror::Parcel> parcels;
  std::vector<broker::ChunkLoad> loads;
  HostLanes lanes{queue_mail,        session_mail,  proposals, memories, journal,
                  mail_when_durable, erased_chunks, parcels,   loads};
};

}  // namespace

TEST_CASE("an owner tells a mirror of everything and answers publishers when it has it") {
  MirrorsWorld world;
  world.held_by(kSelf, {kOther}, 1);
  REQUIRE(world.sent<mirror::Begin>() != nullptr);
  const mirror::Serial serial = world.sent<mirror::Begin>()->serial;
  world.hear(mirror::Holdings{serial});
  world.publish("a", 1);
  CHECK(world.session_mail.empty());
  world.hear(mirror::Held{serial, 2});
  REQUIRE(world.session_mail.size() == 1);
  CHECK(std::get<broker::Confirmed>(world.session_mail.front().event).first == 1);
}

TEST_CASE("an owner that is replaced keeps a copy, and says of what was not answered that nobody knows") {
  MirrorsWorld world;
  world.held_by(kSelf, {kOther}, 1);
  world.publish("a", 1);
  world.held_by(kOther, {kSelf}, 2);
  CHECK_FALSE(world.host.has(QueueId(5)));
  REQUIRE(world.host.has_copy(QueueId(5)));
  CHECK(world.host.copy(QueueId(5)).live().count() == 1);
  REQUIRE(world.session_mail.size() == 1);
  CHECK(std::holds_alternative<broker::Rejected>(world.session_mail.front().event));
}

TEST_CASE("a copy becomes the queue with all that it holds, and goes when nobody wants it") {
  MirrorsWorld world;
  world.held_by(kSelf, {}, 1);
  world.publish("a");
  world.publish("b");
  world.held_by(kOther, {kSelf}, 2);
  world.held_by(kSelf, {kOther}, 3);
  REQUIRE(world.host.has(QueueId(5)));
  CHECK_FALSE(world.host.has_copy(QueueId(5)));
  CHECK(world.host.stats(QueueId(5)).ready == 2);
  world.held_by(kOther, {}, 4);
  CHECK_FALSE(world.host.has_any(QueueId(5)));
}

TEST_CASE("a queue that begins another reign where it is has no consumers left, and what they had is there again") {
  MirrorsWorld world;
  world.held_by(kSelf, {}, 1);
  for (const char* key : {"a", "b"}) world.publish(key);
  broker::QueueCommand attach = broker::Attach{kReader, kChannel, broker::ConsumerId(1), "tag", {}, 0, 0};
  REQUIRE(world.host.step(world.definition.ref, attach, world.now, world.lanes));
  world.host.end_batch(world.now, world.rng, world.lanes);
  CHECK(world.host.stats(QueueId(5)).unsettled == 2);
  world.held_by(kSelf, {}, 2);
  const broker::QueueStats stats = world.host.stats(QueueId(5));
  CHECK(stats.consumers == 0);
  CHECK(stats.unsettled == 0);
  CHECK(stats.ready == 2);
  // Though neither the journal nor a copy was told.
  world.host.queue(QueueId(5)).for_each_in_memory([](const broker::Queued& queued) { CHECK(queued.redelivered == 1); });
}

TEST_CASE("a queue that loses its mirrors with its reign goes on without them") {
  MirrorsWorld world;
  world.held_by(kSelf, {kOther}, 1);
  world.held_by(kSelf, {}, 2);
  CHECK(world.host.shipping(QueueId(5)) == nullptr);
  world.publish("a", 1);
  CHECK(world.host.stats(QueueId(5)).ready == 1);
}

TEST_CASE("mail of a reign that is over is nobody's") {
  MirrorsWorld world;
  world.held_by(kSelf, {kOther}, 1);
  mirror::MirrorMail late{world.definition.ref, mirror::Holdings{world.sent<mirror::Begin>()->serial}};
  world.held_by(kSelf, {kOther}, 2);
  world.host.take(kOther, late, world.now, world.lanes);
  CHECK(world.host.shipping(QueueId(5))->followers().front().state == mirror::Follower::State::asked);
}

TEST_CASE(
    "what a node has of a queue stays while the others believe that it is down, and goes when it is not wanted then") {
  MirrorsWorld world;
  world.apply(broker::AddNode{"a@h", broker::NodeKind::disc, "h", 1});
  const auto run = [&](bool up) {
    if (up)
      world.apply(broker::NodeUp{kSelf, 7, "h", 1});
    else
      world.apply(broker::NodeDown{kSelf, 7});
  };
  run(true);
  REQUIRE(world.catalog.node_running(kSelf));
  world.held_by(kSelf, {kOther}, 1);
  world.publish("a");
  run(false);
  world.held_by(kOther, {}, 2);
  REQUIRE(world.host.has_copy(QueueId(5)));
  SUBCASE("it is wanted") {
    run(true);
    world.held_by(kOther, {kSelf}, 2);
    CHECK(world.host.copy(QueueId(5)).live().count() == 1);
  }
  SUBCASE("it is not wanted") {
    world.held_by(kOther, {}, 2);
    CHECK(world.host.has_copy(QueueId(5)));
    run(true);
    world.held_by(kOther, {}, 2);
    CHECK_FALSE(world.host.has_any(QueueId(5)));
  }
}

}  // namespace warren::queue_host_mirrors_test
