#include "tools/perf/modes/report.hpp"

#include "tools/perf/modes/clock.hpp"

namespace warren::perf {

Snapshot take_snapshot(const Plan& plan, const Tally& tally, std::uint64_t now_ns) {
  return {now_ns, tally.published, tally.confirmed, tally.delivered, own_cpu_s(), use_of(plan.pid)};
}

JsonObject percentiles(const Histogram& ns) {
  constexpr double kMicrosecond_ns = 1e3;
  const auto us = [](std::uint64_t value) { return static_cast<double>(value) / kMicrosecond_ns; };
  JsonObject object;
  object.add("p50", us(ns.percentile(50)), 1)
      .add("p90", us(ns.percentile(90)), 1)
      .add("p99", us(ns.percentile(99)), 1)
      .add("p99.9", us(ns.percentile(99.9)), 1)
      .add("max", us(ns.max()), 1);
  return object;
}

JsonObject load_report(const Plan& plan, const Tally& tally, const Snapshot& from, const Snapshot& to,
                       std::uint64_t lost, bool drained) {
  constexpr double kMegabyte = 1 << 20;
  const double seconds = std::max(seconds_between(from.at_ns, to.at_ns), 1e-9);
  const auto rate = [&](std::uint64_t before, std::uint64_t after) {
    return static_cast<double>(after - before) / seconds;
  };
  const IntegrityCounts& found = tally.integrity.counts();
  JsonObject object;
  object.add("mode", "load").add("label", plan.label).add("seconds", seconds, 3);
  object.add("published_per_s", rate(from.published, to.published), 0)
      .add("confirmed_per_s", rate(from.confirmed, to.confirmed), 0)
      .add("delivered_per_s", rate(from.delivered, to.delivered), 0);
  object.add("published", tally.published)
      .add("confirmed", tally.confirmed)
      .add("nacked", tally.nacked)
      .add("returned", tally.returned)
      .add("delivered", tally.delivered)
      .add("redelivered", tally.redelivered)
      .add("cancelled", tally.cancelled);
  object.add("drained", drained)
      .add("lost", lost)
      .add("repeated", found.repeated)
      .add("repeated_flagged", found.repeated_flagged)
      .add("reordered", found.reordered)
      .add("corrupted", found.corrupted);
  if (tally.latency_ns.count() != 0) object.add("latency_us", percentiles(tally.latency_ns));
  if (tally.confirm_latency_ns.count() != 0) object.add("confirm_latency_us", percentiles(tally.confirm_latency_ns));
  object.add("own_cpu", (to.own_cpu_s - from.own_cpu_s) / seconds, 2);
  if (plan.pid != 0)
    object.add("broker_cpu", (to.broker.cpu_s - from.broker.cpu_s) / seconds, 2)
        .add("broker_resident_mb", static_cast<double>(to.broker.resident_bytes) / kMegabyte, 1);
  return object;
}

}  // namespace warren::perf
