// When a node stops serving its clients, and when it serves them again (clustering.md 5.4, 5.5).
#pragma once

#include <vector>

#include "base/time.hpp"
#include "node/cluster/partition/gap.hpp"
#include "node/cluster/partition/handling.hpp"

namespace warren::node {

class PauseRule {
 public:
  // A partial partition is one when it lasts: reports of a node that just ended differ for a moment.
  static constexpr Instant kGapFor_ms = 1000;
  // Who is back stays for that long, before clients are called back.
  static constexpr Instant kBackFor_ms = 300;

  // Whether this node is to pause, as of now.
  bool look(const PartitionHandling& handling, const std::vector<SeenMember>& members, bool gap, Instant now);

 private:
  bool lacks(const PartitionHandling& handling, const std::vector<SeenMember>& members) const;

  bool pausing_ = false;
  bool until_all_ = false;  // a majority is not enough
  Instant gap_since_ = kNever;
  Instant back_since_ = kNever;
};

}  // namespace warren::node
