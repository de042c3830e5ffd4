// What a queue does when another node is lost, whose sessions used it: clustering.md 3.4.
#include <doctest/doctest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "base/rng.hpp"

#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::queue_peer_lost_test {

using namespace warren::broker;
using namespace warren::broker::testing;

namespace {

constexpr NodeId kFarNode{2};
constexpr SessionRef kFar{SessionId(300), kFarNode, 1};

ConsumerSlot consume_far(QueueFixture& f, std::uint32_t id, const Wish& wish = {}) {
  f.mail.clear();
  f.run(Attach{
      kFar, kChannel, ConsumerId(id), "", {}, wish.priority, wish.prefetch, wish.no_ack, wish.exclusive, wish.paused});
  return std::get<Attached>(f.mail.at(0).event).slot;
}

bool lose(QueueFixture& f) {
  f.mail.clear();
  const bool anything = f.queue.peer_lost(kFarNode, f.now, f.effects);
  f.end_batch();
  return anything;
}

}  // namespace

TEST_CASE("what sessions of a lost node held comes back in order, flagged, and nobody there is told") {
  QueueFixture f;
  consume_far(f, 1, {.prefetch = 2});
  f.publish_all({"a", "b", "c"});
  f.run(Get{kFar, kChannel, false});
  CHECK(f.queue.unsettled() == 3);
  CHECK(lose(f));
  CHECK(f.mail.empty());
  CHECK(f.queue.consumers() == 0);
  CHECK(f.queue.unsettled() == 0);
  CHECK(f.drain() == "a* b* c*");
}

TEST_CASE("what others hold stays with them, and their consumers get what came back") {
  QueueFixture f;
  consume_far(f, 1, {.priority = 5, .prefetch = 1});
  f.consume(2, {.prefetch = 1});
  f.publish_all({"a", "b", "c"});
  CHECK(f.delivered_to() == "1:a 2:b");
  CHECK(lose(f));
  CHECK(f.queue.unsettled() == 1);
  f.settle(2, 2, Outcome::accepted);
  CHECK(f.delivered() == "a*");
}

TEST_CASE("an exclusive consumer of a lost node frees the queue") {
  QueueFixture f;
  consume_far(f, 1, {.exclusive = true});
  CHECK_FALSE(f.consume(2));
  lose(f);
  CHECK(f.consume(2));
}

TEST_CASE("an auto-delete queue goes with the last consumer, also when that is lost") {
  QueueFixture f({.auto_delete = true});
  consume_far(f, 1);
  f.consume(2);
  lose(f);
  CHECK(f.farewells.empty());
  QueueFixture alone({.auto_delete = true});
  consume_far(alone, 1);
  alone.publish("a");
  lose(alone);
  CHECK(alone.farewells.size() == 1);
  CHECK(alone.queue.closed());
}

TEST_CASE("confirms that wait for the end of the batch are not sent to a lost node") {
  QueueFixture f;
  f.step(Enqueue{message("a"), kFar, kChannel, 1});
  f.step(Enqueue{message("b"), kPublisher, kChannel, 1});
  f.queue.peer_lost(kFarNode, f.now, f.effects);
  f.end_batch();
  REQUIRE(f.mail.size() == 1);
  CHECK(f.mail[0].to == kPublisher);
  CHECK(f.queue.ready() == 2);
}

TEST_CASE("what comes late of a lost session changes nothing") {
  QueueFixture f;
  const ConsumerSlot slot = consume_far(f, 1, {.prefetch = 1});
  f.publish_all({"a", "b"});
  lose(f);
  f.consume(2, {.prefetch = 1});
  f.mail.clear();
  f.run(Settle{kFar, kChannel, 1, 2, Outcome::accepted});
  f.run(Replenish{slot, 1000});
  f.run(Pause{slot, true});
  f.run(Pause{slot, false});
  CHECK(f.mail.empty());
  f.run(Detach{kFar, kChannel, ConsumerId(1), slot});
  CHECK(f.queue.consumers() == 1);
  CHECK(f.queue.unsettled() == 1);
  CHECK(f.queue.ready() == 1);
  CHECK_FALSE(lose(f));
}

TEST_CASE("a queue that lives again gives other slots than before") {
  QueueFixture before;
  const ConsumerSlot old = before.consume(1);
  Queue again({QueueId(7), Epoch(1)}, {}, Now{3, 51});
  QueueFixture after;
  QueueCommand attach = Attach{kReader, kChannel, ConsumerId(2), "", {}, 0, 0, false, false, false};
  again.step(attach, after.now, after.effects);
  CHECK(std::get<Attached>(after.mail.at(0).event).slot != old);
}

TEST_CASE("no message goes with a node, whatever is under way, and what is settled does not come back") {
  struct Held {
    SessionRef session;
    Position position;
  };
  QueueFixture f;
  Rng rng(11);
  std::vector<Held> held;
  std::uint64_t published = 0;
  std::uint64_t accepted = 0;
  std::uint32_t consumers = 0;
  for (int step = 0; step < 5000; ++step) {
    const SessionRef session = rng.one_in(2) ? kFar : kReader;
    switch (rng.below(6)) {
      case 0: f.run(Attach{session, kChannel, ConsumerId(++consumers), "", {}, 0, 3, false, false, false}); break;
      case 1:
      case 2:
        f.publish(message("k"));
        ++published;
        break;
      case 3:
      case 4:
        if (held.empty()) break;
        std::swap(held.back(), held[rng.below(held.size())]);
        f.run(Settle{held.back().session, kChannel, held.back().position, held.back().position, Outcome::accepted});
        held.pop_back();
        ++accepted;
        break;
      default:
        if (!rng.one_in(20)) break;
        lose(f);
        std::erase_if(held, [](const Held& one) { return one.session == kFar; });
    }
    for (const SessionMail& mail : std::exchange(f.mail, {}))
      if (const auto* delivery = std::get_if<Delivery>(&mail.event)) held.push_back({mail.to, delivery->position});
    REQUIRE(f.queue.unsettled() == held.size());
    REQUIRE(published == accepted + held.size() + f.queue.ready());
  }
  CHECK(accepted > 500);
}

}  // namespace warren::queue_peer_lost_test
