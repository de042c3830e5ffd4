// Who a node is, in its cluster and on the network.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "broker/catalog/definitions.hpp"
#include "cluster/failure_detector.hpp"
#include "cluster/raft/settings.hpp"
#include "node/cluster/partition/handling.hpp"
#include "node/cluster/state/node_state.hpp"

namespace warren::node {

struct Identity {
  NodeId self{1};
  std::string name = "warren@localhost";
  broker::NodeKind kind = broker::NodeKind::disc;
  std::string host = "localhost";  // where others reach the cluster port
  std::uint16_t cluster_port = 0;
  std::uint64_t lineage = 1;      // of the group's log; given by the founder
  std::uint64_t incarnation = 1;  // of this process: another one with every start; not zero
  std::uint64_t boot = 1;         // of the operating system
  // The group begins with this node, unless its disk says that it has begun already.
  bool founder = true;
  // Members that are known before the catalog is.
  std::vector<broker::NodeDefinition> contacts;
  // Serves clients from the start; otherwise when it is told to (start_app).
  bool serves = true;
};

struct GroupSettings {
  raft::Settings raft{.heartbeat_ms = 100, .election_ms = 400, .ram_delay_ms = 150, .witness_delay_ms = 200};
  cluster::DetectorSettings detector{.heartbeat_ms = 100, .down_after_ms = 600};
  NodeState about = {};  // this node, as it begins
  PartitionHandling partition = {};
};

}  // namespace warren::node
