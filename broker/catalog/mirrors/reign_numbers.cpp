#include "broker/catalog/mirrors/reign_numbers.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/plant.hpp"
#include "broker/catalog/catalog.hpp"
#include "broker/catalog/mirrors/mirroring.hpp"

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

bool begun_by(const CatalogCounters& log, Epoch reign) {
  return log.logs.own() && reign > log.logs.floor && (reign.value - 1) % kReignClasses == log.reign_class;
}

Applied Catalog::begin_log(const LogBeginning& log) {
  Changes changes;
  // Reigns of each queue are above all that any queue has had.
  logs_.floor = reign_floor_ = std::max(last_reign(), log.behind);
  logs_.ids.push_back(log.random);
  if (logs_.ids.size() > kLogsKnownMax) logs_.ids.erase(logs_.ids.begin());
  if (!planted(321)) {
    reign_class_ = reign_class_behind(reign_class_, log.founder);
    last_queue_.value += 1 + log.random % kQueuesSkippedMax;
    Mirroring(*this, changes).begin_reigns();
  }
  logs_.queues = last_queue_;
  // Whoever reports it has been here, though there is no queue.
  reign_floor_ = next_reign(logs_.floor, reign_class_);
  for (const NodeId gone : log.without) {
    const NodeDefinition* node = this->node(gone);
    if (node == nullptr) continue;
    Outcome down = carry_out(NodeDown{gone, node->incarnation});
    std::ranges::move(down->changes, std::back_inserter(changes));
  }
  ++revision_.value;
  routes_revision_ = revision_;
  return {std::move(changes)};
}

Epoch Catalog::last_reign() const { return std::max(highest_reign(), reign_floor_); }

Epoch Catalog::highest_reign() const {
  Epoch highest;
  queues_.for_each([&](const QueueRecord& queue) { highest = std::max(highest, queue.definition.ref.epoch); });
  return highest;
}

}  // namespace warren::broker
