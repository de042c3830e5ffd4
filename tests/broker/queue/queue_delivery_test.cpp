// Consuming, getting and settling: amqp.md 3.10 to 3.15.
#include <doctest/doctest.h>

#include "base/limits.hpp"
#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::queue_delivery_test {

using namespace warren::broker;
using namespace warren::broker::testing;

TEST_CASE("messages are delivered in the order of publishing, before or after the consumer came") {
  QueueFixture f;
  f.publish_all({"a", "b"});
  f.consume(1);
  f.publish_all({"c", "d"});
  CHECK(f.delivered() == "a b c d");
  CHECK(f.queue.unsettled() == 4);
}

TEST_CASE("the answer to Attach precedes the first delivery") {
  QueueFixture f;
  f.publish("a");
  f.consume(1);
  REQUIRE(f.mail.size() == 3 - 1);
  CHECK(std::holds_alternative<Attached>(f.mail[0].event));
  CHECK(std::holds_alternative<Delivery>(f.mail[1].event));
  CHECK(f.mail[1].to == kReader);
}

TEST_CASE("8.5/212 two consumers take turns") {
  QueueFixture f;
  f.consume(1);
  f.consume(2);
  f.publish_all({"a", "b", "c", "d"});
  CHECK(f.delivered_to() == "1:a 2:b 1:c 2:d");
}

TEST_CASE("8.5/213 a prefetch of 2 each gives two and two, and a settlement makes room for one") {
  QueueFixture f;
  f.consume(1, {.prefetch = 2});
  f.consume(2, {.prefetch = 2});
  f.publish_all({"a", "b", "c", "d", "e", "f"});
  CHECK(f.delivered_to() == "1:a 2:b 1:c 2:d");
  CHECK(f.queue.ready() == 2);
  f.settle(3, 3, Outcome::accepted);
  CHECK(f.delivered_to() == "1:e");
}

TEST_CASE("8.5/214 prefetch means nothing to an auto-acknowledging consumer, whose deliveries are settled when sent") {
  QueueFixture f;
  f.consume(1, {.prefetch = 1, .no_ack = true});
  f.publish_all({"a", "b", "c"});
  CHECK(f.delivered() == "a b c");
  CHECK(f.queue.unsettled() == 0);
}

TEST_CASE("8.5/233 the higher priority is served first and spills over when it is full") {
  QueueFixture f;
  f.consume(1, {.priority = -1});
  f.consume(2, {.priority = 5, .prefetch = 2});
  f.consume(3);
  f.publish_all({"a", "b", "c", "d"});
  CHECK(f.delivered_to() == "2:a 2:b 3:c 3:d");
}

TEST_CASE("8.5/205 exclusive consumers are refused beside others, and others beside them") {
  QueueFixture f;
  const ConsumerSlot first = f.consume(1);
  CHECK_FALSE(f.consume(2, {.exclusive = true}));
  CHECK_FALSE(f.take<AttachRefused>().at(0).gone);
  f.cancel(1, first);
  const ConsumerSlot alone = f.consume(2, {.exclusive = true});
  CHECK(alone);
  CHECK_FALSE(f.consume(3));
  f.cancel(2, alone);
  CHECK(f.consume(4));
}

TEST_CASE("8.5/206 basic.get is allowed beside an exclusive consumer") {
  QueueFixture f;
  f.consume(1, {.exclusive = true, .paused = true});
  f.publish("a");
  CHECK(f.get().message);
}

TEST_CASE("8.5/210 what a cancelled consumer holds stays with its channel") {
  QueueFixture f;
  const ConsumerSlot slot = f.consume(1);
  f.publish_all({"a", "b"});
  f.cancel(1, slot);
  CHECK(f.take<Detached>().size() == 1);
  f.publish("c");
  CHECK(f.delivered() == "");
  f.settle(1, 1, Outcome::accepted);
  f.settle(2, 2, Outcome::requeued);
  CHECK(f.drain() == "b* c");
}

TEST_CASE("8.5/234 only the first consumer of a single-active queue receives; the next is promoted; get is allowed") {
  QueueFixture f({.single_active_consumer = true});
  const ConsumerSlot first = f.consume(1, {.prefetch = 1});
  f.consume(2);
  f.consume(3, {.priority = 3});
  f.publish_all({"a", "b", "c"});
  CHECK(f.delivered_to() == "1:a");
  CHECK(f.get().message->routing_key() == "b");
  f.cancel(1, first);
  CHECK(f.delivered_to() == "3:c");
  f.settle(1, 1, Outcome::requeued);
  CHECK(f.delivered_to() == "3:a");
}

TEST_CASE("8.5/235 an exclusive consumer is refused on a single-active queue") {
  QueueFixture f({.single_active_consumer = true});
  CHECK_FALSE(f.consume(1, {.exclusive = true}));
  CHECK(f.consume(1));
}

TEST_CASE("8.5/231 get tells how many are left, and that there is nothing") {
  QueueFixture f;
  f.publish_all({"a", "b", "c"});
  const GetAnswer answer = f.get(false);
  CHECK(answer.message->routing_key() == "a");
  CHECK(answer.remaining == 2);
  CHECK(answer.position == 1);
  CHECK_FALSE(answer.redelivered);
  CHECK(f.drain() == "b c");
  CHECK_FALSE(f.get().message);
  CHECK(f.queue.unsettled() == 1);
}

TEST_CASE("8.5/225 a requeued message returns to its place, marked redelivered") {
  QueueFixture f;
  f.publish_all({"a", "b", "c"});
  f.get(false);
  f.settle(1, 1, Outcome::requeued);
  CHECK(f.drain() == "a* b c");
}

TEST_CASE("8.5/226 several requeues restore the order, whatever the order they come in") {
  QueueFixture f;
  f.publish_all({"a", "b", "c", "d"});
  for (int i = 0; i < 3; ++i) f.get(false);
  f.step(Settle{kReader, kChannel, 3, 3, Outcome::requeued});
  f.step(Settle{kReader, kChannel, 1, 2, Outcome::requeued});
  f.end_batch();
  CHECK(f.drain() == "a* b* c* d");
}

TEST_CASE("8.5/230 requeues of one batch are delivered by position at its end") {
  QueueFixture f;
  f.consume(1, {.prefetch = 3});
  f.publish_all({"a", "b", "c", "d"});
  f.delivered();
  f.step(Settle{kReader, kChannel, 3, 3, Outcome::requeued});
  CHECK(f.delivered() == "");
  f.step(Enqueue{message("e"), kPublisher, kChannel, 0});
  f.step(Settle{kReader, kChannel, 1, 2, Outcome::requeued});
  CHECK(f.delivered() == "");
  f.end_batch();
  CHECK(f.delivered() == "a* b* c*");
  CHECK(f.queue.ready() == 2);
}

TEST_CASE("a message that never reached the client goes back unmarked, unless it was marked before") {
  QueueFixture f;
  f.publish_all({"a", "b"});
  f.get(false);
  f.settle(1, 1, Outcome::requeued);
  f.get(false);
  f.get(false);
  f.settle(1, 2, Outcome::returned);
  CHECK(f.drain() == "a* b");
}

TEST_CASE("8.5/224 settling a range touches only what that channel holds") {
  QueueFixture f({.dead_letter = DeadLetterTarget{"dlx", {}}});
  f.publish_all({"a", "b", "c"});
  f.get(false);
  f.run(Get{kReader, ChannelRef{1, 2}, false});
  f.run(Get{kReader, ChannelRef{2, 1}, false});
  f.settle(0, 1'000'000'000'000, Outcome::discarded);
  CHECK(f.dead() == "a:rejected");
  CHECK(f.queue.unsettled() == 2);
  f.settle(0, 100, Outcome::discarded);
  CHECK(f.queue.unsettled() == 2);
}

TEST_CASE("a consumer stops when its window is used up, and goes on when it is given back") {
  QueueFixture f;
  const ConsumerSlot slot = f.consume(1, {.no_ack = true});
  const std::size_t half = limits::kConsumerWindowBytes / 2;
  for (const char* key : {"a", "b", "c", "d"}) f.publish(message(key, half));
  // The second leaves less than nothing behind it, for each also counts its overhead.
  CHECK(f.delivered() == "a b");
  f.run(Replenish{slot, 2 * limits::kDeliveryOverheadBytes});
  CHECK(f.delivered() == "");
  f.run(Replenish{slot, 1});
  CHECK(f.delivered() == "c");
}

TEST_CASE("8.5/218 a paused consumer takes nothing until it goes on") {
  QueueFixture f;
  const ConsumerSlot slot = f.consume(1, {.paused = true});
  f.publish_all({"a", "b"});
  CHECK(f.delivered() == "");
  f.run(Pause{slot, false});
  CHECK(f.delivered() == "a b");
  f.run(Pause{slot, true});
  f.publish("c");
  CHECK(f.delivered() == "");
}

TEST_CASE("8.5/211 a retired queue tells each consumer, and confirms what is pending") {
  QueueFixture f;
  f.consume(1);
  f.consume(2);
  f.step(Enqueue{message("a"), kPublisher, kChannel, 1});
  f.queue.retire(f.effects);
  std::size_t lost = 0, confirmed = 0;
  for (const SessionMail& one : f.mail) {
    lost += std::holds_alternative<ConsumerLost>(one.event);
    confirmed += std::holds_alternative<Confirmed>(one.event);
  }
  CHECK(lost == 2);
  CHECK(confirmed == 1);
  CHECK(f.queue.consumers() == 0);
}

TEST_CASE("a consumer can be detached by its session's names for it, before its slot is known") {
  QueueFixture f;
  f.consume(1);
  f.consume(2);
  f.cancel(1, ConsumerSlot{});
  CHECK(f.queue.consumers() == 1);
  f.publish("a");
  CHECK(f.delivered_to() == "2:a");
}

}  // namespace warren::queue_delivery_test
