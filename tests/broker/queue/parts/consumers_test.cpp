#include "broker/queue/parts/consumers.hpp"

#include <doctest/doctest.h>

#include "base/limits.hpp"
#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::consumers_test {

using namespace warren::broker;
using namespace warren::broker::testing;

namespace {

ConsumerSlot attach(Consumers& consumers, std::uint32_t id, const Wish& wish = {}) {
  return consumers.attach({kReader,
                           kChannel,
                           ConsumerId(id),
                           "",
                           {},
                           wish.priority,
                           wish.prefetch,
                           wish.no_ack,
                           wish.exclusive,
                           wish.paused});
}

bool detach(Consumers& consumers, ConsumerSlot slot) { return consumers.detach({kReader, kChannel, {}, slot}); }

// Hands out so many messages and tells to whom; 0 stands for nobody.
std::vector<std::uint32_t> rounds(Consumers& consumers, int messages) {
  static const MessageRef kOne = message("k");
  std::vector<std::uint32_t> ids;
  for (int i = 0; i < messages; ++i) {
    Consumer* consumer = consumers.next();
    ids.push_back(consumer == nullptr ? 0 : consumer->id.value);
    if (consumer != nullptr) consumers.delivered(*consumer, *kOne);
  }
  return ids;
}

using Ids = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("those at their limit leave the round and rejoin it at its end") {
  Consumers consumers(false);
  const ConsumerSlot one = attach(consumers, 1, {.prefetch = 1});
  attach(consumers, 2);
  attach(consumers, 3);
  CHECK(rounds(consumers, 4) == Ids{1, 2, 3, 2});
  consumers.settled(one);
  CHECK(rounds(consumers, 4) == Ids{3, 2, 1, 3});
}

TEST_CASE("lower priorities get what the higher ones cannot take, until these can again") {
  Consumers consumers(false);
  attach(consumers, 1, {.priority = -5});
  const ConsumerSlot two = attach(consumers, 2, {.priority = 7, .prefetch = 1});
  attach(consumers, 3, {.prefetch = 1});
  CHECK(rounds(consumers, 4) == Ids{2, 3, 1, 1});
  consumers.settled(two);
  CHECK(rounds(consumers, 2) == Ids{2, 1});
}

TEST_CASE("a slot is not used again, and one whose consumer has gone is forgiven") {
  Consumers consumers(false);
  const ConsumerSlot one = attach(consumers, 1);
  CHECK(detach(consumers, one));
  CHECK_FALSE(detach(consumers, one));
  const ConsumerSlot two = attach(consumers, 2, {.paused = true});
  CHECK(one != two);
  consumers.settled(one);
  consumers.replenish(one, 100);
  consumers.pause(one, true);
  CHECK(rounds(consumers, 1) == Ids{0});
  consumers.pause(two, false);
  CHECK(rounds(consumers, 1) == Ids{2});
}

TEST_CASE("consumers that come and go without a turn leave nothing behind") {
  Consumers consumers(false);
  attach(consumers, 1);
  for (std::uint32_t id = 2; id < 10'000; ++id) detach(consumers, attach(consumers, id));
  CHECK(consumers.size() == 1);
  CHECK(consumers.heap_bytes() < 4096);
  CHECK(rounds(consumers, 2) == Ids{1, 1});
}

TEST_CASE("finding the next among thousands that cannot receive takes no search") {
  Consumers consumers(false);
  std::vector<ConsumerSlot> slots;
  for (std::uint32_t id = 1; id <= 5000; ++id) slots.push_back(attach(consumers, id, {.prefetch = 1}));
  rounds(consumers, 5000);
  // A search over all at each turn would make this test the slowest of all by far.
  for (int turn = 0; turn < 100'000; ++turn) {
    CHECK_FALSE(consumers.next());
    consumers.settled(slots[static_cast<std::size_t>(turn) % slots.size()]);
    REQUIRE(rounds(consumers, 1).front() == static_cast<std::uint32_t>(turn) % 5000 + 1);
  }
}

TEST_CASE("a consumer's window may be overdrawn by one delivery only") {
  Consumers consumers(false);
  const ConsumerSlot slot = attach(consumers, 1, {.no_ack = true});
  const MessageRef large = message("k", limits::kConsumerWindowBytes);
  consumers.delivered(*consumers.next(), *large);
  CHECK_FALSE(consumers.next());
  consumers.replenish(slot, limits::kDeliveryOverheadBytes);
  CHECK_FALSE(consumers.next());
  consumers.replenish(slot, 1);
  CHECK(consumers.next());
}

TEST_CASE("who is admitted depends on exclusive ones and on single-active") {
  Consumers consumers(false);
  CHECK(consumers.admits(true));
  const ConsumerSlot one = attach(consumers, 1);
  CHECK_FALSE(consumers.admits(true));
  CHECK(consumers.admits(false));
  detach(consumers, one);
  attach(consumers, 2, {.exclusive = true});
  CHECK_FALSE(consumers.admits(false));
  CHECK_FALSE(Consumers(true).admits(true));
}

TEST_CASE("of a single-active queue's waiting consumers the longest waiting of the highest priority follows") {
  Consumers consumers(true);
  const ConsumerSlot one = attach(consumers, 1);
  attach(consumers, 2);
  const ConsumerSlot three = attach(consumers, 3, {.priority = 1});
  attach(consumers, 4, {.priority = 1});
  CHECK(rounds(consumers, 2) == Ids{1, 1});
  detach(consumers, one);
  CHECK(rounds(consumers, 2) == Ids{3, 3});
  detach(consumers, three);
  CHECK(rounds(consumers, 1) == Ids{4});
}

TEST_CASE("all consumers of a node leave at once, and the next active one is another's") {
  Consumers consumers(true);
  const auto far = [&](std::uint32_t id) {
    return consumers.attach(
        {{SessionId(9), NodeId(2), 0}, kChannel, ConsumerId(id), "", {}, 0, 0, false, false, false});
  };
  far(1);
  attach(consumers, 2);
  far(3);
  CHECK(rounds(consumers, 1) == Ids{1});
  CHECK(consumers.detach_all_of(NodeId(2)));
  CHECK(consumers.size() == 1);
  CHECK(rounds(consumers, 2) == Ids{2, 2});
  CHECK_FALSE(consumers.detach_all_of(NodeId(2)));
}

TEST_CASE("a slot of another session, or of another life of the queue, is nobody's") {
  Consumers consumers(false, 1000);
  Consumers before(false, 77);
  const ConsumerSlot mine = attach(consumers, 1);
  const ConsumerSlot old = attach(before, 1);
  CHECK(mine != old);
  CHECK_FALSE(detach(consumers, old));
  consumers.replenish(old, 1);
  consumers.settled(old);
  CHECK(consumers.pause(old, true) == nullptr);
  CHECK_FALSE(consumers.detach({{SessionId(9), NodeId(2), 0}, kChannel, {}, mine}));
  CHECK(detach(consumers, mine));
}

}  // namespace warren::consumers_test
