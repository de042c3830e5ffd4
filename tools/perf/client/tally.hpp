// What publishers and consumers of a run count together.
#pragma once

#include <cstdint>

#include "tools/perf/histogram.hpp"
#include "tools/perf/integrity.hpp"

namespace warren::perf {

struct Tally {
  Tally(std::size_t queues, std::size_t consumers) : integrity(queues, consumers) {}

  std::uint64_t published = 0;
  std::uint64_t confirmed = 0;
  std::uint64_t nacked = 0;
  std::uint64_t returned = 0;
  std::uint64_t delivered = 0;
  std::uint64_t redelivered = 0;
  std::uint64_t cancelled = 0;   // consumers, by the broker
  bool measuring = false;        // times are recorded
  Histogram latency_ns;          // from the intended time of sending to the arrival
  Histogram confirm_latency_ns;  // from the intended time of sending to the confirm
  IntegrityChecker integrity;
};

}  // namespace warren::perf
