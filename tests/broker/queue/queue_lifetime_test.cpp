// How queues are counted, emptied, deleted and forgotten: amqp.md 3.4 to 3.8, 5.3; and what publishers hear.
#include <doctest/doctest.h>

#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::queue_lifetime_test {

using namespace warren::broker;
using namespace warren::broker::testing;

namespace {

using Verdict = DeleteAnswer::Verdict;

DeleteAnswer try_delete(QueueFixture& f, bool if_unused, bool if_empty) {
  f.run(Delete{kReader, kChannel, if_unused, if_empty});
  return f.take<DeleteAnswer>().at(0);
}

Counted count(QueueFixture& f, bool declared) {
  f.run(Inspect{kReader, kChannel, declared});
  return f.take<Counted>().at(0);
}

}  // namespace

TEST_CASE("8.3/140 a declaration is told ready messages and consumers, not unsettled messages") {
  QueueFixture f;
  f.publish_all({"a", "b", "c"});
  f.get(false);
  f.consume(1, {.paused = true});
  const Counted counted = count(f, true);
  CHECK(counted.ready == 2);
  CHECK(counted.consumers == 1);
  CHECK_FALSE(counted.gone);
}

TEST_CASE("8.3/167 purge takes ready messages, and no others; 8.6/255 nothing is dead-lettered") {
  QueueFixture f({.dead_letter = DeadLetterTarget{"dlx", {}}});
  f.publish_all({"a", "b", "c"});
  f.get(false);
  f.run(Purge{kReader, kChannel});
  CHECK(f.take<Purged>().at(0).messages == 2);
  CHECK(f.dead() == "");
  f.settle(1, 1, Outcome::requeued);
  CHECK(f.drain() == "a*");
}

TEST_CASE("8.3/163 in use is told before not empty") {
  QueueFixture f;
  f.publish("a");
  const ConsumerSlot slot = f.consume(1, {.paused = true});
  CHECK(try_delete(f, true, true).verdict == Verdict::in_use);
  f.cancel(1, slot);
  CHECK(try_delete(f, true, true).verdict == Verdict::not_empty);
  CHECK(try_delete(f, true, false).verdict == Verdict::may_go);
}

TEST_CASE(
    "8.3/164 deletion tells the ready messages, 8.6/255 dead-letters none, and what is published meanwhile waits") {
  QueueFixture f({.dead_letter = DeadLetterTarget{"dlx", {}}});
  f.publish_all({"a", "b", "c"});
  f.get(false);
  const DeleteAnswer answer = try_delete(f, false, false);
  CHECK(answer.verdict == Verdict::may_go);
  CHECK(answer.ready == 2);
  CHECK(f.dead() == "");
  CHECK(try_delete(f, false, false).verdict == Verdict::gone);
  f.publish(message("d"), 1);
  CHECK(f.take<Confirmed>().empty());
  CHECK(f.queue.ready() == 2);
  f.queue.retire(f.effects);
  CHECK(f.take<Confirmed>().size() == 1);
  CHECK(f.dead() == "");
  CHECK(f.get().gone);
  CHECK(count(f, true).gone);
  f.run(Purge{kReader, kChannel});
  CHECK(f.take<Purged>().at(0).gone);
  f.run(Attach{kReader, kChannel, ConsumerId(1), "", {}, 0, 0, false, false, false});
  CHECK(f.take<AttachRefused>().at(0).gone);
  f.settle(1, 1, Outcome::requeued);
  f.publish(message("e"), 2);
  CHECK(f.take<Confirmed>().size() == 1);
  CHECK(f.queue.ready() == 0);
  CHECK(f.queue.next_deadline() == kNever);
}

TEST_CASE("a queue that agreed to go and is told to stay has lost nothing") {
  QueueFixture f;
  f.publish_all({"a", "b"});
  CHECK(try_delete(f, false, false).verdict == Verdict::may_go);
  f.publish(message("c"), 1);
  CHECK(f.take<Confirmed>().empty());
  f.run(Stay{});
  CHECK(f.take<Confirmed>().size() == 1);
  CHECK(f.queue.ready() == 3);
  CHECK(try_delete(f, false, true).verdict == Verdict::not_empty);
}

TEST_CASE("consumers of a deleted queue may still detach, and are not told that they lost it") {
  QueueFixture f;
  const ConsumerSlot slot = f.consume(1);
  try_delete(f, false, false);
  f.cancel(1, slot);
  CHECK(f.take<Detached>().size() == 1);
  f.queue.retire(f.effects);
  CHECK(f.take<ConsumerLost>().empty());
}

TEST_CASE("8.3/173 an auto-delete queue goes with its last consumer, not with a get") {
  QueueFixture f({.auto_delete = true});
  f.publish("a");
  f.get();
  CHECK(f.farewells.empty());
  const ConsumerSlot one = f.consume(1);
  const ConsumerSlot two = f.consume(2);
  f.cancel(1, one);
  CHECK(f.farewells.empty());
  f.cancel(2, two);
  REQUIRE(f.farewells.size() == 1);
  CHECK(f.farewells[0].queue == f.queue.ref());
  CHECK(f.queue.closed());
}

TEST_CASE(
    "8.3/174 an unused queue expires; get and declare postpone it, a consumer stops the clock, publishes do not") {
  QueueFixture f({.expires_ms = 100});
  f.now.instant_ms = 0;
  f.pass(90);
  count(f, true);
  CHECK(f.queue.next_deadline() == 190);
  f.pass(90);
  f.get();
  CHECK(f.queue.next_deadline() == 280);
  count(f, false);
  f.publish("a");
  CHECK(f.queue.next_deadline() == 280);
  f.pass(90);
  const ConsumerSlot slot = f.consume(1);
  CHECK(f.queue.next_deadline() == kNever);
  f.pass(1000);
  f.cancel(1, slot);
  CHECK(f.queue.next_deadline() == f.now.instant_ms + 100);
  f.pass(99);
  CHECK(f.farewells.empty());
  f.pass(1);
  CHECK(f.farewells.size() == 1);
  CHECK(f.queue.closed());
}

TEST_CASE("neighbouring publishes are confirmed as one run at the end of the batch") {
  QueueFixture f;
  for (const std::uint64_t sequence : {1, 2, 3, 5, 6}) f.step(Enqueue{message("a"), kPublisher, kChannel, sequence});
  CHECK(f.take<Confirmed>().empty());
  f.end_batch();
  const auto confirmed = f.take<Confirmed>();
  REQUIRE(confirmed.size() == 2);
  CHECK(confirmed[0].first == 1);
  CHECK(confirmed[0].last == 3);
  CHECK(confirmed[1].first == 5);
  CHECK(confirmed[1].last == 6);
}

TEST_CASE("an idle queue is small, and an emptied one gives its memory back") {
  CHECK(sizeof(Queue) <= 384);
  QueueFixture f;
  CHECK(f.queue.stats().footprint_bytes == sizeof(Queue));
  const ConsumerSlot slot = f.consume(1, {.prefetch = 10});
  for (int i = 0; i < 100; ++i) f.publish(message("a", 100));
  CHECK(f.queue.stats().footprint_bytes > 10'000);
  for (Position position = 1; position <= 100; ++position) f.settle(position, position, Outcome::accepted);
  f.cancel(1, slot);
  const QueueStats stats = f.queue.stats();
  CHECK(stats.ready + stats.unsettled + stats.consumers == 0);
  CHECK(stats.footprint_bytes < sizeof(Queue) + 300);
}

}  // namespace warren::queue_lifetime_test
