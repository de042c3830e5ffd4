#include "node/cluster/partition/healing.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>

namespace warren::node {
namespace {

struct Side {
  std::uint64_t connections = 0;
  std::size_t nodes = 0;
  std::string first;  // of its names
};

std::map<std::uint64_t, Side> sides_of(const std::vector<Voice>& voices) {
  std::map<std::uint64_t, Side> sides;
  for (const Voice& voice : voices) {
    if (!voice.settled) continue;  // it will follow by itself
    Side& side = sides[voice.lineage];
    side.connections += voice.connections;
    if (side.nodes++ == 0 || voice.name < side.first) side.first = voice.name;
  }
  return sides;
}

// The first of all that are heard decides, once they all hear the same nodes: then all come to the same one.
bool decides(NodeId self, const std::vector<Voice>& voices) {
  const auto first = std::ranges::min_element(voices, {}, &Voice::name);
  if (first == voices.end() || first->id != self) return false;
  return std::ranges::all_of(voices, [&](const Voice& voice) { return voice.unseen == first->unseen; });
}

}  // namespace

std::uint64_t winner_of(const std::vector<Voice>& voices) {
  const std::map<std::uint64_t, Side> sides = sides_of(voices);
  const auto better = [](const auto& one, const auto& other) {
    return std::tie(one.second.connections, one.second.nodes, other.second.first) <
           std::tie(other.second.connections, other.second.nodes, one.second.first);
  };
  const auto best = std::max_element(sides.begin(), sides.end(), better);
  return best == sides.end() ? 0 : best->first;
}

std::optional<std::uint64_t> Healing::look(NodeId self, const std::vector<Voice>& voices, Instant now) {
  const std::map<std::uint64_t, Side> sides = sides_of(voices);
  const bool parted = std::ranges::any_of(voices, &Voice::parted);
  if (!parted || sides.size() < 2 || !decides(self, voices)) {
    stable_since_ = kNever;
    return std::nullopt;
  }
  if (now < decided_until_ && sides.contains(winner_)) return winner_;
  if (stable_since_ == kNever) stable_since_ = now;
  if (now < stable_since_ + kStableFor_ms) return std::nullopt;
  winner_ = winner_of(voices);
  decided_until_ = now + kDecidedFor_ms;
  return winner_;
}

}  // namespace warren::node
