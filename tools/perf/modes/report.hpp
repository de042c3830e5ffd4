// What runs say in the end.
#pragma once

#include <cstdint>

#include "tools/perf/client/tally.hpp"
#include "tools/perf/histogram.hpp"
#include "tools/perf/json.hpp"
#include "tools/perf/plan.hpp"
#include "tools/perf/process.hpp"

namespace warren::perf {

// Counters and clocks at one moment.
struct Snapshot {
  std::uint64_t at_ns = 0;
  std::uint64_t published = 0;
  std::uint64_t confirmed = 0;
  std::uint64_t delivered = 0;
  double own_cpu_s = 0;
  ProcessUse broker;
};

Snapshot take_snapshot(const Plan& plan, const Tally& tally, std::uint64_t now_ns);

// Percentiles in microseconds.
JsonObject percentiles(const Histogram& ns);

// Rates between two snapshots, totals and percentiles. `lost`: messages that never came.
JsonObject load_report(const Plan& plan, const Tally& tally, const Snapshot& from, const Snapshot& to,
                       std::uint64_t lost, bool drained);

}  // namespace warren::perf
