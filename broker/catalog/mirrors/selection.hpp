// Which nodes are to hold copies of a queue (clustering.md 4.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.hpp"

namespace warren::broker {

// What a policy wants; `nodes` holds the owner like every other.
struct Wish {
  enum class Mode : std::uint8_t { none, all, exactly, nodes };
  Mode mode = Mode::none;
  std::size_t copies = 1;     // exactly: the owner's included, at least one
  std::vector<NodeId> nodes;  // nodes: in the order of the policy
};

struct Holders {
  NodeId owner;
  std::vector<NodeId> mirrors = {};       // the oldest first
  std::vector<NodeId> synchronised = {};  // those of them that have everything

  friend bool operator==(const Holders&, const Holders&) = default;
};

// In the order in which a queue takes them, the same on every node: another one for every queue, so that copies spread.
std::vector<NodeId> by_preference(QueueId queue, std::vector<NodeId> nodes);

// Who is to own the queue, and who is to mirror it: those who do already are older than those who come, and of those
// who stay synchronised ones are called so. The owner goes to another node only where a policy does not name it and a
// synchronised mirror can take over. `running`: who may hold a copy now, in the order in which they are taken.
// Exclusive queues are not to be asked about: they have no copies.
Holders select_holders(const Wish& wish, const Holders& now, std::span<const NodeId> running);

}  // namespace warren::broker
