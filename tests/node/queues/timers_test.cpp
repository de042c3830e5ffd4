#include "node/queues/timers.hpp"

#include <doctest/doctest.h>

#include "base/rng.hpp"

namespace warren::timers_test {

using namespace warren::node;

TEST_CASE("without reminders nothing comes") { CHECK(Timers().next_ms() == kNever); }

TEST_CASE("reminders come in the order of their time, with what they were given") {
  Timers timers;
  timers.remind(30, Timers::Kind::queue, 3);
  timers.remind(10, Timers::Kind::session, 1);
  timers.remind(20, Timers::Kind::queue, 2);
  for (const std::uint64_t number : {1, 2, 3}) {
    CHECK(timers.next_ms() == static_cast<Instant>(number * 10));
    const Timers::Reminder reminder = timers.take();
    CHECK(reminder.number == number);
    CHECK((reminder.kind == Timers::Kind::session) == (number == 1));
  }
  CHECK(timers.next_ms() == kNever);
}

TEST_CASE("many reminders in any order come in order") {
  Timers timers;
  Rng rng(1);
  for (int i = 0; i < 1000; ++i) timers.remind(static_cast<Instant>(rng.below(500)), Timers::Kind::queue, 1);
  Instant last = 0;
  for (int i = 0; i < 1000; ++i) {
    const Instant at = timers.take().at_ms;
    CHECK(at >= last);
    last = at;
  }
}

}  // namespace warren::timers_test
