#include "node/queues/moves/fences.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::fences_test {

using namespace warren::node;
using broker::testing::message;

namespace {

constexpr NodeId kFormer{1};
constexpr QueueRef kFirst{QueueId(7), Epoch(2)};
constexpr QueueRef kSecond{QueueId(7), Epoch(3)};
constexpr ShardAddress kWay{kFormer, 1};

struct FencesWorld {
  // Whether it has to wait.
  bool send(const std::string& body, QueueId queue = kFirst.id) {
    broker::QueueMail mail{{queue, Epoch(2)}, broker::Enqueue{message(body), {}, {}, 1}};
    return fences.keep(mail);
  }
  void answer(const QueueRef& queue, bool gone = false) { fences.hear(broker::Counted{queue, {}, 0, 0, gone}); }
  std::vector<std::string> freed() {
    std::vector<std::string> keys;
    for (const broker::QueueMail& mail : fences.take_freed())
      keys.emplace_back(std::get<broker::Enqueue>(mail.command).message->routing_key());
    return keys;
  }

  Fences fences;
};

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(FencesWorld, "what is sent to a queue that has moved waits for what was sent before") {
  CHECK_FALSE(send("early"));
  CHECK(fences.raise(kFirst, kWay, 0) == kWay);
  CHECK(send("one"));
  CHECK(send("two"));
  CHECK_FALSE(send("other", QueueId(8)));
  CHECK(fences.waiting_bytes() > 0);
  CHECK(freed().empty());
  answer(kFirst);
  CHECK(freed() == Keys{"one", "two"});
  CHECK(fences.idle());
  CHECK(fences.waiting_bytes() == 0);
  CHECK_FALSE(send("late"));
}

TEST_CASE_FIXTURE(FencesWorld, "nothing waits for a queue of which nothing is under way elsewhere") {
  CHECK_FALSE(fences.raise(kFirst, std::nullopt, 0));
  CHECK(fences.idle());
  CHECK_FALSE(send("one"));
}

TEST_CASE_FIXTURE(FencesWorld, "a queue that moves on while mail waits is asked for again, by the same way") {
  fences.raise(kFirst, kWay, 0);
  CHECK(send("one"));
  CHECK(fences.raise(kSecond, std::nullopt, 1) == kWay);
  answer(kFirst);
  CHECK(freed().empty());
  answer(kSecond);
  CHECK(freed() == Keys{"one"});
}

TEST_CASE_FIXTURE(FencesWorld, "mail for a queue that is gone waits for nothing") {
  fences.raise(kFirst, kWay, 0);
  CHECK(send("one"));
  answer({kFirst.id, Epoch(1)}, true);
  CHECK(freed() == Keys{"one"});
}

TEST_CASE_FIXTURE(FencesWorld, "nothing waits for a node that is lost") {
  fences.raise(kFirst, kWay, 0);
  CHECK(send("one"));
  fences.lose(NodeId(2));
  CHECK(freed().empty());
  fences.lose(kFormer);
  CHECK(freed() == Keys{"one"});
}

TEST_CASE_FIXTURE(FencesWorld, "an answer that does not come is not waited for longer than two seconds") {
  fences.raise(kFirst, kWay, 100);
  CHECK(send("one"));
  CHECK(fences.deadline() == 2100);
  fences.expire(2099);
  CHECK(freed().empty());
  fences.expire(2100);
  CHECK(freed() == Keys{"one"});
  CHECK(fences.deadline() == kNever);
}

}  // namespace warren::fences_test
