// Which numbers the reigns of queues have. Messages are numbered by them, on every disk; so no two logs of the group
// may give the same one to a queue, not even when two nodes both go on alone from the same place.
#pragma once

#include <cstdint>

#include "base/ids.hpp"
#include "base/limits.hpp"
#include "broker/catalog/definitions.hpp"

namespace warren::broker {

// A log has every so many-th number: those of one class. Class zero is that of the log which the cluster began with,
// every member has one for a log that it begins, and one is for who begins a log out of its own one.
inline constexpr std::uint64_t kReignClasses = limits::kNodesMax + 2;

constexpr std::uint64_t reign_class_of(NodeId founder) { return 1 + (founder.value - 1) % limits::kNodesMax; }

// Of a log that goes on from one of that class, which may go on elsewhere, too.
std::uint64_t reign_class_behind(std::uint64_t former, NodeId founder);

// The first reign of the class behind that one.
Epoch next_reign(Epoch behind, std::uint64_t reign_class);

// Whether that log itself began the reign, and none that it goes on from.
bool begun_by(const CatalogCounters& log, Epoch reign);

}  // namespace warren::broker
