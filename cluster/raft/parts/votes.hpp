// Counts the votes of one election.
#pragma once

#include <vector>

#include "cluster/raft/parts/configuration.hpp"

namespace warren::raft {

class Votes {
 public:
  enum class Outcome : std::uint8_t { open, won, lost };

  void clear() { votes_.clear(); }
  // The first word of a voter counts. The caller drops words of those who are no voters.
  void record(NodeId voter, bool granted);
  // Decided by majority: of those who are voters now.
  Outcome outcome(const Configuration& configuration) const;

 private:
  struct Vote {
    NodeId voter;
    bool granted;
  };
  std::vector<Vote> votes_;
};

}  // namespace warren::raft
