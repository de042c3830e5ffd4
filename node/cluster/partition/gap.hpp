// A partial partition: this node does not hear another one, and a third hears both.
#pragma once

#include <string>
#include <vector>

#include "broker/catalog/definitions.hpp"
#include "cluster/failure_detector.hpp"

namespace warren::node {

// A member of the cluster, running or not, as this node sees it.
struct SeenMember {
  NodeId id;
  std::string name;
  broker::NodeKind kind = broker::NodeKind::disc;
  bool seen = true;        // heard at present; this node itself always is
  bool estranged = false;  // and it went on without this one: it is no witness
};

struct Gap {
  NodeId node;                    // heard by others, and not here
  std::vector<NodeId> witnesses;  // who hear both
};

// In order of the members. None for a node that nobody hears: it is down.
std::vector<Gap> find_gaps(NodeId self, const std::vector<SeenMember>& members,
                           const cluster::FailureDetector& detector);

// Whether it is this node that leaves the company of the witnesses, so that there are two sides: of the two disc nodes
// the one that came later, else the one that is a disc node, for a side of others cannot go on.
bool leaves(NodeId self, const Gap& gap, const std::vector<SeenMember>& members);

}  // namespace warren::node
