// Faults that belong together: what a seed of the mix of mirrored queues is after.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/ids.hpp"
#include "tests/sim/cluster/network.hpp"

namespace warren::sim::cluster {

enum class Scheme : std::uint8_t {
  none,
  // One holder's disk is slow. When somebody is told that a message is kept, the power goes everywhere, and that holder
  // is the last to be back: the queue is what it has.
  weak_disk,
  // Who is being filled hears of what is new late, and no more when it is proposed for the set. Taken in, it is all
  // that is left.
  late_joiner,
  // The wish to take a mirror in is late, and its process is another one by then.
  old_wish,
  // Two disc nodes, and nothing fails but their links: both go on alone, and meet again.
  split,
};

// What was begun, and waits for its moment.
struct Snare {
  std::size_t thing = 0;
  NodeId owner;
  NodeId node;              // whom it is about
  std::size_t publish = 0;  // the one that is waited for
  Micros until = 0;
  std::optional<std::size_t> had = {};  // so many messages it had; when it has more it is told anew
};

}  // namespace warren::sim::cluster
