#include "mirror/pace.hpp"

#include <doctest/doctest.h>

namespace warren::mirror {

TEST_CASE("without a bound everything goes at once") {
  Pace pace;
  for (int i = 0; i < 100; ++i) {
    CHECK(pace.allows(0, 5));
    pace.sent(1 << 20);
  }
  CHECK(pace.next() == kNever);
}

TEST_CASE("in a second goes what may, and a little more at its beginning") {
  Pace pace;
  constexpr std::uint64_t kRate = 10 << 20;
  std::uint64_t sent = 0;
  for (Instant now = 1000; now < 2000; ++now)
    while (pace.allows(kRate, now)) {
      pace.sent(64 << 10);
      sent += 64 << 10;
    }
  CHECK(sent >= kRate);
  CHECK(sent <= kRate + (512 << 10));
}

TEST_CASE("who asked in vain is told when to ask again") {
  Pace pace;
  CHECK(pace.allows(1 << 20, 1000));
  CHECK(pace.next() == kNever);
  pace.sent(768 << 10);
  CHECK_FALSE(pace.allows(1 << 20, 1000));
  const Instant next = pace.next();
  CHECK(next > 1400);
  CHECK(next < 1600);
  CHECK_FALSE(pace.allows(1 << 20, next - 2));
  CHECK(pace.allows(1 << 20, next));
  pace.sent(1 << 20);
  CHECK_FALSE(pace.allows(1 << 20, next));
  pace.rest();
  CHECK(pace.next() == kNever);
}

TEST_CASE("no amount and no rate is too large") {
  Pace pace;
  CHECK(pace.allows(~std::uint64_t{0}, 1));
  pace.sent(~std::size_t{0});
  CHECK_FALSE(pace.allows(~std::uint64_t{0}, 1));
  CHECK(pace.allows(~std::uint64_t{0}, 5000));
}

}  // namespace warren::mirror
