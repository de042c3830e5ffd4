#include "tests/sim/workloads/mix.hpp"

namespace warren::sim {
namespace {

constexpr Weights kSteady{
    .publish = 60, .settle = 30, .requeue = 3, .get = 3, .consume = 8, .cancel = 1, .recover = 1, .commit = 4};
constexpr Weights kChurn{.publish = 40,
                         .settle = 20,
                         .requeue = 5,
                         .get = 5,
                         .consume = 8,
                         .cancel = 3,
                         .recover = 2,
                         .declare = 6,
                         .remove = 3,
                         .purge = 2,
                         .commit = 5,
                         .close_channel = 3,
                         .close_connection = 1,
                         .die = 1,
                         .offend = 1};
constexpr Weights kGreedy{
    .publish = 60, .settle = 12, .requeue = 2, .consume = 12, .cancel = 1, .close_channel = 1, .die = 1};

constexpr Mix kMixes[] = {
    {.name = "steady", .weights = kSteady, .plain_queues_max = 3, .exchanges = true},
    {.name = "churn",
     .weights = kChurn,
     .plain_queues_max = 3,
     .special_queues_max = 4,
     .cut_each_ms = 300,
     .stalls = true,
     .exchanges = true,
     .alarms = true},
    {.name = "greedy",
     .weights = kGreedy,
     .plain_queues_max = 2,
     .special_queues_max = 1,
     .clients_max = 4,
     .body_bytes_max = 400,
     .big_body_each = 4,
     .big_body_bytes_max = 30000,
     .lazy_each = 3,
     .cut_each_ms = 600,
     .stalls = true},
    {.name = "all",
     .weights = kChurn,
     .plain_queues_max = 3,
     .special_queues_max = 3,
     .clients_max = 7,
     .body_bytes_max = 300,
     .big_body_each = 20,
     .big_body_bytes_max = 20000,
     .lazy_each = 6,
     .cut_each_ms = 500,
     .stalls = true,
     .exchanges = true,
     .alarms = true,
     .heartbeats = true,
     .durable = true,
     .disk_faults = true,
     .crash_each_ms = 700},
    {.name = "restarts",
     .weights = kChurn,
     .plain_queues_max = 3,
     .special_queues_max = 3,
     .cut_each_ms = 600,
     .stalls = true,
     .exchanges = true,
     .crash_each_ms = 300},
    {.name = "durable",
     .weights = kChurn,
     .plain_queues_max = 3,
     .special_queues_max = 3,
     .cut_each_ms = 600,
     .no_ack_each = 50,
     .stalls = true,
     .exchanges = true,
     .durable = true,
     .crash_each_ms = 400},
    {.name = "disks",
     .weights = kChurn,
     .plain_queues_max = 3,
     .special_queues_max = 2,
     .no_ack_each = 50,
     .exchanges = true,
     .durable = true,
     .disk_faults = true,
     .crash_each_ms = 400},
};

}  // namespace

std::span<const Mix> mixes() { return kMixes; }

const Mix* find_mix(std::string_view name) {
  for (const Mix& mix : kMixes)
    if (mix.name == name) return &mix;
  return nullptr;
}

}  // namespace warren::sim
