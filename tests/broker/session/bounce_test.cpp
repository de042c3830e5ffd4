#include "broker/session/bounce.hpp"

#include <doctest/doctest.h>

#include <utility>

#include "tests/broker/queue/queue_fixture.hpp"
#include "tests/broker/session/surroundings.hpp"

namespace warren::broker::session {

namespace {

constexpr QueueRef kQueue{QueueId(7), Epoch(1)};
constexpr SessionRef kSession{SessionId(3), NodeId(1), 2};
constexpr ChannelRef kChannel{4, 1};

std::vector<QueueMail> back_to_queue(QueueEvent event) {
  std::vector<QueueMail> mail;
  std::vector<Propose> proposals;
  session::bounce(event, kSession, mail, proposals);
  CHECK(proposals.empty());
  return mail;
}

std::vector<SessionMail> back_to_session(QueueCommand command) {
  std::vector<SessionMail> mail;
  session::bounce(kQueue, command, mail);
  return mail;
}

// The only event, which must be of that kind.
template <class Event>
Event answer(QueueCommand command) {
  std::vector<SessionMail> mail = back_to_session(std::move(command));
  REQUIRE(mail.size() == 1);
  CHECK(mail.front().to == kSession);
  REQUIRE(std::holds_alternative<Event>(mail.front().event));
  return std::get<Event>(mail.front().event);
}

}  // namespace

TEST_CASE("a delivery that nobody takes goes back as if it had not been made") {
  Delivery delivery;
  delivery.queue = kQueue;
  delivery.position = 12;
  delivery.channel = kChannel;
  const auto mail = back_to_queue(delivery);
  REQUIRE(mail.size() == 1);
  CHECK(mail[0].to == kQueue);
  const auto& settle = std::get<Settle>(mail[0].command);
  CHECK(settle.session == kSession);
  CHECK(settle.channel == kChannel);
  CHECK(settle.first == 12);
  CHECK(settle.last == 12);
  CHECK(settle.outcome == Outcome::returned);
}

TEST_CASE("a message got in vain goes back only if the queue still holds it") {
  GetAnswer answer;
  answer.message = broker::testing::message("key");
  answer.queue = kQueue;
  answer.channel = kChannel;
  CHECK(back_to_queue(answer).size() == 1);
  answer.no_ack = true;
  CHECK(back_to_queue(answer).empty());
  answer.no_ack = false;
  answer.message = {};
  CHECK(back_to_queue(answer).empty());
}

TEST_CASE("a consumer whose channel is no more is taken off its queue") {
  const auto mail = back_to_queue(Attached{kQueue, kChannel, ConsumerId(5), ConsumerSlot(6)});
  REQUIRE(mail.size() == 1);
  const auto& detach = std::get<Detach>(mail[0].command);
  CHECK(detach.consumer == ConsumerId(5));
  CHECK(detach.slot == ConsumerSlot(6));
}

TEST_CASE("confirms and counts for nobody are forgotten") {
  CHECK(back_to_queue(Confirmed{kChannel, 1, 2}).empty());
  CHECK(back_to_queue(Counted{kQueue, kChannel, 1, 2, false}).empty());
}

TEST_CASE("a publish to a queue that is no more counts as confirmed") {
  const auto confirmed = answer<Confirmed>(Enqueue{broker::testing::message("key"), kSession, kChannel, 9});
  CHECK(confirmed.channel == kChannel);
  CHECK(confirmed.first == 9);
  CHECK(confirmed.last == 9);
  CHECK(back_to_session(Enqueue{broker::testing::message("key"), kSession, kChannel, 0}).empty());
}

TEST_CASE("requests to a queue that is no more are answered so") {
  CHECK(answer<GetAnswer>(Get{kSession, kChannel, false}).gone);
  CHECK(answer<Counted>(Inspect{kSession, kChannel, true}).gone);
  CHECK(answer<Purged>(Purge{kSession, kChannel}).gone);
  CHECK(answer<DeleteAnswer>(Delete{kSession, kChannel, false, false}).verdict == DeleteAnswer::Verdict::gone);
  CHECK(answer<Detached>(Detach{kSession, kChannel, ConsumerId(5), {}}).consumer == ConsumerId(5));
  Attach attach;
  attach.session = kSession;
  attach.channel = kChannel;
  attach.consumer = ConsumerId(5);
  CHECK(answer<AttachRefused>(attach).gone);
}

TEST_CASE("what nobody waits for is not answered") {
  CHECK(back_to_session(Settle{kSession, kChannel, 1, 1, Outcome::accepted}).empty());
  CHECK(back_to_session(Replenish{ConsumerSlot(1), 100}).empty());
  CHECK(back_to_session(Pause{ConsumerSlot(1), true}).empty());
}

TEST_CASE("what belongs to a former reign is known by its queue") {
  session::testing::Surroundings around;
  const QueueRef queue = around.declare("q");
  const QueueRef former{queue.id, Epoch(queue.epoch.value - 1)};
  const auto is_former = [&](QueueEvent event) { return session::of_former_reign(event, around.catalog); };
  CHECK(is_former(Counted{former, kChannel, 1, 1, false}));
  CHECK(is_former(ConsumerLost{former, kChannel, ConsumerId(1)}));
  CHECK_FALSE(is_former(Counted{queue, kChannel, 1, 1, false}));
  // Answers for publishes belong to none, and of a queue that is no more there is no other reign.
  CHECK_FALSE(is_former(Confirmed{kChannel, 1, 1}));
  CHECK_FALSE(is_former(ConsumerLost{{QueueId(99), Epoch(1)}, kChannel, ConsumerId(1)}));
}

TEST_CASE("a queue that has agreed to go goes, though nobody hears its answer") {
  std::vector<QueueMail> mail;
  std::vector<Propose> proposals;
  QueueEvent agreed = DeleteAnswer{kQueue, kChannel, DeleteAnswer::Verdict::may_go, 0};
  session::bounce(agreed, kSession, mail, proposals);
  REQUIRE(proposals.size() == 1);
  CHECK(std::get<DeleteQueue>(proposals[0].command).queue == kQueue.id);
  QueueEvent refused = DeleteAnswer{kQueue, kChannel, DeleteAnswer::Verdict::in_use, 0};
  session::bounce(refused, kSession, mail, proposals);
  CHECK(proposals.size() == 1);
  CHECK(mail.empty());
}

}  // namespace warren::broker::session
