// A shard and its disk, as clients see them.
#include <doctest/doctest.h>

#include "tests/node/disk_node.hpp"

namespace warren::shard_storage_test {

using namespace warren::node;
using namespace warren::node::testing;

TEST_CASE("a confirm leaves when the message is durable, and that of a transient one at once") {
  DiskNode node;
  const SessionId client = node.connect(0);
  node.send(client, "queue.declare queue='q' durable=1");
  node.send(client, "confirm.select");
  CHECK(node.take(client) == "queue.declare-ok confirm.select-ok");
  node.hold_syncs(true);
  node.publish(client, "q", "kept");
  CHECK(node.take(client) == "");
  node.hold_syncs(false);
  CHECK(node.take(client) == "basic.ack");
  node.hold_syncs(true);
  node.publish(client, "q", "passing", false);
  CHECK(node.take(client) == "basic.ack");
}

TEST_CASE("a durable declaration is answered when it is durable") {
  DiskNode node;
  const SessionId client = node.connect(0);
  node.hold_syncs(true);
  node.send(client, "queue.declare queue='q' durable=1");
  CHECK(node.take(client) == "");
  node.hold_syncs(false);
  CHECK(node.take(client) == "queue.declare-ok");
}

TEST_CASE("after a power loss there is what was confirmed, and what a client held comes flagged") {
  DiskNode node;
  const SessionId client = node.connect(0);
  node.send(client, "queue.declare queue='q' durable=1");
  node.send(client, "queue.declare queue='t'");
  for (const std::string_view body : {"a", "b", "c", "d"}) node.publish(client, "q", body);
  node.publish(client, "q", "passing", false);
  node.send(client, "basic.get queue='q'");
  node.send(client, "basic.get queue='q'");
  node.send(client, "basic.ack delivery-tag=1");
  node.restart(1);
  CHECK(node.queues() == 1);
  const SessionId again = node.connect(0);
  CHECK(node.drain(again, "q") == "b* c d");
  node.restart(1);
  CHECK(node.drain(node.connect(0), "q") == "");
}

TEST_CASE("messages that went cold come back in order, before a restart and after it") {
  DiskNode node;
  const SessionId client = node.connect(0);
  node.send(client, "queue.declare queue='q' durable=1");
  const std::string padding(900, '.');
  std::string expected;
  for (int i = 100; i < 200; ++i) {
    node.publish(client, "q", std::to_string(i) + padding);
    expected += (i == 100 ? "" : " ") + std::to_string(i) + padding;
  }
  CHECK(node.store.size() > 10);
  for (int round = 0; round < 2; ++round) node.restart(1);
  CHECK(node.drain(node.connect(0), "q") == expected);
  CHECK(node.log.empty());
  // Nothing of it stays in the store.
  node.pass(1000);
  ByteBuffer value;
  std::size_t chunks = 0;
  CHECK(node.store.scan(persist::Table::bodies, "", [&](std::string_view, std::string_view) { return ++chunks; }).ok());
  CHECK(chunks == 0);
}

TEST_CASE("the journal is freed though a queue holds its messages") {
  DiskNode node;
  const SessionId client = node.connect(0);
  node.send(client, "queue.declare queue='q' durable=1");
  for (int i = 0; i < 200; ++i) node.publish(client, "q", std::string(900, '.'));
  CHECK(node.folder.files.size() < 8);
  node.restart(1);
  const SessionId again = node.connect(0);
  node.send(again, "queue.declare queue='q' durable=1 passive=1");
  std::size_t count = 0;
  for (const char byte : node.drain(again, "q")) count += byte == ' ';
  CHECK(count == 199);
}

TEST_CASE("while the store refuses jobs publishers are blocked and told, and go on afterwards") {
  DiskNode node;
  const SessionId client = node.connect(0);
  node.send(client, "queue.declare queue='q' durable=1");
  node.store.fail_commits(persist::Trouble{persist::TroubleKind::full, "no space"});
  for (int i = 0; i < 40; ++i) node.publish(client, "q", std::string(900, '.'));
  REQUIRE_FALSE(node.log.empty());
  CHECK(node.log[0] == "no space");
  CHECK(node.log[1] ==
        "disk resource limit alarm set on node warren@localhost: publishers are blocked until it clears");
  node.store.fail_commits(std::nullopt);
  node.pass(1000);
  CHECK(node.log.back() == "disk resource limit alarm cleared across the cluster");
  std::size_t count = 0;
  for (const char byte : node.drain(client, "q")) count += byte == ' ';
  CHECK(count == 39);
}

TEST_CASE("messages of a damaged chunk are lost and told of, the others are served") {
  DiskNode node;
  const SessionId client = node.connect(0);
  node.send(client, "queue.declare queue='q' durable=1");
  for (int i = 0; i < 60; ++i) node.publish(client, "q", std::string(900, '.'));
  std::vector<std::string> keys;
  const auto note = [&](std::string_view key, std::string_view) { return keys.emplace_back(key), true; };
  CHECK(node.store.scan(persist::Table::bodies, "", note).ok());
  for (const std::string& key : keys) node.store.damage(persist::Table::bodies, key);
  int count = 1;
  for (const char byte : node.drain(client, "q")) count += byte == ' ';
  int lost = 0;
  for (const std::string& line : node.log) {
    CHECK(line.find(" messages of queue 'q' are lost: ") != std::string::npos);
    lost += std::stoi(line);
  }
  CHECK(lost > 0);
  CHECK(count > 0);
  CHECK(count + lost == 60);
}

}  // namespace warren::shard_storage_test
