#include "node/queues/queue_host.hpp"

#include <doctest/doctest.h>

#include <variant>

#include "tests/broker/queue/queue_fixture.hpp"
#include "tests/broker/session/surroundings.hpp"

namespace warren::queue_host_test {

using namespace warren::node;
using broker::testing::kChannel;
using broker::testing::kPublisher;
using broker::testing::kReader;
using broker::testing::message;

namespace {

struct HostWorld : broker::session::testing::Surroundings {
  QueueRef host_queue(std::string_view name, const amqp::Table& arguments = {}, bool auto_delete = false) {
    broker::QueueDefinition queue;
    queue.vhost = catalog.find_vhost("/")->id;
    queue.name = std::string(name);
    queue.owner = broker::session::testing::kNode;
    queue.arguments = arguments;
    queue.auto_delete = auto_delete;
    apply(broker::DeclareQueue{queue});
    const broker::QueueDefinition& made = *catalog.find_queue(queue.vhost, name);
    host.create(made, now);
    return made.ref;
  }
  bool run(QueueRef queue, broker::QueueCommand command) {
    const bool here = host.step(queue, command, now, lanes);
    host.end_batch(now, rng, lanes);
    return here;
  }
  void publish(QueueRef queue, std::string_view key) {
    run(queue, broker::Enqueue{message(key), kPublisher, kChannel, 0});
  }
  std::uint32_t ready(QueueRef queue) {
    session_mail.clear();
    run(queue, broker::Inspect{kReader, kChannel, false});
    return std::get<broker::Counted>(session_mail.back().event).ready;
  }

  void follow(const broker::Command& command) {
    apply(command);
    host.follow_policies(now, lanes);
    host.end_batch(now, rng, lanes);
  }

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

TEST_CASE("commands reach the queue they are for") {
  HostWorld world;
  const QueueRef one = world.host_queue("one");
  const QueueRef two = world.host_queue("two");
  CHECK(world.host.size() == 2);
  world.publish(one, "a");
  world.publish(one, "b");
  world.publish(two, "c");
  CHECK(world.ready(one) == 2);
  CHECK(world.ready(two) == 1);
}

TEST_CASE("a command for a queue that lives elsewhere is not taken") {
  HostWorld world;
  CHECK_FALSE(world.run({QueueId(99), Epoch(1)}, broker::Inspect{kReader, kChannel, false}));
  CHECK(world.session_mail.empty());
}

TEST_CASE("of mail to a former reign only messages and settlements reach the queue") {
  HostWorld world;
  const QueueRef queue = world.host_queue("q");
  const QueueRef former{queue.id, Epoch(queue.epoch.value - 1)};
  world.publish(former, "a");
  CHECK(world.ready(queue) == 1);
  world.session_mail.clear();
  CHECK(world.run(former, broker::Get{kReader, kChannel, true}));
  CHECK(world.run(former, broker::Purge{kReader, kChannel}));
  CHECK(world.session_mail.empty());
  CHECK(world.ready(queue) == 1);
  world.run(queue, broker::Get{kReader, kChannel, false});
  const Position position = std::get<broker::GetAnswer>(world.session_mail.back().event).position;
  world.run(former, broker::Settle{kReader, kChannel, position, position, broker::Outcome::requeued});
  CHECK(world.ready(queue) == 1);
}

TEST_CASE("a queue that is retired tells its consumers and is gone") {
  HostWorld world;
  const QueueRef queue = world.host_queue("q");
  broker::Attach attach;
  attach.session = kReader;
  attach.channel = kChannel;
  attach.consumer = broker::ConsumerId(1);
  world.run(queue, attach);
  world.session_mail.clear();
  world.host.retire(queue.id, world.lanes);
  REQUIRE(world.session_mail.size() == 1);
  CHECK(std::holds_alternative<broker::ConsumerLost>(world.session_mail[0].event));
  CHECK_FALSE(world.host.has(queue.id));
  CHECK_FALSE(world.run(queue, broker::Inspect{kReader, kChannel, false}));
}

TEST_CASE("what dies goes to the dead-letter exchange as a new publish") {
  HostWorld world;
  const QueueRef grave = world.host_queue("grave");
  amqp::Table arguments;
  arguments.set("x-dead-letter-exchange", "");
  arguments.set("x-dead-letter-routing-key", "grave");
  arguments.set("x-max-length", std::int32_t{1});
  const QueueRef small = world.host_queue("small", arguments);
  world.publish(small, "first");
  CHECK(world.queue_mail.empty());
  world.publish(small, "second");
  REQUIRE(world.queue_mail.size() == 1);
  CHECK(world.queue_mail[0].to == grave);
  const auto& enqueue = std::get<broker::Enqueue>(world.queue_mail[0].command);
  CHECK(enqueue.message->routing_key() == "grave");
  CHECK(enqueue.sequence == 0);
  CHECK(world.ready(small) == 1);
}

TEST_CASE("messages expire when their reminder comes") {
  HostWorld world;
  amqp::Table arguments;
  arguments.set("x-message-ttl", std::int32_t{50});
  const QueueRef queue = world.host_queue("q", arguments);
  world.publish(queue, "a");
  CHECK(world.timers.next_ms() == world.now.instant_ms + 50);
  world.now.instant_ms += 50;
  world.host.tick(QueueId(world.timers.take().number), world.now, world.lanes);
  world.host.end_batch(world.now, world.rng, world.lanes);
  CHECK(world.ready(queue) == 0);
}

TEST_CASE("an auto-delete queue asks the registrar to delete it when its last consumer leaves") {
  HostWorld world;
  const QueueRef queue = world.host_queue("q", {}, true);
  broker::Attach attach;
  attach.session = kReader;
  attach.channel = kChannel;
  attach.consumer = broker::ConsumerId(1);
  world.run(queue, attach);
  const broker::ConsumerSlot slot = std::get<broker::Attached>(world.session_mail.back().event).slot;
  CHECK(world.proposals.empty());
  world.run(queue, broker::Detach{kReader, kChannel, broker::ConsumerId(1), slot});
  REQUIRE(world.proposals.size() == 1);
  CHECK(std::get<broker::DeleteQueue>(world.proposals[0].command).queue == queue.id);
}

TEST_CASE("when a node is lost, its sessions leave all queues") {
  HostWorld world;
  constexpr SessionRef kFar{SessionId(5), NodeId(2), 0};
  const QueueRef one = world.host_queue("one");
  const QueueRef two = world.host_queue("two", {}, true);
  world.publish(one, "a");
  world.run(one, broker::Get{kFar, kChannel, false});
  broker::Attach attach;
  attach.session = kFar;
  attach.channel = kChannel;
  world.run(two, attach);
  world.session_mail.clear();
  world.host.peer_lost(NodeId(2), world.now, world.lanes);
  CHECK(world.host.busy());
  world.host.end_batch(world.now, world.rng, world.lanes);
  CHECK(world.session_mail.empty());
  CHECK(world.ready(one) == 1);
  REQUIRE(world.proposals.size() == 1);
  CHECK(std::get<broker::DeleteQueue>(world.proposals.front().command).queue == two.id);
  world.host.peer_lost(NodeId(2), world.now, world.lanes);
  CHECK_FALSE(world.host.busy());
}

TEST_CASE("queues follow the policies that are in force for them, dead letters included") {
  HostWorld world;
  const QueueRef one = world.host_queue("one");
  const QueueRef other = world.host_queue("other");
  const QueueRef grave = world.host_queue("grave");
  for (const char* key : {"a", "b", "c"}) {
    world.publish(one, key);
    world.publish(other, key);
  }
  broker::SetPolicy policy{"/", {}};
  policy.policy.name = "p";
  policy.policy.pattern = "^one";
  policy.policy.definition = {
      {{"max-length", std::int64_t{1}}, {"dead-letter-exchange", ""}, {"dead-letter-routing-key", "grave"}}};
  world.follow(policy);
  CHECK(world.ready(one) == 1);
  CHECK(world.ready(other) == 3);
  REQUIRE(world.queue_mail.size() == 2);
  CHECK(world.queue_mail.front().to == grave);
  world.follow(broker::ClearPolicy{"/", broker::PolicyKind::user, "p"});
  world.publish(one, "d");
  CHECK(world.ready(one) == 2);
  world.follow(policy);
  const QueueRef later = world.host_queue("one more");
  world.publish(later, "a");
  world.publish(later, "b");
  CHECK(world.ready(later) == 1);
}

}  // namespace warren::queue_host_test
