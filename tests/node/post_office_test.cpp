#include "node/post_office.hpp"

#include <doctest/doctest.h>

#include "base/limits.hpp"
#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::post_office_test {

using namespace warren::node;
using broker::testing::message;

namespace {

constexpr NodeId kHere{1};
constexpr QueueRef kQueue{QueueId(1), Epoch(1)};

broker::QueueMail publish(std::size_t body_bytes) {
  return {kQueue, broker::Enqueue{message("key", body_bytes), {}, {}, 0}};
}

std::vector<Post> posted(PostOffice& office) {
  ShardEffects effects;
  office.post(Revision(9), effects);
  return std::move(effects.posts);
}

}  // namespace

TEST_CASE("nothing to send makes no post") {
  PostOffice office(kHere, 0, 3);
  CHECK(posted(office).empty());
}

TEST_CASE("mail is grouped by shard and says who sent it and what it had seen") {
  PostOffice office(kHere, 1, 3);
  office.send({kHere, 2}, publish(10));
  office.send({kHere, 2}, broker::SessionMail{});
  office.send({kHere, 0}, broker::Letter{});
  const auto posts = posted(office);
  REQUIRE(posts.size() == 2);
  CHECK(posts[0].to == 0);
  CHECK(posts[0].batch.letters.size() == 1);
  CHECK(posts[1].to == 2);
  CHECK(posts[1].batch.queue_mail.size() == 1);
  CHECK(posts[1].batch.session_mail.size() == 1);
  CHECK(posts[1].batch.from == 1);
  CHECK(posts[1].batch.seen == Revision(9));
  CHECK(posted(office).empty());
}

TEST_CASE("a queue lives where its declarer was, wrapped around the shards there are") {
  const PostOffice office(kHere, 0, 3);
  broker::QueueDefinition queue;
  queue.declared_on = 2;
  CHECK(office.shard_of(queue) == 2);
  queue.declared_on = 4;
  CHECK(office.shard_of(queue) == 1);
}

TEST_CASE("what the registrar applied goes to every other shard") {
  PostOffice office(kHere, 0, 3);
  office.announce(broker::AddVhost{"v"});
  const auto posts = posted(office);
  REQUIRE(posts.size() == 2);
  CHECK(posts[0].to == 1);
  CHECK(posts[1].to == 2);
  CHECK(posts[1].batch.applied.size() == 1);
}

TEST_CASE("publishers wait while a shard has more than its lane holds, until it has processed enough") {
  PostOffice office(kHere, 0, 2);
  const std::size_t half = limits::kPublishLaneBytes / 2;
  office.send({kHere, 1}, publish(half));
  CHECK_FALSE(office.full());
  office.send({kHere, 1}, publish(half));
  CHECK(office.full());
  const auto posts = posted(office);
  CHECK(posts[0].batch.publish_bytes == 2 * (limits::kPublishLaneBytes / 2 + limits::kDeliveryOverheadBytes));
  CHECK(office.full());
  office.returned({kHere, 1}, posts[0].batch.publish_bytes / 2);
  CHECK_FALSE(office.full());
}

TEST_CASE("bytes that were processed are returned, even when there is nothing else to send") {
  PostOffice office(kHere, 0, 2);
  office.return_bytes({kHere, 1}, 100);
  const auto posts = posted(office);
  REQUIRE(posts.size() == 1);
  CHECK(posts[0].batch.returned_bytes == 100);
}

TEST_CASE("mail for another node is a batch of its own, and what its publishers hold counts for the node") {
  PostOffice office(kHere, 0, 1);
  const ShardAddress there{NodeId(2), 5};
  office.send(there, publish(limits::kPublishLaneBytes + 1));
  CHECK(office.full());
  ShardEffects effects;
  office.post(Revision(3), effects);
  REQUIRE(effects.node_posts.size() == 1);
  CHECK(effects.node_posts[0].node == NodeId(2));
  CHECK(effects.node_posts[0].to == 5);
  CHECK(effects.posts.empty());
  office.returned({NodeId(2), 0}, effects.node_posts[0].batch.publish_bytes);
  CHECK_FALSE(office.full());
}

TEST_CASE("what was on its way to a lost node is forgotten, and publishers go on") {
  PostOffice office(kHere, 0, 1);
  office.send({NodeId(2), 0}, publish(limits::kPublishLaneBytes + 1));
  office.forget(NodeId(2));
  CHECK_FALSE(office.full());
  ShardEffects effects;
  office.post(Revision(3), effects);
  CHECK(effects.node_posts.empty());
  // What comes late is not owed to this life.
  office.returned({NodeId(2), 0}, 1000);
  CHECK_FALSE(office.full());
}

TEST_CASE("alarms of other nodes are told to every other shard, the last word") {
  PostOffice office(kHere, 0, 3);
  office.announce_alarms(1);
  office.announce_alarms(0);
  ShardEffects effects;
  office.post(Revision(1), effects);
  REQUIRE(effects.posts.size() == 2);
  for (const Post& post : effects.posts) CHECK(post.batch.alarms_elsewhere == 0);
}

}  // namespace warren::post_office_test
