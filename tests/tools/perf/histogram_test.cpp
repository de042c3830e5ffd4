#include "tools/perf/histogram.hpp"

#include <doctest/doctest.h>

namespace warren::perf {

TEST_CASE("a histogram without values answers 0") {
  const Histogram none;
  CHECK(none.count() == 0);
  CHECK(none.max() == 0);
  CHECK(none.percentile(50) == 0);
}

TEST_CASE("small values are known exactly") {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 100; ++value) histogram.add(value);
  CHECK(histogram.count() == 100);
  CHECK(histogram.percentile(1) == 1);
  CHECK(histogram.percentile(50) == 50);
  CHECK(histogram.percentile(99) == 99);
  CHECK(histogram.percentile(99.9) == 100);
  CHECK(histogram.percentile(100) == 100);
}

TEST_CASE("large values are rounded up by less than one part in 128") {
  for (std::uint64_t value = 129; value < (1ull << 62); value = value * 3 + 1) {
    Histogram histogram;
    histogram.add(value);
    histogram.add(~0ull);
    const std::uint64_t found = histogram.percentile(50);
    CHECK(found >= value);
    CHECK(found - value <= value / 128);
  }
}

TEST_CASE("no percentile lies above the greatest value") {
  Histogram histogram;
  histogram.add(1'000'001);
  CHECK(histogram.percentile(50) == 1'000'001);
  CHECK(histogram.percentile(100) == 1'000'001);
}

TEST_CASE("one slow value among a thousand shows at 99.95 and not at 99.9") {
  Histogram histogram;
  for (int i = 0; i < 999; ++i) histogram.add(10);
  histogram.add(5000);
  CHECK(histogram.percentile(99.9) == 10);
  CHECK(histogram.percentile(99.95) == 5000);
}

TEST_CASE("merged histograms count like one") {
  Histogram low;
  Histogram high;
  for (int i = 0; i < 10; ++i) low.add(1), high.add(100);
  low.merge(high);
  CHECK(low.count() == 20);
  CHECK(low.max() == 100);
  CHECK(low.percentile(50) == 1);
  CHECK(low.percentile(51) == 100);
}

TEST_CASE("the greatest number has a place") {
  Histogram histogram;
  histogram.add(~0ull);
  CHECK(histogram.percentile(50) == ~0ull);
}

}  // namespace warren::perf
