// Which of the sides that stayed apart wins (clustering.md 5.6).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace warren::node {

// One node that is heard, this one included.
struct Voice {
  NodeId id;
  std::string name;
  std::uint64_t lineage = 0;
  bool settled = true;
  std::uint64_t connections = 0;
  bool parted = false;         // from anybody
  std::vector<NodeId> unseen;  // in order
};

// The log of the side with the most connections; of several of the largest; of those of the one whose name comes first.
// Requires: somebody is settled.
std::uint64_t winner_of(const std::vector<Voice>& voices);

class Healing {
 public:
  // All see the same for so long before anything is decided: what heals link by link would be healed in rounds.
  static constexpr Instant kStableFor_ms = 1000;
  // And for so long it stays decided: the losers are told again and again, and may not be asked again.
  static constexpr Instant kDecidedFor_ms = 15'000;

  // The winner's log, if this node is the one who decides, and there is something to decide.
  std::optional<std::uint64_t> look(NodeId self, const std::vector<Voice>& voices, Instant now);

 private:
  std::uint64_t winner_ = 0;
  Instant decided_until_ = 0;
  Instant stable_since_ = kNever;
};

}  // namespace warren::node
