// Definitions on their way through the registrar's shard to its journal and to the other shards.
#include <doctest/doctest.h>

#include "broker/catalog/mirrors/reign_numbers.hpp"
#include "tests/node/disk_node.hpp"

namespace warren::shard_registrar_test {

using namespace warren::node;
using namespace warren::node::testing;

TEST_CASE("a durable definition is applied on all shards when it is durable") {
  DiskNode node(2);
  const SessionId client = node.connect(1);
  node.hold_syncs(true);
  node.send(client, "queue.declare queue='q' durable=1");
  CHECK(node.take(client) == "");
  CHECK(node.shard(0).catalog().find_queue(node.shard(0).catalog().find_vhost("/")->id, "q") == nullptr);
  CHECK(node.shard(1).catalog().find_queue(node.shard(1).catalog().find_vhost("/")->id, "q") == nullptr);
  CHECK(node.queues() == 0);
  node.hold_syncs(false);
  CHECK(node.take(client) == "queue.declare-ok");
  CHECK(node.shard(1).queues() == 1);
}

TEST_CASE("what does not last waits behind what does, and for nothing else") {
  DiskNode node(2);
  const SessionId client = node.connect(1);
  node.hold_syncs(true);
  node.send(client, "queue.declare queue='t'");
  CHECK(node.take(client) == "queue.declare-ok");
  node.send(client, "exchange.declare exchange='x' type='fanout' durable=1");
  const SessionId other = node.connect(0);
  node.send(other, "queue.declare queue='u'");
  CHECK(node.take(other) == "");
  node.hold_syncs(false);
  CHECK(node.take(client) == "exchange.declare-ok");
  CHECK(node.take(other) == "queue.declare-ok");
}

TEST_CASE("definitions that last are there after a restart, the others are not") {
  DiskNode node(2);
  const SessionId client = node.connect(1);
  node.send(client, "exchange.declare exchange='x' type='fanout' durable=1");
  node.send(client, "queue.declare queue='q' durable=1");
  node.send(client, "queue.declare queue='t'");
  node.send(client, "queue.declare queue='gone' durable=1");
  node.send(client, "queue.bind queue='q' exchange='x'");
  node.send(client, "queue.delete queue='gone'");
  node.take(client);
  node.restart(2);
  CHECK(node.queues() == 1);
  CHECK(node.shard(1).queues() == 1);
  for (ShardIndex shard = 0; shard < 2; ++shard) CHECK(node.shard(shard).catalog().binding_count() == 1);
  const SessionId again = node.connect(0);
  node.send(again, "exchange.declare exchange='x' type='fanout' durable=1 passive=1");
  node.send(again, "queue.declare queue='gone' passive=1");
  CHECK(node.take(again) == "exchange.declare-ok channel.close");
}

TEST_CASE("a definition that never became durable is not there after a power loss") {
  DiskNode node;
  const SessionId client = node.connect(0);
  node.hold_syncs(true);
  node.send(client, "queue.declare queue='q' durable=1");
  node.restart(1);
  node.hold_syncs(false);
  CHECK(node.queues() == 0);
}

TEST_CASE("who goes on alone gives reigns and queues of its own, on every shard and after a restart") {
  DiskNode node(2);
  const QueueId last = node.shard(0).catalog().counters().queue;
  node.step(0, GoAlone{});
  const QueueId leapt = node.shard(0).catalog().counters().queue;
  CHECK(leapt > last);
  for (const bool again : {false, true}) {
    if (again) node.restart(2);
    for (const ShardIndex shard : {ShardIndex{0}, ShardIndex{1}}) {
      CHECK(node.shard(shard).catalog().counters().reign_class == broker::reign_class_of(NodeId(1)));
      CHECK(node.shard(shard).catalog().counters().queue == leapt);
    }
  }
}

TEST_CASE("what a node notices before its queues are there is told once they are") {
  DiskNode node;
  const SessionId client = node.connect(0);
  // With another member there is somebody who has to hear that this node runs: that takes a sync.
  node.step(0, ChangeRequest{1, "guest", broker::AddNode{"n2", broker::NodeKind::disc, "h", 2}});
  node.send(client, "queue.declare queue='e' durable=1");
  node.send(client, "queue.bind queue='e' exchange='amq.rabbitmq.event' routing-key='alarm.set'");
  node.pass(1000);
  CHECK(node.take(client) == "queue.declare-ok queue.bind-ok");
  node.hold_syncs(true);
  node.restart(1);
  node.step(0, Resources{1000, 1, ResourceLimits{0, 0}});
  REQUIRE(node.queues() == 0);
  node.hold_syncs(false);
  REQUIRE(node.queues() == 1);
  const Shard& shard = node.shard(0);
  const broker::Catalog& catalog = shard.catalog();
  const QueueId queue = catalog.find_queue(catalog.find_vhost("/")->id, "e")->ref.id;
  CHECK(shard.host().stats(queue).ready == 1);
}

}  // namespace warren::shard_registrar_test
