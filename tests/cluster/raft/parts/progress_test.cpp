#include "cluster/raft/parts/progress.hpp"

#include <doctest/doctest.h>

#include "cluster/limits.hpp"

namespace warren::progress_test {

using namespace warren::raft;
using State = Progress::State;

TEST_CASE("a probe waits for its answer, then appends are pipelined up to the window") {
  Progress progress(10);
  CHECK(progress.may_send());
  progress.sent(12);
  CHECK_FALSE(progress.may_send());
  CHECK(progress.matched(9));
  CHECK(progress.state() == State::replicate);
  CHECK(progress.next() == 10);
  for (std::size_t i = 0; i < limits::kAppendsInFlightMax; ++i) {
    CHECK(progress.may_send());
    progress.sent(10 + i);
  }
  CHECK_FALSE(progress.may_send());
  CHECK(progress.matched(10));
  CHECK(progress.may_send());
}

TEST_CASE("a rejection goes back to probing where the logs may agree") {
  Progress progress(10);
  CHECK(progress.rejected(9, 4));
  CHECK(progress.next() == 5);
  CHECK(progress.matched(4));
  progress.sent(8);
  CHECK(progress.rejected(8, 6));
  CHECK(progress.state() == State::probe);
  CHECK(progress.next() == 7);
}

TEST_CASE("old rejections change nothing") {
  Progress progress(10);
  CHECK_FALSE(progress.rejected(7, 3));  // not the one that was asked
  progress.matched(9);
  CHECK_FALSE(progress.rejected(9, 3));  // known to be held since
  CHECK(progress.match() == 9);
}

TEST_CASE("an answer from another process wipes what was known") {
  Progress progress(10);
  CHECK_FALSE(progress.heard_from(1, 5, 10));
  progress.matched(9);
  CHECK_FALSE(progress.heard_from(1, 5, 20));
  CHECK(progress.heard_from(2, 5, 20));
  CHECK(progress.match() == 0);
  CHECK(progress.next() == 20);
  CHECK(progress.state() == State::probe);
  CHECK(progress.take_active());
  CHECK_FALSE(progress.take_active());
}

TEST_CASE("a snapshot goes piece by piece, and a stalled one is sent again after a heartbeat") {
  Progress progress(10);
  progress.begin_snapshot(50);
  progress.sent(50);
  CHECK_FALSE(progress.may_send());
  CHECK(progress.snapshot_received(100));
  CHECK(progress.may_send());
  CHECK_FALSE(progress.snapshot_received(100));  // the same answer twice
  progress.snapshot_heartbeat();
  CHECK_FALSE(progress.snapshot_received(100));  // it has moved since the heartbeat before
  progress.snapshot_heartbeat();
  CHECK(progress.snapshot_received(100));
  CHECK(progress.matched(50));
  CHECK(progress.state() == State::replicate);
  CHECK(progress.next() == 51);
}

}  // namespace warren::progress_test
