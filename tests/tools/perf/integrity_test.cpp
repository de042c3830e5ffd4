#include "tools/perf/integrity.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

namespace warren::perf {

namespace {

constexpr std::uint32_t kStream = 3;

Stamp message(std::uint64_t sequence) { return {0, kStream, sequence}; }

}  // namespace

TEST_CASE("a stamp is read as it was written") {
  std::array<char, kStampBytes> bytes{};
  write_stamp(bytes.data(), {123'456'789'012'345ull, kStreamsMax - 1, (1ull << 36) - 1});
  const Stamp stamp = read_stamp(bytes.data());
  CHECK(stamp.intended_ns == 123'456'789'012'345ull);
  CHECK(stamp.stream == kStreamsMax - 1);
  CHECK(stamp.sequence == (1ull << 36) - 1);
}

TEST_CASE("a longer pattern begins like a shorter one and does not repeat soon") {
  const std::string pattern = body_pattern(4096);
  CHECK(body_pattern(100) == pattern.substr(0, 100));
  CHECK(pattern.substr(0, 256) != pattern.substr(256, 256));
}

TEST_CASE("what arrives once and in order is intact") {
  IntegrityChecker checker(1, 1);
  for (std::uint64_t i = 0; i < 1000; ++i) checker.delivered(0, 0, message(i), false);
  CHECK(checker.counts().distinct == 1000);
  CHECK(checker.counts().repeated == 0);
  CHECK(checker.counts().reordered == 0);
  const std::array<std::size_t, 1> queue{0};
  CHECK(checker.lost(kStream, 1000, queue) == 0);
}

TEST_CASE("a gap is a loss") {
  IntegrityChecker checker(1, 1);
  for (std::uint64_t i = 0; i < 1000; ++i)
    if (i != 500) checker.delivered(0, 0, message(i), false);
  const std::array<std::size_t, 1> queue{0};
  CHECK(checker.lost(kStream, 1000, queue) == 1);
  CHECK(checker.lost(kStream, 1000, {}) == 1);
  CHECK(checker.counts().reordered == 0);
}

TEST_CASE("a missing end is a loss") {
  IntegrityChecker checker(1, 1);
  checker.delivered(0, 0, message(0), false);
  const std::array<std::size_t, 1> queue{0};
  CHECK(checker.lost(kStream, 10, queue) == 9);
}

TEST_CASE("a repeat counts as one, and as another kind when it says so") {
  IntegrityChecker checker(1, 1);
  for (std::uint64_t i = 0; i < 3; ++i) checker.delivered(0, 0, message(i), false);
  checker.delivered(0, 0, message(2), true);
  CHECK(checker.counts().repeated_flagged == 1);
  CHECK(checker.counts().repeated == 0);
  checker.delivered(0, 0, message(2), false);
  CHECK(checker.counts().repeated == 1);
  CHECK(checker.counts().distinct == 3);
}

TEST_CASE("a repeat does not make up for a loss") {
  IntegrityChecker checker(1, 1);
  checker.delivered(0, 0, message(0), false);
  checker.delivered(0, 0, message(0), true);
  const std::array<std::size_t, 1> queue{0};
  CHECK(checker.lost(kStream, 2, queue) == 1);
}

TEST_CASE("behind a later message is out of order unless it is redelivered") {
  IntegrityChecker checker(1, 1);
  checker.delivered(0, 0, message(1), false);
  checker.delivered(0, 0, message(0), false);
  CHECK(checker.counts().reordered == 1);
  checker.delivered(0, 0, message(3), false);
  checker.delivered(0, 0, message(2), true);
  CHECK(checker.counts().reordered == 1);
}

TEST_CASE("order is judged by stream and consumer") {
  IntegrityChecker checker(1, 2);
  checker.delivered(0, 0, message(1), false);
  checker.delivered(1, 0, message(0), false);
  checker.delivered(0, 0, {0, kStream + 1, 0}, false);
  CHECK(checker.counts().reordered == 0);
}

TEST_CASE("each queue gets its own copy") {
  IntegrityChecker checker(2, 2);
  checker.delivered(0, 0, message(0), false);
  checker.delivered(1, 1, message(0), false);
  CHECK(checker.counts().repeated == 0);
  const std::array<std::size_t, 2> both{0, 1};
  CHECK(checker.lost(kStream, 2, both) == 2);
}

TEST_CASE("where messages go unknown ways, one queue must have them") {
  IntegrityChecker checker(3, 3);
  CHECK(checker.lost(kStream, 5, {}) == 5);
  for (std::uint64_t i = 0; i < 5; ++i) checker.delivered(1, 1, message(i), false);
  CHECK(checker.lost(kStream, 5, {}) == 0);
}

TEST_CASE("a sequence beyond all reason is corruption, not a demand for memory") {
  IntegrityChecker checker(1, 1);
  checker.delivered(0, 0, message(1ull << 40), false);
  CHECK(checker.counts().corrupted == 1);
  CHECK(checker.counts().distinct == 0);
}

}  // namespace warren::perf
