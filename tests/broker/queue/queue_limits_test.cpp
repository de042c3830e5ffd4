// Length, age, priority and the reasons to die: amqp.md 5.3 to 5.6.
#include <doctest/doctest.h>

#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::queue_limits_test {

using namespace warren::broker;
using namespace warren::broker::testing;

namespace {

const std::optional<DeadLetterTarget> kTarget = DeadLetterTarget{"dlx", {}};

}  // namespace

TEST_CASE("8.6/239 an expired message behind a longer one stays counted, and is never delivered") {
  QueueFixture f({.dead_letter = kTarget});
  f.publish(lasting("long", 1000));
  f.publish(lasting("short", 10));
  f.pass(100);
  CHECK(f.queue.ready() == 2);
  CHECK(f.get().message->routing_key() == "long");
  CHECK_FALSE(f.get().message);
  CHECK(f.dead() == "short:expired");
}

TEST_CASE("8.6/240 the head expires when its time has come") {
  QueueFixture f({.message_ttl_ms = 50});
  f.publish_all({"a"});
  f.pass(20);
  f.publish_all({"b"});
  CHECK(f.queue.next_deadline() == 1050);
  f.pass(29);
  CHECK(f.queue.ready() == 2);
  f.pass(1);
  CHECK(f.queue.ready() == 1);
  f.pass(20);
  CHECK(f.queue.ready() == 0);
  CHECK(f.queue.next_deadline() == kNever);
  CHECK(f.dead() == "");
}

TEST_CASE("8.6/241 the smaller of the queue's and the message's time to live wins") {
  QueueFixture f({.message_ttl_ms = 50});
  f.publish(lasting("a", 20));
  CHECK(f.queue.next_deadline() == f.now.instant_ms + 20);
  f.pass(20);
  CHECK(f.queue.ready() == 0);
  f.publish(lasting("b", 5000));
  CHECK(f.queue.next_deadline() == f.now.instant_ms + 50);
}

TEST_CASE("8.6/242 with a time to live of 0 a message goes to a waiting consumer or dies") {
  QueueFixture f({.message_ttl_ms = 0, .dead_letter = kTarget});
  f.publish("a");
  CHECK(f.queue.ready() == 0);
  CHECK(f.dead() == "a:expired");
  f.consume(1);
  f.publish("b");
  CHECK(f.delivered() == "b");
  CHECK(f.dead() == "");
}

TEST_CASE("8.6/243 a message whose time passed while it was with a client dies when it is requeued") {
  QueueFixture f({.message_ttl_ms = 50, .dead_letter = kTarget});
  f.consume(1, {.prefetch = 1});
  f.publish("a");
  f.pass(100);
  CHECK(f.queue.unsettled() == 1);
  f.delivered();
  f.settle(1, 1, Outcome::requeued);
  CHECK(f.delivered() == "");
  CHECK(f.dead() == "a:expired");
}

TEST_CASE("8.6/244 drop-head keeps the newest, by number") {
  QueueFixture f({.max_length = 2, .dead_letter = kTarget});
  f.publish_all({"a", "b", "c", "d"});
  CHECK(f.dead() == "a:maxlen b:maxlen");
  CHECK(f.drain() == "c d");
}

TEST_CASE("8.6/244 drop-head keeps the newest, by bytes; a message above the limit is dropped itself") {
  QueueFixture f({.max_length_bytes = 10, .dead_letter = kTarget});
  f.publish(message("a", 5));
  f.publish(message("b", 5));
  f.publish(message("c", 6));
  CHECK(f.dead() == "a:maxlen b:maxlen");
  f.publish(message("d", 11));
  CHECK(f.dead() == "c:maxlen d:maxlen");
  CHECK(f.queue.stats().ready_body_bytes == 0);
}

TEST_CASE("unsettled messages do not count for the length; a requeue over it drops from the head") {
  QueueFixture f({.max_length = 2});
  f.publish_all({"a", "b"});
  f.get(false);
  f.publish("c");
  CHECK(f.queue.ready() == 2);
  f.settle(1, 1, Outcome::requeued);
  CHECK(f.drain() == "b c");
}

TEST_CASE("a maximal length of 0 passes messages to waiting consumers only, and confirms all the same") {
  QueueFixture f({.max_length = 0});
  f.publish(message("a"), 1);
  CHECK(f.take<Confirmed>().size() == 1);
  CHECK(f.queue.ready() == 0);
  f.consume(1);
  f.publish("b");
  CHECK(f.delivered() == "b");
}

TEST_CASE("reject-publish refuses what would be too much, even with a consumer waiting") {
  QueueFixture f({.max_length = 1, .dead_letter = kTarget, .overflow = Overflow::reject_publish});
  f.publish(message("a"), 1);
  f.publish(message("b"), 2);
  f.publish(message("c"));
  const auto rejected = f.take<Rejected>();
  REQUIRE(rejected.size() == 1);
  CHECK(rejected[0].first == 2);
  CHECK(f.dead() == "");
  CHECK(f.drain() == "a");
  QueueFixture none({.max_length = 0, .overflow = Overflow::reject_publish});
  none.consume(1);
  none.publish(message("a"), 1);
  CHECK(none.take<Rejected>().size() == 1);
}

TEST_CASE("8.6/253 reject-publish-dlx refuses and dead-letters") {
  QueueFixture f({.max_length = 1, .dead_letter = kTarget, .overflow = Overflow::reject_publish_dlx});
  f.publish(message("a"), 1);
  f.publish(message("b"), 2);
  CHECK(f.take<Rejected>().size() == 1);
  CHECK(f.dead() == "b:maxlen");
}

TEST_CASE("reject-publish does not drop what is requeued above the limit") {
  QueueFixture f({.max_length = 1, .overflow = Overflow::reject_publish});
  f.publish("a");
  f.get(false);
  f.publish("b");
  f.settle(1, 1, Outcome::requeued);
  CHECK(f.drain() == "a* b");
}

TEST_CASE("8.6/256 higher priorities go first, in order within each, capped at the maximum; none is 0") {
  QueueFixture f({.max_priority = 5});
  f.publish(ranked("a", 1));
  f.publish("none");
  f.publish(ranked("b", 9));
  f.publish(ranked("c", 5));
  f.publish(ranked("d", 1));
  CHECK(f.get().message->traits().priority == 9);
  CHECK(f.drain() == "c a d none");
}

TEST_CASE("8.3/156 a maximal priority of 0 behaves as 1") {
  QueueFixture f({.max_priority = 0});
  f.publish("a");
  f.publish(ranked("b", 7));
  CHECK(f.drain() == "b a");
}

TEST_CASE("a requeued message takes its place within its priority") {
  QueueFixture f({.max_priority = 5});
  f.publish(ranked("a", 1));
  f.publish(ranked("b", 1));
  f.get(false);
  f.publish(ranked("c", 2));
  f.settle(1, 1, Outcome::requeued);
  CHECK(f.drain() == "c a* b");
}

TEST_CASE("5.4 the head is dropped first, which is the oldest of the highest priority") {
  QueueFixture f({.max_length = 2, .max_priority = 5, .dead_letter = kTarget});
  f.publish(ranked("a", 3));
  f.publish(ranked("b", 1));
  f.publish(ranked("c", 1));
  f.publish(ranked("d", 2));
  CHECK(f.dead() == "a:maxlen d:maxlen");
  CHECK(f.drain() == "b c");
}

TEST_CASE("every priority has a head that can expire") {
  QueueFixture f({.max_priority = 5, .dead_letter = kTarget});
  f.publish(ranked("a", 3));
  f.publish(message("b", 0, {.expiration_ms = 10, .priority = 1}));
  f.pass(10);
  CHECK(f.dead() == "b:expired");
  CHECK(f.queue.ready() == 1);
}

TEST_CASE("8.6/247 a rejected message is a dead letter only where the queue has a target") {
  QueueFixture with({.dead_letter = kTarget});
  with.publish("a");
  with.get(false);
  with.settle(1, 1, Outcome::discarded);
  CHECK(with.dead() == "a:rejected");
  QueueFixture without;
  without.publish("a");
  without.get(false);
  without.settle(1, 1, Outcome::discarded);
  CHECK(without.dead() == "");
}

TEST_CASE("a queue that adopts a length drops its oldest at once") {
  QueueFixture f;
  f.publish_all({"a", "b", "c"});
  f.adopt({.max_length = 1, .dead_letter = kTarget});
  CHECK(f.queue.ready() == 1);
  CHECK(f.dead() == "a:maxlen b:maxlen");
  f.adopt({});
  f.publish_all({"d", "e"});
  CHECK(f.queue.ready() == 3);
}

TEST_CASE("a queue that adopts a time to live gives it to what comes then") {
  QueueFixture f;
  f.publish("old");
  f.adopt({.message_ttl_ms = 10});
  f.get();
  f.publish("new");
  f.pass(10);
  CHECK(f.queue.ready() == 0);
}

TEST_CASE("a queue that adopts an expiry counts from then, and from its last use where it had one") {
  QueueFixture f;
  f.pass(1000);
  f.adopt({.expires_ms = 100});
  CHECK(f.queue.next_deadline() == f.now.instant_ms + 100);
  f.pass(60);
  f.adopt({.expires_ms = 90});
  CHECK(f.queue.next_deadline() == f.now.instant_ms + 30);
  f.adopt({});
  CHECK(f.queue.next_deadline() == kNever);
}

TEST_CASE("a queue that is closed adopts nothing") {
  QueueFixture f({.expires_ms = 10});
  f.pass(10);
  REQUIRE(f.queue.closed());
  f.adopt({.expires_ms = 5});
  CHECK(f.queue.next_deadline() == kNever);
}

}  // namespace warren::queue_limits_test
