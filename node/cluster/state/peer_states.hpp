// What the other nodes said of themselves last.
#pragma once

#include <cstdint>
#include <map>

#include "base/ids.hpp"
#include "node/cluster/state/node_state.hpp"

namespace warren::node {

class PeerStates {
 public:
  // Returns the alarms that are new or gone since its word before. What is longer than such words are is left out.
  std::uint8_t hear(NodeId from, NodeState state);
  // Null: it has not said anything yet.
  const NodeState* of(NodeId node) const;
  const std::map<NodeId, NodeState>& all() const { return states_; }
  // Only those nodes are remembered of which that holds.
  template <class Predicate>
  void keep(const Predicate& wanted) {
    std::erase_if(states_, [&](const auto& entry) { return !wanted(entry.first); });
  }

 private:
  std::map<NodeId, NodeState> states_;
};

}  // namespace warren::node
