#include "cluster/raft/parts/outbox.hpp"

#include <doctest/doctest.h>

#include "cluster/limits.hpp"

namespace warren::outbox_test {

using namespace warren::raft;

namespace {

Letter letter(std::uint32_t to) { return {NodeId(to), {}}; }

int taken(Outbox& outbox) {
  int count = 0;
  for (Letter next; outbox.take(next);) ++count;
  return count;
}

}  // namespace

TEST_CASE("an answer waits for what its own step persists and for what came before") {
  Outbox outbox(0);
  outbox.hold(letter(1));
  CHECK(outbox.close(true, 5) == 1);
  outbox.hold(letter(2));
  CHECK(outbox.close(false, 5) == 1);
  CHECK(taken(outbox) == 0);
  outbox.persisted(1);
  CHECK(taken(outbox) == 2);
  outbox.hold(letter(3));
  outbox.close(false, 5);
  CHECK(taken(outbox) == 1);  // nothing to wait for
}

TEST_CASE("the log is durable as far as the disk has said so") {
  Outbox outbox(3);
  outbox.close(true, 5);
  outbox.close(true, 8);
  CHECK(outbox.durable() == 3);
  outbox.persisted(1);
  CHECK(outbox.durable() == 5);
  outbox.persisted(2);
  CHECK(outbox.durable() == 8);
}

TEST_CASE("entries that were replaced are not durable because their places were written once") {
  Outbox outbox(3);
  outbox.close(true, 10);
  outbox.truncated_after(6);
  outbox.close(true, 9);
  outbox.persisted(1);
  CHECK(outbox.durable() == 6);
  outbox.persisted(2);
  CHECK(outbox.durable() == 9);
  outbox.truncated_after(4);
  CHECK(outbox.durable() == 4);
}

TEST_CASE("what waits is bounded") {
  Outbox outbox(0);
  for (std::size_t i = 0; i < limits::kAnswersHeldMax + 10; ++i) {
    outbox.hold(letter(1));
    outbox.close(true, 0);
  }
  outbox.persisted(limits::kAnswersHeldMax + 10);
  CHECK(taken(outbox) == static_cast<int>(limits::kAnswersHeldMax));
}

}  // namespace warren::outbox_test
