#include "node/cluster/state/peer_states.hpp"

#include <algorithm>
#include <utility>

#include "base/limits.hpp"

namespace warren::node {
namespace {

bool is_short(const std::string& text) { return text.size() <= limits::kShortStringBytesMax; }

bool is_short(const ListenerTold& listener) {
  return is_short(listener.interface) && is_short(listener.protocol) && is_short(listener.purpose);
}

}  // namespace

std::uint8_t PeerStates::hear(NodeId from, NodeState state) {
  NodeState& known = states_[from];
  const std::uint8_t changed = known.alarms ^ state.alarms;
  if (!is_short(state.version)) state.version.clear();
  std::erase_if(state.listeners, [](const ListenerTold& listener) { return !is_short(listener); });
  known = std::move(state);
  return changed;
}

const NodeState* PeerStates::of(NodeId node) const {
  const auto found = states_.find(node);
  return found == states_.end() ? nullptr : &found->second;
}

}  // namespace warren::node
