#include "broker/catalog/mirrors/reign_numbers.hpp"

#include <algorithm>

#include "base/plant.hpp"
#include "broker/catalog/catalog.hpp"

namespace warren::broker {
namespace {

// Beyond what any log has given meanwhile, and few enough for as many logs as there ever will be.
constexpr std::uint64_t kQueuesSkippedMax = std::uint64_t{1} << 40;

}  // namespace

std::uint64_t reign_class_behind(std::uint64_t former, NodeId founder) {
  const std::uint64_t own = reign_class_of(founder);
  return own == former ? kReignClasses - 1 : own;
}

Epoch next_reign(Epoch behind, std::uint64_t reign_class) {
  // The first reign is of class zero.
  const std::uint64_t skipped = (reign_class + kReignClasses - behind.value % kReignClasses) % kReignClasses;
  return Epoch(behind.value + 1 + skipped);
}

void Catalog::begin_log(NodeId founder, std::uint64_t random) {
  if (!planted(321)) {
    reign_class_ = reign_class_behind(reign_class_, founder);
    last_queue_.value += 1 + random % kQueuesSkippedMax;
  }
  ++revision_.value;
}

Epoch Catalog::highest_reign() const {
  Epoch highest;
  queues_.for_each([&](const QueueRecord& queue) { highest = std::max(highest, queue.definition.ref.epoch); });
  return highest;
}

}  // namespace warren::broker
